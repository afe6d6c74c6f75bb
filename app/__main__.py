"""Serve the dashboard: ``python -m app [--host H] [--port P] [--store DIR]``."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from waitress import create_server

from app.factory import create_app
from app.settings import Settings, SettingsError, parse_port
from precompute.catalog import Catalog
from precompute.errors import UserError
from precompute.store import Store

SERVER_THREADS = 8


def parse_arguments(arguments: Sequence[str], defaults: Settings) -> Settings:
    """Return the settings with what the command line names.

    Raises
    ------
    SettingsError
        If the port is not a port number.
    """
    parser = argparse.ArgumentParser(prog="python -m app", description="Serve the runs of a store.")
    parser.add_argument("--host", default=defaults.host, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", default=str(defaults.port), help="port to listen on (default: %(default)s)")
    parser.add_argument("--store", default=str(defaults.store), help="directory of runs (default: %(default)s)")
    given = parser.parse_args(arguments)
    return replace(defaults, host=given.host, port=parse_port(given.port), store=Path(given.store))


def main(arguments: Sequence[str]) -> int:
    """Serve until interrupted; return the exit status."""
    try:
        settings = parse_arguments(arguments, Settings.from_environment(os.environ))
        catalog = Catalog(Store(settings.store, read_only=settings.read_only))
        application = create_app(settings, catalog)
        server = create_server(application.server, host=settings.host, port=settings.port, threads=SERVER_THREADS)
    except (UserError, SettingsError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the program's answer
        return 2
    except (OSError, socket.gaierror) as error:
        address = f"{settings.host}:{settings.port}"
        print(f"Cannot listen on {address} ({error.strerror}); choose another --port.", file=sys.stderr)  # noqa: T201
        return 2
    shown = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not bound
    print(f"AttentionViz is on http://{shown}:{settings.port}{settings.url_prefix}  (Ctrl-C stops it)", flush=True)  # noqa: T201
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
