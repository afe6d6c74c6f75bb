"""Log formats on stderr: one JSON line per record, or plain lines."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.settings import LogMode
from precompute.format.plain_text import plain


class JsonFormatter(logging.Formatter):
    """One ASCII line per record; no text can break the line or reach the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, process, message, and the fields of ``extra={"fields": ...}``."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class PlainFormatter(logging.Formatter):
    """One sentence per line, tracebacks indented below it; control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines."""
        trace = self.formatException(record.exc_info).splitlines() if record.exc_info else []
        return "\n".join([plain(record.getMessage()), *(f"    {plain(line)}" for line in trace)])


_FORMATTERS: Mapping[LogMode, type[logging.Formatter]] = {"json": JsonFormatter, "off": PlainFormatter}
_LEVELS: Mapping[LogMode, str] = {"json": "INFO", "off": "WARNING"}


def logging_config(mode: LogMode) -> dict[str, Any]:
    """Return the :mod:`logging` configuration of a server, including gunicorn's records.

    Parameters
    ----------
    mode : {"json", "off"}
        JSON from level info on, or sentences from level warning on; both include gunicorn's messages.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": _FORMATTERS[mode]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"level": _LEVELS[mode], "handlers": ["stderr"]},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}, "gunicorn.access": {}},
    }
