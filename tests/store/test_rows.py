"""What goes into a row comes out of it, and of what is erased only a sentence does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.runs.model import Place, Run, Status, Thread
from bot.store import rows
from bot.store.tables import MOST, RunRow
from patterns.usage import Usage
from tests.store.requests import VERDICT, request

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ASKED = request(
    source=Thread(channel="C2", ts="1.2"),
    question="q",
    place=Place(team="T1", channel="C1", thread_ts="1.1", enterprise="E1"),
)


def row(**changes: Any) -> RunRow:
    run = Run(id="r1", request=ASKED, created_at=NOON, opened_at=NOON)
    plain = {"attempt": 1, "shared_by": "", **rows.from_run(run)}
    return RunRow(**plain | changes)


def test_a_new_run_comes_back_as_it_was():
    assert rows.to_run(row(), []) == Run(
        id="r1", request=ASKED, created_at=NOON, opened_at=NOON, attempt=1
    )


def test_what_is_looked_for_stands_in_columns_of_its_own():
    values = rows.from_run(Run(id="r1", request=ASKED, created_at=NOON))

    assert (values["team"], values["enterprise"], values["question"]) == ("T1", "E1", "q")
    unnamed = Run(id="r1", request=request(), created_at=NOON)
    assert rows.from_run(unnamed)["question"] is None, "or two without a name would be the same"


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED, Status.CANCELLED])
def test_of_what_is_erased_a_sentence_is_left(status: Status):
    result = VERDICT.model_dump_json()
    whole = {"status": status.value, "result": result, "error": "late", "ended_at": NOON}

    kept, gone = rows.to_run(row(**whole), []), rows.to_run(row(**whole, erased_at=NOON), [])

    assert (kept.result, kept.error) == (VERDICT, "late")
    assert (gone.result, gone.status) == (None, status)
    assert gone.error == "What was asked and found here has been deleted."


def test_counts_that_nobody_has_are_written_as_the_most_or_as_nothing():
    written = rows.from_usage(Usage(calls=1, input_tokens=10**30, output_tokens=-5))

    assert written == {
        "calls": 1,
        "input_tokens": MOST,
        "cached_tokens": 0,
        "output_tokens": 0,
        "cost": 0,
    }


def test_what_several_models_cost_is_added_up():
    paid, free = Usage(calls=2, input_tokens=10), Usage()

    run = rows.to_run(row(), [("r1", "b", paid, 0), ("r1", "", paid, 0), ("r1", "a", free, 3)])

    assert (run.usage, run.reused, run.models) == (paid + paid, 3, ("b", "a"))
