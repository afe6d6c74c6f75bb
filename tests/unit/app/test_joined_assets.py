"""Joined modules do what the modules do, and nothing that cannot be joined is joined."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import brotli
import pytest

from app.factory import ASSETS
from app.joined_assets import JoinedAssets, UnjoinableError, join_modules, join_styles
from tests.support.planted_app import PlantedApp

NODE = Path(sys.executable).with_name("node")

MODULES = {
    "main.mjs": """import { twice, LIMIT } from "./kit/math.mjs";
import * as words from "./words.mjs";
import {
  Counter as Tally,
  sequence,
} from "./kit/counter.mjs";

const tally = new Tally();
tally.add(twice(LIMIT));
console.log(JSON.stringify([tally.total, words.greet("a"), [...sequence(3)], await Promise.resolve(7)]));
""",
    "words.mjs": """/** A name that another module has too. */
const LIMIT = 1;

/**
 * Two lines.
 *
 * @param {string} name
 */
export function greet(name) { return `hello ${name} ${LIMIT}`; }
""",
    "kit/math.mjs": "export const LIMIT = 21;\nexport function twice(x) { return 2 * x; }\n",
    "kit/counter.mjs": """import { twice } from "./math.mjs";
export class Counter { total = 0; add(n) { this.total += twice(n) / 2; } }
export function* sequence(n) { for (let i = 0; i < n; i++) yield i; }
export async function later() { return 1; }
""",
}


def written(folder: Path, modules: dict[str, str]) -> Path:
    for name, source in modules.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source, "utf-8")
    return folder


def run(script: Path) -> str:
    return subprocess.run([str(NODE), str(script)], capture_output=True, text=True, check=True, timeout=60).stdout


def test_a_joined_script_does_what_its_modules_do(tmp_path: Path) -> None:
    folder = written(tmp_path / "modules", MODULES)
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(folder, "main.mjs").text, "utf-8")
    assert json.loads(run(joined)) == json.loads(run(folder / "main.mjs")) == [42, "hello a 1", [0, 1, 2], 7]


def test_the_source_map_leads_every_line_to_its_module(tmp_path: Path) -> None:
    joined = join_modules(written(tmp_path, MODULES), "main.mjs")
    lines = joined.text.split("\n")
    for section in json.loads(joined.source_map)["sections"]:
        (name,), (source,) = section["map"]["sources"], section["map"]["sourcesContent"]
        assert source == MODULES[name]
        for number, line in enumerate(source.rstrip("\n").split("\n")):
            if not line.startswith(("import", "export", "  ", "}", "/**", " *")):
                assert lines[section["offset"]["line"] + number] == line


@pytest.mark.parametrize(
    "source",
    [
        'import thing from "./words.mjs";',
        'import "./words.mjs";',
        "export default 1;",
        "export let x = 1;",
        "export { x };",
        'import { greet } from "words";',
    ],
)
def test_another_form_of_import_or_export_is_refused(tmp_path: Path, source: str) -> None:
    folder = written(tmp_path, {**MODULES, "main.mjs": source})
    with pytest.raises(UnjoinableError, match=r"main\.mjs cannot be joined"):
        join_modules(folder, "main.mjs")


def test_a_circle_is_refused(tmp_path: Path) -> None:
    modules = {f"{a}.mjs": f'import {{ x }} from "./{b}.mjs";\nexport const x = 1;\n' for a, b in ("ab", "bc", "ca")}
    with pytest.raises(UnjoinableError, match=r"a\.mjs > b\.mjs > c\.mjs > a\.mjs"):
        join_modules(written(tmp_path, modules), "a.mjs")


def test_every_module_of_the_application_is_joined_once() -> None:
    text = join_modules(ASSETS).text
    for path in (ASSETS / "js").rglob("*.mjs"):
        code = [
            line for line in path.read_text("utf-8").split("\n") if not line.strip().startswith(("*", "/*", "import"))
        ]
        longest = max(code, key=len).removeprefix("export ")
        assert text.count(longest) >= 1 or path.name == "patient_fetch.mjs", path


def test_styles_are_joined_in_the_order_of_their_paths(tmp_path: Path) -> None:
    folder = written(tmp_path, {"css/b.css": "b {}", "css/a.css": "a {}", "boot/c.css": "c {}"})
    assert join_styles(folder) == "c {}\na {}\nb {}"


def test_addresses_change_with_the_content(tmp_path: Path) -> None:
    modules = {"attentionviz.mjs": "const a = 1;\n", "a.css": "a {}"}
    before = JoinedAssets(written(tmp_path, modules))
    after = JoinedAssets(written(tmp_path, {**modules, "attentionviz.mjs": "const a = 2;\n"}))
    assert before.script != after.script
    assert before.style == after.style


@pytest.mark.parametrize("kind", ["mjs", "css"])
def test_answers_are_compressed_to_the_same_bytes_and_kept(application: PlantedApp, kind: str) -> None:
    page = application.client.get("/").get_data(as_text=True)
    address = next(part for part in page.split('"') if part.startswith("/joined/") and part.endswith(kind))
    plain = application.client.get(address)
    assert "immutable" in plain.headers["Cache-Control"]
    for encoding, decode in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        packed = application.client.get(address, headers={"Accept-Encoding": encoding})
        assert packed.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert decode(packed.get_data()) == plain.get_data()
        assert len(packed.get_data()) < 0.35 * len(plain.get_data())
        again = {"Accept-Encoding": encoding, "If-None-Match": packed.headers["ETag"]}
        assert application.client.get(address, headers=again).status_code == 304
    assert application.client.get("/joined/0000000000000000.mjs").status_code == 404


def test_arrays_are_sent_as_they_are(application: PlantedApp) -> None:
    answer = application.get("array/positions", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.get_data() == application.planted.arrays["positions"].tobytes()
