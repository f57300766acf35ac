"""The help: what a person reads before anything else."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.console.conftest import Quorum

COMMANDS = [
    ("factcheck",),
    ("summarize",),
    ("brainstorm",),
    ("safety",),
    ("logs",),
    ("extract",),
    ("runs", "list"),
    ("runs", "show"),
    ("runs", "cancel"),
    ("runs", "resume"),
    ("serve",),
    ("demo",),
    ("doctor",),
    ("migrate",),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(quorum: Quorum, words: tuple[str, ...]) -> None:
    result = quorum(*words, "--help")

    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"quorum {' '.join(words)}" in result.stdout


def test_the_help_lists_the_exit_codes_and_every_command_in_whole_words(quorum: Quorum) -> None:
    result = quorum("--help", COLUMNS="80")

    text = " ".join(result.stdout.split())
    assert "Exit codes: 0 done, 1 the run failed, 2 wrong usage" in text
    _, commands = text.split("Commands:")
    assert "..." not in commands
    for words in COMMANDS:
        assert words[0] in commands


def test_the_help_names_what_is_typed_in_words_and_not_in_types(quorum: Quorum) -> None:
    assert "{CLAIM}..." in quorum("factcheck", "--help").stdout
    assert "{PROBLEM}..." in quorum("brainstorm", "--help").stdout
    assert "{TEXT}..." in quorum("safety", "--help").stdout
    assert "{FILE}..." in quorum("summarize", "--help").stdout
    assert "{FILE}..." in quorum("logs", "--help").stdout
    assert "--fields FIELDS" in quorum("extract", "--help").stdout
    assert "--for NAME" in quorum("summarize", "--help").stdout
    assert "--voters N " in quorum("factcheck", "--help").stdout
    assert "-n N " in quorum("runs", "list", "--help").stdout
    assert "--bot-port N " in quorum("demo", "--help").stdout


def test_the_help_of_the_demo_says_what_a_server_of_ones_own_needs(quorum: Quorum) -> None:
    text = " ".join(quorum("demo", "--help").stdout.split())

    assert "OPENAI_BASE_URL together with QUORUM_MODEL" in text


def test_the_help_says_how_a_killed_extraction_gets_its_table(quorum: Quorum) -> None:
    text = " ".join(quorum("extract", "--help").stdout.split())

    assert "`quorum runs resume ID --csv` finishes it and prints the table" in text
    assert "--csv" in quorum("runs", "show", "--help").stdout


def test_the_version_is_told(quorum: Quorum) -> None:
    result = quorum("--version")

    assert (result.exit_code, result.stdout) == (0, f"quorum {version('quorum')}\n")


def test_the_help_waits_for_no_database_model_or_slack() -> None:
    code = (
        "import sys; import bot.console.cli\n"
        "heavy = {'openai', 'sqlalchemy', 'alembic', 'slack_sdk', 'slack_bolt', 'aiohttp'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout == "[]\n"


def test_the_example_for_jq_stands_on_one_line_of_a_narrow_terminal(quorum: Quorum) -> None:
    told = quorum("factcheck", "--help", COLUMNS="80").stdout

    assert 'quorum factcheck --json "Honey never spoils" | jq .result.claims' in told
    assert "9 voters: slower" in told
    assert "3 voters: fast" in told
