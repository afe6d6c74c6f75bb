"""Settings of the web process: the only reader of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from precompute.store import DEFAULT_STORE

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8050
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

LogMode = Literal["json", "off"]

_WORDS: Mapping[str, bool] = {"1": True, "true": True, "yes": True, "on": True} | dict.fromkeys(
    ("", "0", "false", "no", "off"), False
)
_ANCESTOR = re.compile(r"'?self'?|'?none'?|https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_MOST_PROXIES = 5


class SettingsError(ValueError):
    """A setting has an invalid value. The message names it and what to set."""


@dataclass(frozen=True)
class Settings:
    """Settings of the server.

    Attributes
    ----------
    store : Path
        Directory of the runs.
    port : int
        1 to 65535.
    read_only : bool
        Never write to the store's directory.
    url_prefix : str
        Path under which a proxy serves the application; begins and ends with a slash.
    secret_key : str
        Signs data that the browser returns to the server; generated if empty (:mod:`app.secret_key`).
    auth : str
        Users: a password file or ``user:hash``, see :mod:`app.passwords`. Empty: no password.
    frame_ancestors : str
        Pages that may embed the application, as in the header Content-Security-Policy.
    proxies : int
        Trusted proxies whose ``X-Forwarded-*`` headers count, 0 to 5.
    log : {"json", "off"}
        ``json`` logs every response as a line on stderr, ``off`` only problems.
    """

    store: Path = Path(DEFAULT_STORE)
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    read_only: bool = False
    url_prefix: str = "/"
    secret_key: str = field(default="", repr=False)
    auth: str = field(default="", repr=False)
    frame_ancestors: str = "'self'"
    proxies: int = 0
    log: LogMode = "off"

    def exposure_warning(self, host: str, port: int) -> str | None:
        """Return a warning for a server without passwords that other computers can reach; otherwise None."""
        if self.auth or host in LOOPBACK:
            return None
        return (
            f"Anyone who can reach {host}:{port} can see every run; set ATTENTIONVIZ_AUTH, or require a password in a "
            "proxy in front."
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, log: LogMode = "off") -> Settings:
        """Read ``ATTENTIONVIZ_*``, ``HOST``, ``PORT`` and the prefix that Dash Enterprise sets.

        Parameters
        ----------
        log : {"json", "off"}
            Default of ``ATTENTIONVIZ_LOG``.

        Raises
        ------
        SettingsError
            If a value is invalid.
        """
        prefix = environment.get("DASH_REQUESTS_PATHNAME_PREFIX", "/").strip("/")
        return cls(
            store=Path(environment.get("ATTENTIONVIZ_STORE") or DEFAULT_STORE),
            host=environment.get("HOST") or DEFAULT_HOST,
            port=parse_port(environment.get("PORT") or str(DEFAULT_PORT)),
            read_only=_read_only(environment.get("ATTENTIONVIZ_READONLY", "")),
            url_prefix=f"/{prefix}/" if prefix else "/",
            secret_key=environment.get("ATTENTIONVIZ_SECRET_KEY", ""),
            auth=environment.get("ATTENTIONVIZ_AUTH", ""),
            frame_ancestors=_frame_ancestors(environment.get("ATTENTIONVIZ_FRAME_ANCESTORS") or "'self'"),
            proxies=_proxies(environment.get("ATTENTIONVIZ_PROXIES") or "0"),
            log=_log(environment.get("ATTENTIONVIZ_LOG") or log),
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


def _read_only(text: str) -> bool:
    try:
        return _WORDS[text.strip().lower()]
    except KeyError:
        # A wrong guess could write to a store that must not change.
        raise SettingsError(f"ATTENTIONVIZ_READONLY is {text!r}; set it to 1 or 0.") from None


def _frame_ancestors(text: str) -> str:
    sources = text.split()
    for source in sources:
        if not _ANCESTOR.fullmatch(source):
            raise SettingsError(
                f"ATTENTIONVIZ_FRAME_ANCESTORS names {source!r}; give addresses such as https://intranet.example.org, "
                "separated by spaces, or self, or none."
            )
    return " ".join(f"'{source}'" if source in {"self", "none"} else source for source in sources) or "'none'"


def _proxies(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 1 and int(text) <= _MOST_PROXIES):
        raise SettingsError(f"ATTENTIONVIZ_PROXIES is {text!r}; set it to the number of proxies in front, 0 to 5.")
    return int(text)


def _log(text: str) -> LogMode:
    if text == "json":
        return "json"
    if text == "off":
        return "off"
    raise SettingsError(f"ATTENTIONVIZ_LOG is {text!r}; set it to json or off.")
