"""What the training scripts share: their command line, and the descent itself."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

LARGEST_GRADIENT = 1.0


def training_parser(description: str | None, *, steps: int, seed: int) -> argparse.ArgumentParser:
    """Return the options that every training script has: ``--out``, ``--steps``, ``--seed`` and ``--threads``.

    Parameters
    ----------
    description : str or None
        What ``--help`` says first.
    steps, seed : int
        Defaults.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="directory of the model")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def prepare(threads: int) -> None:
    """Log to the terminal, and make training repeatable.

    Parameters
    ----------
    threads : int
        Of torch; another number may give other weights.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)


def descend(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    steps: int,
    next_loss: Callable[[], torch.Tensor],
    on_step: Callable[[int, float], None],
) -> list[float]:
    """Follow the gradient, with the learning rate warmed up over 5 % of the steps and then lowered linearly to 0.

    Parameters
    ----------
    model : nn.Module
        Its parameters are those of the optimizer; gradients are clipped to a norm of 1.
    optimizer : torch.optim.Optimizer
        Its learning rate is the highest.
    steps : int
        Updates.
    next_loss : callable
        Gives the loss of the next batch.
    on_step : callable
        Told every step and its loss.

    Returns
    -------
    list of float
        Loss of every step.
    """
    warm_up = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm_up, (steps - step) / max(1, steps - warm_up))
    )
    losses = []
    for step in range(steps):
        loss = next_loss()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        on_step(step, losses[-1])
    return losses
