"""Serve: ``python -m app [--host H] [--port P] [--store DIR]``; or ``python -m app hash-password USER``."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from waitress import create_server

from app.hash_password import password_line
from app.settings import Settings, SettingsError, parse_port
from app.start import start
from precompute.errors import UserError

PROGRAM = "python -m app"
SERVER_THREADS = 8

_log = logging.getLogger(__name__)


def parse_arguments(arguments: Sequence[str], defaults: Settings, program: str = PROGRAM) -> Settings:
    """Return the settings, overridden by the command line.

    Raises
    ------
    SettingsError
        If the port is not a port number.
    """
    parser = argparse.ArgumentParser(
        prog=program,
        description="Serve the runs of a store.",
        epilog=f"{program} hash-password USER prints a line for ATTENTIONVIZ_AUTH.",
    )
    parser.add_argument("--host", default=defaults.host, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", default=str(defaults.port), help="port to listen on (default: %(default)s)")
    parser.add_argument("--store", default=str(defaults.store), help="directory of runs (default: %(default)s)")
    given = parser.parse_args(arguments)
    return replace(defaults, host=given.host, port=parse_port(given.port), store=Path(given.store))


def main(arguments: Sequence[str], program: str = PROGRAM) -> int:
    """Serve until interrupted, or print a password line; return the exit status."""
    try:
        if arguments[:1] == ["hash-password"]:
            print(password_line(arguments[1:]))  # noqa: T201 - the program's answer
            return 0
        settings = parse_arguments(arguments, Settings.from_environment(os.environ), program)
        server = create_server(
            start(settings).server,
            host=settings.host,
            port=settings.port,
            threads=SERVER_THREADS,
            # waitress drops headers of proxies by default; the application trusts the number that is set.
            clear_untrusted_proxy_headers=settings.proxies == 0,
        )
    except (UserError, SettingsError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the program's answer
        return 2
    except (EOFError, KeyboardInterrupt):
        return 1
    except (OSError, socket.gaierror) as error:
        address = f"{settings.host}:{settings.port}"
        print(f"Cannot listen on {address} ({error.strerror}); choose another --port.", file=sys.stderr)  # noqa: T201
        return 2
    if warning := settings.exposure_warning(settings.host, settings.port):
        _log.warning(warning)
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
