"""A run whose every text tries to be something else: markup, a script, a formula, a second line, a path."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import cycle, islice

from precompute.format.manifest import Manifest, TokenTable
from precompute.run.run import Run
from precompute.store.store import Store

MARK = "data-hostile"
"""Attribute of every element that the texts try to make."""

HOSTILE: tuple[str, ...] = (
    f"<img src=x {MARK} onerror=alert(1)>",
    f"</script><script {MARK}>alert(1)</script>",
    f"\"'><svg {MARK} onload=alert(1)>",
    f"]]></text><a xmlns='http://www.w3.org/1999/xhtml' {MARK}>x</a>",
    f"<a {MARK} href='javascript:alert(1)'>x</a>",
    f"[x](javascript:alert(1)) ![x](x) <b {MARK}>x</b>",
    "javascript:alert(1)",
    "=HYPERLINK(1)",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    'a,b\r\n"c"',
    "\x1b[31mred\x1b[2J\x00",
    "../../etc/passwd",
    "\u202edesrever\u2066",
    "%{z:.2f} $x$ {{constructor.constructor('alert(1)')()}}",
)
"""For HTML, XML, Markdown, templates, spreadsheets, terminals and file systems."""

SEARCHED = "=HYPERLINK(1)"
"""One of them without a comma, that can be searched for."""


def hostile_run(store: Store, source: str) -> Manifest:
    """Keep a run with the numbers of another one and hostile texts wherever a text may stand.

    Parameters
    ----------
    store : Store
        Holds the other one, and takes this one.
    source : str
        Its identifier; a run over text.

    Returns
    -------
    Manifest
        Of the new run, newer than the other one.
    """
    other = store.manifest(source)
    table = Run(store, other).tokens
    first = HOSTILE[0]
    columns: dict[str, tuple[str, ...] | tuple[float, ...]] = {
        text: _texts(other.inputs.n_instances) for text in HOSTILE
    }
    hostile = TokenTable(
        _texts(len(table.tokens)),
        _texts(len(table.tokens)),
        table.special,
        table.offsets,
        _texts(len(table.instances)),
        columns,
    )
    encodings = [
        replace(
            info,
            label=text,
            description=text,
            low_label=text,
            high_label=text,
            categories=_texts(len(info.categories)),
        )
        for info, text in zip(other.encodings, cycle(HOSTILE), strict=False)
    ]
    manifest = replace(
        other,
        run="hostile-texts-000000000000",
        name=first,
        created="2999-01-01T00:00:00Z",
        model=replace(other.model, id=first, revision=HOSTILE[1], library=HOSTILE[2]),
        inputs=replace(other.inputs, name=HOSTILE[1]),
        encodings=tuple(encodings),
        metrics=tuple(
            replace(info, label=text, description=text)
            for info, text in zip(other.metrics, cycle(HOSTILE), strict=False)
        ),
        projections=tuple(
            replace(info, label=text, description=text)
            for info, text in zip(other.projections, cycle(HOSTILE), strict=False)
        ),
        versions={text: text for text in HOSTILE},
        arrays={**other.arrays, "tokens": store.put_document(asdict(hostile))},
    )
    store.put_manifest(manifest)
    return manifest


def _texts(number: int) -> tuple[str, ...]:
    return tuple(islice(cycle(HOSTILE), number))
