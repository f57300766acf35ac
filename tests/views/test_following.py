"""What does not stand on a card follows it: in replies, or as a file."""

from __future__ import annotations

import csv
import io

import pytest

from bot.runs.workspace import ResultShown
from bot.views import card
from bot.views.following import messages
from bot.views.message import SlackMessage
from tests.views.samples import done, extraction, log_report, point, summary
from tests.views.slack_rules import accepted


def after(run_of: int, *, files: bool = True, name: str = "bills.csv") -> list[SlackMessage]:
    found = messages(done(extraction(run_of, name=name), recipe="extract"), ["x"], files=files)
    for message in found:
        accepted(message)
    return found


def test_a_little_more_is_a_reply_and_much_more_a_file_with_all_of_it() -> None:
    run = done(summary(point(1)), recipe="summarize")

    (reply,) = messages(run, ["• One", "• Two"], files=True)
    assert (reply.slot, reply.file, reply.final) == ("more:1", None, True)
    (file,) = messages(run, ["x" * 5_000] * 5, files=True)
    assert file.file is not None
    assert (file.slot, file.file.name) == ("file", "summarize-run-1.md")
    assert len(messages(run, ["x" * 5_000] * 5, files=False)) == 5
    assert messages(run, [], files=True) == []


def test_a_table_is_a_file_with_all_rows_however_few() -> None:
    (message,) = after(3)

    assert message.file is not None
    assert (message.file.name, message.final) == ("bills-extracted.csv", True)
    assert message.text == "Extraction: 3 rows as a file"
    rows = list(csv.reader(io.StringIO(message.file.text)))
    assert rows[0][:2] == ["name", "amount"]
    assert [row[0] for row in rows[1:]] == ["Ann 1", "Ann 2", ""]


def test_where_no_files_are_taken_it_is_said_where_the_table_is() -> None:
    (message,) = after(3, files=False)

    assert message.file is None
    assert message.slot == "more:1", "told in a message, so that no file comes behind it"
    assert "all 3 rows stay with the run" in message.text


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/passwd", "passwd-extracted.csv"),
        ("a <b>|c.json", "a-b-c-extracted.csv"),
        ("…", "table-extracted.csv"),
        ("", "table-extracted.csv"),
        ("x" * 300 + ".csv", "x" * 60 + "-extracted.csv"),
        ("Rechnungen März.csv", "Rechnungen-März-extracted.csv"),
    ],
)
def test_a_file_is_named_after_the_one_it_comes_from_and_no_more(name: str, file: str) -> None:
    (message,) = after(1, name=name)

    assert message.file is not None
    assert message.file.name == file


def test_five_thousand_rows_are_a_card_and_one_file() -> None:
    run = done(extraction(5_000), recipe="extract")
    found = card.messages(run, shown=ResultShown.BOTH, broadcast_after=0)

    for message in found:
        accepted(message)
    assert [message.slot for message in found] == ["card", "result", "file"]
    assert found[-1].file is not None
    assert found[-1].file.text.count("\n") == 5_001


def test_a_log_is_told_as_any_other_result() -> None:
    found = card.messages(
        done(log_report(), recipe="logs"), shown=ResultShown.EDIT, broadcast_after=0
    )

    assert [message.slot for message in found] == ["card", "more:1"]
    assert "Log analysis: 🪵 1 finding in 40 lines, 7 shapes" in found[0].text
