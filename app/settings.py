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
        Signs what the server gives the browser to hand back; empty for one that is made (:mod:`app.secret_key`).
    auth : str
        Who may come in: a password file or ``user:hash``, see :mod:`app.passwords`; empty for everybody.
    frame_ancestors : str
        Pages that may show the application in a frame, as in the header Content-Security-Policy.
    proxies : int
        Proxies in front whose ``X-Forwarded-*`` headers are believed, 0..5.
    log : {"json", "off"}
        Whether every answer is a line of JSON on stderr, or only problems are said.
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

    def open_door(self, host: str, port: int) -> str | None:
        """Say that everybody can come in.

        Parameters
        ----------
        host : str
            Address that the server listens on.
        port : int
            1..65535.

        Returns
        -------
        str or None
            One sentence; None if a password is asked for or only this computer can reach the address.
        """
        if self.auth or host in LOOPBACK:
            return None
        return (
            f"Everybody who can reach {host}:{port} can see every run; set ATTENTIONVIZ_AUTH, or have a proxy in front "
            "ask for a password."
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, log: LogMode = "off") -> Settings:
        """Read ``ATTENTIONVIZ_*``, ``PORT`` and the prefix that Dash Enterprise sets.

        Parameters
        ----------
        environment : mapping of str to str
            Of the process.
        log : {"json", "off"}
            What an unset ``ATTENTIONVIZ_LOG`` means.

        Raises
        ------
        SettingsError
            If one of them cannot be used.
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
        # Guessing would write where nobody wanted it.
        raise SettingsError(f"ATTENTIONVIZ_READONLY is {text!r}; set it to 1 or 0.") from None


def _frame_ancestors(text: str) -> str:
    sources = text.split()
    for source in sources:
        if not _ANCESTOR.fullmatch(source):
            raise SettingsError(
                f"ATTENTIONVIZ_FRAME_ANCESTORS names {source!r}; give addresses like https://intranet.example.org with "
                "spaces between them, or self, or none."
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
