"""Command line and gradient descent of the training scripts."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

LARGEST_GRADIENT = 1.0


def training_parser(description: str | None, *, steps: int, seed: int) -> argparse.ArgumentParser:
    """Return the common options; `steps` and `seed` are defaults."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="directory of the model")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def prepare(threads: int) -> None:
    """Log to the terminal, and make training repeatable for this number of torch threads."""
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
    """Run gradient descent; the learning rate warms up over 5 % of the steps, then falls linearly to 0.

    Parameters
    ----------
    model : nn.Module
        Its parameters are those of the optimizer; gradients are clipped to a norm of 1.
    optimizer : torch.optim.Optimizer
        Its learning rate is the maximum.
    next_loss : callable
        Returns the loss of the next batch.
    on_step : callable
        Called with every step and its loss.

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
