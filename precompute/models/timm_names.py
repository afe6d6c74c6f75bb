"""Where timm keeps the weights of its named models."""

from __future__ import annotations

import difflib

import timm

from precompute.errors import UnknownModelError


def hub_id_of(name: str) -> str:
    """Return the hub id of a pretrained timm model.

    Parameters
    ----------
    name : str
        Architecture, with or without the tag of its weights: ``vit_base_patch32_224.augreg_in21k``.

    Raises
    ------
    UnknownModelError
        timm has no such model, or no pretrained weights of it on a hub.
    """
    if not timm.is_model(name):
        near = difflib.get_close_matches(name.partition(".")[0], timm.list_models(), n=3)
        hint = f"; near names: {', '.join(near)}" if near else ""
        raise UnknownModelError(f"timm has no model {name!r}{hint}.")
    try:
        configuration = timm.get_pretrained_cfg(name)
    except RuntimeError as error:
        raise UnknownModelError(f"timm has no weights {name!r}.") from error
    hub_id = configuration.hf_hub_id if configuration is not None else None
    if not isinstance(hub_id, str) or not hub_id:
        raise UnknownModelError(f"timm has no pretrained weights of {name!r} on a model hub.")
    return hub_id
