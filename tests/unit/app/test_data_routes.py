"""Responses equal the store byte for byte, and the browser caches them."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from werkzeug.test import TestResponse

from layouts.colors.bytes import color_bytes
from layouts.colors.encodings import color_encodings
from layouts.colors.palettes import palette_for
from precompute.errors import DamagedRunError
from precompute.format.schema import is_served
from precompute.run.metrics_csv import csv_text, metric_names, metric_rows
from precompute.run.pattern_sheet import hidden_shares, pattern_sheet
from precompute.run.rollout import rollout
from precompute.store.store import Store
from tests.support.planted_app import PlantedApp, planted_app
from tests.support.small_run import LENGTHS, N_HEADS, N_KV_HEADS, N_LAYERS

HEADS = list(itertools.product(range(N_LAYERS), range(N_HEADS)))


def sentence(response: TestResponse, status: int) -> str:
    """Return the one sentence of a refusal."""
    assert response.status_code == status
    answer = response.get_json()
    assert list(answer) == ["error"]
    error: str = answer["error"]
    assert error.endswith(".")
    assert "Traceback" not in error
    return error


def assert_kept_for_good(response: TestResponse) -> None:
    control = response.cache_control
    assert (response.status_code, response.mimetype) == (200, "application/octet-stream")
    assert control.max_age == 31_536_000
    assert control.immutable
    assert control.private


def test_every_served_array_has_the_bytes_of_the_store(application: PlantedApp) -> None:
    served = [name for name in application.planted.arrays if is_served(name)]
    assert {"coords.tsne.3", "extent.pca.2", "draw_order", "encoding.norm", "head_metrics"} <= set(served)
    for name in served:
        response = application.get(f"array/{name}?v={application.planted.manifest.arrays[name].sha256}")
        assert_kept_for_good(response)
        assert response.data == np.ascontiguousarray(application.planted.arrays[name]).tobytes()


@pytest.mark.parametrize(("layer", "head"), HEADS)
def test_a_heads_part_of_an_array(application: PlantedApp, layer: int, head: int) -> None:
    response = application.get(f"array/coords.pca.2/{layer}/{head}")
    assert_kept_for_good(response)
    assert response.data == application.planted.arrays["coords.pca.2"][layer, head].tobytes()


@pytest.mark.parametrize(("layer", "head"), HEADS)
@pytest.mark.parametrize("instance", range(len(LENGTHS)))
def test_the_attention_of_an_instance(application: PlantedApp, layer: int, head: int, instance: int) -> None:
    response = application.get(f"pattern/{layer}/{head}/{instance}")
    assert_kept_for_good(response)
    pattern = np.frombuffer(response.data, "<f4").reshape(LENGTHS[instance], LENGTHS[instance])
    assert np.array_equal(pattern, application.run.pattern(layer, head, instance))
    assert np.allclose(pattern.sum(axis=1), 1, atol=1e-6)
    assert layer != 0 or not np.triu(pattern, 1).any()


@pytest.mark.parametrize(("layer", "head"), HEADS)
def test_the_value_norms_are_those_of_the_key_head(application: PlantedApp, layer: int, head: int) -> None:
    for instance, length in enumerate(LENGTHS):
        start = sum(LENGTHS[:instance])
        response = application.get(f"value-norms/{layer}/{head}/{instance}")
        assert_kept_for_good(response)
        norms = application.planted.arrays["value_norms"][layer, head // (N_HEADS // N_KV_HEADS)]
        assert response.data == norms[start : start + length].tobytes()


def test_all_heads_of_an_image_are_those_of_each_head(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store") as application:
        manifest = application.planted.manifest
        images = replace(manifest, run="tiny-photos-0000000000aa", inputs=replace(manifest.inputs, kind="image"))
        with Store(tmp_path / "store") as store:
            store.put_manifest(images)
        for layer, (instance, length) in itertools.product(range(N_LAYERS), enumerate(LENGTHS)):
            whole = application.client.get(f"/data/{images.run}/layer-patterns/{layer}/{instance}")
            norms = application.client.get(f"/data/{images.run}/layer-value-norms/{layer}/{instance}")
            assert_kept_for_good(whole)
            assert_kept_for_good(norms)
            assert np.frombuffer(whole.data, "<f4").size == N_HEADS * length * length
            assert whole.data == b"".join(
                application.get(f"pattern/{layer}/{h}/{instance}").data for h in range(N_HEADS)
            )
            assert norms.data == b"".join(
                application.get(f"value-norms/{layer}/{h}/{instance}").data for h in range(N_HEADS)
            )


@pytest.mark.parametrize("layer", range(N_LAYERS))
@pytest.mark.parametrize(("instance", "length"), list(enumerate(LENGTHS)))
def test_the_small_heat_maps_of_a_layer(application: PlantedApp, layer: int, instance: int, length: int) -> None:
    response = application.get(f"pattern-sheet/{layer}/{instance}")
    assert_kept_for_good(response)
    sheet = np.frombuffer(response.data, np.uint8).reshape(N_HEADS, length, length)
    assert np.array_equal(sheet, pattern_sheet(application.run, layer, instance))
    bare = np.frombuffer(application.get(f"pattern-sheet/{layer}/{instance}?no_sinks=1").data, np.uint8)
    sinks = application.run.sinks
    assert sinks.any()
    assert np.array_equal(bare, pattern_sheet(application.run, layer, instance, hidden=sinks).ravel())
    shares = application.get(f"sink-shares/{layer}/{instance}")
    assert_kept_for_good(shares)
    assert np.array_equal(np.frombuffer(shares.data, "<f4"), hidden_shares(application.run, layer, instance, sinks))


@pytest.mark.parametrize("layer", range(N_LAYERS))
@pytest.mark.parametrize(("instance", "length"), list(enumerate(LENGTHS)))
def test_the_rollout_up_to_a_layer(application: PlantedApp, layer: int, instance: int, length: int) -> None:
    response = application.get(f"rollout/{layer}/{instance}")
    assert_kept_for_good(response)
    shares = np.frombuffer(response.data, "<f4").reshape(length, length)
    assert np.array_equal(shares, rollout(application.run, layer, instance))


def test_the_colors_of_every_encoding(application: PlantedApp) -> None:
    for info in application.planted.manifest.encodings:
        response = application.get(f"colors/{info.name}")
        assert_kept_for_good(response)
        assert response.data == color_bytes(application.run, info).tobytes()


def test_the_document_describes_the_run(application: PlantedApp) -> None:
    response = application.get("run.json")
    document = response.get_json()
    manifest = application.planted.manifest
    assert (document["run"], document["name"]) == (manifest.run, manifest.name)
    assert document["nTokens"] == sum(LENGTHS)
    assert document["masks"] == ["causal", "stored"]
    assert [(entry["name"], entry["dims"]) for entry in document["projections"]] == [("pca", [2, 3]), ("tsne", [2, 3])]
    assert [entry["name"] for entry in document["metrics"]] == ["fidelity", "norm"]
    for info, entry in zip(color_encodings(manifest), document["encodings"], strict=True):
        assert entry["palettes"]["standard"]["query"] == list(palette_for(info).query)
        assert entry["palettes"]["safe"]["key"] == list(palette_for(info, "safe").key)


def test_the_document_names_exactly_the_arrays_that_can_be_had(application: PlantedApp) -> None:
    arrays = application.get("run.json").get_json()["arrays"]
    assert set(arrays) == {name for name in application.planted.manifest.arrays if is_served(name)}
    for name, info in arrays.items():
        stored = application.planted.manifest.arrays[name]
        assert (info["dtype"], info["shape"], info["sha256"]) == (stored.dtype, list(stored.shape), stored.sha256)


def test_the_tokens_of_the_run(application: PlantedApp) -> None:
    table = application.get("tokens.json").get_json()
    assert table["tokens"] == [f"w{number}" for number in range(8)]
    assert table["offsets"] == [0, 3, 4, 8]
    assert table["instances"] == ["w0 w1 w2", "w3", "w4 w5 w6 w7"]
    assert table["columns"] == {"topic": ["sea"] * 3, "score": [0.5] * 3}
    assert table["grid"] is None
    assert table["sinks"] == [True, False, False, True, True, False, False, False]


def test_the_heads_that_a_state_shows(application: PlantedApp) -> None:
    values = application.planted.arrays["head_metrics"][0].ravel()
    choice = application.get("head-choice?tint=fidelity&strongest=3").get_json()
    assert choice["order"] == np.argsort(-values)[:3].tolist()
    assert choice["captions"] == [f"{value:.2f}" for value in np.sort(values)[:-4:-1]]
    assert choice["shades"][int(np.argmax(values))] == 1
    assert application.get("head-choice?tint=nothing&only=9.9").get_json() == {
        "order": None,
        "captions": [],
        "shades": None,
    }


def test_metrics_are_the_table_of_the_command_line(application: PlantedApp) -> None:
    answer = application.get("heads.csv")
    assert answer.mimetype == "text/csv"
    assert answer.get_data(as_text=True) == csv_text(metric_names(application.run), metric_rows(application.run))


@pytest.mark.parametrize("path", ["run.json", "tokens.json", "head-choice?tint=fidelity", "head-notes", "heads.csv"])
def test_documents_are_asked_for_again_each_time(application: PlantedApp, path: str) -> None:
    control = application.get(path).cache_control
    assert control.max_age == 0
    assert not control.immutable


@pytest.mark.parametrize(
    "path",
    [
        "run.json",
        "tokens.json",
        "array/coords.pca.2",
        "array/coords.pca.2/1/3",
        "colors/norm",
        "pattern/1/3/2",
        "value-norms/1/3/2",
        "pattern-sheet/1/2",
        "pattern-sheet/1/2?no_sinks=1",
        "sink-shares/1/2",
        "rollout/1/2",
        "head-choice?tint=fidelity",
    ],
)
def test_what_the_browser_has_is_not_sent_again(application: PlantedApp, path: str) -> None:
    tag = application.get(path).headers["ETag"]
    again = application.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert application.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_different_things_have_different_tags(application: PlantedApp) -> None:
    paths = [
        *(f"array/coords.pca.2/{layer}/{head}" for layer, head in HEADS),
        *(f"pattern/{layer}/{head}/{instance}" for layer, head in HEADS for instance in range(len(LENGTHS))),
        *(f"value-norms/{layer}/0/{instance}" for layer in range(N_LAYERS) for instance in range(len(LENGTHS))),
        *(f"rollout/{layer}/{instance}" for layer in range(N_LAYERS) for instance in range(len(LENGTHS))),
        *(f"pattern-sheet/{layer}/{instance}" for layer in range(N_LAYERS) for instance in range(len(LENGTHS))),
        *(f"sink-shares/{layer}/{instance}" for layer in range(N_LAYERS) for instance in range(len(LENGTHS))),
        "pattern-sheet/1/2?no_sinks=1",
        *(f"colors/{name}" for name in ("type", "position", "norm")),
        *("array/coords.pca.2", "array/coords.pca.3", "tokens.json", "run.json"),
    ]
    tags = [application.get(path).headers["ETag"] for path in paths]
    assert len(set(tags)) == len(paths)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("array/coords.isomap.2", "no array coords.isomap.2"),
        ("array/queries", "no array queries"),
        ("array/keys", "no array keys"),
        ("array/mask.1", "no array mask.1"),
        ("array/tokens", "no array tokens"),
        ("array/scales", "no array scales"),
        ("array/queries/0/0", "no array queries"),
        ("array/coords.pca.2/2/0", "no layer 2 and head 0"),
        ("array/coords.pca.2/0/4", "no layer 0 and head 4"),
        ("array/offsets/0/0", "no layer 0 and head 0"),
        ("colors/topic", "no encoding topic"),
        ("pattern/2/0/0", "2 layers of 4 heads"),
        ("pattern/0/4/0", "2 layers of 4 heads"),
        ("pattern/0/0/3", "3 instances"),
        (f"pattern/0/0/{10**30}", "3 instances"),
        ("pattern-sheet/2/0", "2 layers of 4 heads"),
        ("pattern-sheet/0/3", "3 instances"),
        ("rollout/2/0", "2 layers of 4 heads"),
        ("rollout/0/3", "3 instances"),
        ("value-norms/9/0/0", "2 layers of 4 heads"),
        ("value-norms/0/0/9", "3 instances"),
        ("layer-patterns/0/0", "for images only"),
        ("layer-value-norms/0/0", "for images only"),
    ],
)
def test_what_a_run_lacks_or_keeps_to_itself_is_refused(application: PlantedApp, path: str, said: str) -> None:
    assert said in sentence(application.get(path), 404)


@pytest.mark.parametrize("path", ["run.json", "tokens.json", "array/coords.pca.2", "colors/type", "pattern/0/0/0"])
def test_a_run_that_is_not_there_is_said_so(application: PlantedApp, path: str) -> None:
    assert "no run 'absent'" in sentence(application.client.get(f"/data/absent/{path}"), 404)


@pytest.mark.parametrize(
    "path",
    [
        "/data/../../etc/passwd",
        "/data/%2e%2e/%2e%2e/etc/passwd",
        "/data/{run}/array/..%2f..%2fcache.db",
        "/data/{run}/array/../../../app/settings.py",
        "/data/{run}/array/coords.pca.2/-1/0",
        "/data/{run}/pattern/0/0/-1",
        "/data/{run}/pattern/0/x/0",
        "/data/{run}/array/coords.pca.2/0/0/",
        "/data/%2e/run.json/",
    ],
)
def test_addresses_that_lead_elsewhere_find_nothing(application: PlantedApp, path: str) -> None:
    response = application.client.get(path.format(run=application.planted.manifest.run))
    assert "no data at" in sentence(response, 404)


@pytest.mark.parametrize(
    "name",
    ["%00", "offsets%00", "..", "%2e%2e", "cache.db", "secret_key", "offsets%0a", "%F0%9F%98%80", "x" * 5000, "%"],
)
@pytest.mark.parametrize("path", ["/data/{run}/array/{name}", "/data/{run}/colors/{name}", "/data/{name}/run.json"])
def test_names_that_no_run_has_are_not_found(application: PlantedApp, path: str, name: str) -> None:
    response = application.client.get(path.format(run=application.planted.manifest.run, name=name))
    assert str(application.store.directory) not in sentence(response, 404)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_data_are_only_read(application: PlantedApp, method: str) -> None:
    address = f"/data/{application.planted.manifest.run}/run.json"
    assert getattr(application.client, method)(address).status_code == 405


@pytest.mark.parametrize("damage", ["gone", "cut", "another"])
def test_a_damaged_array_is_unavailable_and_the_rest_goes_on(tmp_path: Path, damage: str) -> None:
    with planted_app(tmp_path / "store") as application:
        path = application.store.array_path(application.planted.manifest.arrays["coords.pca.2"])
        path.chmod(0o600)
        if damage == "gone":
            path.unlink()
        elif damage == "cut":
            path.write_bytes(path.read_bytes()[:-10])
        else:
            with path.open("wb") as file:
                np.save(file, np.zeros((2, 4, 16, 2), np.uint32))
        error = sentence(application.get("array/coords.pca.2"), 503)
        with pytest.raises(DamagedRunError) as raised:
            application.run.array("coords.pca.2")
        assert error == str(raised.value)
        assert application.get("array/coords.tsne.2").status_code == 200


def test_json_is_json_for_browsers_too(application: PlantedApp) -> None:
    text = application.get("run.json").get_data(as_text=True)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    json.loads(text, parse_constant=refuse)
