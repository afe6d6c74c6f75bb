"""What the metrics of a layout say, in words."""

from __future__ import annotations

from precompute.format.manifest import MetricInfo

_TEXTS = {
    "knn_recall": (
        "neighbors kept",
        "Share of a point's 15 nearest neighbors of the joint space that are among its nearest here; 1 is all.",
    ),
    "trustworthiness": (
        "trustworthiness",
        "How seldom points that are near here were far in the joint space; 1 is never.",
    ),
    "correlation": (
        "distance vs dot product",
        "Spearman correlation of the distance here and the dot product over query-key pairs; -1 is perfect.",
    ),
    "query_recall": (
        "top keys kept",
        "Share of a query's ten strongest keys of the data set among its ten nearest keys here; 1 is all.",
    ),
    "key_recall": (
        "top queries kept",
        "Share of a key's ten strongest queries of the data set among its ten nearest queries here; 1 is all.",
    ),
    "attention_recall": (
        "strongest partners kept",
        "Share of a point's ten strongest partners of the data set among its ten nearest here; 1 is all.",
    ),
    "attention_mass": (
        "attention on near keys",
        "Attention, inside the instance, on the five keys nearest to the query here; 1 is all.",
    ),
}


def plane_metric_info(name: str) -> MetricInfo:
    """Describe a metric of a layout.

    Parameters
    ----------
    name : str
        ``<projection>.<dims>.<metric>``.
    """
    projection, dims, metric = name.split(".", 2)
    label, description = _TEXTS.get(metric, (metric.replace("_", " "), f"The metric {metric} of this layout."))
    return MetricInfo(name, f"{projection} {dims}-D: {label}", description)
