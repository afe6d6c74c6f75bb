"""Child process of the census: types from its arguments, one line of JSON each."""

from __future__ import annotations

import json
import logging
import resource
import sys
import warnings

import torch

from scripts.census.one_type import census_of


def main() -> None:
    """Print the outcome of each type."""
    megabytes, *types = sys.argv[1:]
    limit = int(megabytes) * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    torch.set_num_threads(2)
    for name in types:
        print("RESULT", json.dumps({"type": name, **census_of(name)}), flush=True)


if __name__ == "__main__":
    main()
