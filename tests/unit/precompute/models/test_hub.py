"""A hub that is not there, a cache that is, and what the hub may answer."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from huggingface_hub.errors import GatedRepoError, OfflineModeIsEnabled, RepositoryNotFoundError, RevisionNotFoundError

from precompute.errors import UnknownModelError
from precompute.models import hub
from precompute.models.source import resolve_model

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Answers instead of the hub, and counts the questions."""

    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer
        self.questions: list[tuple[str, str | None]] = []

    def __call__(self) -> Hub:
        return self

    def model_info(self, hub_id: str, *, revision: str | None, timeout: float) -> Any:
        self.questions.append((hub_id, revision))
        if isinstance(self.answer, Exception):
            raise self.answer
        return SimpleNamespace(sha=self.answer)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set an empty cache for the Hub's client."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def put_in_cache(cache: Path, hub_id: str) -> None:
    """Write a model's configuration to the client's cache."""
    repository = cache / f"models--{hub_id.replace('/', '--')}"
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    (snapshot / "config.json").write_text('{"model_type": "bert"}')


def answering(monkeypatch: pytest.MonkeyPatch, answer: str | Exception) -> Hub:
    fake = Hub(answer)
    monkeypatch.setattr(hub, "HfApi", fake)
    return fake


def refusal(kind: type[RepositoryNotFoundError] | type[RevisionNotFoundError]) -> Exception:
    error = kind.__new__(kind)
    Exception.__init__(error, "refused")
    return error


def test_unreachable_hub_is_said_in_one_sentence_at_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = answering(monkeypatch, OfflineModeIsEnabled("offline"))
    start = time.monotonic()
    with pytest.raises(UnknownModelError, match="Hub cannot be reached") as caught:
        resolve_model("gpt2")
    assert time.monotonic() - start < 5
    assert str(caught.value).count(". ") == 0
    assert fake.questions == [("openai-community/gpt2", "607a30d783dfa663caf39e06633721c8d4cfcd7e")]


def test_pinned_commit_in_the_cache_needs_no_hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_cache(cache, "someone/model")
    fake = answering(monkeypatch, OfflineModeIsEnabled("offline"))
    assert hub.find_commit("someone/model", COMMIT) == COMMIT
    assert fake.questions == []


def test_cache_stands_in_for_an_unreachable_hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_cache(cache, "someone/model")
    answering(monkeypatch, OfflineModeIsEnabled("offline"))
    source = resolve_model("someone/model")
    assert (source.id, source.slug) == ("someone/model", "model")
    assert (source.revision, source.fingerprint) == (COMMIT, COMMIT)


def test_revision_after_an_at_sign_is_asked_for(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_cache(cache, "someone/model")
    fake = answering(monkeypatch, COMMIT)
    assert resolve_model("someone/model@v2").revision == COMMIT
    assert fake.questions == [("someone/model", "v2")]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (RepositoryNotFoundError, "has no public model 'someone/model'"),
        (RevisionNotFoundError, "has no revision"),
        (GatedRepoError, "is gated: accept its terms"),
    ],
)
def test_refusals_of_the_hub(
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[RepositoryNotFoundError] | type[RevisionNotFoundError],
    message: str,
) -> None:
    answering(monkeypatch, refusal(kind))
    with pytest.raises(UnknownModelError, match=message):
        resolve_model("someone/model")


def test_failed_download_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise ConnectionError("reset by peer")

    monkeypatch.setattr(hub, "snapshot_download", fail)
    with pytest.raises(UnknownModelError, match=r"Downloading 'someone/model' .* try again"):
        hub.fetch_model("someone/model", COMMIT)


def test_model_of_the_hub_is_loaded_from_its_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_cache(cache, "someone/model")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    answering(monkeypatch, COMMIT)
    assert resolve_model("someone/model").fetch() == cache / "models--someone--model" / "snapshots" / COMMIT
