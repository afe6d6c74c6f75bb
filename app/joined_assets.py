"""Joined assets: all modules in one script and all style sheets in one file, made when the server starts.

Developers edit and test the modules in ``assets/js``; there is no build step. A page that loads 124 modules one import
after another waits for as many requests as the longest chain has links (docs/adr/0013-joined-assets.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, request

YEAR_SECONDS = 31_536_000
ENTRY = "attentionviz.mjs"

_IMPORT = re.compile(r'^import (?P<names>\{[^}]*\}|\* as \w+) from "(?P<path>\.[^"]+)";', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (?P<name>\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*$", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class UnjoinableError(ValueError):
    """A module uses a form of import or export that joining does not know, or imports itself in a circle."""


@dataclass(frozen=True)
class JoinedScript:
    """One script made of modules, and its source map, which shows them in the browser's tools."""

    text: str
    source_map: str


def join_modules(folder: Path, entry: str = ENTRY) -> JoinedScript:
    """Join a module and all that it imports, in the order of their imports.

    Every module but the entry becomes a function that returns its exports. Documentation comments become empty lines,
    and lines keep their order, so the source map has one mapping a line. The subset of the language is that of
    ``assets/js``: named imports and ``import * as`` of relative paths, and ``export`` before function, class or const.
    Raises UnjoinableError for anything else.
    """
    order: dict[Path, str] = {}
    _visit((folder / entry).resolve(), order, ())
    numbers = {path: f"m{number}" for number, path in enumerate(order)}
    lines: list[str] = []
    sections = []
    for path, source in order.items():
        exported = [match["name"] for match in _EXPORT.finditer(source)]
        code = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), source)
        body = _EXPORT.sub("", _IMPORT.sub(lambda match, at=path: _binding(match, at, numbers), code))  # type: ignore[misc]
        if other := _OTHER.search(body):
            raise UnjoinableError(f"{path.name} cannot be joined: {other[0]}")
        inner = path != (folder / entry).resolve()
        lines += [f"const {numbers[path]} = (() => {{"] if inner else []
        sections.append((len(lines), path))
        lines += body.rstrip("\n").split("\n")
        lines += [f"return {{ {', '.join(exported)} }}; }})();"] if inner else []
    return JoinedScript("\n".join(lines) + "\n", _source_map(sections, order, folder))


def _visit(path: Path, order: dict[Path, str], above: tuple[Path, ...]) -> None:
    """Add a module after the modules that it imports."""
    if path in above:
        raise UnjoinableError(f"{path.name} imports itself: {' > '.join(each.name for each in (*above, path))}.")
    if path in order:
        return
    source = path.read_text("utf-8")
    for match in _IMPORT.finditer(source):
        _visit((path.parent / match["path"]).resolve(), order, (*above, path))
    order[path] = source


def _binding(match: re.Match[str], path: Path, numbers: Mapping[Path, str]) -> str:
    """Return the declaration that replaces an import, on as many lines."""
    module = numbers[(path.parent / match["path"]).resolve()]
    names = match["names"]
    if names.startswith("*"):
        return f"const {names.split()[-1]} = {module};"
    renamed = re.sub(r"(\w+) as (\w+)", r"\1: \2", names)
    return f"const {renamed} = {module};"


def _source_map(sections: list[tuple[int, Path]], order: Mapping[Path, str], folder: Path) -> str:
    """Return a source map in which every line of a module stands for itself."""
    maps = [
        {
            "offset": {"line": line, "column": 0},
            "map": {
                "version": 3,
                "sources": [str(path.relative_to(folder.resolve()))],
                "sourcesContent": [order[path]],
                "names": [],
                "mappings": ";".join(["AAAA", *["AACA"] * order[path].count("\n")]),
            },
        }
        for line, path in sections
    ]
    return json.dumps({"version": 3, "sections": maps})


def join_styles(folder: Path) -> str:
    """Join all style sheets below a folder, in the order of their paths."""
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.css")))


class JoinedAssets:
    """The joined assets of a folder, at addresses that hold their hash.

    Attributes
    ----------
    script, style : str
        File names below ``joined/``.
    """

    def __init__(self, folder: Path) -> None:
        joined, styles = join_modules(folder), join_styles(folder)
        stem = sha256(joined.text.encode()).hexdigest()[:16]
        self.script, self.style = f"{stem}.mjs", f"{sha256(styles.encode()).hexdigest()[:16]}.css"
        self._files = {
            self.script: (f"{joined.text}//# sourceMappingURL={stem}.map\n", "text/javascript"),
            f"{stem}.map": (joined.source_map, "application/json"),
            self.style: (styles, "text/css"),
        }

    def blueprint(self) -> Blueprint:
        """Return the route of the files; browsers keep them for a year."""
        routes = Blueprint("joined", __name__, url_prefix="/joined")
        routes.add_url_rule("/<name>", view_func=self.file)
        return routes

    def file(self, name: str) -> Response:
        """Return a joined file; 404 for any other name."""
        if name not in self._files:
            abort(404)
        text, kind = self._files[name]
        response = Response(text, mimetype=kind)
        response.set_etag(name)
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_SECONDS
        response.cache_control.immutable = True
        response.make_conditional(request)
        return response
