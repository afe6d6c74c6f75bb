"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from precompute import store

DEFAULT_STORE = Path(store.DEFAULT_STORE)

StoreOption = Annotated[
    Path, typer.Option("--store", envvar="ATTENTIONVIZ_STORE", metavar="DIR", help="Directory of the store.")
]
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="Identifier of a run, a unique prefix of it, or its unique name.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on stdout.")]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", metavar="W", help="Heads laid out in parallel; default: one per core.")
]
DeviceOption = Annotated[
    str, typer.Option("--device", metavar="D", help="Device of the model: cpu, cuda, cuda:1, mps.")
]
