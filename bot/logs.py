"""Log lines: one event word and its fields, context bound once a turn, secrets never written.

`bind(event_id=...)` adds fields to every line of the current task. The redaction replaces anything
shaped like a token, who somebody is in an address (a user with a password) and every secret value
that it was told about, also in tracebacks, and escapes control characters so that a hostile text
stays on one line. What Python itself would write beside the log (warnings, and what fails where
nobody catches it: in a thread, in a `__del__`, at the end of the process, in a line that cannot be
written) takes the same way.
"""

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, TextIO
from urllib.parse import quote

logger = logging.getLogger(__name__)

_context: ContextVar[dict[str, Any]] = ContextVar("log_context", default={})  # noqa: B039 - never changed in place

_TOKEN = re.compile(
    r"\b(?:xox[a-z]|xapp|xoxe\.xox[bp]|sk)-[A-Za-z0-9._-]{6,}|Bearer [^\s'\"]+"
    r"|(?<=://)[^\s/?#@]+(?=@)"  # who somebody is in an address: a user with a password, a token
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
HALF = 12_000  # characters of a traceback that are looked at, from its beginning and from its end
EDGE = 2_000  # of them, those at the cut
SHORTEST = 6  # characters of a secret, or of one of its lines, that is struck out

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


@contextmanager
def bind(**fields: object) -> Iterator[None]:
    """Add fields to every log line written inside the block."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def setup(level: str, style: Literal["text", "json"], secrets: tuple[str, ...] = ()) -> None:
    """Write all logs to standard error in one style, without secrets."""
    handler = _Handler(sys.stderr)
    handler.setFormatter(Formatter(style, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("slack_sdk", "aiohttp", "httpx", "httpcore", "httpx2", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # its errors quote what servers say
    _take_over()


def _take_over() -> None:
    """Log what Python would write to standard error as it is."""
    logging.captureWarnings(capture=True)
    threading.excepthook = lambda failed: _failed("thread_failed", failed.exc_value)
    sys.unraisablehook = lambda failed: _failed("failure_not_raised", failed.exc_value)
    sys.excepthook = lambda _kind, error, _traceback: _failed("process_failed", error)


def _failed(event: str, error: BaseException | None) -> None:
    if not isinstance(error, SystemExit):  # with which a thread may end
        logger.critical(event, exc_info=error)


class _Handler(logging.StreamHandler[TextIO]):
    """Write lines; of one that cannot be written only where it comes from."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Name the place in the code, unless that line is one that cannot be written either."""
        if record.name != __name__:
            place = f"{record.pathname}:{record.lineno}"
            logger.error("line_not_written", extra={"place": place})


def quiet(name: str) -> logging.Logger:
    """Return a logger that only tells of errors, for Bolt.

    Bolt writes whole bodies, people's words, at INFO, and gives its loggers the level of the one
    that it is handed (the root's, if none).
    """
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger


class Formatter(logging.Formatter):
    """Format a record as one line of text or JSON."""

    def __init__(self, style: Literal["text", "json"], secrets: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._json = style == "json"
        written = {way for secret in secrets for way in _ways(secret)}
        known = sorted((way for way in written if len(way) >= SHORTEST), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, known))) if known else None

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, redacted."""
        fields = {**_context.get(), **_extra(record)}
        if record.exc_info:
            fields["traceback"] = self._cut(self.formatException(record.exc_info))
        line = self._as_json(record, fields) if self._json else self._as_text(record, fields)
        return self.redact(line)

    def redact(self, text: str) -> str:
        """Replace token shapes and known secret values."""
        text = _TOKEN.sub("[secret]", text)
        return self._secrets.sub("[secret]", text) if self._secrets else text

    def _cut(self, traceback: str) -> str:
        """Leave out the middle of what an error with a huge text would write.

        What is next to the cut is left out after redaction: it may be half of a secret.
        """
        if len(traceback) <= 2 * HALF:
            return traceback
        head, tail = self.redact(traceback[:HALF]), self.redact(traceback[-HALF:])
        left = len(traceback) - 2 * (HALF - EDGE)
        return f"{head[:-EDGE]}\n[... {left:,} characters left out ...]\n{tail[EDGE:]}"

    def _as_json(self, record: logging.LogRecord, fields: dict[str, Any]) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            **fields,
        }
        return json.dumps(line, default=str)

    def _as_text(self, record: logging.LogRecord, fields: dict[str, Any]) -> str:
        traceback = str(fields.pop("traceback", ""))
        pairs = "".join(f" {key}={_one_line(value)}" for key, value in fields.items())
        line = (
            f"{_time(record)} {record.levelname.lower():7} {_one_line(record.getMessage())}{pairs}"
        )
        lines = traceback.splitlines()
        return "\n".join([line, *("    " + _one_line(each) for each in lines)])


def _ways(secret: str) -> Iterator[str]:
    """Yield a secret as it may stand in a line: also by its own lines, as JSON, in an address."""
    for text in (secret, *secret.splitlines()):
        yield from (text, json.dumps(text)[1:-1], quote(text, safe=""))


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {key: value for key, value in record.__dict__.items() if key not in _STANDARD}


def _time(record: logging.LogRecord) -> str:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{stamp}.{int(record.msecs):03d}Z"


def _one_line(value: object) -> str:
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), str(value))
