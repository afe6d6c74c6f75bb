"""Memory of a real build: a GPT-2 of the usual size with random weights, 144 heads of 3000 points.

``build_memory`` makes the model in a process of its own and builds in another, ``python -m
tests.benchmarks.build_memory DIRECTORY``, whose highest memory is read, as is that of the process that ran the model.
Both count files that are mapped, weights and libraries among them, which the system drops and reads again where memory
is short. What it can't drop is read while they run.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from precompute.build import BuildRequest, ExecutionOptions, build
from precompute.format.manifest import Recipe
from precompute.store.store import Store
from tests.benchmarks.projection_memory import D_HEAD, LENGTH, N_HEADS, N_LAYERS, N_TOKENS, WORKERS, highest_memory

RECIPE = Recipe(projections=("pca", "tsne"), dims=(2,))
MODEL, INPUTS = "gpt2-random", "sentences.txt"
WORDS = tuple(f"w{number}" for number in range(300))
READ_EVERY = 0.02
"""Seconds between two readings of what a build holds."""

MAKE = f"""
import sys, torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2Model, PreTrainedTokenizerFast
from tests.benchmarks.build_memory import WORDS
torch.manual_seed(0)
shape = dict(n_layer={N_LAYERS}, n_head={N_HEADS}, n_embd={N_HEADS * D_HEAD})
GPT2Model(GPT2Config(vocab_size=len(WORDS), n_positions=64, **shape)).save_pretrained(sys.argv[1])
words = Tokenizer(models.WordLevel({{word: number for number, word in enumerate(WORDS)}}, unk_token=WORDS[0]))
words.pre_tokenizer = pre_tokenizers.Whitespace()
PreTrainedTokenizerFast(tokenizer_object=words, unk_token=WORDS[0]).save_pretrained(sys.argv[1])
"""

LOAD = """
import precompute.build.run_model, precompute.models.transformers_text
from transformers import GPT2Model
from tests.benchmarks.projection_memory import highest_memory
print(highest_memory())
"""


@dataclass(frozen=True)
class BuildMemory:
    """Highest memory in MiB, mapped files included but for ``unmapped``.

    Attributes
    ----------
    heads : float
        Of the process that lays out heads and measures them, two at a time.
    model : float
        Of the process that runs the model; it has ended before the first head is laid out.
    libraries : float
        Of a process that only loads what running it needs.
    unmapped : float
        Of all processes of the build together, without mapped files: what a machine has to have.
    """

    heads: float
    model: float
    libraries: float
    unmapped: float


def main() -> None:
    """Build in the directory that is named, and print the readings; the model and the sentences are there."""
    directory = Path(sys.argv[1])
    request = BuildRequest(str(directory / MODEL), str(directory / INPUTS), recipe=RECIPE)
    with Store(directory / "store") as store:
        build(request, store, ExecutionOptions(WORKERS))
    model = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"heads": highest_memory(), "model": model}))


def build_memory() -> BuildMemory:
    """Run the build and give its readings."""
    words = np.random.default_rng(0).choice(WORDS, (N_TOKENS // LENGTH, LENGTH))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / INPUTS).write_text("\n".join(" ".join(sentence) for sentence in words), encoding="utf-8")
        _said("-c", MAKE, str(directory / MODEL))
        command = [sys.executable, "-m", "tests.benchmarks.build_memory", name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as building:
            unmapped = highest_unmapped(building)
            readings = json.loads(building.communicate()[0])
    return BuildMemory(**readings, libraries=float(_said("-c", LOAD)), unmapped=unmapped)


def highest_unmapped(running: subprocess.Popen[str]) -> float:
    """Wait for a process; return the most memory in MiB that it and its children held at a time, mapped files aside."""
    highest = 0.0
    while True:
        highest = max(highest, unmapped_memory(running.pid))
        with suppress(subprocess.TimeoutExpired):
            running.wait(READ_EVERY)
            return highest


def unmapped_memory(pid: int) -> float:
    """Read what a process and its children hold now without mapped files, in MiB; 0 for one that has ended."""
    process = Path("/proc") / str(pid)
    try:
        status = (process / "status").read_text(encoding="utf-8")
        children = [child for task in (process / "task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return 0.0
    own = sum(int(size) for size in re.findall(r"^Rss(?:Anon|Shmem):\s+(\d+)", status, re.MULTILINE))
    return own / 1024 + sum(unmapped_memory(int(child)) for child in children)


def _said(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
