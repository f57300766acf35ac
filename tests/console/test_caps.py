"""Several commands at once on one database: together they stay below the cap of their person."""

from __future__ import annotations

import json

from tests.console.conftest import Quorum, Start

CAP = 4_000
#: So that what an answer may cost is not far from what it does.
_SHORT = {"QUORUM_MOST_OUTPUT": "300"}


def test_eight_commands_at_once_spend_no_more_than_one_may(start: Start, quorum: Quorum) -> None:
    quorum("migrate")
    commands = [
        start("factcheck", f"claim {n}", "--json", QUORUM_CAP_PERSON_DAY=str(CAP), **_SHORT)
        for n in range(8)
    ]
    ended = [(command.communicate(timeout=120)[0], command.returncode) for command in commands]

    [person] = json.loads(quorum("usage", "--json").stdout)["today"]
    assert 0 < person["input_tokens"] + person["output_tokens"] <= CAP
    told = [json.loads(out) for out, _ in ended]
    assert {code for _, code in ended} <= {0, 1}
    assert {run["status"] for run in told} == {"done", "failed"}
    for run in told:
        assert run["status"] == "done" or "your budget for today" in run["error"].lower()
