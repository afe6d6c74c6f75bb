"""Patch grid of a vision model's tokens, found by changing pixels, never assumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from precompute.capture.calls import record_attention
from precompute.capture.quiet import quiet_libraries
from precompute.errors import NumericalError, UnsupportedModelError, UserError

_NO_GRID = "The model's tokens are no grid of patches. Choose a vision transformer without windows or merged patches"
_PIXEL_CHANGE = 100.0
_NOTICEABLE = 1e-3


@dataclass(frozen=True)
class PatchLayout:
    """Tokens of one picture: ``n_prefix`` tokens (CLS, registers, or none), then the patches row by row."""

    n_prefix: int
    rows: int
    columns: int

    @property
    def n_tokens(self) -> int:
        """Number of tokens of a picture."""
        return self.n_prefix + self.rows * self.columns


def find_layout(run: Callable[[torch.Tensor], object], height: int, width: int, device: torch.device) -> PatchLayout:
    """Find prefix, rows and columns of a vision model's tokens.

    In the first layer, before any attention, a token depends on its own patch alone. So one changed pixel changes the
    query of one token: the first patch's in the top left corner, the last one of the first row in the top right corner.
    Then one pixel of a patch in every row and every column must change exactly the token that the grid predicts.

    Parameters
    ----------
    run
        Runs the network on normalized pixels [n, 3, height, width].
    height, width
        In pixels.

    Raises
    ------
    UnsupportedModelError
        There is no attention, or the tokens are no patch grid (windows, convolutions, merged patches).
    """
    size = (height, width)
    corners = [(0, 0), (0, width - 1), (height - 1, width - 1)]
    first, top_right, last = _changed_tokens(run, size, corners, device)
    columns = top_right - first + 1
    n_patches = last - first + 1
    if columns < 1 or n_patches % columns:
        raise UnsupportedModelError(f"{_NO_GRID}.")
    layout = PatchLayout(first, n_patches // columns, columns)
    cells = [(i % layout.rows, i % layout.columns) for i in range(max(layout.rows, layout.columns))]
    pixels = [(_middle(row, layout.rows, height), _middle(column, columns, width)) for row, column in cells]
    expected = [first + row * columns + column for row, column in cells]
    if _changed_tokens(run, size, pixels, device) != expected:
        raise UnsupportedModelError(f"{_NO_GRID}.")
    return layout


def _middle(index: int, count: int, length: int) -> int:
    return int((index + 0.5) * length / count)


def _changed_tokens(
    run: Callable[[torch.Tensor], object],
    size: tuple[int, int],
    pixels: list[tuple[int, int]],
    device: torch.device,
) -> list[int]:
    """Return, for each pixel, the one token whose first-layer query it changes."""
    pictures = torch.zeros(len(pixels) + 1, 3, *size)
    for picture, (y, x) in zip(pictures[1:], pixels, strict=True):
        picture[:, y, x] = _PIXEL_CHANGE * torch.tensor([1.0, -0.5, 0.7])
    try:
        with quiet_libraries(), torch.inference_mode(), record_attention(len(pictures)) as recording:
            run(pictures.to(device))
    except UserError:
        raise
    except Exception as error:  # a foreign network: any error means that it cannot run on these pixels
        raise UnsupportedModelError(
            f"The model cannot run on {size[1]} x {size[0]} pixels: its preprocessor does not fit it. "
            "Use the preprocessor_config.json that belongs to the model."
        ) from error
    if not recording.calls:
        raise UnsupportedModelError(
            "The model cannot be shown: no attention seen over its patches, as in convolutional models. "
            "Choose a vision transformer."
        )
    query = recording.calls[0].query
    if not bool(query.isfinite().all()):
        raise NumericalError("The model computed a query that is NaN or infinite in layer 0, even for a black picture.")
    change = (query[1:] - query[:1]).abs().amax(dim=(1, 3))
    tokens = [(row > _NOTICEABLE * row.max()).nonzero().flatten().tolist() for row in change]
    if any(len(token) != 1 for token in tokens):
        raise UnsupportedModelError(f"{_NO_GRID}.")
    return [token[0] for token in tokens]
