"""Images of a run, with their columns and masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from precompute.format.typed_json import JSON, fingerprint
from precompute.inputs.text import Column

if TYPE_CHECKING:
    import PIL.Image

Mask = NDArray[np.uint8]
"""Class of every pixel, uint8 [height, width]: an index into the inputs' ``classes``."""


class ImageSource(Protocol):
    """One image of any origin; can be sent to the process that runs the model."""

    @property
    def name(self) -> str:
        """Name of the image; printable."""
        ...

    @property
    def sha256(self) -> str:
        """Hash of everything that :meth:`open` and :meth:`mask` depend on."""
        ...

    def open(self) -> PIL.Image.Image:
        """Read or draw the image: mode RGB, upright.

        Raises
        ------
        InputsError
            If its file can no longer be read.
        """
        ...

    def mask(self) -> Mask | None:
        """Return the object class of every pixel of the opened image, or None without labels.

        Raises
        ------
        InputsError
            If it does not fit the image.
        """
        ...


@dataclass(frozen=True)
class ImageInputs:
    """The images of a run.

    Attributes
    ----------
    name : str
        Built-in name, or the directory's name; printable.
    slug : str
        ``name`` as part of a run id.
    sources : tuple of ImageSource
        At least one.
    columns : mapping of str to tuple
        A str or a finite float per image.
    classes : tuple of str
        Names of the classes in the masks, background first. Empty when no image has a mask.
    warnings : tuple of str
        One sentence each.
    """

    name: str
    slug: str
    sources: tuple[ImageSource, ...]
    columns: Mapping[str, Column] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    kind: Literal["image"] = "image"

    @property
    def names(self) -> tuple[str, ...]:
        """Name of every image."""
        return tuple(source.name for source in self.sources)

    @cached_property
    def sha256(self) -> str:
        """Hash of images, names, masks and columns."""
        content: JSON = {
            "images": [[source.name, source.sha256] for source in self.sources],
            "columns": dict(self.columns),
            "classes": self.classes,
        }
        return fingerprint(content)

    def open(self, index: int) -> PIL.Image.Image:
        """Read or draw an image: mode RGB, upright."""
        return self.sources[index].open()

    def mask(self, index: int) -> Mask | None:
        """Return the object class of every pixel of an image, or None without labels."""
        return self.sources[index].mask()
