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

# Hosts that give a PORT (Render, Dash Enterprise) expect to be reached from outside.
_host = os.environ.get("HOST") or ("0.0.0.0" if os.environ.get("PORT") else _settings.host)  # noqa: S104
bind = f"[{_host}]:{_settings.port}" if ":" in _host else f"{_host}:{_settings.port}"

workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
# Once loaded, then forked: workers share the libraries' memory, and one secret key where none can be kept.
preload_app = True
# A worker is replaced after so many answers, not all at once, so that no leak of a library grows for weeks.
max_requests = 200_000
max_requests_jitter = 20_000
timeout = 60
graceful_timeout = 30
keepalive = 5
limit_request_line = 8190  # an address may name the heads to show, which is 6 kB for a thousand
# A worker shows that it is alive by touching a file; on a busy disk that may take longer than the timeout.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - no name is guessed in it
# Whose X-Forwarded-Proto gunicorn believes; the application itself goes by ATTENTIONVIZ_PROXIES.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"
control_socket_disable = True  # nothing is written beside the store
logconfig_dict = logging_config(_settings.log)


def when_ready(server: Any) -> None:  # noqa: ANN401 - gunicorn's arbiter has no types
    """Warn if the server is reachable without a password."""
    for listener in server.LISTENERS:
        name = listener.sock.getsockname()
        if isinstance(name, tuple) and (warning := _settings.exposure_warning(str(name[0]), int(name[1]))):
            server.log.warning(warning)
