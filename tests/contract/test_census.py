"""A sample of the census: tiny checkpoints of many model types, held to their own eager attention."""

from __future__ import annotations

import pytest

from scripts.census.attention_fields import KNOWN, installed_fields
from scripts.census.one_type import census_of
from scripts.census.report import GROUPS, group_of, report

EXACT = [
    "albert",
    "bert",
    "bloom",
    "convbert",
    "deberta",
    "deberta-v2",
    "deepseek_v3",
    "deepseek_v4",
    "distilbert",
    "embedding_gemma2",
    "evolla",
    "falcon",
    "gemma",
    "gemma2",
    "gemma3_text",
    "gemma4",
    "got_ocr2",
    "gpt2",
    "gpt_neo",
    "gpt_oss",
    "granite_swa",
    "granitemoehybrid",
    "hy_v4",
    "instructblip",
    "jamba",
    "lfm2",
    "lighton_ocr",
    "llama",
    "llama4",
    "luke",
    "marian",
    "markuplm",
    "megatron-bert",
    "mimo_v2_flash",
    "mistral",
    "mobilebert",
    "modernbert",
    "mpnet",
    "mpt",
    "nllb-moe",
    "openai-gpt",
    "phi3",
    "qwen3",
    "qwen3_next",
    "rembert",
    "roformer",
    "seamless_m4t",
    "splinter",
    "squeezebert",
    "switch_transformers",
    "t5",
    "t5gemma",
    "tapas",
    "vaultgemma",
    "visual_bert",
    "xglm",
    "xlm",
    "xlnet",
]
WITH_SINK = {"gpt_oss", "mimo_v2_flash", "deepseek_v4", "hy_v4"}
WITH_CAP = {"gemma2", "vaultgemma", "t5gemma"}
ALONE = {"mobilebert", "phi3", "convbert"}
GAPS = {"jamba", "qwen3_next", "lfm2", "granitemoehybrid"}


@pytest.mark.parametrize("model_type", EXACT)
def test_every_pattern_is_the_models_own(model_type: str) -> None:
    found = census_of(model_type)
    assert found["outcome"] == "exact", found
    assert found["sink"] == (model_type in WITH_SINK)
    assert found["cap"] == (model_type in WITH_CAP)
    if model_type in ALONE:
        assert any("run alone" in warning for warning in found["warnings"])
    if model_type in GAPS:
        assert list(found["layers"]) != list(range(len(found["layers"])))


@pytest.mark.parametrize(
    ("model_type", "group"),
    [("mamba", "none"), ("fnet", "none"), ("longformer", "blocks"), ("diffllama", "blocks"), ("hubert", "other kind")],
)
def test_what_cannot_be_shown_is_refused_in_own_words(model_type: str, group: str) -> None:
    found = census_of(model_type)
    assert found["outcome"] == "refused"
    assert group_of(found) == group
    assert "transformers.models" not in found["reason"]
    assert "\n" not in found["reason"]


def test_every_field_about_attention_is_known() -> None:
    assert sorted(installed_fields() - KNOWN) == [], "decide what these fields do, and name them in attention_fields.py"


def test_the_page_counts_every_type_once() -> None:
    rows = [
        {"type": "a", "outcome": "exact", "sink": True, "layers": [1, 3], "masks": ["stored"], "warnings": []},
        {"type": "b", "outcome": "refused", "reason": "The model cannot be shown: no attention seen over its tokens."},
        {"type": "c", "outcome": "wrong", "worst": 0.25},
        {"type": "d", "outcome": "image"},
    ]
    page = report(rows, "nothing")
    assert "Of 2 text types with attention, 1 are exact (50%)." in page
    assert "`a` SBG" in page
    assert "| `c` | differs by 2.5e-01 |" in page
    assert f"| {GROUPS['none']} | 1 |" in page
