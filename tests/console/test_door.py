"""What ends a command early, in words."""

from __future__ import annotations

import json

import pytest

from bot.console.exits import Exit, Stop, cause
from tests.console.conftest import Quorum, Start


def test_the_cause_of_a_group_is_its_first_error() -> None:
    inner = Stop("no", Exit.FAILED)
    group = BaseExceptionGroup("outer", [ExceptionGroup("inner", [inner, ValueError()])])

    assert cause(group) is inner
    assert cause(inner) is inner


def test_a_level_of_the_log_that_does_not_exist_is_named(quorum: Quorum) -> None:
    result = quorum("serve", QUORUM_LOG="LOUD", SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s")

    assert result.exit_code == 3
    assert "QUORUM_LOG: LOUD is none of" in result.stderr


def test_verbose_tells_what_happens_inside(quorum: Quorum) -> None:
    assert "run" not in quorum("factcheck", "Honey never spoils").stderr

    assert "INFO bot.runs.executor: run" in quorum("-v", "factcheck", "Honey never spoils").stderr


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({}, "Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET:"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "Set SLACK_SIGNING_SECRET:"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": " "}, "Set SLACK_SIGNING_SECRET:"),
    ],
)
def test_serve_names_what_is_missing(quorum: Quorum, env: dict[str, str], missing: str) -> None:
    result = quorum("serve", **env)

    assert result.exit_code == 3
    assert missing in result.stderr


def test_serve_without_a_model_says_what_to_set(quorum: Quorum) -> None:
    env = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}

    result = quorum("serve", QUORUM_MODEL=None, **env)

    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].startswith("No model is configured.")


def test_serve_without_slack_says_so(quorum: Quorum, unused_tcp_port: int) -> None:
    result = quorum(
        "serve",
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_SIGNING_SECRET="s",
        SLACK_API_URL=f"http://127.0.0.1:{unused_tcp_port}/api/",
    )

    assert result.exit_code == 3
    assert "Slack does not let us in" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_migrate_can_be_called_again(quorum: Quorum) -> None:
    for _ in range(2):
        result = quorum("migrate")
        assert (result.exit_code, result.stdout) == (0, "The database is up to date.\n")


def test_a_reader_that_goes_away_is_no_error(start: Start) -> None:
    process = start("runs", "list", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None

    err = process.stderr.read()
    process.wait()

    assert "Traceback" not in err


def test_a_run_is_json_even_when_words_are_not_ascii(quorum: Quorum) -> None:
    result = quorum("factcheck", "--json", "Zoë trinkt 茶")

    assert json.loads(result.stdout)["result"]["claim"] == "Zoë trinkt 茶"
