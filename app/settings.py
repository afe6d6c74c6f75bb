"""Settings of the web process: the only reader of the environment."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8050
DEFAULT_STORE = ".store"


class SettingsError(ValueError):
    """A setting cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True)
class Settings:
    """How to serve.

    Attributes
    ----------
    store : Path
        Directory of the runs.
    host : str
        Address to listen on.
    port : int
        1..65535.
    read_only : bool
        Never write to the store's directory.
    url_prefix : str
        Path under which a proxy serves the application; begins and ends with a slash.
    secret_key : str
        Signs what the server gives the browser to hand back.
    """

    store: Path = Path(DEFAULT_STORE)
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    read_only: bool = False
    url_prefix: str = "/"
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read ``ATTENTIONVIZ_*``, ``PORT`` and the prefix that Dash Enterprise sets.

        Raises
        ------
        SettingsError
            If ``PORT`` is not a port number.
        """
        prefix = environment.get("DASH_REQUESTS_PATHNAME_PREFIX", "/").strip("/")
        return cls(
            store=Path(environment.get("ATTENTIONVIZ_STORE") or DEFAULT_STORE),
            host=environment.get("HOST") or DEFAULT_HOST,
            port=parse_port(environment.get("PORT") or str(DEFAULT_PORT)),
            read_only=environment.get("ATTENTIONVIZ_READONLY", "").lower() in {"1", "true", "yes"},
            url_prefix=f"/{prefix}/" if prefix else "/",
            secret_key=environment.get("ATTENTIONVIZ_SECRET_KEY") or secrets.token_hex(32),
        )


def parse_port(text: str) -> int:
    """Return a port number.

    Raises
    ------
    SettingsError
        If the text is not a whole number from 1 to 65535.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        message = f"The port {text!r} is not a number from 1 to 65535; set PORT or --port to a free port."
        raise SettingsError(message)
    return int(text)
