from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Event,
    Planned,
    PlannedBranch,
)

ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


@pytest.mark.parametrize(
    "event",
    [
        Planned(stage="voters", branches=(PlannedBranch(key="a", title="A"),)),
        BranchStarted(branch="a"),
        BranchProgress(branch="a", note="waiting 3 s"),
        BranchDone(branch="a", headline="yes", lines=("because",)),
        BranchFailed(branch="a", reason="no line"),
    ],
    ids=lambda event: event.kind,
)
def test_every_event_comes_back_from_json_as_what_it_was(event: Event):
    assert ADAPTER.validate_json(ADAPTER.dump_json(event)) == event


def test_an_unknown_kind_of_event_is_refused():
    with pytest.raises(ValidationError):
        ADAPTER.validate_python({"kind": "rumour", "branch": "a"})


def test_facts_do_not_change():
    with pytest.raises(ValidationError):
        BranchStarted(branch="a").branch = "b"  # type: ignore[misc]
