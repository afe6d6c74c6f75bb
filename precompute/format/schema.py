"""Table of a run's arrays: the one source of names, dtypes, shapes, meanings and access."""

from __future__ import annotations

from collections.abc import Mapping

from precompute.format.array_spec import (
    ArraySpec,
    Expected,
    head_encodings,
    if_measured,
    layouts,
    stored_masks,
    token_encodings,
)
from precompute.format.manifest import Manifest

DTYPES = frozenset({"uint8", "uint16", "uint32", "int32", "int64", "float32"})
"""Dtypes of stored arrays; all little-endian."""

DOCUMENT = "json"
"""Dtype of a JSON document; its shape is its length in bytes."""

ARRAYS: tuple[ArraySpec, ...] = (
    ArraySpec("offsets", "int32", "[n_instances + 1]", "token range of each instance", served=True),
    ArraySpec("positions", "int32", "[N]", "position of each token in its instance, from 0", served=True),
    ArraySpec("queries", "float32", "[L, H, N, d_head]", "query vectors as the attention uses them"),
    ArraySpec("keys", "float32", "[L, H_kv, N, d_head]", "key vectors; query head h reads key head h // (H / H_kv)"),
    ArraySpec("value_norms", "float32", "[L, H_kv, N]", "L2 norms of the value vectors"),
    ArraySpec("query_norms", "float32", "[L, H, N]", "L2 norms of the query vectors", served=True),
    ArraySpec("key_norms", "float32", "[L, H_kv, N]", "L2 norms of the key vectors", served=True),
    ArraySpec("scales", "float32", "[L]", "factor of q k^T"),
    ArraySpec(
        "caps",
        "float32",
        "[L]",
        "soft cap of the scaled scores, cap * tanh(x / cap), before the mask; inf in a layer without one; "
        "absent if no layer has one",
        optional=True,
    ),
    ArraySpec(
        "sink_logits",
        "float32",
        "[L, H]",
        "logit of a sink that is no token, in the denominator of every softmax; -inf in a layer without one; "
        "absent if no layer has one",
        optional=True,
    ),
    ArraySpec(
        "mask.<layer>",
        "float32",
        "[1, sum len^2] or [H, sum len^2]",
        "additive mask, only for a layer whose mask is neither full nor causal",
        members=stored_masks,
    ),
    ArraySpec(
        "draw_order",
        "uint32",
        "[2 N]",
        "vertex v draws point draw_order[v]: a fixed shuffle, so that neither keys nor late instances hide the rest",
        served=True,
    ),
    ArraySpec(
        "coords.<projection>.<dims>",
        "uint16",
        "[L, H, 2 N, dims]",
        "coordinates in draw order; 0 to 65535 spans the head's cube",
        served=True,
        members=layouts,
    ),
    ArraySpec(
        "extent.<projection>.<dims>",
        "float32",
        "[L, H, dims + 1]",
        "center and half-width of that cube: coordinate = center + (u / 65535 * 2 - 1) * half-width, "
        "one half-width for all axes",
        served=True,
        members=layouts,
    ),
    ArraySpec(
        "trust.<projection>.<dims>",
        "uint8",
        "[L, H, 2 N]",
        "share of each point's ten strongest partners (keys of a query, queries of a key) that are among its ten "
        "nearest, in draw order, in 240ths: 240 is all; in layouts of attention of quality `best`, the mean over two "
        "starts",
        served=True,
        optional=True,
        members=layouts,
    ),
    ArraySpec(
        "neighbors_kept.<projection>.<dims>",
        "uint8",
        "[L, H, 2 N]",
        "share of each point's 15 nearest in the joint space that are among its 15 nearest here, in draw order, in "
        "240ths",
        served=True,
        optional=True,
        members=layouts,
    ),
    ArraySpec(
        "rows_without_sinks",
        "int32",
        "[L, H]",
        "row of each head in the layouts without sinks; -1 if the head has none, because sinks hold at most a tenth of "
        "its attention; absent where no head has one",
        served=True,
        optional=True,
    ),
    ArraySpec(
        "coords_without_sinks.<projection>.<dims>",
        "uint16",
        "[R, 2 N, dims]",
        "coordinates of the layouts without sinks, in draw order, as in `coords.<projection>.<dims>`; sinks are at the "
        "mean of the others and not shown; only for layouts of attention",
        served=True,
        optional=True,
        members=layouts,
    ),
    ArraySpec(
        "extent_without_sinks.<projection>.<dims>",
        "float32",
        "[R, dims + 1]",
        "center and half-width of their cubes",
        served=True,
        optional=True,
        members=layouts,
    ),
    ArraySpec(
        "trust_without_sinks.<projection>.<dims>",
        "uint8",
        "[R, 2 N]",
        "what each point keeps in the layouts without sinks, as in `trust.<projection>.<dims>`; sinks are no partners, "
        "and 0 themselves",
        served=True,
        optional=True,
        members=layouts,
    ),
    ArraySpec(
        "neighbors_kept_without_sinks.<projection>.<dims>",
        "uint8",
        "[R, 2 N]",
        "the neighbors that they keep, as in `neighbors_kept.<projection>.<dims>`",
        served=True,
        optional=True,
        members=layouts,
    ),
    ArraySpec(
        "encoding.<name>",
        "float32",
        "[N] or [2 N]",
        "value of every token or point, where all heads share the encoding",
        served=True,
        members=token_encodings,
    ),
    ArraySpec(
        "encoding.<name>",
        "float32",
        "[L, H, 2 N]",
        "value of every point of every head, in point order, where heads differ",
        served=True,
        members=head_encodings,
    ),
    ArraySpec(
        "head_metrics",
        "float32",
        "[n_metrics, L, H]",
        "one row per metric of the manifest; NaN where a metric does not apply",
        served=True,
        members=if_measured,
    ),
    ArraySpec(
        "head_metrics_without_sinks",
        "float32",
        "[n_metrics, L, H]",
        "the same rows without sinks (special tokens; the first token under a causal mask), attention renormalized; "
        "NaN where a metric measures a sink; absent where there is no sink",
        optional=True,
    ),
    ArraySpec(
        "head_metric_errors",
        "float32",
        "[n_metrics, L, H]",
        "standard errors of the rows that are measured on a sample, NaN for the others",
        optional=True,
    ),
    ArraySpec("head_metric_errors_without_sinks", "float32", "[n_metrics, L, H]", "those without sinks", optional=True),
    ArraySpec(
        "head_metric_ceilings",
        "float32",
        "[n_metrics, L, H]",
        "most that a layout in the plane can keep, for the rows of layouts that are shares, NaN for the others: exact "
        "for `attention_mass`, otherwise the best that was reached",
        optional=True,
    ),
    ArraySpec(
        "head_metric_ceilings_without_sinks", "float32", "[n_metrics, L, H]", "those without sinks", optional=True
    ),
    ArraySpec(
        "probe_metrics",
        "float32",
        "[n_probe, L, H]",
        "metrics on repeated random tokens; the rows `probe.*` of `head_metrics`",
        optional=True,
    ),
    ArraySpec(
        "aggregate",
        "float32",
        "[L, H, P, P]",
        "row i: mean attention of a query at position i to every key position, over the instances that have both; "
        "rows sum to 1. P is the longest instance's length, at most 512",
        served=True,
        optional=True,
    ),
    ArraySpec(
        "aggregate_counts",
        "int32",
        "[P]",
        "instances that reach each position; cell (i, j) of `aggregate` is a mean over `aggregate_counts[max(i, j)]`",
        served=True,
        optional=True,
    ),
    ArraySpec(
        "offset_profile",
        "float32",
        "[L, H, 2 R + 1]",
        "column R + k: mean attention at query position - key position = k, so k = 1 is the previous token; "
        "R = min(P - 1, 32)",
        served=True,
        optional=True,
    ),
    ArraySpec(
        "offset_profile_without_sinks", "float32", "[L, H, 2 R + 1]", "the same profile without sinks", optional=True
    ),
    ArraySpec(
        "strongest_pairs",
        "int32",
        "[L, H, 2, K, 3]",
        "token pairs that a head connects most, text only; group 0 without special tokens, group 1 with; "
        "query token and key token (of the run) of the occurrence with the highest weight, and the number of "
        "occurrences, 0 in an empty row; K = 50",
        served=True,
        optional=True,
    ),
    ArraySpec(
        "strongest_pair_weights",
        "float32",
        "[L, H, 2, K, 2]",
        "mean weight of each pair over all occurrences, and the highest; ranked by total weight / (occurrences + 2)",
        served=True,
        optional=True,
    ),
    ArraySpec(
        "strongest_pairs_without_sinks",
        "int32",
        "[L, H, 2, K, 3]",
        "the same pairs without sinks; group 1 is empty",
        served=True,
        optional=True,
    ),
    ArraySpec(
        "strongest_pair_weights_without_sinks",
        "float32",
        "[L, H, 2, K, 2]",
        "the same weights of these pairs",
        served=True,
        optional=True,
    ),
    ArraySpec(
        "head_distances",
        "float32",
        "[L H, L H]",
        "distance between the attention of two heads, 0 (the same) to 1: root mean square Hellinger distance over "
        "evenly chosen queries; row layer * H + head",
        optional=True,
    ),
    ArraySpec(
        "head_distances_without_sinks",
        "float32",
        "[L H, L H]",
        "the same distances without sinks, over the other queries",
        optional=True,
    ),
    ArraySpec(
        "pictures",
        "uint8",
        "[n_instances, height, width, 3]",
        "images as the model reads them, after resizing and cropping; only for images",
        served=True,
        optional=True,
    ),
    ArraySpec("tokens", DOCUMENT, "[bytes]", "token strings, their display form, special tokens and instances"),
)


def is_served(name: str) -> bool:
    """Whether the browser may fetch an array; queries, keys and masks stay on the server."""
    return any(spec.served and spec.matches(name) for spec in ARRAYS)


def required_arrays(manifest: Manifest) -> Mapping[str, Expected]:
    """Return the arrays without which a run cannot be shown, from everything in the manifest but its arrays."""
    return _expected(manifest, optional=False)


def optional_arrays(manifest: Manifest) -> Mapping[str, Expected]:
    """Return the other known arrays; a run may also have arrays of unknown names."""
    return _expected(manifest, optional=True)


def _expected(manifest: Manifest, *, optional: bool) -> dict[str, Expected]:
    expected: dict[str, Expected] = {}
    for spec in ARRAYS:
        if spec.optional == optional:
            expected.update(spec.expected(manifest))
    return expected
