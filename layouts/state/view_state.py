"""What a link reopens: the frozen state of a view, and its query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

View = Literal["matrix", "head", "instance", "heads"]
Side = Literal["query", "key"]
SearchMode = Literal["exact", "substring", "regex"]
ImageMode = Literal["highest", "attention", "flows", "rollout"]

PATHS: Mapping[View, str] = {"matrix": "/", "head": "/head", "instance": "/instance", "heads": "/heads"}

MOST_PARTS = 100
"""Parts of a query string that are read; further ones are nobody's link."""


@dataclass(frozen=True)
class ViewState:
    """One picture of one run.

    Attributes
    ----------
    view : {"matrix", "head", "instance", "heads"}
        The page; in the URL it is the path.
    run, projection, color : str
        Empty means: the default of the catalog or the run.
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
        Labels of tokens or patches; None for what suits the run.
    lines, norm : bool
        Attention lines, points scaled by norm.
    pairs : bool
        Whether the strongest pairs of a head are listed without a selection too.
    patches, filled : bool
        Whether the points of images are their patches, and whether these are filled with the color or framed in it.
    image_mode : {"highest", "attention", "flows", "rollout"}
        What is drawn over a selected image.
    tint : str
        The metric that tints the heads of the matrix; empty for none.
    strongest : int or None
        How many heads are shown, the strongest first; None for all, each in its place.
    only : str
        Heads that are shown, as of :mod:`layouts.state.head_set`; empty for all.
    no_sinks : bool
        Whether the tokens that attention rests on are taken out.
    """

    view: View = "matrix"
    run: str = ""
    projection: str = ""
    dims: int = 2
    color: str = ""
    search: str = ""
    search_mode: SearchMode = "exact"
    layer: int | None = None
    head: int | None = None
    instance: int | None = None
    token: int | None = None
    side: Side = "query"
    labels: bool | None = None
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

    @classmethod
    def from_url(cls, pathname: str, query: str) -> ViewState:
        """Read a state from a URL. What cannot be understood takes its default.

        Parameters
        ----------
        pathname : str
            Relative to the application's prefix, starting with ``/``.
        query : str
            With or without the leading question mark.
        """
        parts = query.removeprefix("?").split("&", MOST_PARTS)[:MOST_PARTS]
        given = dict(parse_qsl("&".join(parts)))
        view = next((view for view, path in PATHS.items() if path == pathname.rstrip("/")), "matrix")
        parsed: dict[str, Any] = {"view": view}
        for field in fields(cls):
            if field.name in given and field.name != "view":
                parsed[field.name] = _read(field.name, given[field.name], field.default)
        return cls(**parsed)

    @property
    def pathname(self) -> str:
        """Path of the page, relative to the application's prefix."""
        return PATHS[self.view]

    @property
    def query(self) -> str:
        """Query string with a leading question mark, without the values that are defaults; empty if all are."""
        default = ViewState()
        pairs = [
            (field.name, _write(getattr(self, field.name)))
            for field in fields(self)
            if field.name != "view" and getattr(self, field.name) != getattr(default, field.name)
        ]
        return "?" + urlencode(pairs) if pairs else ""

    @property
    def href(self) -> str:
        """Path and query string."""
        return self.pathname + self.query

    def with_changes(self, **changes: Any) -> ViewState:  # noqa: ANN401 - one value of any field
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


def _read_bool(text: str, default: bool | None) -> bool | None:
    return {"1": True, "0": False}.get(text, default)


def _read_index(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "search_mode": get_args(SearchMode),
    "side": get_args(Side),
    "image_mode": get_args(ImageMode),
}


def _read(name: str, text: str, default: Any) -> Any:  # noqa: ANN401 - one value of any field
    if isinstance(default, bool) or name == "labels":
        return _read_bool(text, default)
    if name == "dims":
        return {"2": 2, "3": 3}.get(text, default)
    if default is None:
        return _read_index(text)
    if name in _CHOICES:
        return text if text in _CHOICES[name] else default
    return text


def _write(value: Any) -> str:  # noqa: ANN401 - one value of any field
    return str(int(value)) if isinstance(value, bool) else str(value)
