"""Strict reading and writing of manifests as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from precompute.errors import DamagedRunError
from precompute.format.array_problems import array_problems
from precompute.format.manifest import SCHEMA_VERSION, Manifest
from precompute.format.typed_json import canonical_json, from_json, parse_json, to_json

RUN_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,150}-[0-9a-f]{12}")
"""Valid run identifiers, safe in a URL and in a file name."""


FILLED_IN: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "encodings": {"brightness": {"palette": "light-is-more"}, "position-mod-5": {"palette": "five"}},
    "metrics": {"best_offset": {"digits": 0}},
}
"""Fields that runs of older builds lack, by the name of the entry."""

LOW_IS_STRONGER = ("correlation", "attention_correlation")
"""Last part of the names of metrics whose lowest values mark the strongest heads, in runs of older builds."""


def write_manifest(manifest: Manifest) -> str:
    """Return a manifest as a line of JSON; DamagedRunError if :func:`manifest_problems` finds any."""
    return canonical_json(to_json(_sound(manifest)))


def read_manifest(text: str | bytes, run: str) -> Manifest:
    """Read a manifest whose names, sizes and dtypes are consistent.

    Parameters
    ----------
    text : str or bytes
        From :func:`write_manifest`, perhaps of another version of this program.
    run : str
        Name of the run in errors.

    Raises
    ------
    DamagedRunError
        If the text is not a manifest, or has a newer schema.
    """
    try:
        value = parse_json(text)
        schema = value.get("schema") if isinstance(value, dict) else None
        if type(schema) is int and schema > SCHEMA_VERSION:
            raise DamagedRunError(
                f"The run {run} was made by a newer version (schema {schema}, this one reads {SCHEMA_VERSION}); "
                "upgrade AttentionViz."
            )
        manifest = from_json(Manifest, _filled_in(value), "its manifest")
    except ValueError as error:
        raise DamagedRunError(f"The run {run} is damaged, remove it and build it again: {error}.") from error
    return _sound(manifest)


def manifest_problems(manifest: Manifest) -> list[str]:
    """Return one phrase per inconsistency of a manifest; arrays are not read."""
    model, inputs = manifest.model, manifest.inputs
    sizes = (model.n_layers, model.n_heads, model.n_kv_heads, model.d_head, inputs.n_instances, inputs.n_tokens)
    if not RUN_ID.fullmatch(manifest.run):
        return [f"{manifest.run!r} is not a run's name"]
    if not 1 <= manifest.schema <= SCHEMA_VERSION:
        return [f"schema {manifest.schema} does not exist"]
    if min(sizes) < 1 or model.n_heads % model.n_kv_heads or inputs.n_tokens < inputs.n_instances:
        return [f"the numbers of layers, heads, instances and tokens cannot be {sizes}"]
    if len(manifest.masks) != model.n_layers:
        return [f"it has {len(manifest.masks)} masks for {model.n_layers} layers"]
    return array_problems(manifest)


def _sound(manifest: Manifest) -> Manifest:
    problems = manifest_problems(manifest)
    if problems:
        raise DamagedRunError(f"The run {manifest.run} is damaged, remove it and build it again: {problems[0]}.")
    return manifest


def _filled_in(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Fill in the palettes, digits and directions of a manifest that was written before it held them."""
    if not isinstance(value, dict):
        return value
    filled = dict(value)
    for part, by_name in FILLED_IN.items():
        entries = value.get(part)
        if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
            filled[part] = [{**_defaults(part, entry, by_name), **entry} for entry in entries]
    return filled


def _defaults(part: str, entry: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    name = str(entry.get("name"))
    low = part == "metrics" and name.rpartition(".")[2] in LOW_IS_STRONGER
    return {**by_name.get(name, {}), **({"stronger": "low"} if low else {})}
