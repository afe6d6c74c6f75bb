"""What capture runs: prepared inputs, batches of them, and a model that runs a batch."""

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
    table : TokenTable
        Every token of every instance.
    rows : tuple of arrays
        One an instance: int64 [len] token ids, or uint8 [height, width, 3] the picture after resizing and cropping.
    warnings : tuple of str
        What the user should know, for example how many instances were cut.
    """

    table: TokenTable
    rows: tuple[NDArray[Any], ...]
    warnings: tuple[str, ...] = ()

    def select(self, instances: Sequence[int]) -> Prepared:
        """Keep only these instances, in this order."""
        return replace(self, table=select_instances(self.table, instances), rows=tuple(self.rows[i] for i in instances))


@dataclass(frozen=True)
class Batch:
    """Some consecutive instances, ready for one forward pass.

    Attributes
    ----------
    first : int
        Index of the first instance.
    lengths : tuple of int
        Real tokens of each instance; they stand at the left, padding at the right.
    width : int
        Tokens of every row, padding included.
    tensors : mapping of str to Tensor
        Arguments of the network.
    """

    first: int
    lengths: tuple[int, ...]
    width: int
    tensors: Mapping[str, torch.Tensor]


class RunnableModel(Protocol):
    """What capture needs of a model."""

    def batches(self, prepared: Prepared, batch_size: int) -> Iterator[Batch]:
        """Yield the instances in order, ``batch_size`` at a time."""
        ...

    def forward(self, batch: Batch) -> None:
        """Run the network, for what can be seen on the way."""
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
