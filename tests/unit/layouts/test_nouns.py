"""The shell calls the parts of a run what they are."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from layouts.nouns import NOUNS, nouns_of, worded
from precompute.run.run import Run
from tests.support.node import node

MODULE = Path(__file__).resolve().parents[3] / "assets/js/shell/nouns.mjs"
TEMPLATES = ["All {instances}", "{Instance} 4 of 12", "{Token} {tokens}", "{sought}, e.g. bank", "Reset zoom"]


def test_a_run_of_sentences_has_tokens_and_one_of_images_has_patches(run: Run) -> None:
    manifest = run.manifest
    assert worded("{Instance}: {tokens}", nouns_of(manifest)) == "Sentence: tokens"
    of_images = replace(manifest, inputs=replace(manifest.inputs, kind="image"))
    assert worded("{Instance}: {tokens}", nouns_of(of_images)) == "Image: patches"


def test_both_kinds_have_other_words_for_everything() -> None:
    assert not set(asdict(NOUNS["text"]).values()) & set(asdict(NOUNS["image"]).values())


@pytest.mark.parametrize("kind", NOUNS)
def test_the_browser_words_templates_alike(kind: str) -> None:
    nouns = {"text": NOUNS["text"], "image": NOUNS["image"]}[kind]
    script = f"""
    import {{ worded }} from {json.dumps(MODULE.as_uri())};
    const templates = {json.dumps(TEMPLATES)};
    process.stdout.write(JSON.stringify(templates.map((each) => worded(each, {json.dumps(asdict(nouns))}))));
    """
    done = subprocess.run(
        [node(), "--input-type=module", "--eval", script], capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(done.stdout) == [worded(template, nouns) for template in TEMPLATES]


def test_no_template_of_the_shell_names_an_unknown_word() -> None:
    layouts = Path(__file__).resolve().parents[3] / "layouts"
    named = {
        name
        for path in layouts.rglob("*.py")
        for literal in re.findall(r'_button\([^)]*"([^"]*\{\w+\}[^"]*)"', path.read_text("utf-8"))
        for name in re.findall(r"\{(\w+)\}", literal)
    }
    assert named
    assert {name.lower() for name in named} <= set(asdict(NOUNS["text"]))
