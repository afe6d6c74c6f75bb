"""Inputs: accepted and rejected files, and the messages."""

from __future__ import annotations

import csv
import io
import json
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precompute.errors import InputsError
from precompute.inputs import BUILTIN, ImageInputs, check_inputs, load_inputs
from precompute.inputs.columns import MAX_CATEGORIES, column_values
from precompute.inputs.text import slug_of


def write(directory: Path, name: str, content: str | bytes) -> str:
    path = directory / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def test_every_line_of_a_text_file_is_an_instance(tmp_path: Path) -> None:
    inputs = load_inputs(write(tmp_path, "My notes.txt", "One.\n\n  Two two. \r\nThree\u2028still three\rFour"))
    assert inputs.texts == ("One.", "Two two.", "Three\u2028still three", "Four")
    assert (inputs.name, inputs.slug, inputs.kind, dict(inputs.columns)) == ("My notes", "my-notes", "text", {})


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert load_inputs(write(tmp_path, "a.txt", b"\xef\xbb\xbfHello")).texts == ("Hello",)
    table = load_inputs(write(tmp_path, "a.csv", b"\xef\xbb\xbftext,topic\nHello,x\n"))
    assert (table.texts, table.columns["topic"]) == (("Hello",), ("x",))


def test_csv_columns_are_numbers_only_when_every_cell_is(tmp_path: Path) -> None:
    content = 'topic,text,score,mixed\nsea,"A, ""quoted""\nline",1,1\n\nland,B,-2.5e1,x\n'
    inputs = load_inputs(write(tmp_path, "a.csv", content))
    assert inputs.texts == ('A, "quoted"\nline', "B")
    assert inputs.columns == {"topic": ("sea", "land"), "score": (1.0, -25.0), "mixed": ("1", "x")}


def test_json_lines_may_lack_members(tmp_path: Path) -> None:
    lines = [{"text": "A", "n": 1, "ok": True}, {"text": "B", "n": 2.5, "note": "x"}, {"text": "C", "n": 3, "ok": None}]
    inputs = load_inputs(write(tmp_path, "a.jsonl", "\n\n".join(json.dumps(line) for line in lines)))
    assert inputs.texts == ("A", "B", "C")
    assert inputs.columns == {"n": (1.0, 2.5, 3.0), "ok": ("true", "", ""), "note": ("", "x", "")}


@pytest.mark.parametrize("cell", ["nan", "inf", "1e999", "1_000", "١", "0x10", "", "1 2", "-"])
def test_cells_that_are_no_finite_decimal_numbers_make_a_column_of_texts(cell: str) -> None:
    assert column_values(["1", cell]) == ("1", cell)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_survive_as_written(numbers: list[float]) -> None:
    assert column_values([repr(number) for number in numbers]) == tuple(numbers)


_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(lambda text: text.strip() != "")


@given(st.lists(st.tuples(_TEXT, _TEXT.map(lambda text: "t" + text)), min_size=1, max_size=5))
def test_csv_and_json_lines_of_the_same_content_are_the_same_inputs(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    directory = tmp_path_factory.mktemp("inputs")
    table = io.StringIO(newline="")
    csv.writer(table).writerows([("text", "topic"), *rows])
    lines = "\n".join(json.dumps({"text": text, "topic": topic}) for text, topic in rows)
    of_csv = load_inputs(write(directory, "a.csv", table.getvalue()))
    of_json = load_inputs(write(directory, "b.jsonl", lines))
    assert of_csv.texts == tuple(text.strip() for text, _ in rows)
    assert (of_csv.texts, of_csv.columns, of_csv.sha256) == (of_json.texts, of_json.columns, of_json.sha256)


def test_hash_follows_the_content(tmp_path: Path) -> None:
    load = [
        load_inputs(write(tmp_path, name, content)).sha256
        for name, content in [
            ("a.txt", "A\nB"),
            ("b.txt", "\ufeffA\r\n\r\nB\n"),
            ("c.txt", "A B"),
            ("d.csv", "text,x\nA,1\nB,2"),
        ]
    ]
    assert load[0] == load[1]
    assert len(set(load)) == 3


def test_limit_keeps_the_first_instances_and_their_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "text,topic\nA,x\nB,y\nC,z\n")
    assert load_inputs(path, limit=2).texts == ("A", "B")
    assert load_inputs(path, limit=2).columns == {"topic": ("x", "y")}
    assert load_inputs(path, limit=9).texts == ("A", "B", "C")


def test_columns_that_cannot_be_colors_are_kept_and_reported(tmp_path: Path) -> None:
    rows = "\n".join(f"Sentence {i},id{i},{i % MAX_CATEGORIES}c,1e{i}" for i in range(MAX_CATEGORIES + 1))
    inputs = load_inputs(write(tmp_path, "a.csv", f"text,id,few,huge\n{rows}"))
    assert len(inputs.columns["id"]) == MAX_CATEGORIES + 1
    assert len(inputs.warnings) == 2
    assert inputs.warnings[0].startswith("Column 'id' is stored but not a color: it has 65 distinct texts")
    assert inputs.warnings[1].startswith("Column 'huge' is stored but not a color")
    assert load_inputs(write(tmp_path, "b.csv", "text,id\nA,1x\n")).warnings == ()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"fine\nna\xefve", r"a\.txt is not UTF-8 at line 2, byte 3 of the line: save it as UTF-8"),
        ("a.txt", "naïve".encode("utf-16"), r"a\.txt is UTF-16, not UTF-8: save it as UTF-8"),
        ("a.txt", b"", r"a\.txt is empty: it needs at least one sentence\."),
        ("a.txt", b"\n \n", r"a\.txt is empty"),
        ("a.csv", b"", r"a\.csv is empty"),
        ("a.csv", b"text,topic\n", r"a\.csv is empty"),
        ("a.jsonl", b"\n", r"a\.jsonl is empty"),
        ("a.csv", b"Sentence,topic\nA,x\n", r"has no column named 'text'; its columns are 'Sentence', 'topic'\."),
        ("a.csv", b"text,topic\nA,x\n  ,y\n", r"the text on line 3 is empty"),
        ("a.csv", b'text,topic\n"A\nB",x\n,y\n', r"the text on line 4 is empty"),
        ("a.csv", b"text,topic\nA\n", r"line 2 has 1 cells, the header has 2: correct the row\."),
        ("a.csv", b'text,topic\nA,x\n"B,y\n', r"the row that starts on line 3 is not valid CSV"),
        ("a.csv", b"text,\nA,x\n", r"column 2 has no name: add one\."),
        ("a.csv", b"text,text\nA,x\n", r"two columns named 'text'"),
        ("a.csv", b"text,a\x1b[31m\nA,x\n", r"the name of column 2 is longer than 64 characters or not printable"),
        ("a.jsonl", b'{"text": "A"}\n{"topic": 1}\n', r"line 2 has no member 'text'\."),
        ("a.jsonl", b'{"text": "A"}\n[1]\n', r"line 2 is not a JSON object"),
        ("a.jsonl", b'{"text": 5}\n', r"the 'text' of line 1 is not a string"),
        ("a.jsonl", b'{"text": " "}\n', r"the text on line 1 is empty"),
        ("a.jsonl", b'{"text": "A", "x": NaN}\n', r"line 1 is not JSON \(NaN is not a number"),
        ("a.jsonl", b'{"text": "A",}\n', r"line 1 is not JSON \(.*column \d+\)"),
        ("a.jsonl", b'{"text": "A", "x": ' + b"[" * 100_000 + b"\n", r"line 1 is not JSON \(nested too deeply\)"),
        ("a.jsonl", b'{"text": "A", "x": [1]}\n', r"'x' on line 1 is a list or an object"),
        ("a.jsonl", b'{"text": "\\ud800"}\n', r"line 1 has half of a surrogate pair"),
        ("a.jsonl", b'{"text": "A", "\\udfff": 1}\n', r"line 1 has half of a surrogate pair"),
        ("a.pdf", b"A", r"cannot be inputs: name a \.txt, \.csv or \.jsonl file or a directory of pictures\."),
    ],
)
def test_wrong_files_are_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(InputsError, match=sentence) as caught:
        load_inputs(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("spec", ["no/such/file.txt", "sentence", "a\0b.txt", "x" * 5000])
def test_inputs_that_do_not_exist_name_the_known_ones(spec: str) -> None:
    known = f"name one of {', '.join(BUILTIN)}, or a .txt, .csv or .jsonl file"
    with pytest.raises(InputsError, match=re.escape(known)):
        check_inputs(spec)


@pytest.mark.parametrize(
    ("name", "slug"), [("Résumé 2.0", "resume-2-0"), ("日本", "inputs"), ("../etc", "etc"), ("a" * 99, "a" * 40)]
)
def test_slug_is_safe_in_file_names_and_addresses(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", BUILTIN)
def test_built_in_inputs_load_without_a_warning(name: str) -> None:
    inputs = load_inputs(name)
    assert (inputs.name, inputs.slug, inputs.warnings) == (name, name, ())
    instances = inputs.names if isinstance(inputs, ImageInputs) else inputs.texts
    assert len(set(instances)) == len(instances) >= 8


@pytest.mark.parametrize("name", BUILTIN)
def test_inputs_can_be_sent_to_the_process_that_runs_the_model(name: str) -> None:
    inputs = load_inputs(name, limit=60)
    assert pickle.loads(pickle.dumps(inputs)).sha256 == inputs.sha256  # noqa: S301 - as multiprocessing does
