"""The WSGI application for gunicorn: ``gunicorn app.wsgi:server``, configured by ``gunicorn.conf.py``."""

from __future__ import annotations

import os
import sys

from app.settings import Settings, SettingsError
from app.start import start
from precompute.errors import UserError

try:
    server = start(Settings.from_environment(os.environ, log="json")).server
except (UserError, SettingsError) as error:
    print(error, file=sys.stderr)  # noqa: T201 - the program's answer
    sys.exit(2)
