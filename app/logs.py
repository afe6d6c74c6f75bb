"""What the server says on stderr: a line of JSON a record, or plain lines for a person."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.settings import LogMode
from precompute.format.plain_text import plain


class JsonFormatter(logging.Formatter):
    """One line a record, ASCII only: whatever a text holds, it neither ends the line nor reaches the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: time, level, logger, process, message, and what ``extra={"fields": ...}`` adds."""
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
    """A sentence a line, and under it the traceback of a bug; control characters are spelt out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines."""
        trace = self.formatException(record.exc_info).splitlines() if record.exc_info else []
        return "\n".join([plain(record.getMessage()), *(f"    {plain(line)}" for line in trace)])


_FORMATTERS: Mapping[LogMode, type[logging.Formatter]] = {"json": JsonFormatter, "off": PlainFormatter}
_LEVELS: Mapping[LogMode, str] = {"json": "INFO", "off": "WARNING"}


def logging_config(mode: LogMode) -> dict[str, Any]:
    """Return the configuration of :mod:`logging` for a whole server, gunicorn's own records included.

    Parameters
    ----------
    mode : {"json", "off"}
        JSON from level info on, or sentences from level warning on; what gunicorn does is said in both.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": _FORMATTERS[mode]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"level": _LEVELS[mode], "handlers": ["stderr"]},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}, "gunicorn.access": {}},
    }
