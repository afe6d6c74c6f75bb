"""Requests drawn at random, close enough to sound ones to get past the first check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.support.view_states import view_states

NASTY = (
    "..",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f",
    "....//",
    "\\..\\",
    "/etc/passwd",
    "cache.db",
    "\x00",
    "a\x00b",
    "%00",
    "%ff%fe",
    "\r\nSet-Cookie: a=b",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}}",
    "${7*7}",
    "__class__",
    "__proto__",
    "\u202e",
    "٣",
    "𝟙",
    "-1",
    "1e9",
    "9" * 400,
    "a" * 5000,
    "",
    " ",
    ".",
)
METHODS = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW")
TYPES = ("application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "", 'a/b; c="')
BROKEN_BODIES = (
    b"",
    b"null",
    b"{",
    b"\xff\xfe{",
    b"[" * 100_000,
    b'{"a":' * 5000,
    "{}".encode("utf-16"),
    b'{"output": 1e999}',
    b'{"output": NaN}',
)
WORDS = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-2, 5).map(str) | st.sampled_from(("99999999999999999999", "0x1", "1.0", "01", "٣"))
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.integers(10**30, 10**31)
    | st.text(max_size=8)
    | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True)
class FuzzedRequest:
    """One request.

    Attributes
    ----------
    path : str
        With its query string, quoted.
    method : str
        Of HTTP.
    body : bytes or None
        Sent along.
    headers : mapping of str to str
        Sent along.
    """

    path: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def _quoted(parts: list[str]) -> str:
    return "/" + "/".join(quote(part, safe="") for part in parts)


def _queries() -> st.SearchStrategy[str]:
    sound = view_states().map(lambda state: state.query.removeprefix("?"))
    names = st.sampled_from(("run", "projection", "dims", "color", "layer", "head", "instance", "token", "side", "v"))
    pairs = st.lists(st.tuples(names | WORDS, WORDS | NUMBERS), max_size=4)
    long = st.integers(1, 2000).map(lambda n: "&".join(["run=a"] * n))
    broken = st.sampled_from(("%", "%zz=%ff", "&&&=&=", "run=%ED%A0%80", "run[]=1", "a" * 9000))
    return st.one_of(sound, pairs.map(urlencode), long, broken)


QUERIES = _queries()
"""Query strings, made once: making a strategy takes longer than drawing from it."""


def pages() -> st.SearchStrategy[FuzzedRequest]:
    """Draw pages, pictures, assets, health, and what lies beside them."""
    known = st.sampled_from(
        ("/", "/head", "/instance", "/heads", "/health", "/picture/matrix.png", "/picture/head.png", "/_dash-layout")
    )
    roots = st.sampled_from(("assets", "picture", "_dash-component-suites", "static", "data", "_favicon.ico", "head"))
    path = known | st.tuples(roots, st.lists(WORDS, max_size=3)).map(lambda parts: _quoted([parts[0], *parts[1]]))
    headers = {
        "If-None-Match": st.sampled_from(('"a"', "*", "W/", '"' * 9)),
        "Range": st.sampled_from(("bytes=0-0", "bytes=-1", "bytes=9-1", "lines=1", "bytes=" + "0-1," * 99)),
        "Accept-Encoding": st.sampled_from(("gzip", "br;q=x", "*")),
        "Cookie": st.sampled_from(("session=e30.a.b", "session=" + "a" * 3000, "=;=")),
        "Authorization": st.sampled_from(("Basic", "Basic !!!", "Basic Og==", "Bearer x")),
    }
    header = st.one_of(st.just({}), *(values.map(_one_header(name)) for name, values in headers.items()))
    return st.builds(
        lambda path, query, headers: FuzzedRequest(f"{path}?{query}", headers=headers), path, QUERIES, header
    )


def _one_header(name: str) -> Callable[[str], dict[str, str]]:
    return lambda value: {name: value}


def data_routes(run: str, names: tuple[str, ...]) -> st.SearchStrategy[FuzzedRequest]:
    """Draw addresses below ``data/`` with known and unknown parts, by right and by wrong methods.

    Parameters
    ----------
    run : str
        A run that is there.
    names : tuple of str
        Its arrays and encodings.
    """
    number, name = NUMBERS | st.integers(0, 3).map(str), st.sampled_from(names)
    sound = [("array", name), ("array", name, number, number), ("colors", name), ("run.json",), ("tokens.json",)]
    sound += [(route, number, number, number) for route in ("pattern", "value-norms")]
    sound += [(route, number, number) for route in ("pattern-sheet", "rollout", "layer-patterns", "layer-value-norms")]
    parts = [st.tuples(*(st.just(part) if isinstance(part, str) else part for part in each)) for each in sound]
    beside = st.lists(WORDS | name | number, min_size=1, max_size=5).map(tuple)
    return st.builds(
        lambda run, parts, query, method: FuzzedRequest(f"{_quoted(['data', run, *parts])}?{query}", method),
        st.sampled_from((run,) * 9 + (run[:4], *NASTY[:9])),
        st.one_of(*parts, *parts, beside),
        st.just("") | QUERIES,
        st.sampled_from(("GET",) * 3 * len(METHODS) + METHODS),
    )


def callbacks(
    dependencies: tuple[Mapping[str, Any], ...], values: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[FuzzedRequest]:
    """Request outputs of registered callbacks, with sound values, with values that fit less and less, and brokenly.

    Parameters
    ----------
    dependencies : tuple of mappings
        What ``/_dash-dependencies`` lists of callbacks that the server answers.
    values : mapping of str to strategy
        Sound values of inputs, by ``id.property``.
    """
    bodies = st.one_of(*(_bodies(dependency, values) for dependency in dependencies))
    texts = st.builds(_text, bodies, st.integers(0, 3), st.randoms(use_true_random=False), JSON_VALUES)
    types = st.sampled_from(TYPES[:1] * 9 + TYPES)
    methods = st.sampled_from(("POST",) * 9 + ("GET", "PUT"))
    return st.builds(
        lambda method, text, kind: FuzzedRequest("/_dash-update-component", method, text, {"Content-Type": kind}),
        methods,
        st.one_of(*[texts] * 19, st.sampled_from(BROKEN_BODIES)),
        types,
    )


def _bodies(
    asked: Mapping[str, Any], values: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    def filled(listed: list[Mapping[str, str]]) -> st.SearchStrategy[list[dict[str, Any]]]:
        drawn = [values.get(f"{each['id']}.{each['property']}", JSON_VALUES) for each in listed]
        return st.tuples(*drawn).map(
            lambda given: [{**each, "value": value} for each, value in zip(listed, given, strict=True)]
        )

    names = [name.rsplit(".", 1) for name in asked["output"].strip(".").split("...")]
    outputs = [{"id": component, "property": of_it} for component, of_it in names]
    return st.fixed_dictionaries(
        {
            "output": st.just(asked["output"]),
            "outputs": st.just(outputs if asked["output"].startswith("..") else outputs[0]),
            "inputs": filled(asked["inputs"]),
            "state": filled(asked["state"]),
            "changedPropIds": st.just([f"{each['id']}.{each['property']}" for each in asked["inputs"][:1]]),
        }
    )


def _text(body: dict[str, Any], quarter: int, chance: Random, value: Any) -> bytes:
    """JSON of a body; of a quarter of them, a member or a member's member is replaced or gone."""
    broken = dict(body)
    if quarter == 0:
        name = chance.choice(sorted(body))
        part = body[name]
        if isinstance(part, list) and part and isinstance(part[0], dict):
            broken[name] = [{**part[0], chance.choice(("id", "property", "value")): value}, *part[1:]]
        elif chance.random() < 0.5:
            del broken[name]
        else:
            broken[name] = value
    return json.dumps(broken).encode()


def page_states(run: str) -> st.SearchStrategy[Any]:
    """Draw what a browser may hand back as the state on show: sound, slightly wrong, and nonsense."""
    sound = view_states().map(lambda state: {**state.as_dict(), "run": run})
    names = st.sampled_from(("view", "run", "layer", "head", "dims", "color", "tint", "only", "strongest", "new"))
    values = JSON_VALUES | st.integers(-(10**12), 10**12)
    wrong = st.builds(lambda state, name, value: {**state, name: value}, sound, names, values)
    states = st.one_of(sound, sound, wrong, JSON_VALUES)
    return st.one_of(states.map(lambda state: {"address": "/", "state": state, "problem": False}), JSON_VALUES)


def addresses() -> st.SearchStrategy[Any]:
    """Draw what a browser may announce as its address."""
    paths = st.sampled_from(("/", "/head", "/instance", "/heads")) | WORDS
    sound = st.fixed_dictionaries({"pathname": paths, "search": QUERIES, "chosen": st.booleans()})
    return st.one_of(sound, sound, st.dictionaries(st.sampled_from(("pathname", "search")), JSON_VALUES), JSON_VALUES)
