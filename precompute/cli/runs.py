"""Commands for stored runs and leftovers of builds: list, show, verify, remove, clean."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
import typer

from precompute.api import open_run
from precompute.cli.options import DEFAULT_STORE, JsonOption, RunArgument, StoreOption
from precompute.cli.terminal import (
    human_size,
    print_json,
    print_line,
    print_table,
    report,
    report_error,
    report_warning,
)
from precompute.format.manifest import ArrayInfo, Manifest
from precompute.format.schema import DOCUMENT
from precompute.format.typed_json import JSON, to_json
from precompute.run.catalog import Catalog
from precompute.run.verify import verify_run
from precompute.store.store import Store

SHOW_WIDTH = 100
"""Columns of the description of a run."""


def list_runs(store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False) -> None:
    """List the runs of the store, newest first."""
    catalog = Catalog(Store(store, read_only=True))
    for error in catalog.damaged().values():
        report_warning(str(error))
    summaries = [summary(manifest) for manifest in catalog.runs()]
    if as_json:
        print_json(summaries)
    elif summaries:
        print_table(
            ["run", "name", "heads", "tokens", "instances", "projections", "size", "created"],
            [_list_row(manifest) for manifest in catalog.runs()],
        )
    else:
        report(f"The store {store} has no runs yet: run python -m precompute demo, or build.")


def show(run: RunArgument, store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False) -> None:
    """Show the model, inputs, options and contents of a run."""
    manifest = open_run(run, store=store).manifest
    if as_json:
        print_json({**summary(manifest), "manifest": to_json(manifest)}, indent=2)
    else:
        print_table(["run", manifest.run], _show_rows(manifest), width=SHOW_WIDTH)


def verify(run: RunArgument, store: StoreOption = DEFAULT_STORE) -> None:
    """Read every byte of a run and compare it with its hash; exit code 1 if one changed."""
    opened = Store(store, read_only=True)
    identifier = resolve_run(opened, run)
    problems = verify_run(opened, identifier)
    for problem in problems:
        report_error(problem)
    if problems:
        raise typer.Exit(1)
    print_line(f"{identifier} is sound")


def remove(run: RunArgument, store: StoreOption = DEFAULT_STORE) -> None:
    """Remove a run and the arrays that no other run needs."""
    opened = Store(store)
    identifier = resolve_run(opened, run)
    opened.remove_run(identifier)
    report(f"Removed {identifier}.")


def clean(
    store: StoreOption = DEFAULT_STORE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be freed.")] = False,
) -> None:
    """Free the space of unfinished builds; finished runs keep everything.

    An unfinished build then starts from the beginning. During a build, only temporary files of dead processes are
    removed.
    """
    found = Store(store, read_only=True)
    building, parts, scratch = found.is_building(), found.unneeded_parts(), found.abandoned_scratch()
    size = sum(scratch) + (0 if building else found.garbage_bytes(without=parts))
    if not dry_run:
        # Opening a store for writing is what removes the temporary files.
        building = not Store(store).remove_unneeded_parts()
    if building:
        report_warning("A build is in progress, so parts of builds are kept. Run clean again when it has ended.")
    if size:
        what = [f"{_counted(len(parts), 'part', 'parts')} of unfinished builds"] * (not building and bool(parts))
        what += [f"temporary files of {_counted(len(scratch), 'process', 'processes')} that died"] * bool(scratch)
        report(f"{'Would free' if dry_run else 'Freed'} {human_size(size)}{': ' * bool(what)}{', '.join(what)}.")
    elif not building:
        report("There is nothing to clean.")


def resolve_run(store: Store, run: str) -> str:
    """Return the identifier of a run; a damaged run needs its full identifier.

    Raises
    ------
    RunNotFoundError
        If no run, or more than one, matches.
    """
    return run if run in store.run_ids() else Catalog(store).open(run).manifest.run


def summary(manifest: Manifest) -> dict[str, JSON]:
    """Return one entry of ``list --json``."""
    model, inputs = manifest.model, manifest.inputs
    return {
        "run": manifest.run,
        "name": manifest.name,
        "model": model.id,
        "kind": inputs.kind,
        "n_layers": model.n_layers,
        "n_heads": model.n_heads,
        "n_kv_heads": model.n_kv_heads,
        "d_head": model.d_head,
        "n_tokens": inputs.n_tokens,
        "n_instances": inputs.n_instances,
        "projections": list(manifest.recipe.projections),
        "bytes": run_bytes(manifest),
        "created": manifest.created,
    }


def run_bytes(manifest: Manifest) -> int:
    """Return the size in bytes of a run; an array that two names share counts once."""
    return sum(array_bytes(info) for info in {info.sha256: info for info in manifest.arrays.values()}.values())


def array_bytes(info: ArrayInfo) -> int:
    """Return the size in bytes of an array's elements, or of a document's text."""
    size = math.prod(info.shape)
    return size if info.dtype == DOCUMENT else size * np.dtype(info.dtype).itemsize


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _list_row(manifest: Manifest) -> list[str]:
    model, inputs = manifest.model, manifest.inputs
    return [
        manifest.run,
        manifest.name,
        f"{model.n_layers} x {model.n_heads}",
        str(inputs.n_tokens),
        str(inputs.n_instances),
        ", ".join(manifest.recipe.projections),
        human_size(run_bytes(manifest)),
        manifest.created,
    ]


def _show_rows(manifest: Manifest) -> list[tuple[str, str]]:
    model, inputs, recipe = manifest.model, manifest.inputs, manifest.recipe
    grouped = f", {model.n_kv_heads} key heads" if model.n_kv_heads < model.n_heads else ""
    drawn = [f"first {recipe.limit}"] * (recipe.limit is not None)
    drawn += [f"at most {recipe.max_tokens} tokens"] * (recipe.max_tokens is not None)
    return [
        ("name", manifest.name),
        ("created", manifest.created),
        ("model", f"{model.id} ({model.library}, revision {model.revision})"),
        ("heads", f"{model.n_layers} layers x {model.n_heads} heads, {model.d_head} wide{grouped}"),
        *([("layers", ", ".join(map(str, model.layers)))] if model.layers else []),
        ("attention", ", ".join(sorted(set(manifest.masks)))),
        ("inputs", f"{inputs.name}: {inputs.n_instances} instances, {inputs.n_tokens} tokens ({inputs.kind})"),
        ("inputs kept", ", ".join(drawn) or "all"),
        ("projections", f"{', '.join(recipe.projections)} in {' and '.join(map(str, recipe.dims))} dimensions"),
        ("quality, seed", f"{recipe.quality}, {recipe.seed}"),
        ("encodings", ", ".join(encoding.name for encoding in manifest.encodings)),
        ("metrics", ", ".join(metric.name for metric in manifest.metrics)),
        ("size", human_size(run_bytes(manifest))),
        ("seconds", ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in manifest.timings.items())),
        ("versions", ", ".join(f"{package} {version}" for package, version in manifest.versions.items())),
    ]
