"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from precompute import store

DEFAULT_STORE = Path(store.DEFAULT_STORE)

StoreOption = Annotated[
    Path, typer.Option("--store", envvar="ATTENTIONVIZ_STORE", metavar="DIR", help="Directory of the runs.")
]
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="Identifier of a run, the unique beginning of one, or its unique name.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on stdout.")]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", metavar="W", help="Heads worked on at once; by default one for each core.")
]
DeviceOption = Annotated[
    str, typer.Option("--device", metavar="D", help="Where the model runs: cpu, cuda, cuda:1, mps.")
]
