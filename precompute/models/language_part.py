"""The part of a network that reads text alone, and names of the parts that are left out."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from precompute.errors import UnsupportedModelError

_OTHER_INPUTS = {
    "input_features": "sound",
    "input_values": "sound",
    "audio_values": "sound",
    "pixel_values": "images",
    "pixel_values_videos": "videos",
    "past_values": "time series",
}
_PROBE = torch.tensor([[1, 2, 1]])


@dataclass(frozen=True)
class LanguagePart:
    """A network that takes ``input_ids``, and one sentence that names what of the whole model it lacks, or ""."""

    network: PreTrainedModel
    left_out: str = ""


def language_part(network: PreTrainedModel) -> LanguagePart:
    """Return the part of a loaded model whose attention is shown for text.

    Heads after the last layer are left out silently. Of an encoder-decoder model the encoder is taken, and of a model
    that also reads images or sound the whole if it runs on text alone, otherwise its language model.
    """
    base = network.base_model if isinstance(network.base_model, PreTrainedModel) else network
    if getattr(base.config, "is_encoder_decoder", False):
        return LanguagePart(_encoder(network), "Only the model's encoder is shown; its decoder is left out.")
    text = base.config.get_text_config()
    if text is base.config:
        return LanguagePart(base)
    part = base if _runs(base) else _configured_by(base, text)
    return LanguagePart(part, "Only the model's language model is shown, on text alone; its other inputs are left out.")


def require_text(network: PreTrainedModel) -> None:
    """Check that a network takes tokens; UnsupportedModelError if it reads something else."""
    if "input_ids" in inspect.signature(network.forward).parameters:
        return
    read = _OTHER_INPUTS.get(getattr(network, "main_input_name", ""))
    reads = f"reads {read}, not text" if read else "does not read text"
    raise UnsupportedModelError(
        f"{type(network).__name__} of transformers {reads}. Choose a language model or a vision model."
    )


def _encoder(network: PreTrainedModel) -> PreTrainedModel:
    encoder = network.get_encoder()
    return encoder if isinstance(encoder, PreTrainedModel) else network


def _configured_by(network: PreTrainedModel, config: object) -> PreTrainedModel:
    """Return the outermost part with a configuration of its own, without a head; the network if there is none."""
    parts = (module for module in network.modules() if isinstance(module, PreTrainedModel) and module is not network)
    found = next((part for part in parts if part.config is config), None)
    if found is None:
        return network
    return found.base_model if isinstance(found.base_model, PreTrainedModel) else found


def _runs(network: PreTrainedModel) -> bool:
    try:
        with torch.inference_mode():
            network.train(False)(input_ids=_PROBE, attention_mask=torch.ones_like(_PROBE), use_cache=False)
    except Exception:  # any error of a foreign model means the same: it needs more than text
        return False
    return True
