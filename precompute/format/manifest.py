"""The nouns of a run: what its manifest says, as frozen dataclasses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Modality = Literal["text", "image"]
Quality = Literal["fast", "best"]
MaskKind = Literal["full", "causal", "stored"]
Stronger = Literal["high", "low"]
EncodingKind = Literal["type", "patch", "sequential", "categorical", "cyclic", "boolean"]

SCHEMA_VERSION = 1
"""Version of the manifest's format; raised when an older reader would misread a newer run."""


@dataclass(frozen=True)
class ModelInfo:
    """The transformer a run looked into.

    Attributes
    ----------
    id : str
        Preset, hub id, directory name or ``timm:NAME``.
    revision : str
        Commit of the hub, or the fingerprint of the weights.
    library : str
        ``transformers`` or ``timm``.
    n_layers, n_heads, n_kv_heads, d_head : int
        As seen during capture. ``n_heads`` is a multiple of ``n_kv_heads``.
    causal : bool
        Whether every layer hides later tokens.
    """

    id: str
    revision: str
    library: str
    n_layers: int
    n_heads: int
    n_kv_heads: int
    d_head: int
    causal: bool


@dataclass(frozen=True)
class InputsInfo:
    """The sentences or images of a run."""

    name: str
    kind: Modality
    sha256: str
    n_instances: int
    n_tokens: int


def variant_name(name: str, *, without_sinks: bool) -> str:
    """Return the name of an array, or of its variant computed with the sinks taken out of the attention."""
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
    """The choices of a build that change its result.

    Attributes
    ----------
    projections : tuple of str
        Registered names, in the order shown.
    dims : tuple of int
        Any of 2 and 3.
    quality : {"fast", "best"}
        Iterations of the projections.
    seed : int
        Of everything random.
    limit : int or None
        Only the first so many instances.
    max_tokens : int or None
        Whole instances, evenly drawn, until so many tokens are reached.
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
    """One array (or JSON document, dtype ``json``) of a run and where its bytes are."""

    dtype: str
    shape: tuple[int, ...]
    sha256: str


@dataclass(frozen=True)
class EncodingInfo:
    """What the user interface needs to color by an encoding.

    Attributes
    ----------
    name : str
        Identifier, also in the URL.
    label : str
        Shown in the menu.
    kind : {"type", "patch", "sequential", "categorical", "cyclic", "boolean"}
        Which palette applies. ``type`` colors queries and keys only; ``patch`` draws the patches themselves, framed in
        these colors.
    description : str
        One sentence for "color info".
    per_head : bool
        Whether the values differ by head.
    low, high : float
        Values at the ends of the palette (sequential, cyclic).
    low_label, high_label : str
        Words at the ends of the legend.
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
    """What the user interface says of a projection.

    Attributes
    ----------
    name : str
        Identifier, also in the URL.
    label : str
        Shown in the menu.
    description : str
        One plain sentence: what nearness means in this picture.
    """

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
    label : str
        Shown to the user.
    description : str
        One sentence: what the number measures and what its ends mean.
    digits : int
        Decimals of a value in text.
    stronger : {"high", "low"}
        Which end marks the heads that do most of it.
    """

    name: str
    label: str
    description: str
    digits: int = 2
    stronger: Stronger = "high"

    def text(self, value: float) -> str:
        """Format a value as all views do; ``none`` if it is not finite."""
        return f"{value:.{self.digits}f}" if math.isfinite(value) else "none"


@dataclass(frozen=True)
class Manifest:
    """Everything about a run but its arrays' bytes.

    Attributes
    ----------
    run : str
        Identifier: ``<model>-<inputs>-<12 hex digits>``.
    name : str
        Shown to the user; need not be unique.
    created : str
        UTC, ISO 8601.
    masks : tuple of {"full", "causal", "stored"}
        One a layer: how later or other tokens are hidden. ``stored`` layers have an array ``mask.<layer>``.
    arrays : mapping of str to ArrayInfo
        By name; see docs/architecture.md.
    timings : mapping of str to float
        Seconds of each stage of the build.
    projections : tuple of ProjectionInfo
        Of the recipe's projections.
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
        As the tokenizer names them (``##ing``, ``Ġthe``, ``[CLS]``); ``patch r,c`` for images.
    texts : tuple of str
        As a person reads them: byte-level pieces decoded, leading space kept as a space.
    special : tuple of bool
        Whether each is a special or prefix token (CLS, SEP, BOS, registers).
    offsets : tuple of int
        Start of each instance and, last, the number of tokens.
    instances : tuple of str
        The sentence, or the image's name.
    columns : mapping of str to tuple
        Further columns of the input file, a str or a float for each instance.
    grid : tuple of int or None
        Rows and columns of patches, for images.
    labels : tuple of str
        Object label of each token, for images whose inputs name objects: the most common class in a patch, empty in an
        image that nobody labeled. A prefix token has its own name. Else there are none.
    """

    tokens: tuple[str, ...]
    texts: tuple[str, ...]
    special: tuple[bool, ...]
    offsets: tuple[int, ...]
    instances: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...] | tuple[float, ...]] = field(default_factory=dict)
    grid: tuple[int, int] | None = None
    labels: tuple[str, ...] = ()
