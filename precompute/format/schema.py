"""Which arrays a run has, with their dtypes and shapes: docs/architecture.md as code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from precompute.format.manifest import ArrayInfo, Manifest

DTYPES = frozenset({"uint8", "uint16", "uint32", "int32", "int64", "float32"})
"""What arrays may hold; all little-endian."""

DOCUMENT = "json"
"""The dtype of a JSON document; its shape is its length in bytes."""

ARRAY_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
SHA256 = re.compile(r"[0-9a-f]{64}")
MAX_SIDE = 2**40

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Expected:
    """What an array must look like.

    Attributes
    ----------
    dtype : str
        One of ``DTYPES`` or ``DOCUMENT``.
    shapes : tuple of shapes
        Any of these; None stands for any length.
    """

    dtype: str
    shapes: tuple[Shape, ...]


def required_arrays(manifest: Manifest) -> Mapping[str, Expected]:
    """Arrays without which a run cannot be shown.

    Parameters
    ----------
    manifest : Manifest
        Its sizes, recipe, masks, encodings and metrics count; its arrays do not.

    Returns
    -------
    mapping of str to Expected
        By name.
    """
    model, recipe = manifest.model, manifest.recipe
    layers, heads, kv_heads, d_head = model.n_layers, model.n_heads, model.n_kv_heads, model.d_head
    tokens = manifest.inputs.n_tokens
    points = 2 * tokens
    expected = {
        "offsets": Expected("int32", ((manifest.inputs.n_instances + 1,),)),
        "positions": Expected("int32", ((tokens,),)),
        "queries": Expected("float32", ((layers, heads, tokens, d_head),)),
        "keys": Expected("float32", ((layers, kv_heads, tokens, d_head),)),
        "value_norms": Expected("float32", ((layers, kv_heads, tokens),)),
        "query_norms": Expected("float32", ((layers, heads, tokens),)),
        "key_norms": Expected("float32", ((layers, kv_heads, tokens),)),
        "scales": Expected("float32", ((layers,),)),
        "draw_order": Expected("uint32", ((points,),)),
        "tokens": Expected(DOCUMENT, ((None,),)),
    }
    for plane in (f"{name}.{dims}" for name in recipe.projections for dims in recipe.dims):
        dims = int(plane.rsplit(".", 1)[1])
        expected[f"coords.{plane}"] = Expected("uint16", ((layers, heads, points, dims),))
        expected[f"extent.{plane}"] = Expected("float32", ((layers, heads, dims + 1),))
    for encoding in manifest.encodings:
        if encoding.kind != "type":
            flat: tuple[Shape, ...] = ((tokens,), (points,))
            shapes = ((layers, heads, points),) if encoding.per_head else flat
            expected[f"encoding.{encoding.name}"] = Expected("float32", shapes)
    for layer, mask in enumerate(manifest.masks):
        if mask == "stored":
            expected[f"mask.{layer}"] = Expected("float32", ((1, None), (heads, None)))
    if manifest.metrics:
        expected["head_metrics"] = Expected("float32", ((len(manifest.metrics), layers, heads),))
    return expected


def optional_arrays(manifest: Manifest) -> Mapping[str, Expected]:
    """Arrays that a run may have, beside others of any name.

    Parameters
    ----------
    manifest : Manifest
        Its sizes and recipe count.

    Returns
    -------
    mapping of str to Expected
        By name.
    """
    model = manifest.model
    heads = (model.n_layers, model.n_heads)
    planes = (f"{name}.{dims}" for name in manifest.recipe.projections for dims in manifest.recipe.dims)
    return {
        **{f"preservation.{plane}": Expected("uint8", ((*heads, 2 * manifest.inputs.n_tokens),)) for plane in planes},
        "probe_metrics": Expected("float32", ((None, *heads),)),
        "aggregate": Expected("float32", ((*heads, None, None),)),
        "aggregate_counts": Expected("int32", ((None,),)),
        "offset_profile": Expected("float32", ((*heads, None),)),
        "offset_profile_without_sinks": Expected("float32", ((*heads, None),)),
        "head_metrics_without_sinks": Expected("float32", ((len(manifest.metrics), *heads),)),
        **{f"strongest_pairs{which}": Expected("int32", ((*heads, 2, None, 3),)) for which in ("", "_without_sinks")},
        **{
            f"strongest_pair_weights{which}": Expected("float32", ((*heads, 2, None, 2),))
            for which in ("", "_without_sinks")
        },
        "head_distances": Expected("float32", ((model.n_layers * model.n_heads,) * 2,)),
        "head_distances_without_sinks": Expected("float32", ((model.n_layers * model.n_heads,) * 2,)),
        "pictures": Expected("uint8", ((manifest.inputs.n_instances, None, None, 3),)),
    }


def array_problems(manifest: Manifest) -> list[str]:
    """Find what is wrong with the arrays of a manifest: names, dtypes, shapes, hashes, missing ones.

    Parameters
    ----------
    manifest : Manifest
        Its sizes are taken to be sound.

    Returns
    -------
    list of str
        One phrase a problem; empty if all is well.
    """
    required = required_arrays(manifest)
    expected = {**optional_arrays(manifest), **required}
    problems = [f"its array {name} is missing" for name in required if name not in manifest.arrays]
    for name, info in manifest.arrays.items():
        if not ARRAY_NAME.fullmatch(name):
            problems.append(f"{name!r} is not an array's name")
        elif not well_formed(info) or not _fits(info, expected.get(name)):
            problems.append(f"its array {name} cannot be {info.dtype} {list(info.shape)}")
    return problems


def well_formed(info: ArrayInfo) -> bool:
    """Whether dtype, shape and hash of an array are such as the store keeps.

    Parameters
    ----------
    info : ArrayInfo
        Any.

    Returns
    -------
    bool
        True for a known dtype, at most 8 sides of 0 to 2^40, and 64 hex digits.
    """
    document = info.dtype == DOCUMENT and len(info.shape) == 1
    sides = len(info.shape) <= 8 and all(0 <= side <= MAX_SIDE for side in info.shape)
    return (document or info.dtype in DTYPES) and sides and SHA256.fullmatch(info.sha256) is not None


def _fits(info: ArrayInfo, expected: Expected | None) -> bool:
    return expected is None or (
        info.dtype == expected.dtype and any(_matches(info.shape, shape) for shape in expected.shapes)
    )


def _matches(shape: tuple[int, ...], expected: Shape) -> bool:
    return len(shape) == len(expected) and all(e is None or s == e for s, e in zip(shape, expected, strict=True))
