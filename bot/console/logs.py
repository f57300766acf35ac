"""Logging to stderr: one JSON object a line for a server, plain words for a person; no secrets."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

_SECRET = re.compile(
    r"""
    xox[a-z](?:\.xox[a-z])?-[\w.-]+        # Slack's tokens
    | xapp-[\w-]+
    | \bsk-[\w-]{8,}                       # OpenAI's keys
    | (?<=Bearer\s)[\w.~+/=-]+
    | (?<=hooks\.slack\.com/)[\w/.-]+      # whoever knows the address may post
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RUN = re.compile(r"\brun ([0-9a-f]{32})\b")
#: What a line may tell beside its words: `log.info("…", extra={"model": …})`. Nothing else is
#: written, so that no text of people or models comes into a log by the way.
FIELDS = (
    "run_id",
    "recipe",
    "branch",
    "model",
    "attempt",
    "outcome",
    "waited",
    "seconds",
    "tokens",
    "cost",
)
#: What speaks for this program; others are heard from WARNING on: their DEBUG tells bodies.
_OURS = ("bot", "patterns")


def redacted(text: str) -> str:
    """*text* without anything that opens a door."""
    return _SECRET.sub("[secret]", text)


def set_up(level: int, *, lines_of_json: bool) -> None:
    """Once, at the start of a command. *level* is for our own rooms."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if lines_of_json else Words())
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("bot.console").setLevel(min(level, logging.WARNING))  # it speaks to people
    logging.captureWarnings(capture=True)


class Words(logging.Formatter):
    """For a person at a terminal."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class JsonLines(logging.Formatter):
    """
    For a collector: time, level, logger, message; *FIELDS* and the traceback where known.

    The run is known, too, from words like "run 0123…".
    """

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        given = vars(record)
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
        }
        if run := _RUN.search(message):
            fields["run_id"] = run[1]
        fields |= {name: given[name] for name in FIELDS if name in given}
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return redacted(json.dumps(fields, ensure_ascii=False, default=str))
