"""What the service tells its operator: log lines, one a line, that nobody outside can forge."""

import json
import logging
import os
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from typing_extensions import override

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered; every line logged meanwhile carries it."""

LOGGER = "filmgraph"
_logger = logging.getLogger(LOGGER)
_FIELDS = "fields"
_DIM = 2
_COLOURS = {logging.INFO: 32, logging.WARNING: 33, logging.ERROR: 31, logging.CRITICAL: 31}


def log(level: int, event: str, /, *, error: BaseException | None = None, **fields: object) -> None:
    """Log an event with its fields, and an error with its traceback, as one line."""
    if _logger.isEnabledFor(level):
        _logger.log(level, event, exc_info=error, extra={_FIELDS: fields})


def one_line(text: str) -> str:
    """Return text with everything that could break or hide a line escaped: newlines, controls, separators."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _record_fields(record: logging.LogRecord) -> dict[str, object]:
    """Return what a line says, in order."""
    moment = datetime.fromtimestamp(record.created, UTC)
    found: dict[str, object] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": record.getMessage(),
    }
    extra: Mapping[str, object] = getattr(record, _FIELDS, {})
    found.update((name, value) for name, value in extra.items() if value is not None)
    current = request_id.get()
    if current:
        found.setdefault("request_id", current)
    if record.name != LOGGER:
        found["logger"] = record.name
    if record.exc_info and record.exc_info[1] is not None:
        found["error"] = "".join(traceback.format_exception(record.exc_info[1])).rstrip()
    return found


class JsonFormatter(logging.Formatter):
    """A JSON object a line."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_record_fields(record), ensure_ascii=True, default=str)


class TextFormatter(logging.Formatter):
    """Time, level and event, then name=value; values with blanks or quotes are quoted.

    Colours are ours alone: whatever else a terminal would obey is escaped (`one_line`).
    """

    def __init__(self, *, has_colours: bool = False) -> None:
        super().__init__()
        self._has_colours = has_colours

    @override
    def format(self, record: logging.LogRecord) -> str:
        found = _record_fields(record)
        level = f"{str(found.pop('level')).upper():7}"
        time, event = self._in(_DIM, found.pop("time")), one_line(str(found.pop("event")))
        head = f"{time} {self._in(_COLOURS.get(record.levelno, _DIM), level)} {event}"
        return " ".join([head, *(f"{self._in(_DIM, name + '=')}{_quoted(value)}" for name, value in found.items())])

    def _in(self, colour: int, text: object) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._has_colours else str(text)


def _quoted(value: Any) -> str:
    text = one_line(str(value))
    if text and not any(c in ' "=' for c in text):
        return text
    return '"' + text.replace('"', "'") + '"'


def set_up_logging(level: str, style: str, stream: TextIO | None = None) -> None:
    """Write log lines from `level` on to a stream (standard error if None).

    Args:
        level: debug, info, warning or error.
        style: text or json; auto is text on a terminal, else json.
        stream: text has colours where it is a terminal, unless NO_COLOR is set (https://no-color.org).
    """
    stream = stream or sys.stderr
    is_terminal = stream.isatty()
    if style == "json" or (style == "auto" and not is_terminal):
        formatter: logging.Formatter = JsonFormatter()
    else:
        formatter = TextFormatter(has_colours=is_terminal and not os.environ.get("NO_COLOR"))
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(LOGGER).setLevel(level.upper())
