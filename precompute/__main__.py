"""``python -m precompute``: build, look after and take apart runs."""

import sys

from precompute.cli.app import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
