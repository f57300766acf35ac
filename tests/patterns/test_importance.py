"""What comes first is a formula."""

from __future__ import annotations

from typing import Any

import pytest

from patterns.importance import important
from tests.patterns.points import point

WORTH = {"decision": 1.0, "fact": 0.2}


def weights(*changes: dict[str, Any]) -> list[float]:
    return important([point("x", "1", **{"at": None, **each}) for each in changes], WORTH)


def test_kinds_count_most() -> None:
    weighed = weights({}, {"kind": "fact"}, {"kind": "strange"})

    assert weighed == pytest.approx([0.4, 0.2, 0])


@pytest.mark.parametrize(
    ("field", "share"), [("reactions", 0.2), ("replies", 0.2), ("mentions", 0.1), ("at", 0.1)]
)
def test_what_people_made_of_it_counts_by_rank(field: str, share: float) -> None:
    least, middle, most, alike = weights({field: 1}, {field: 2}, {field: 900}, {field: 900})

    assert (middle - least) == pytest.approx(share / 2)
    assert (most - least) == pytest.approx(share)
    assert most == alike


def test_nothing_has_no_weight() -> None:
    assert important([], WORTH) == []
