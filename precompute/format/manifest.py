"""Manifest of a run and table of its tokens, as frozen dataclasses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Modality = Literal["text", "image"]
Quality = Literal["fast", "best", "reference"]
MaskKind = Literal["full", "causal", "stored"]
Stronger = Literal["high", "low"]
EncodingKind = Literal["type", "patch", "sequential", "categorical", "cyclic", "boolean"]

SCHEMA_VERSION = 1
"""Version of the manifest's format; raised when an older reader would misread a newer run."""


@dataclass(frozen=True)
class ModelInfo:
    """The transformer of a run, with sizes as seen during capture.

    Attributes
    ----------
    id : str
        Preset, hub id, directory name or ``timm:NAME``.
    revision : str
        Commit of the hub, or the fingerprint of the weights.
    library : str
        ``transformers`` or ``timm``.
    n_heads : int
        A multiple of ``n_kv_heads``.
    causal : bool
        Whether every layer hides later tokens.
    layers : tuple of int
        The model's own number of each layer, ascending, where layers without attention lie between them; else empty.
    """

    id: str
    revision: str
    library: str
    n_layers: int
    n_heads: int
    n_kv_heads: int
    d_head: int
    causal: bool
    layers: tuple[int, ...] = ()

    def layer_number(self, layer: int) -> int:
        """Return the model's own number of a layer of the run."""
        return self.layers[layer] if self.layers else layer


@dataclass(frozen=True)
class InputsInfo:
    """The sentences or images of a run."""

    name: str
    kind: Modality
    sha256: str
    n_instances: int
    n_tokens: int


ROWS_WITHOUT_SINKS = "rows_without_sinks"
"""Array: row of each head in the layouts without sinks."""


def variant_name(name: str, *, without_sinks: bool) -> str:
    """Return the name of an array, or of its variant without sinks in the attention."""
    return f"{name}_without_sinks" if without_sinks else name


@dataclass(frozen=True)
class LayoutKey:
    """A layout: a projection in 2 or 3 dimensions."""

    projection: str
    dims: int

    @property
    def name(self) -> str:
        """The layout in the names of arrays, parts and metrics, such as ``tsne.2``."""
        return f"{self.projection}.{self.dims}"


@dataclass(frozen=True)
class Recipe:
    """Options of a build that change its result.

    Attributes
    ----------
    projections : tuple of str
        Registered names, in menu order.
    dims : tuple of int
        Any of 2 and 3.
    limit : int or None
        Only the first instances.
    max_tokens : int or None
        Whole instances, evenly drawn, up to this many tokens.
    """

    projections: tuple[str, ...] = ("attention-tsne", "attention-umap", "tsne", "umap", "pca")
    dims: tuple[int, ...] = (2, 3)
    quality: Quality = "fast"
    seed: int = 0
    limit: int | None = None
    max_tokens: int | None = None

    @property
    def layouts(self) -> tuple[LayoutKey, ...]:
        """Every projection in every number of dimensions."""
        return tuple(LayoutKey(name, dims) for name in self.projections for dims in self.dims)


@dataclass(frozen=True)
class ArrayInfo:
    """Dtype, shape and SHA-256 of an array; a document has dtype ``json`` and its length in bytes."""

    dtype: str
    shape: tuple[int, ...]
    sha256: str


@dataclass(frozen=True)
class EncodingInfo:
    """Label, palette and legend of an encoding.

    Attributes
    ----------
    name : str
        Identifier, also in the URL.
    kind : {"type", "patch", "sequential", "categorical", "cyclic", "boolean"}
        Palette. ``type`` colors queries and keys only; ``patch`` draws the patches, framed in these colors.
    description : str
        One sentence for "color info".
    per_head : bool
        Whether the values differ by head.
    low, high : float
        Values at the ends of the palette (sequential, cyclic).
    categories : tuple of str
        Names of the categories 0, 1, ... (categorical, boolean).
    palette : str
        A palette other than the one of the kind; see ``layouts/colors/palettes.py``. Empty for that of the kind.
    """

    name: str
    label: str
    kind: EncodingKind
    description: str
    per_head: bool = False
    low: float = 0.0
    high: float = 1.0
    low_label: str = "low"
    high_label: str = "high"
    categories: tuple[str, ...] = ()
    palette: str = ""


@dataclass(frozen=True)
class ProjectionInfo:
    """Name (also in the URL), label, and one sentence on the meaning of nearness."""

    name: str
    label: str
    description: str


@dataclass(frozen=True)
class MetricInfo:
    """One row of ``head_metrics``.

    Attributes
    ----------
    name : str
        Identifier, column of the ``heads`` command.
    description : str
        One sentence: the quantity and the meaning of its ends.
    digits : int
        Decimals of a value in text.
    stronger : {"high", "low"}
        The end that marks the heads that do most of it.
    """

    name: str
    label: str
    description: str
    digits: int = 2
    stronger: Stronger = "high"

    def text(self, value: float, error: float = math.nan) -> str:
        """Format a value as all views do, up to the first digit of its standard error; ``none`` if it is not finite."""
        return f"{value:.{digits_of(error, self.digits)}f}" if math.isfinite(value) else "none"


ERROR, CEILING = ".error", ".ceiling"
"""Ends of the names of a metric's standard error, and of the most that a layout in the plane can reach."""

MOST_DIGITS = 4
"""Decimals of a number whose standard error is tiny."""


def digits_of(error: float, otherwise: int = 2) -> int:
    """Return the decimals that a standard error leaves, 0 to 4; ``otherwise`` if it is 0 or unknown."""
    if not (math.isfinite(error) and error > 0):
        return otherwise
    return min(max(0, -math.floor(math.log10(error))), MOST_DIGITS)


@dataclass(frozen=True)
class Manifest:
    """Everything about a run except its arrays' bytes.

    Attributes
    ----------
    run : str
        Identifier: ``<model>-<inputs>-<12 hex digits>``.
    name : str
        Name on screen; need not be unique.
    created : str
        UTC, ISO 8601.
    masks : tuple of {"full", "causal", "stored"}
        One per layer; ``stored`` layers have an array ``mask.<layer>``.
    arrays : mapping of str to ArrayInfo
        By name; see ``precompute.format.schema``.
    timings : mapping of str to float
        Seconds of each stage of the build.
    """

    run: str
    name: str
    created: str
    model: ModelInfo
    inputs: InputsInfo
    recipe: Recipe
    masks: tuple[MaskKind, ...]
    encodings: tuple[EncodingInfo, ...]
    metrics: tuple[MetricInfo, ...]
    arrays: Mapping[str, ArrayInfo]
    versions: Mapping[str, str] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    projections: tuple[ProjectionInfo, ...] = ()
    schema: int = SCHEMA_VERSION


@dataclass(frozen=True)
class TokenTable:
    """The tokens of all instances, one instance after another.

    Attributes
    ----------
    tokens : tuple of str
        The tokenizer's names (``##ing``, ``Ġthe``, ``[CLS]``); ``patch r,c`` for images.
    texts : tuple of str
        Readable forms: byte-level tokens decoded, leading space kept as a space.
    special : tuple of bool
        Special and prefix tokens (CLS, SEP, BOS, registers).
    offsets : tuple of int
        Start of each instance, then the number of tokens.
    instances : tuple of str
        The sentence, or the image's name.
    columns : mapping of str to tuple
        Further input columns, a str or float per instance.
    grid : tuple of int or None
        Rows and columns of patches, for images.
    labels : tuple of str
        For images with object labels, the most common class in each patch, empty in an unlabeled image; a prefix token
        has its own name. Otherwise empty.
    """

    tokens: tuple[str, ...]
    texts: tuple[str, ...]
    special: tuple[bool, ...]
    offsets: tuple[int, ...]
    instances: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...] | tuple[float, ...]] = field(default_factory=dict)
    grid: tuple[int, int] | None = None
    labels: tuple[str, ...] = ()
