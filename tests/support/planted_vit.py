"""A vision transformer whose weights attend by row, column, brightness or hue, and mosaics that tell these apart.

Every token starts as features whose sum is 0, so that LayerNorm only divides: y = sqrt(D) x / |x|. Of a patch in row r
and column c whose mean color has luma Y, and alpha = R - (G + B) / 2 and beta = sqrt(3) / 2 (G - B), all in 0..1,

    x = (e_r - 1/R, e_c - 1/C; b, -b; u, -u; v, -v; 1, -1; 0, 0),    e one of the R rows or C columns,
    b = BRIGHTNESS_GAIN (2 Y - 1),    (u, v) = (alpha, beta) / CHROMA = (cos, sin) of the hue.

The position embedding holds the first two and the 1, the patch projection, a mean over pixels, the rest; [CLS] has only
the last pair, (1, -1). A mosaic's colors all have the chroma (alpha^2 + beta^2)^(1/2) = CHROMA, so that u^2 + v^2 = 1
and |x|^2 = 2 b^2 + REST. Queries and keys of a head are linear in y; with y's square root of D taken into S, the score
of key j for query i is S |x_i|^-1 |x_j|^-1 times

    row, column:  e_i . e_j - 1                    a match scores 0 whatever the lengths, everything else far below
    hue:          u_i u_j + v_i v_j - 1            the cosine of the difference of hues, less 1
    brightness:   2 b_i b_j + REST                 LayerNorm puts (sqrt(2) b, sqrt(REST)) on a circle: with the lengths
                                                   it is the cosine of an angle, 1 for equal brightness alone

and every one of them takes S |x_i|^-1 |x_j|^-1 away from [CLS]. Attention so falls evenly on all that match, the patch
itself among them. The query of [CLS] is 0. Nothing is written back: the second layer sees the same x, with random
queries and keys.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import timm
import torch
from numpy.typing import NDArray
from timm.models import save_for_hf

from precompute.numeric import Float32
from precompute.tokens.color import LUMA, to_bytes

Float64 = NDArray[np.float64]

SIDE = 16
"""Rows and columns of patches."""

PATCH = 4
HEADS = ("row", "column", "brightness", "hue", "even")
"""Of the first layer; the last one has neither queries nor keys."""

N_LAYERS, D_HEAD = 2, 20
D_MODEL = len(HEADS) * D_HEAD
N_HUES, N_LEVELS = 8, 4
CHROMA = 0.25
LEVELS = np.linspace(0.3, 0.7, N_LEVELS, dtype=np.float32)
"""Brightness of a mosaic's patches: with this chroma, all hues can be shown at all of them."""

BRIGHTNESS_GAIN = 5.0
SHARPNESS = 12.0
"""Least lead of a match over anything else: e^-12 times 255 others is less than 0.002 of the attention."""

REST = 2 * (1 - 1 / SIDE) + 2 + 2
MOST = 2 * float((BRIGHTNESS_GAIN * (2 * LEVELS - 1)).max()) ** 2 + REST
"""Largest |x|^2 of a mosaic's patch."""

CHROMATIC = np.array([[1, -0.5, -0.5], [0, 3**0.5 / 2, -(3**0.5) / 2]], np.float32)
"""alpha and beta of red, green and blue."""

_ROW, _COLUMN = slice(0, SIDE), slice(SIDE, 2 * SIDE)
_BRIGHTNESS, _COSINE, _SINE, _ONE, _CLS = range(2 * SIDE, 2 * SIDE + 10, 2)
_MEAN = _STD = 0.5


def save_planted_vit(directory: Path) -> None:
    """Write the transformer as a directory of weights and configuration that timm loads."""
    size = SIDE * PATCH
    preprocessing = {
        "input_size": (3, size, size),
        "crop_pct": 1.0,
        "interpolation": "bicubic",
        "mean": (_MEAN,) * 3,
        "std": (_STD,) * 3,
    }
    shape = {"img_size": size, "patch_size": PATCH, "embed_dim": D_MODEL, "depth": N_LAYERS, "num_heads": len(HEADS)}
    network = timm.create_model("vit_tiny_patch16_224", num_classes=2, **shape)
    _plant(network)
    configuration = {"model_args": shape, "pretrained_cfg": preprocessing}
    save_for_hf(network, str(directory), model_config=configuration, safe_serialization=True)


def save_mosaics(directory: Path, n_pictures: int, *, seed: int = 0) -> None:
    """Draw pictures of flat patches, every hue at every brightness equally often and at random positions."""
    directory.mkdir()
    rng = np.random.default_rng(seed)
    colors = np.resize(mosaic_colors(), (SIDE * SIDE, 3))
    for index in range(n_pictures):
        patches = rng.permutation(colors).reshape(SIDE, SIDE, 3)
        picture = patches.repeat(PATCH, axis=0).repeat(PATCH, axis=1)
        PIL.Image.fromarray(picture).save(directory / f"mosaic-{index}.png")


def mosaic_colors() -> NDArray[np.uint8]:
    """Solve for the colors of all hues at all levels of brightness, uint8 [N_HUES * N_LEVELS, 3]."""
    turns = np.arange(N_HUES) / N_HUES * 2 * np.pi
    hues = CHROMA * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    wanted = [(level, *hue) for hue in hues for level in LEVELS]
    return to_bytes(np.linalg.solve(np.vstack([LUMA, CHROMATIC]), np.array(wanted).T).T.astype(np.float32))


def queries_and_keys() -> Float32:
    """Plant the heads, float32 [2, D_MODEL, D_MODEL]: rows of a head after another, from y to its query and its key."""
    one, start = _reading(_ONE), _reading(_CLS)
    angles = np.arctan2(2**0.5 * BRIGHTNESS_GAIN * (2 * LEVELS - 1), REST**0.5)
    apart = {"brightness": 1 - np.cos(np.diff(angles).min()), "hue": (1 - np.cos(2 * np.pi / N_HUES)) / MOST}
    features = {
        "row": (np.eye(D_MODEL)[_ROW], 1 / SIDE - 1),
        "column": (np.eye(D_MODEL)[_COLUMN], 1 / SIDE - 1),
        "brightness": (2**0.5 * _reading(_BRIGHTNESS)[None], REST),
        "hue": (np.stack([_reading(_COSINE), _reading(_SINE)]), -1),
    }
    planted = np.zeros((2, len(HEADS), D_HEAD, D_MODEL), np.float32)
    for head, name in enumerate(HEADS[:-1]):
        shared, constant = features[name]
        sharpness = SHARPNESS / apart.get(name, 1 / MOST)
        gain = (sharpness * D_HEAD**0.5 / D_MODEL) ** 0.5
        for side, last in enumerate((one, constant * one - start)):
            planted[side, head, : len(shared) + 1] = gain * np.vstack([shared, last])
    return planted.reshape(2, D_MODEL, D_MODEL)


def _plant(network: torch.nn.Module) -> None:
    parameters = dict(network.named_parameters())
    planted = queries_and_keys().reshape(-1, D_MODEL)
    values = {
        "patch_embed.proj.weight": (_projection() / PATCH**2)[:, :, None, None],
        "pos_embed": np.vstack([np.zeros(D_MODEL), _places()])[None],
        "cls_token": 2 * _reading(_CLS)[None, None],
        "blocks.0.attn.qkv.weight": np.vstack([planted, np.zeros((D_MODEL, D_MODEL))]),
        "blocks.1.attn.qkv.weight": np.random.default_rng(0).normal(0, 0.3, (3 * D_MODEL, D_MODEL)),
        **{name: np.ones(1) for name in parameters if "norm" in name and name.endswith("weight")},
    }
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.from_numpy(values.get(name, np.zeros(1))))


def _places() -> Float64:
    """Position embedding of the patches, [SIDE^2, D_MODEL]."""
    place = np.arange(SIDE**2)
    embedding = np.zeros((SIDE**2, D_MODEL))
    for part, at in ((_ROW, place // SIDE), (_COLUMN, place % SIDE)):
        embedding[:, part] = np.eye(SIDE)[at] - 1 / SIDE
    return embedding + 2 * _reading(_ONE)


def _projection() -> Float64:
    """Weights of the channels in the features of a patch, [D_MODEL, 3].

    The channels come as 2 z - 1 for z in 0..1: the weights of brightness sum to 1, those of chroma to 0.
    """
    chroma = _STD * CHROMATIC / CHROMA
    pairs = {_BRIGHTNESS: BRIGHTNESS_GAIN * LUMA, _COSINE: chroma[0], _SINE: chroma[1]}
    return np.sum([2 * np.outer(_reading(pair), weights) for pair, weights in pairs.items()], axis=0)


def _reading(pair: int) -> Float64:
    """Vector w whose product with features is the value of their pair (value, -value); 2 w is the pair (1, -1)."""
    reading = np.zeros(D_MODEL)
    reading[pair : pair + 2] = 0.5, -0.5
    return reading
