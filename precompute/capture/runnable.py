"""Prepared inputs, batches of them, and the protocol of a model that runs a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from precompute.format.manifest import TokenTable


@dataclass(frozen=True)
class Prepared:
    """Inputs as the model reads them.

    Attributes
    ----------
    table
        Every token of every instance.
    rows
        One per instance: int64 [len] token ids, or uint8 [height, width, 3] the picture after resizing and cropping.
    warnings
        Shown to the user, for example how many instances were cut.
    """

    table: TokenTable
    rows: tuple[NDArray[Any], ...]
    warnings: tuple[str, ...] = ()

    def select(self, instances: Sequence[int]) -> Prepared:
        """Keep only these instances, in this order."""
        return replace(self, table=select_instances(self.table, instances), rows=tuple(self.rows[i] for i in instances))


@dataclass(frozen=True)
class Batch:
    """Consecutive instances, from ``first``, ready for one forward pass.

    Attributes
    ----------
    lengths
        Tokens of each instance; padding is on the right.
    width
        Tokens of every row, padding included.
    tensors
        Arguments of the network.
    """

    first: int
    lengths: tuple[int, ...]
    width: int
    tensors: Mapping[str, torch.Tensor]


class RunnableModel(Protocol):
    """Methods of a model that capture calls."""

    def batches(self, prepared: Prepared, batch_size: int) -> Iterator[Batch]:
        """Yield the instances in order, ``batch_size`` at a time."""
        ...

    def forward(self, batch: Batch) -> None:
        """Run the network; its output is ignored."""
        ...


def select_instances(table: TokenTable, instances: Sequence[int]) -> TokenTable:
    """Return the token table of these instances, in this order."""
    tokens = [t for i in instances for t in range(table.offsets[i], table.offsets[i + 1])]
    lengths = [table.offsets[i + 1] - table.offsets[i] for i in instances]
    columns: dict[str, Any] = {name: tuple(values[i] for i in instances) for name, values in table.columns.items()}
    return replace(
        table,
        tokens=tuple(table.tokens[t] for t in tokens),
        texts=tuple(table.texts[t] for t in tokens),
        special=tuple(table.special[t] for t in tokens),
        offsets=(0, *(int(end) for end in np.cumsum(lengths))),
        instances=tuple(table.instances[i] for i in instances),
        columns=columns,
        labels=tuple(table.labels[t] for t in tokens) if table.labels else (),
    )
