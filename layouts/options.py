"""Options of menus, and the texts below them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import compress

from layouts.colors.encodings import color_encodings, encoding_named, has_trust
from layouts.nouns import nouns_of
from layouts.state.resolution import projection_choices
from layouts.state.view_state import TRUST_LEVELS, ViewState
from precompute.format.manifest import Manifest, ModelInfo, TokenTable

Option = dict[str, str]


def run_options(manifests: Sequence[Manifest]) -> list[Option]:
    """Return one option per run; runs of the same name also show the end of their identifier."""
    names = Counter(manifest.name for manifest in manifests)
    return [
        {
            "value": manifest.run,
            "label": manifest.name if names[manifest.name] == 1 else f"{manifest.name} ({manifest.run[-6:]})",
        }
        for manifest in manifests
    ]


def projection_options(manifest: Manifest) -> list[Option]:
    """Return one option per projection, in the order of the recipe."""
    return [{"value": choice.name, "label": choice.label} for choice in projection_choices(manifest)]


def color_options(manifest: Manifest) -> list[Option]:
    """Return one option per encoding."""
    return [{"value": info.name, "label": info.label} for info in color_encodings(manifest)]


def trust_options(manifest: Manifest) -> list[Option]:
    """Return one option per level below which points fade; a run without trust has one option with the remedy."""
    if not has_trust(manifest):
        return [{"value": "0", "label": "not measured: build this run again"}]
    return [{"value": str(level), "label": f"below {level} %" if level else "no points"} for level in TRUST_LEVELS]


def numbered_options(word: str, count: int) -> list[Option]:
    """Return options ``word 0`` to ``word count-1``."""
    return [{"value": str(number), "label": f"{word} {number}"} for number in range(count)]


def layer_options(model: ModelInfo) -> list[Option]:
    """Return an option for each layer, labeled with the model's own number; the gap before a layer is its title."""
    found: list[Option] = []
    before = -1
    for layer in range(model.n_layers):
        number = model.layer_number(layer)
        option: Option = {"value": str(layer), "label": f"Layer {number}"}
        if number > before + 1 and model.layers:
            missing = f"Layer {before + 1} has" if number == before + 2 else f"Layers {before + 1} to {number - 1} have"
            option["title"] = f"{missing} no attention over all tokens."
        found.append(option)
        before = number
    return found


def data_info(manifest: Manifest, table: TokenTable) -> str:
    """Return the counts behind the plot; prefix tokens of images are counted separately."""
    inputs, model = manifest.inputs, manifest.model
    nouns = nouns_of(manifest)
    prefix = list(compress(table.texts, table.special)) if inputs.kind == "image" else []
    counts = f"{inputs.n_tokens - len(prefix):,} {nouns.tokens} ({inputs.n_instances:,} {nouns.instances})"
    if prefix:
        counts += f" and {len(prefix):,} {prefix[0] if len(set(prefix)) == 1 else 'prefix'} tokens"
    return f"based on {counts}; {model.id}, d_head {model.d_head}"


def search_hint(manifest: Manifest, table: TokenTable) -> str:
    """Return the placeholder of the search box, with an example that matches in a run of images."""
    example = "bank"
    if manifest.inputs.kind == "image":
        labels = {label for label, special in zip(table.labels, table.special, strict=False) if label and not special}
        names = labels or set(compress(table.texts, table.special)) or {"patch 0,0"}
        example = min(sorted(names), key=len)
    return f"{nouns_of(manifest).sought}, e.g. {example}"


def search_modes(manifest: Manifest) -> list[Option]:
    """Return one option per search mode."""
    names = {"exact": nouns_of(manifest).sought, "substring": "part", "regex": "regex"}
    return [{"value": value, "label": label} for value, label in names.items()]


def projection_info(manifest: Manifest, view: ViewState) -> str:
    """Return the description of the projection on show."""
    return next(choice.description for choice in projection_choices(manifest) if choice.name == view.projection)


def color_info(manifest: Manifest, view: ViewState) -> str:
    """Return the description of the encoding on show."""
    return encoding_named(manifest, view.color).description
