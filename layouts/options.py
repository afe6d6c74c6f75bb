"""Options of the menus, and the short texts below them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from layouts.nouns import nouns_of
from layouts.projections import projection_choices
from layouts.view_state import ViewState
from precompute.types import Manifest

Option = dict[str, str]


def run_options(manifests: Sequence[Manifest]) -> list[Option]:
    """One option a run; runs of the same name also show the end of their identifier."""
    names = Counter(manifest.name for manifest in manifests)
    return [
        {
            "value": manifest.run,
            "label": manifest.name if names[manifest.name] == 1 else f"{manifest.name} ({manifest.run[-6:]})",
        }
        for manifest in manifests
    ]


def projection_options(manifest: Manifest) -> list[Option]:
    """One option a projection, in the order of the recipe."""
    return [{"value": choice.name, "label": choice.label} for choice in projection_choices(manifest)]


def color_options(manifest: Manifest) -> list[Option]:
    """One option an encoding."""
    return [{"value": info.name, "label": info.label} for info in manifest.encodings]


def numbered_options(word: str, count: int) -> list[Option]:
    """Options ``word 0`` to ``word count-1``."""
    return [{"value": str(number), "label": f"{word} {number}"} for number in range(count)]


def data_info(manifest: Manifest) -> str:
    """Say what the picture is based on."""
    inputs, model = manifest.inputs, manifest.model
    nouns = nouns_of(manifest)
    counts = f"{inputs.n_tokens:,} {nouns.tokens} ({inputs.n_instances:,} {nouns.instances})"
    return f"based on {counts}; {model.id}, d_head {model.d_head}"


def projection_info(manifest: Manifest, view: ViewState) -> str:
    """Say what the projection keeps."""
    return _described((choice.name, choice.description) for choice in projection_choices(manifest))[view.projection]


def color_info(manifest: Manifest, view: ViewState) -> str:
    """Say what the colours mean."""
    return _described((info.name, info.description) for info in manifest.encodings)[view.color]


def _described(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(pairs)
