"""Command that writes object masks for a directory of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from precompute.cli.options import DeviceOption
from precompute.cli.terminal import report


def segment(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Directory of pictures.")],
    model: Annotated[
        str,
        typer.Option(
            "--model",
            metavar="M",
            help="Segmentation model: a Hub id, or a directory with safetensors.",
        ),
    ],
    device: DeviceOption = "cpu",
) -> None:
    """Write object masks for the pictures of a directory; their patches then have object labels."""
    from precompute.inputs.object_masks import write_masks
    from precompute.models.segmentation import load_segmenter  # imports torch and transformers

    segmenter = load_segmenter(model, device)
    made = 0
    for picture, labeled in write_masks(directory, segmenter.classes, segmenter.mask):
        made += labeled
        report(picture if labeled else f"{picture} (kept its labels)")
    report(f"Labeled {made} pictures in {directory}; build a run over it to see the labels.")
