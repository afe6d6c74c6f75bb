"""Settings of ``gunicorn app.wsgi:server``; command-line options override them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # gunicorn reads this file before it goes to the directory

from app.logs import logging_config
from app.settings import Settings, SettingsError

try:
    _settings = Settings.from_environment(os.environ, log="json")
except SettingsError as error:
    print(error, file=sys.stderr)  # noqa: T201 - the program's answer
    sys.exit(2)

# Hosts that set PORT (Render, Dash Enterprise) need a public address.
_host = os.environ.get("HOST") or ("0.0.0.0" if os.environ.get("PORT") else _settings.host)  # noqa: S104
bind = f"[{_host}]:{_settings.port}" if ":" in _host else f"{_host}:{_settings.port}"

workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
# Loaded once, then forked: workers share the libraries' memory, and one secret key where none can be stored.
preload_app = True
# Workers are replaced one after another, so that a leak in a library does not grow for weeks.
max_requests = 200_000
max_requests_jitter = 20_000
timeout = 60
graceful_timeout = 30
keepalive = 5
limit_request_line = 8190  # a URL may list the heads to show: 6 kB for a thousand
# A worker signals that it is alive by touching a file, which can exceed the timeout on a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - no name is guessed in it
# Proxies whose X-Forwarded-Proto gunicorn trusts; the application uses ATTENTIONVIZ_PROXIES.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"
control_socket_disable = True  # nothing is written beside the store
logconfig_dict = logging_config(_settings.log)


def when_ready(server: Any) -> None:  # noqa: ANN401 - gunicorn's arbiter has no types
    """Warn if the server is reachable without a password."""
    for listener in server.LISTENERS:
        name = listener.sock.getsockname()
        if isinstance(name, tuple) and (warning := _settings.exposure_warning(str(name[0]), int(name[1]))):
            server.log.warning(warning)
