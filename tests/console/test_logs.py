"""The log: a line of JSON for a collector, words for a person, no secret for either."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from bot.console.logs import JsonLines, Words, redacted

SECRETS = [
    "xoxb-123-456-abcDEF",
    "xoxe.xoxp-1-Mi0yLTEyMw",
    "xapp-1-A1-99-abc",
    "sk-proj-abcdefgh12345678",
    "https://hooks.slack.com/commands/T1/2/abc",
    "Bearer abc.def-ghi=",
]


def record(message: str, *args: object, error: bool = False) -> logging.LogRecord:
    info = sys.exc_info() if error else None
    return logging.LogRecord("bot.runs", logging.INFO, "f.py", 1, message, args, info)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_never_written(secret: str) -> None:
    inner = secret.split()[-1].rsplit("/", 1)[-1]
    try:
        int(secret)
    except ValueError:
        raised = record("failed with %s", secret, error=True)

    for formatter in (JsonLines(), Words()):
        assert inner not in formatter.format(raised)


def test_ordinary_words_are_left_alone() -> None:
    text = "the sk-ip of run task-123 asks Bearers to wait"

    assert redacted(text) == text


def test_a_line_names_the_run_that_it_is_about() -> None:
    run_id = "0123456789abcdef0123456789abcdef"

    line = json.loads(JsonLines().format(record("run %s done", run_id)))

    assert line["run_id"] == run_id
    assert line["level"] == "INFO"
    assert line["logger"] == "bot.runs"
    assert line["message"] == f"run {run_id} done"
    assert "run_id" not in json.loads(JsonLines().format(record("listening")))


def test_a_line_tells_figures_beside_its_words_and_no_others() -> None:
    told = record("attempt failed")
    vars(told).update(
        run_id="r1", model="gpt", attempt=2, outcome="busy", waited=1.5, tokens=40, prompt="private"
    )

    line = json.loads(JsonLines().format(told))

    assert (line["run_id"], line["model"], line["outcome"]) == ("r1", "gpt", "busy")
    assert (line["attempt"], line["waited"], line["tokens"]) == (2, 1.5, 40)
    assert "private" not in json.dumps(line)
    assert Words().format(told) == "INFO bot.runs: attempt failed"


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_a_figure_is_not_written_either(secret: str) -> None:
    told = record("asked")
    vars(told).update(model=secret)

    assert secret.split()[-1].rsplit("/", 1)[-1] not in JsonLines().format(told)


def test_a_message_of_several_lines_is_one_line() -> None:
    assert "\n" not in JsonLines().format(record("one\ntwo\x1b[31m"))
