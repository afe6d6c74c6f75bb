"""Models of the Hub, downloaded to its client's cache and then used as directories."""

from __future__ import annotations

import re
from pathlib import Path

from huggingface_hub import HfApi, hf_hub_download, snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from precompute.errors import UnknownModelError
from precompute.models.directory import MODEL_FILES

REQUEST_SECONDS = 10.0

_ID = re.compile(r"(?!.*(?:--|\.\.|\.git$))\w[\w.-]{0,95}(?:/\w[\w.-]{0,95})?(?<![.-])", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")


def is_hub_id(name: str) -> bool:
    """Whether a name has the form of a Hub id: ``model`` or ``owner/model``."""
    return _ID.fullmatch(name) is not None


def find_commit(hub_id: str, revision: str | None) -> str:
    """Return the commit of a revision (a branch, a tag, None for the main branch).

    A cached commit needs no network. Otherwise the Hub is queried once, without retries; if it cannot be reached, the
    cached revision is used. ``HF_HUB_OFFLINE`` is respected.

    Raises
    ------
    UnknownModelError
        The Hub has no such model or revision, refuses it, or cannot be reached and the cache is empty.
    """
    pinned = revision is not None and _COMMIT.fullmatch(revision) is not None
    if pinned and (commit := _cached_commit(hub_id, revision)):
        return commit
    try:
        sha = HfApi().model_info(hub_id, revision=revision, timeout=REQUEST_SECONDS).sha
    except GatedRepoError:
        raise UnknownModelError(f"{hub_id!r} is gated: accept its terms on the Hub and log in.") from None
    except RevisionNotFoundError:
        raise UnknownModelError(f"The Hub's model {hub_id!r} has no revision {revision!r}: check its name.") from None
    except RepositoryNotFoundError:
        raise UnknownModelError(f"The Hub has no public model {hub_id!r}: check the name.") from None
    except Exception as error:  # the client's transport errors share no base class across its releases
        if commit := _cached_commit(hub_id, revision):
            return commit
        raise UnknownModelError(
            f"The Hub cannot be reached and {hub_id!r} is not in the cache: "
            "connect, or choose a local directory or an installed preset (minilm, tiny-gpt2, tiny-vit)."
        ) from error
    if sha is None:
        raise UnknownModelError(f"The Hub returned no commit for {hub_id!r}: try again.")
    return sha


def fetch_config(hub_id: str, commit: str) -> Path:
    """Download config.json and return its directory; UnknownModelError if there is none or the download failed."""
    try:
        return Path(hf_hub_download(hub_id, "config.json", revision=commit)).parent
    except LocalEntryNotFoundError as error:
        raise _download_failed(hub_id) from error
    except EntryNotFoundError:
        raise UnknownModelError(
            f"The Hub's {hub_id!r} has no config.json, so it cannot be loaded: choose another model."
        ) from None


def fetch_model(hub_id: str, commit: str) -> Path:
    """Download the files of :data:`MODEL_FILES` and return their directory; UnknownModelError if that failed."""
    try:
        files = snapshot_download(hub_id, revision=commit, allow_patterns=list(MODEL_FILES), ignore_patterns=["*/*"])
    except Exception as error:  # see find_commit
        raise _download_failed(hub_id) from error
    return Path(files)


def _cached_commit(hub_id: str, revision: str | None) -> str | None:
    path = try_to_load_from_cache(hub_id, "config.json", revision=revision)
    return Path(path).parent.name if isinstance(path, str) else None


def _download_failed(hub_id: str) -> UnknownModelError:
    return UnknownModelError(f"Downloading {hub_id!r} from the Hub failed: check the connection and try again.")
