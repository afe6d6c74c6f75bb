"""heads: one row a head, in three formats."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from precompute.cli.heads import readable
from precompute.run.catalog import Catalog
from precompute.run.metrics_csv import csv_text, inert, metric_names, metric_rows
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.finished_command import Command
from tests.support.small_run import Planted


def test_json_has_every_metric_of_every_head(command: Command, planted: Planted) -> None:
    rows = json.loads(command("heads", "small", "--json").out)
    assert [(row["layer"], row["head"]) for row in rows] == [(layer, head) for layer in range(2) for head in range(4)]
    assert list(rows[0]) == ["layer", "head", "fidelity", "norm"]
    found = np.array([[row["fidelity"], row["norm"]] for row in rows], dtype=np.float32)
    np.testing.assert_array_equal(found.T.reshape(2, 2, 4), planted.arrays["head_metrics"])


def test_csv_has_the_same_rows(command: Command, planted: Planted) -> None:
    out = command("heads", "small", "--csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    found = np.array([[float(row["fidelity"]), float(row["norm"])] for row in rows])
    np.testing.assert_allclose(found.T.reshape(2, 2, 4), np.asarray(planted.arrays["head_metrics"], float), rtol=1e-5)


def test_table_has_a_line_for_every_head(command: Command, planted: Planted) -> None:
    lines = [line.split() for line in command("heads", "small").out.splitlines() if line.strip()]
    assert lines[0] == ["layer", "head", "fidelity", "norm"]
    assert [line[:2] for line in lines[2:]] == [[str(layer), str(head)] for layer in range(2) for head in range(4)]


def test_digits_end_where_the_error_begins_and_ceilings_stand_beside(directory: Path, planted: Planted) -> None:
    store = Store(directory)
    run = Catalog(store).open("small")
    shape = (2, run.manifest.model.n_layers, run.manifest.model.n_heads)
    errors, ceilings = np.full(shape, np.nan, np.float32), np.full(shape, np.nan, np.float32)
    errors[0], ceilings[1] = 0.0042, 0.81
    beside = {"head_metric_errors": store.put_array(errors), "head_metric_ceilings": store.put_array(ceilings)}
    manifest = replace(run.manifest, arrays={**run.manifest.arrays, **beside})
    planted_run = Run(store, manifest)
    row = dict(zip(metric_names(planted_run), metric_rows(planted_run)[1], strict=True))
    assert list(row) == ["layer", "head", "fidelity", "norm", "fidelity.error", "norm.ceiling"]
    assert (row["fidelity.error"], row["norm.ceiling"]) == pytest.approx((0.0042, 0.81))
    row |= {"fidelity": -0.87654, "norm": 0.6666}
    assert [readable(row, name) for name in list(row)[:4]] == ["0", "1", "-0.877 ± 0.004", "0.6666 of 0.81"]


def test_two_formats_at_once_are_refused(command: Command, planted: Planted) -> None:
    finished = command("heads", "small", "--json", "--csv")
    assert (finished.code, finished.out, finished.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_spreadsheets_do_not_evaluate_texts(text: str) -> None:
    (heading,), (cell,) = csv.reader(io.StringIO(csv_text([text], [[text]]), newline=""))
    assert heading == cell == inert(text) == "'" + text


def test_numbers_stay_numbers_and_missing_ones_are_empty() -> None:
    assert csv_text(["x", "y"], [[-0.5, None], [3, 1e-9]]) == "x,y\r\n-0.5,\r\n3,1e-09\r\n"
