"""Commands that make runs: build, demo, presets."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from precompute.cli.options import DEFAULT_STORE, DeviceOption, JsonOption, StoreOption, WorkersOption
from precompute.cli.terminal import print_json, print_line, print_table, report, report_warning
from precompute.errors import ModelNotInstalledError, UserError
from precompute.format.manifest import Quality, Recipe
from precompute.models.presets import PRESETS
from precompute.recipe import execution_of, request_of
from precompute.store.store import Store

if TYPE_CHECKING:
    from precompute.build import BuildOutcome, BuildRequest, ExecutionOptions

Backend = Literal["threads", "processes", "dask"]

DEFAULTS = Recipe()


def build(
    *,
    model: Annotated[str, typer.Option(metavar="M", help="A preset, a hub id, a local directory, or timm:NAME.")],
    inputs: Annotated[
        str, typer.Option(metavar="I", help="A built-in name, a .txt, .csv or .jsonl file, or a directory of pictures.")
    ],
    name: Annotated[str | None, typer.Option(metavar="N", help="Name of the run on screen.")] = None,
    projections: Annotated[str, typer.Option(metavar="P,...", help="Projections, separated by commas.")] = ",".join(
        DEFAULTS.projections
    ),
    dims: Annotated[str, typer.Option(metavar="2,3", help="Dimensions of the layouts.")] = "2,3",
    max_tokens: Annotated[
        int | None, typer.Option(metavar="T", help="Most tokens; whole instances are drawn evenly.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="K", help="Only the first K instances.")] = None,
    quality: Annotated[
        Quality, typer.Option(help="Iterations of the layouts; reference: scikit-learn and umap-learn.")
    ] = DEFAULTS.quality,
    seed: Annotated[int, typer.Option(metavar="S", help="Random seed.")] = DEFAULTS.seed,
    workers: WorkersOption = None,
    backend: Annotated[Backend, typer.Option(help="Type of the workers.")] = "threads",
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address of a running dask cluster, such as tcp://host:8786.")
    ] = None,
    device: DeviceOption = "cpu",
    store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """Run a model over inputs and store its attention heads as a run."""
    execution = execution_of(workers, device=device, backend=backend, scheduler=scheduler)
    request = request_of(
        model,
        inputs,
        name=name,
        projections=projections,
        dims=dims,
        quality=quality,
        seed=seed,
        limit=limit,
        max_tokens=max_tokens,
    )
    opened = Store(store)
    outcome, warnings = run_build(request, opened, execution)
    if as_json:
        seconds = {stage: round(value, 3) for stage, value in outcome.seconds.items()}
        print_json({"run": outcome.run, "seconds": seconds, "reused": outcome.reused, "warnings": warnings})
    else:
        print_line(outcome.run)


def demo(workers: WorkersOption = None, device: DeviceOption = "cpu", store: StoreOption = DEFAULT_STORE) -> None:
    """Build the runs of the demo that the store lacks."""
    execution = execution_of(workers, device=device)
    opened = Store(store)

    from precompute.build import capture_ahead  # imports what builds need
    from precompute.build.demo import DEMO  # imports what builds need
    from precompute.cli.progress import BuildProgress  # imports what builds need

    # An error is reported when the model's own build fails, after those before it.
    with suppress(UserError), BuildProgress() as progress:
        capture_ahead(DEMO, opened, device=device, on_progress=progress)
    for request in DEMO:
        try:
            outcome, _ = run_build(request, opened, execution)
        except ModelNotInstalledError as error:
            report_warning(f"The demo goes without {request.name}. {error}")
        else:
            print_line(outcome.run)


def presets(as_json: JsonOption = False) -> None:
    """List the model presets."""
    if as_json:
        print_json([asdict(preset) for preset in PRESETS])
    else:
        rows = [(p.name, p.kind, p.spec, (p.revision or "-")[:12], p.description) for p in PRESETS]
        print_table(["name", "kind", "model", "revision", "description"], rows)


def run_build(
    request: BuildRequest,
    store: Store,
    execution: ExecutionOptions,
) -> tuple[BuildOutcome, list[str]]:
    """Build a run, or find it, with progress and warnings on stderr.

    Parameters
    ----------
    request : BuildRequest
        Its recipe is in range.
    store : Store
        Receives the run.
    execution : ExecutionOptions

    Returns
    -------
    BuildOutcome
    list of str
        The warnings that were shown.

    Raises
    ------
    UserError
        If the model, the inputs, the recipe or the store does not allow it.
    """
    from precompute.build import build as build_run  # imports what builds need
    from precompute.cli.progress import BuildProgress  # imports what builds need

    with BuildProgress() as progress:
        outcome = build_run(request, store, execution, on_progress=progress)
    if outcome.reused:
        report(f"The run {outcome.run} exists already.")
    else:
        report(f"Built the run {outcome.run} in {sum(outcome.seconds.values()):.1f} s.")
    return outcome, progress.warnings
