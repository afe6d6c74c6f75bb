"""Every text of the repository that a person reads, with its file and line."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Passage:
    """One text; ``kind`` is document, docstring, comment or literal."""

    path: str
    line: int
    text: str
    kind: str


_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.MULTILINE | re.DOTALL)
_HTML = re.compile(r"<[^>]*>", re.DOTALL)
_TARGET = re.compile(r"(?<=\])\([^)\s]*\)")
_CODE = re.compile(r"``.+?``|`[^`]+`", re.DOTALL)
_ADDRESS = re.compile(r"\w+://\S+")
_WORDS = re.compile(r"[A-Za-z]{2,}\W+[A-Za-z]{2,}")


def without_code(text: str) -> str:
    """Replace code spans and addresses by one word, keeping line breaks."""
    return _ADDRESS.sub("address", _CODE.sub(lambda span: "code" + "\n" * span[0].count("\n"), text))


def document_lines(source: str) -> list[str]:
    """Return the lines of a Markdown text; code, HTML and link targets are blank."""

    def blank(span: re.Match[str]) -> str:
        return "\n" * span[0].count("\n")

    for pattern in (_FRONT_MATTER, _FENCE, _HTML):
        source = pattern.sub(blank, source)
    return [
        "" if line.startswith("    ") and not line.lstrip().startswith(("-", "*", "|")) else line
        for line in _TARGET.sub("", without_code(source)).splitlines()
    ]


def markdown_passages(path: str, source: str) -> Iterator[Passage]:
    """Yield every line with words."""
    for number, line in enumerate(document_lines(source), 1):
        if line.strip():
            yield Passage(path, number, line, "document")


def python_passages(path: str, source: str) -> Iterator[Passage]:
    """Yield docstrings, comments, and string literals of two words or more."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield Passage(path, token.start[0], without_code(token.string), "comment")
    tree = ast.parse(source)
    documents = {id(constant) for constant in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            kind = "docstring" if id(node) in documents else "literal"
            if kind == "docstring" or _WORDS.search(node.value):
                yield Passage(path, node.lineno, without_code(node.value), kind)


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield docstrings, and the strings below a constant or field that document it."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value


def docstring_lines(source: str) -> int:
    """Return how many lines the docstrings of a module take."""
    return sum((text.end_lineno or text.lineno) - text.lineno + 1 for text in _docstrings(ast.parse(source)))


_SCRIPT = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?<=[(,=:!&|?{\[])\s*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"
    r'|(?P<literal>"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|`(?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\})*`)",
    re.DOTALL,
)
_EXPRESSION = re.compile(r"\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}")
_TAG = re.compile(r"@\w+|\{[^{}]*\}")


def script_passages(path: str, source: str) -> Iterator[Passage]:
    """Yield comments, and string literals of two words or more, of JavaScript or CSS."""
    for found in _SCRIPT.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        if found["comment"]:
            yield Passage(path, line, _TAG.sub("", without_code(found["comment"])), "comment")
        elif found["literal"]:
            text = _EXPRESSION.sub("code", found["literal"][1:-1])
            if _WORDS.search(text):
                yield Passage(path, line, without_code(text), "literal")


def passages(path: Path) -> Iterator[Passage]:
    """Yield the passages of one file of the repository, by its suffix."""
    name, source = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    readers = {".md": markdown_passages, ".py": python_passages}
    yield from readers.get(path.suffix, script_passages)(name, source)
