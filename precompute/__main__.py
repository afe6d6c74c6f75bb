"""``python -m precompute``: build, manage and export runs."""

import sys

from precompute.cli.app import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
