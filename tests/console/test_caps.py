"""Several commands at once on one database: together they stay below the cap of their person."""

from __future__ import annotations

import json
from pathlib import Path

from tests.console.conftest import SIMULATED, Quorum
from tests.e2e.forked import command

CAP = 4_000
#: So that what an answer may cost is not far from what it does.
_ENV = SIMULATED | {"QUORUM_MOST_OUTPUT": "300", "QUORUM_CAP_PERSON_DAY": str(CAP)}


def test_eight_commands_at_once_spend_no_more_than_one_may(here: Path, quorum: Quorum) -> None:
    quorum("migrate")
    outs = [f"{n}.json" for n in range(8)]
    commands = [
        command(("factcheck", f"claim {out}", "--json"), here, _ENV, out=out) for out in outs
    ]
    for process in commands:
        process.join(120)

    [person] = json.loads(quorum("usage", "--json").stdout)["today"]
    assert 0 < person["input_tokens"] + person["output_tokens"] <= CAP
    told = [json.loads((here / out).read_text()) for out in outs]
    assert {process.exitcode for process in commands} <= {0, 1}
    assert {run["status"] for run in told} == {"done", "failed"}
    for run in told:
        assert run["status"] == "done" or "your budget for today" in run["error"].lower()
