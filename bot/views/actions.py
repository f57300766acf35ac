"""The names by which buttons, forms and shortcuts come back, and what they carry."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.runs.model import Run

#: Buttons of a card; their value is a `Ticket`.
CANCEL = "cancel_run"
RETRY = "retry_run"
RERUN = "rerun_run"
SHARE = "share_run"
DETAILS = "show_run"
RATE_UP = "rate_up"
RATE_DOWN = "rate_down"
#: Buttons of the home; the value of START is a recipe.
START = "start"
SETTINGS = "settings"
#: Forms, by their callback_id.
ASK_FORM = "ask_form"
WHY_FORM = "why_form"
SETTINGS_FORM = "settings_form"
#: Message shortcuts by callback_id, and the recipe that each starts.
SHORTCUTS = {
    "factcheck_message": "factcheck",
    "summarize_thread": "summarize",
    "brainstorm_message": "brainstorm",
}

_TICKET = re.compile(r"(?P<run>[0-9a-zA-Z_-]{1,64})(?::(?P<attempt>[0-9]{1,6}))?")


@dataclass(frozen=True)
class Ticket:
    """The run, and the attempt that was seen when the button was drawn."""

    run_id: str
    attempt: int = 1

    def __str__(self) -> str:
        return f"{self.run_id}:{self.attempt}"


def ticket(run: Run) -> Ticket:
    return Ticket(run.id, run.attempt)


def read_ticket(value: str) -> Ticket | None:
    """None for what no button of ours carries; a run's id alone is its first attempt."""
    found = _TICKET.fullmatch(value)
    return Ticket(found["run"], int(found["attempt"] or 1)) if found else None
