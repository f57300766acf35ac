"""What listeners need is what the process gives them, and what their tests give them."""

from __future__ import annotations

import inspect

import pytest

from bot.engine.aside import Aside as TaskAside
from bot.listeners import ports
from bot.runs.leaving import Leaving
from bot.showing.replies import Replies
from bot.showing.screens import Screens
from tests.listeners.house import Gone, Seen, Urls


@pytest.mark.parametrize(
    ("port", "given"),
    [
        (ports.Aside, TaskAside),
        (ports.Replies, Replies),
        (ports.Replies, Urls),
        (ports.Screens, Screens),
        (ports.Screens, Seen),
        (ports.Leaving, Leaving),
        (ports.Leaving, Gone),
    ],
)
def test_each_port_is_fulfilled(port: type, given: type) -> None:
    for name, method in vars(port).items():
        if name.startswith("_") and name != "__call__":
            continue
        found = getattr(given, name)
        assert inspect.iscoroutinefunction(found) == inspect.iscoroutinefunction(method), name
        needed = inspect.signature(method).parameters.values()
        taken = inspect.signature(found).parameters.values()
        assert [p.default for p in needed] == [p.default for p in taken], name
