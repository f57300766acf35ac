"""What ends a command early, in words."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from bot.console.exits import Exit, Stop, cause
from bot.console.process import hindrance
from bot.settings import Settings, plain
from bot.slack.errors import Invalid, NoEntry, NotAllowed, SlackError
from bot.store.engines import alone
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
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": ", ,"}, "Set SLACK_SIGNING_SECRET:"),
        ({"SLACK_BOT_TOKEN": "xoxb-\n1", "SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN holds"),
        ({"SLACK_BOT_TOKEN": "xoxb-…", "SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN holds"),
    ],
)
def test_serve_names_what_is_missing(
    quorum: Quorum, here: Path, env: dict[str, str], missing: str
) -> None:
    result = quorum("serve", **env)

    assert result.exit_code == 3
    assert missing in result.stderr
    assert not list(here.iterdir())


def test_a_token_may_end_with_a_line() -> None:
    """As the file of a secret does."""
    assert plain(Settings(_env_file=None, slack_bot_token="xoxb-1\n").slack_bot_token) == "xoxb-1"


@pytest.mark.parametrize("address", ["junk", "ftp://slack.com", "http://", "http://[::1", " "])
def test_an_address_of_slack_that_is_none_is_named(quorum: Quorum, address: str) -> None:
    result = quorum("serve", SLACK_API_URL=address)

    assert result.exit_code == 3
    assert result.stderr == ("SLACK_API_URL: must begin with http:// or https:// and name a host\n")


@pytest.mark.parametrize("words", [("runs", "list"), ("factcheck", "x"), ("demo",), ("doctor",)])
def test_settings_that_are_no_text_are_a_sentence(
    quorum: Quorum, here: Path, words: tuple[str, ...]
) -> None:
    (here / ".env").write_bytes(b"QUORUM_MODEL=caf\xe9\n")

    result = quorum(*words)

    assert result.exit_code in {1, 3}
    assert ".env is no UTF-8 text" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_setting_that_is_half_filled_in_is_named_with_its_place(
    quorum: Quorum, here: Path
) -> None:
    (here / ".env").write_text("OPENAI_API_KEY=sk-…\n")

    result = quorum("factcheck", "Honey never spoils", QUORUM_MODEL=None)

    assert result.exit_code == 3
    assert "OPENAI_API_KEY" in result.stderr
    assert ".env" in result.stderr


SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
}


def test_where_the_port_is_taken_nothing_starts(quorum: Quorum) -> None:
    """Slack, which is not there, is not even asked: no run is gone on with for nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        result = quorum("serve", PORT=port, **SLACK)

    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == f"Port {port} is in use; set PORT to another one."


@pytest.mark.parametrize(
    ("host", "why"),
    [("192.0.2.1", "Cannot assign requested address"), ("a" * 80, "that is no name of a host")],
)
def test_where_nobody_can_listen_is_a_sentence(quorum: Quorum, host: str, why: str) -> None:
    result = quorum("serve", HOST=host, PORT="3999", **SLACK)

    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].startswith(f"Cannot listen on {host}:3999: {why}.")


def test_a_second_bot_on_the_same_file_does_not_start(quorum: Quorum, here: Path) -> None:
    with alone(f"sqlite:///{here}/quorum.db"):
        result = quorum("serve", **SLACK)

    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == (
        f"Another quorum is at work on this database ({here.resolve()}/quorum.db): stop it, "
        "or set DATABASE_URL to another."
    )


def test_serve_without_a_model_says_what_to_set(quorum: Quorum) -> None:
    env = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}

    result = quorum("serve", QUORUM_MODEL=None, **env)

    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].startswith("No model is configured.")


@pytest.mark.parametrize(
    ("err", "sentence"),
    [
        (NoEntry("auth.test", "invalid_auth"), "Slack refuses the token (invalid_auth): "),
        (NotAllowed("auth.test", "missing_scope"), "Slack refuses the token (missing_scope): "),
        (Invalid("auth.test", "unknown_method"), "Slack does not let us in (auth.test: unknown"),
    ],
)
def test_what_slack_says_at_the_start_has_a_sentence_of_its_own(
    err: SlackError, sentence: str
) -> None:
    assert (hindrance(err, Settings(_env_file=None)) or "").startswith(sentence)


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

    assert json.loads(result.stdout)["result"]["text"] == "Zoë trinkt 茶"
