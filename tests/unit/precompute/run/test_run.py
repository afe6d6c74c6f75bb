"""A run returns the planted arrays; its manifest is read strictly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from precompute.attention.pattern import attention_pattern
from precompute.errors import DamagedRunError, NumericalError
from precompute.format.manifest import ArrayInfo, EncodingInfo, Manifest, MetricInfo, TokenTable
from precompute.format.manifest_json import read_manifest, write_manifest
from precompute.format.quantize import STEPS, dequantize, quantize
from precompute.format.typed_json import from_json, parse_json, to_json
from precompute.numeric import Float32
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import LENGTHS, N_HEADS, N_KV_HEADS, N_LAYERS, SECOND, Planted, small_run
from tests.support.store_rows import set_row


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("run") / "store") as store:
        yield store


@pytest.fixture(scope="module")
def planted(store: Store) -> Planted:
    return small_run(store)


@pytest.fixture(scope="module")
def run(store: Store, planted: Planted) -> Run:
    return Run(store, planted.manifest)


HEADS = [(layer, head) for layer in range(N_LAYERS) for head in range(N_HEADS)]


class TestRun:
    """Contents of a run."""

    @pytest.mark.parametrize(("layer", "head"), HEADS)
    @pytest.mark.parametrize("dims", [2, 3])
    def test_a_head_with_a_second_layout_returns_it_without_sinks(
        self, run: Run, planted: Planted, layer: int, head: int, dims: int
    ) -> None:
        coords = run.coords("tsne", dims, layer, head, without_sinks=True)
        if (layer, head) not in SECOND:
            np.testing.assert_array_equal(coords, run.coords("tsne", dims, layer, head))
            return
        truth = planted.coords_without_sinks[f"tsne.{dims}"][SECOND.index((layer, head))].reshape(coords.shape)
        first = np.isin(np.arange(sum(LENGTHS)), np.cumsum((0, *LENGTHS)))
        assert np.isnan(coords[:, first]).all()
        np.testing.assert_allclose(coords[:, ~first], truth[:, ~first], atol=np.ptp(truth) / STEPS)

    def test_a_projection_without_second_layouts_returns_its_only_ones(self, run: Run) -> None:
        for layer, head in SECOND:
            alone = run.coords("pca", 2, layer, head)
            np.testing.assert_array_equal(run.coords("pca", 2, layer, head, without_sinks=True), alone)

    @pytest.mark.parametrize(("layer", "head"), HEADS)
    def test_coordinates_come_back_in_point_order(self, run: Run, planted: Planted, layer: int, head: int) -> None:
        for projection, dims in (("pca", 2), ("tsne", 3)):
            coords = run.coords(projection, dims, layer, head)
            truth = planted.coords[f"{projection}.{dims}"][layer, head]
            assert (coords.shape, coords.dtype.name) == ((2, sum(LENGTHS), dims), "float32")
            np.testing.assert_allclose(coords.reshape(truth.shape), truth, atol=np.ptp(truth, axis=0).max() / STEPS)

    @pytest.mark.parametrize(("layer", "head"), HEADS)
    def test_heads_of_a_group_share_their_keys(self, run: Run, planted: Planted, layer: int, head: int) -> None:
        group = head // (N_HEADS // N_KV_HEADS)
        np.testing.assert_array_equal(run.queries(layer, head), planted.arrays["queries"][layer, head])
        np.testing.assert_array_equal(run.keys(layer, head), planted.arrays["keys"][layer, group])

    @pytest.mark.parametrize("instance", range(len(LENGTHS)))
    @pytest.mark.parametrize(("layer", "head"), HEADS)
    def test_the_pattern_follows_from_queries_and_keys(
        self, run: Run, planted: Planted, layer: int, head: int, instance: int
    ) -> None:
        start = sum(LENGTHS[:instance])
        length = LENGTHS[instance]
        tokens = slice(start, start + length)
        mask = None
        if layer == 1:
            before = sum(n * n for n in LENGTHS[:instance])
            mask = planted.arrays["mask.1"][0, before : before + length**2].reshape(length, length)
        expected = attention_pattern(
            planted.arrays["queries"][layer, head, tokens],
            planted.arrays["keys"][layer, head // 2, tokens],
            3**-0.5,
            causal=layer == 0,
            mask=mask,
        )
        np.testing.assert_allclose(run.pattern(layer, head, instance), expected, atol=1e-6)

    def test_a_mask_may_differ_by_head(self, store: Store, planted: Planted) -> None:
        rng = np.random.default_rng(7)
        mask = rng.normal(size=(N_HEADS, 26)).astype(np.float32)
        arrays = {**planted.manifest.arrays, "mask.1": store.put_array(mask)}
        run = Run(store, replace(planted.manifest, arrays=arrays))
        expected = attention_pattern(
            run.queries(1, 2)[4:], run.keys(1, 2)[4:], 3**-0.5, mask=mask[2, 10:].reshape(4, 4)
        )
        np.testing.assert_allclose(run.pattern(1, 2, 2), expected, atol=1e-6)

    def test_tokens_encodings_and_metrics_come_back(self, run: Run, planted: Planted) -> None:
        assert run.tokens.tokens == tuple(f"w{i}" for i in range(8))
        assert run.tokens.instances == ("w0 w1 w2", "w3", "w4 w5 w6 w7")
        assert run.tokens.columns == {"topic": ("sea",) * 3, "score": (0.5,) * 3}
        np.testing.assert_array_equal(run.encoding("position"), np.arange(8))
        np.testing.assert_array_equal(run.metric("norm"), planted.arrays["head_metrics"][1])
        np.testing.assert_array_equal(run.offsets, [0, 3, 4, 8])
        assert (run.n_tokens, run.n_points) == (8, 16)

    @pytest.mark.parametrize(
        ("ask", "error"),
        [
            (lambda run: run.queries(2, 0), IndexError),
            (lambda run: run.keys(0, -1), IndexError),
            (lambda run: run.coords("pca", 2, 0, 4), IndexError),
            (lambda run: run.pattern(0, 0, 3), IndexError),
            (lambda run: run.pattern(0, 0, -1), IndexError),
            (lambda run: run.coords("umap", 2, 0, 0), KeyError),
            (lambda run: run.coords("pca", 4, 0, 0), KeyError),
            (lambda run: run.encoding("type"), KeyError),
            (lambda run: run.metric("entropy"), KeyError),
            (lambda run: run.array("../tokens"), KeyError),
        ],
    )
    def test_what_is_not_there_is_an_error(
        self, run: Run, ask: Callable[[Run], object], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            ask(run)

    @pytest.mark.parametrize("change", [{"tokens": ["a"]}, {"instances": []}, {"columns": {"c": ["x"]}}, {"grid": [1]}])
    def test_a_token_table_that_does_not_fit_is_told(
        self, store: Store, planted: Planted, change: dict[str, Any]
    ) -> None:
        table = store.document(planted.manifest.arrays["tokens"])
        assert isinstance(table, dict)
        arrays = {**planted.manifest.arrays, "tokens": store.put_document({**table, **change})}
        with pytest.raises(DamagedRunError, match="is damaged, remove it and build it again"):
            _ = Run(store, replace(planted.manifest, arrays=arrays)).tokens


def set_in(value: Any, path: str, item: object) -> Any:
    *parents, last = path.split("/")
    target = value
    for parent in parents:
        target = target[parent]
    target[last] = item
    return value


class TestManifest:
    """The manifest's text."""

    @settings(max_examples=40, deadline=None)
    @given(
        name=st.text(),
        versions=st.dictionaries(st.text(), st.text()),
        timings=st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False)),
        label=st.text(),
    )
    def test_it_comes_back_equal(
        self, planted: Planted, *, name: str, versions: dict[str, str], timings: dict[str, float], label: str
    ) -> None:
        encoding = EncodingInfo(label, label, "type", label, categories=(label,))
        manifest = replace(
            planted.manifest,
            name=name,
            versions=versions,
            timings=timings,
            encodings=(*planted.manifest.encodings, encoding),
            recipe=replace(planted.manifest.recipe, limit=3),
        )
        assert read_manifest(write_manifest(manifest), manifest.run) == manifest

    @pytest.mark.parametrize(
        ("path", "value", "told"),
        [
            ("run", "../../etc/passwd", "not a run's name"),
            ("run", "Has Spaces-000000000000", "not a run's name"),
            ("schema", 0, "schema 0 does not exist"),
            ("schema", "1", "schema is not int"),
            ("name", 7, "name is not str"),
            ("model/n_layers", 0, "cannot be"),
            ("model/n_layers", True, "n_layers is not int"),
            ("model/n_kv_heads", 3, "cannot be"),
            ("model/causal", 1, "causal is not bool"),
            ("inputs/kind", "sound", "kind is none of text, image"),
            ("inputs/n_tokens", 2, "cannot be"),
            ("recipe/projections", "pca", "projections is not a list"),
            ("masks", ["full"], "1 masks for 2 layers"),
            ("masks", ["stored", "stored"], "array mask.0 is missing"),
            ("timings/capture", "fast", "timings.capture is not a finite number"),
            ("timings/capture", 1e999, "not JSON"),
            ("arrays/queries/dtype", "object", "array queries cannot be object"),
            ("arrays/queries/shape", [2, 4, 8, 4], "array queries cannot be float32 [2, 4, 8, 4]"),
            ("arrays/queries/shape", [2, 4, 8], "array queries cannot be"),
            ("arrays/queries/sha256", "../x", "array queries cannot be"),
            ("arrays/coords.pca.2/dtype", "float32", "array coords.pca.2 cannot be float32"),
            ("arrays/../x", {"dtype": "uint8", "shape": [1], "sha256": "0" * 64}, "not an array's name"),
            ("arrays/extra", {"dtype": "uint8", "shape": [-1], "sha256": "0" * 64}, "array extra cannot be"),
            ("surprise", 1, "an unknown ['surprise']"),
            ("model/surprise", 1, "manifest.model has an unknown ['surprise']"),
        ],
    )
    def test_a_manifest_that_contradicts_itself_is_refused(
        self, planted: Planted, path: str, value: object, told: str
    ) -> None:
        manifest = json.loads(write_manifest(planted.manifest))
        if path == "arrays/../x":
            manifest["arrays"]["../x"] = value
        else:
            set_in(manifest, path, value)
        with pytest.raises(DamagedRunError) as error:
            read_manifest(json.dumps(manifest), "r")
        assert told in str(error.value)
        assert "build it again" in str(error.value)

    @pytest.mark.parametrize("name", ["queries", "tokens", "coords.tsne.3", "extent.pca.2", "encoding.norm", "mask.1"])
    def test_a_manifest_without_a_needed_array_is_refused_before_it_is_written(
        self, planted: Planted, name: str
    ) -> None:
        arrays = {key: info for key, info in planted.manifest.arrays.items() if key != name}
        with pytest.raises(DamagedRunError, match=f"its array {name} is missing"):
            write_manifest(replace(planted.manifest, arrays=arrays))

    def test_a_newer_schema_is_told_apart_from_damage(self, planted: Planted) -> None:
        manifest = {**json.loads(write_manifest(planted.manifest)), "schema": 2, "news": 1}
        with pytest.raises(DamagedRunError, match=r"made by a newer version \(schema 2, this one reads 1\); upgrade"):
            read_manifest(json.dumps(manifest), "r")

    @pytest.mark.parametrize("text", ["", "null", "[]", "{}", "{", '{"a":1,"a":2}', "NaN", "[" * 100_000, b"\xff"])
    def test_a_text_that_is_no_manifest_is_refused(self, text: str | bytes) -> None:
        with pytest.raises(DamagedRunError, match="is damaged, remove it and build it again"):
            read_manifest(text, "r")

    def test_a_manifest_in_the_place_of_another_is_refused(self, store: Store, planted: Planted) -> None:
        text = write_manifest(planted.manifest)
        set_row(store, "manifest:tiny-words-" + "e" * 12, text)
        with pytest.raises(DamagedRunError, match="its manifest is another's"):
            store.manifest("tiny-words-" + "e" * 12)

    def test_the_first_format_is_still_read(self) -> None:
        text = (Path(__file__).parent / "manifest_schema_1.json").read_text(encoding="utf-8")
        manifest = read_manifest(text, "tiny-words-000000000000")
        assert manifest.model.n_kv_heads == 2
        assert manifest.arrays["coords.tsne.3"] == ArrayInfo(
            "uint16", (2, 4, 16, 3), manifest.arrays["coords.tsne.3"].sha256
        )
        assert manifest.metrics[0] == MetricInfo("fidelity", "Fidelity", "How true.")


texts = st.text(max_size=5)


@settings(max_examples=50)
@given(
    st.builds(
        TokenTable,
        tokens=st.lists(texts).map(tuple),
        texts=st.lists(texts).map(tuple),
        special=st.lists(st.booleans()).map(tuple),
        offsets=st.lists(st.integers()).map(tuple),
        instances=st.lists(texts).map(tuple),
        columns=st.dictionaries(
            texts,
            st.lists(texts, min_size=1).map(tuple)
            | st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1).map(tuple),
        ),
        grid=st.none() | st.tuples(st.integers(), st.integers()),
    )
)
def test_a_token_table_comes_back_equal(table: TokenTable) -> None:
    assert from_json(TokenTable, parse_json(json.dumps(to_json(table)))) == table


def test_a_manifest_has_only_fields_that_json_has() -> None:
    with pytest.raises(TypeError, match="ndarray has no JSON"):
        to_json({"a": np.zeros(1)})
    with pytest.raises(ValueError, match="the document is not an object"):
        from_json(Manifest, [])


points = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 20), st.sampled_from([2, 3])),
    elements=st.floats(-(2.0**100), 2.0**100, width=32),
)


@settings(max_examples=200)
@given(points)
def test_quantized_coordinates_come_back_within_half_a_step(coords: Float32) -> None:
    steps, extent = quantize(coords)
    assert (steps.dtype.name, extent.dtype.name) == ("uint16", "float32")
    assert extent.shape == (coords.shape[1] + 1,)
    half_width = float(extent[-1])
    assert half_width > 0
    rounding = np.spacing(np.abs(coords).max()).astype(float)
    error = np.abs(dequantize(steps, extent).astype(float) - coords.astype(float)).max()
    assert error <= half_width / STEPS * 1.0001 + rounding


def test_quantizing_keeps_one_scale_and_uses_all_steps() -> None:
    steps, extent = quantize(np.array([[0, 0], [10, 1], [5, 0.5]], np.float32))
    np.testing.assert_array_equal(extent[:2], [5, 0.5])
    assert extent[2] == pytest.approx(5)
    np.testing.assert_allclose(steps, [[0, 29491], [65535, 36044], [32768, 32768]], atol=1)


def test_equal_points_and_no_points_are_quantized() -> None:
    steps, extent = quantize(np.full((3, 2), 7, np.float32))
    np.testing.assert_allclose(dequantize(steps, extent), 7, atol=1e-4)
    steps, extent = quantize(np.zeros((0, 3), np.float32))
    assert (steps.shape, extent.tolist()) == ((0, 3), [0, 0, 0, 1])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_not_finite_are_refused(bad: float) -> None:
    with pytest.raises(NumericalError, match="NaN or infinite"):
        quantize(np.array([[0, bad]], np.float32))
