"""Documents, docstrings, comments and screen texts are plain technical US English."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.prose import (
    ROOT,
    Passage,
    docstring_lines,
    document_lines,
    markdown_passages,
    passages,
    python_passages,
    script_passages,
)

ITSELF = ("tests/contract/test_prose.py", "tests/support/prose.py")
GENERATED = ("assets/bootstrap/",)
SUFFIXES = {".md", ".py", ".mjs", ".js", ".css"}

BANNED = re.compile(
    r"\b(?:anew|meanwhile|at last|for want of|in vain|places|looks|pieces|bare|twins?|stands|what is|as one"
    r"|whoever|whomever|nobody|somebody|says|tells|hears|gives|asks|lets|wants"
    r"|tak(?:e|es|ing|en) out|let(?:s|ting)? go"
    r"|one (?:sees|looks|goes|wants|types|knows|likes|zooms|points|turns|finds|gets|asks|has to|can|could|would))\b",
    re.IGNORECASE,
)
FIRST_WORDS = re.compile(r"\s*(?:what|give|say|tell|ask|let|hear|want)\b", re.IGNORECASE)
"""A docstring opens with a noun phrase, or with Return, Compute, Write and the like."""

BRITISH = re.compile(
    r"\b(?:\w*colour\w*|neighbour\w*|centr(?:e|es|ed|ing)|\w*behaviour\w*|grey(?:s|er|ish|scale)?|\w*favour\w*"
    r"|(?:de|re|un)?(?:normal|optim|summar|quant|initial|recogn|organ|general|minim|maxim|central|special|visual|random"
    r"|serial|token|categor|emphas|symmetr|standard|synchron)is(?:e|es|ed|er|ers|ing|ation|ations)"
    r"|analys(?:e|es|ed|ing)|label(?:led|ling)|model(?:led|ling)|travel(?:led|ling)|cancel(?:led|ling)"
    r"|catalogue\w*|defence|licence|judgement|learnt|whilst|artefacts?|towards|metres?|fibres?)\b",
    re.IGNORECASE,
)

ALLOWED = re.compile(r"\bstands? for\b|\bword pieces\b|\bcentre-distance\b", re.IGNORECASE)
"""Terms of the field, and stored identifiers that keep their spelling."""

ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|al|etc|St|Dr|Fig|No)\.(?=\s)|\.\.\.|^\s*\d+\.(?=\s)")
TWO_SENTENCES = re.compile(r"[.!?][)\]\"'*_”]*\s+\S")
BLOCK_START = re.compile(r"\s*(?:[-*+] |\d+\. |[|#!>]|:?-{3,})")
SENTENCE_END = re.compile(r"[.!?:;][)\]\"'*_”]*$")

DOCSTRING_SHARE = 0.25


def read_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in listed if (ROOT / name).suffix in SUFFIXES and (ROOT / name).exists()]


def checked_files() -> list[str]:
    return [name for name in read_files() if name not in ITSELF and not name.startswith(GENERATED)]


@pytest.fixture(scope="module")
def texts() -> list[Passage]:
    return [passage for name in checked_files() for passage in passages(ROOT / name)]


def uses(pattern: re.Pattern[str], texts: list[Passage]) -> list[str]:
    """Return ``path:line: word`` for every match."""
    return [
        f"{passage.path}:{passage.line + before.count(chr(10))}: {found[0]}"
        for passage in texts
        for allowed in [ALLOWED.sub("", passage.text)]
        for found in pattern.finditer(allowed)
        for before in [allowed[: found.start()]]
    ]


def test_no_banned_word(texts: list[Passage]) -> None:
    assert uses(BANNED, texts) == []


def test_spelling_is_american(texts: list[Passage]) -> None:
    assert uses(BRITISH, texts) == []


def test_docstrings_open_with_a_noun_or_an_action(texts: list[Passage]) -> None:
    assert [
        f"{passage.path}:{passage.line}: {passage.text.split()[0]}"
        for passage in texts
        if passage.kind == "docstring" and FIRST_WORDS.match(passage.text)
    ] == []


def lines_of_two_sentences(source: str) -> Iterator[int]:
    for number, line in enumerate(document_lines(source), 1):
        if not line.lstrip().startswith("|") and TWO_SENTENCES.search(ABBREVIATION.sub("", line)):
            yield number


def broken_sentences(source: str) -> Iterator[int]:
    lines = document_lines(source)
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], ""], strict=True), 1):
        paragraph = line.strip() and not line.lstrip().startswith(("|", "#", "!"))
        continued = following.strip() and not BLOCK_START.match(following)
        if paragraph and continued and not SENTENCE_END.search(line.rstrip()):
            yield number


@pytest.mark.parametrize("name", [name for name in checked_files() if name.endswith(".md")])
def test_documents_hold_one_sentence_a_line(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    assert [f"{name}:{line}: two sentences" for line in lines_of_two_sentences(source)] == []
    assert [f"{name}:{line}: sentence goes on in the next line" for line in broken_sentences(source)] == []


def test_docstrings_take_at_most_a_quarter_of_precompute() -> None:
    sources = [
        (ROOT / name).read_text(encoding="utf-8")
        for name in checked_files()
        if name.startswith("precompute/") and name.endswith(".py")
    ]
    lines = sum(len(source.splitlines()) for source in sources)
    documented = sum(docstring_lines(source) for source in sources)
    assert documented <= DOCSTRING_SHARE * lines, f"{documented} of {lines} lines are docstrings"


PYTHON = '''"""Colour of a head."""

SIZE = 3  # meanwhile `bare`
NAME = "neighbour"
"""Somebody's name."""


def head(name: str) -> str:
    """Give a head.

    It stands for a layer and looks odd.
    """
    return f"{name}: what is {name}"
'''


def test_words_are_found_where_they_are() -> None:
    texts = list(python_passages("a.py", PYTHON))
    assert sorted(uses(BANNED, texts)) == [
        "a.py:11: looks",
        "a.py:13: what is",
        "a.py:3: meanwhile",
        "a.py:5: Somebody",
    ]
    assert uses(BRITISH, texts) == ["a.py:1: Colour"]
    assert docstring_lines(PYTHON) == 6


def test_words_are_found_in_scripts() -> None:
    source = "/** @param {string} centre the head\n * as one likes */\nconst a = `${b ? `c` : d} is bare`; // grey\n"
    texts = list(script_passages("a.mjs", source))
    assert uses(BANNED, texts) == ["a.mjs:2: as one", "a.mjs:3: bare"]
    assert uses(BRITISH, texts) == ["a.mjs:1: centre", "a.mjs:3: grey"]


def test_words_are_found_in_documents_outside_code() -> None:
    source = "# Places\n\n```\nlooks\n```\n\nSee `pieces` in [it](looks).\nOr (e.g. here) this. And that\ngoes on.\n"
    assert uses(BANNED, list(markdown_passages("a.md", source))) == ["a.md:1: Places"]
    assert list(lines_of_two_sentences(source)) == [8]
    assert list(broken_sentences(source)) == [8]
