"""View state: what a link reopens, and its query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, field, fields, replace
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl, urlencode

View = Literal["matrix", "head", "instance", "heads"]
Side = Literal["query", "key"]
SearchMode = Literal["exact", "substring", "regex"]
ImageMode = Literal["highest", "attention", "flows", "rollout"]
Form = Literal["lines", "matrix"]

PATHS: Mapping[View, str] = {"matrix": "/", "head": "/head", "instance": "/instance", "heads": "/heads"}

TRUST_LEVELS = tuple(range(0, 100, 10))
"""Percentages of trust below which points can fade; 0 fades none."""

MAX_PARTS = 100
"""Parts of a query string that are read; later parts are ignored."""


@dataclass(frozen=True)
class ViewState:
    """One picture of one run.

    A field's name is its name in the URL, and its type and default say how the URL value is read. The browser gets
    names, types and defaults from :func:`state_fields`, so a new field is declared here only. Metadata of a field:
    ``choices`` are the values that a link can hold, ``on_for`` is the modality for which an undecided switch is on.

    Attributes
    ----------
    view : {"matrix", "head", "instance", "heads"}
        The page; in the URL it is the path.
    run, projection, color : str
        Empty for the default of the catalog or the run.
    dims : int
        2 or 3.
    search : str
        Terms, separated by commas.
    search_mode : {"exact", "substring", "regex"}
        How a term is compared with a token.
    layer, head : int or None
        Counted from 0; None in the matrix.
    instance, token : int or None
        The selected sentence or image, and the position of the token in it.
    side : {"query", "key"}
        Which of the token's two points is selected.
    labels : bool or None
        Labels of tokens or patches; None for the default of the modality.
    lines, norm : bool
        Attention lines; points scaled by norm.
    pairs : bool
        Whether the strongest pairs of a head are listed without a selection too.
    patches, filled : bool
        Whether points of images are drawn as patches; whether patches are filled with the color or framed in it.
    image_mode : {"highest", "attention", "flows", "rollout"}
        Overlay of a selected image.
    tint : str
        The metric that tints the heads of the matrix; empty for none.
    strongest : int or None
        Number of heads shown, strongest first; None for all in matrix order.
    only : str
        Heads that are shown, in the form of :func:`layouts.state.head_choice.write_heads`; empty for all.
    no_sinks : bool
        Whether attention sinks are left out.
    form : {"lines", "matrix"}
        Form of Sentence View.
    threshold : int or None
        Weight in thousandths from which Sentence View and Image View draw; None for the default of the view.
    value_norm : bool
        Whether attention is weighted by the norm of the values.
    hidden, pinned : str
        Hidden groups and tokens of the instance, and pinned tokens, such as ``cls_q3_k4``
        (``assets/js/sentence/choice_state.mjs``).
    stretch, dim : bool
        Whether Image View stretches its shades and dims the picture.
    camera : str
        Zoom, center and rotation (``assets/js/scatter/camera/camera_text.mjs``); empty for the whole picture.
    trust : int
        Percentage of trust below which points fade; 0 for none.
    """

    view: View = "matrix"
    run: str = ""
    projection: str = ""
    dims: int = field(default=2, metadata={"choices": (2, 3)})
    color: str = ""
    search: str = ""
    search_mode: SearchMode = "exact"
    layer: int | None = None
    head: int | None = None
    instance: int | None = None
    token: int | None = None
    side: Side = "query"
    labels: bool | None = field(default=None, metadata={"on_for": "text"})
    lines: bool = True
    norm: bool = False
    pairs: bool = False
    patches: bool = True
    filled: bool = False
    image_mode: ImageMode = "highest"
    tint: str = ""
    strongest: int | None = None
    only: str = ""
    no_sinks: bool = False
    form: Form = "lines"
    threshold: int | None = None
    value_norm: bool = False
    hidden: str = ""
    pinned: str = ""
    stretch: bool = True
    dim: bool = True
    camera: str = ""
    trust: int = field(default=0, metadata={"choices": TRUST_LEVELS})

    @classmethod
    def from_url(cls, pathname: str, query: str) -> ViewState:
        """Read a state from a URL; values that cannot be read take their defaults.

        Parameters
        ----------
        pathname : str
            Relative to the application's prefix, starting with ``/``.
        query : str
            With or without the leading question mark.
        """
        parts = query.removeprefix("?").split("&", MAX_PARTS)[:MAX_PARTS]
        given = dict(parse_qsl("&".join(parts)))
        view = next((view for view, path in PATHS.items() if path == pathname.rstrip("/")), "matrix")
        parsed: dict[str, Any] = {"view": view}
        for each in fields(cls):
            if each.name in given and each.name != "view":
                parsed[each.name] = _read(each, given[each.name])
        return cls(**parsed)

    @property
    def pathname(self) -> str:
        """Path of the page, relative to the application's prefix."""
        return PATHS[self.view]

    @property
    def query(self) -> str:
        """Query string with a leading question mark, without default values; empty if all are defaults."""
        pairs = [
            (each.name, _write(getattr(self, each.name)))
            for each in fields(self)
            if each.name != "view" and getattr(self, each.name) != each.default
        ]
        return "?" + urlencode(pairs) if pairs else ""

    @property
    def href(self) -> str:
        """Path and query string."""
        return self.pathname + self.query

    def with_changes(self, **changes: Any) -> ViewState:  # noqa: ANN401 - one value of any field
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def decided(self, modality: str) -> ViewState:
        """Return a copy whose undecided switches have the default of a modality, ``text`` or ``image``."""
        open_fields = [each for each in fields(self) if "on_for" in each.metadata and getattr(self, each.name) is None]
        return replace(self, **{each.name: each.metadata["on_for"] == modality for each in open_fields})

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


def state_fields() -> list[dict[str, Any]]:
    """Return the fields of ViewState as JSON values, in URL order, for the browser.

    Returns
    -------
    list of dict
        ``name``, ``default``, ``type`` ("boolean", "number" or "text") and ``on_for`` (a modality or None).
    """
    return [
        {
            "name": each.name,
            "default": each.default,
            "type": next((word for kind, word in _JSON_TYPES.items() if kind in _types(each)), "text"),
            "on_for": each.metadata.get("on_for"),
        }
        for each in fields(ViewState)
    ]


_JSON_TYPES: Mapping[type, str] = {bool: "boolean", int: "number"}


def _types(part: Field[Any]) -> tuple[Any, ...]:
    """Return a field's type, and the parts of a union or the values of a literal."""
    hint = _hints()[part.name]
    return (hint, *get_args(hint))


@cache
def _hints() -> dict[str, Any]:
    return get_type_hints(ViewState)


def _read(part: Field[Any], text: str) -> Any:  # noqa: ANN401 - one value of any field
    choices = part.metadata.get("choices") or (get_args(_hints()[part.name]) if _is_literal(part) else None)
    if choices:
        return next((choice for choice in choices if str(choice) == text), part.default)
    if bool in _types(part):
        return {"1": True, "0": False}.get(text, part.default)
    if int in _types(part):
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else part.default
    return text


def _is_literal(part: Field[Any]) -> bool:
    return get_origin(_hints()[part.name]) is Literal


def _write(value: Any) -> str:  # noqa: ANN401 - one value of any field
    return str(int(value)) if isinstance(value, bool) else str(value)
