"""Vision models of any library: pictures in, tokens on a patch grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import PIL.Image
import torch
from numpy.typing import NDArray

from precompute.capture.patch_grid import find_layout
from precompute.capture.quiet import quiet_libraries
from precompute.capture.runnable import Batch, Prepared
from precompute.errors import UnsupportedModelError
from precompute.format.manifest import Modality, TokenTable
from precompute.models.loaded import Columns
from precompute.models.patches import patch_classes, prefix_names

Picture = NDArray[np.uint8]

_PROBE_SIZE = (96, 128)


class ImageInputs(Protocol):
    """Images with their columns and masks."""

    @property
    def names(self) -> tuple[str, ...]:
        """One per instance."""
        ...

    @property
    def columns(self) -> Columns:
        """Further columns, a value per instance."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the object classes in the masks; empty without masks."""
        ...

    def open(self, index: int) -> PIL.Image.Image:
        """Read one image."""
        ...

    def mask(self, index: int) -> NDArray[np.uint8] | None:
        """Return the object class of every pixel of one image, or None without labels."""
        ...


@dataclass(frozen=True)
class Preprocessing:
    """A model's preprocessing in two steps: the picture that is shown, and its normalization.

    Attributes
    ----------
    picture : callable
        RGB image -> uint8 [height, width, 3], resized and cropped.
    factor : float
        Scale of pixel values, usually 1 / 255.
    mean, std : tuple of float
        Per channel; the network reads (value * factor - mean) / std.
    """

    picture: Callable[[PIL.Image.Image], Picture]
    factor: float
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def normalize(self, pictures: NDArray[np.uint8]) -> torch.Tensor:
        """Return pictures [n, height, width, 3] as the network's float32 [n, 3, height, width]."""
        values = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() * self.factor
        mean, std = (torch.tensor(part).reshape(-1, 1, 1) for part in (self.mean, self.std))
        return (values - mean) / std


class VisionModel:
    """A network over pictures with its preprocessing. Patch grid and prefix tokens are found on construction.

    `run` runs the network's attention layers on normalized pixels [n, 3, height, width]. UnsupportedModelError if the
    tokens are not a patch grid, or no attention is captured.
    """

    kind: Modality = "image"

    def __init__(
        self,
        network: torch.nn.Module,
        run: Callable[[torch.Tensor], object],
        preprocessing: Preprocessing,
        device: torch.device,
    ) -> None:
        network.train(False).to(device)
        self._run = run
        self._preprocessing = preprocessing
        self._device = device
        height, width, _ = preprocessing.picture(PIL.Image.new("RGB", _PROBE_SIZE)).shape
        self.layout = find_layout(run, height, width, device)
        self._size = (height, width)
        shapes = ((name, tuple(parameter.shape)) for name, parameter in network.named_parameters())
        self._prefix = prefix_names(shapes, self.layout.n_prefix)
        self.max_positions: int | None = self.layout.n_tokens

    def prepare(self, inputs: ImageInputs) -> Prepared:
        """Resize and crop every image; the rows are the pictures that the model reads.

        UnsupportedModelError if the model's preprocessing returns pictures of different sizes.
        """
        with quiet_libraries():
            rows = tuple(
                self._preprocessing.picture(inputs.open(index).convert("RGB")) for index in range(len(inputs.names))
            )
        if any(row.shape[:2] != self._size for row in rows):
            raise UnsupportedModelError(
                "The model's preprocessing returns pictures of different sizes, which is not supported."
            )
        layout, n = self.layout, len(rows)
        patches = tuple(f"patch {row},{column}" for row in range(layout.rows) for column in range(layout.columns))
        tokens = (*self._prefix, *patches)
        table = TokenTable(
            tokens=tokens * n,
            texts=tuple(token.strip("[]") for token in tokens) * n,
            special=tuple(i < layout.n_prefix for i in range(layout.n_tokens)) * n,
            offsets=tuple(i * layout.n_tokens for i in range(n + 1)),
            instances=tuple(inputs.names),
            columns=inputs.columns,
            grid=(layout.rows, layout.columns),
            labels=self._labels(inputs) if inputs.classes else (),
        )
        return Prepared(table, rows)

    def _labels(self, inputs: ImageInputs) -> tuple[str, ...]:
        """Return the object label of every token."""
        labels: list[str] = []
        for index in range(len(inputs.names)):
            labels.extend(name.strip("[]") for name in self._prefix)
            mask = inputs.mask(index)
            if mask is None:
                labels.extend([""] * (self.layout.n_tokens - self.layout.n_prefix))
            else:
                found = patch_classes(self._preprocessing.picture, mask, self.layout.rows, self.layout.columns)
                labels.extend(inputs.classes[number] for number in found)
        return tuple(labels)

    def batches(self, prepared: Prepared, batch_size: int) -> Iterator[Batch]:
        """Yield batches of normalized pixels."""
        for first in range(0, len(prepared.rows), batch_size):
            rows = prepared.rows[first : first + batch_size]
            pixels = self._preprocessing.normalize(np.stack(rows)).to(self._device)
            n_tokens = self.layout.n_tokens
            yield Batch(first, (n_tokens,) * len(rows), n_tokens, {"pixels": pixels})

    def forward(self, batch: Batch) -> None:
        """Run the network."""
        self._run(batch.tensors["pixels"])
