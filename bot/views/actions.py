"""The names by which buttons, forms and shortcuts come back, and what they carry."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.runs.model import Run

#: Recipes with a slash command, a shortcut and a button of their own; the others stand behind
#: /quorum, and behind our name.
COMMANDS = ("factcheck", "summarize", "brainstorm")
#: Buttons of a card; their value is a `Ticket`.
CANCEL = "cancel_run"
RETRY = "retry_run"
RERUN = "rerun_run"
SHARE = "share_run"
DETAILS = "show_run"
RATE_UP = "rate_up"
RATE_DOWN = "rate_down"
#: What people think of a claim; their value is a `Ticket` with the number of the claim.
AGREE = "agree_claim"
DISAGREE = "disagree_claim"
CANNOT_TELL = "cannot_tell_claim"
#: Ends people's votes on all claims of a run; a `Ticket`.
CLOSE_VOTE = "close_vote"
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

_TICKET = re.compile(
    r"(?P<run>[0-9a-zA-Z_-]{1,64})(?::(?P<attempt>[0-9]{1,6}))?(?::(?P<claim>[0-9]{1,3}))?"
)


@dataclass(frozen=True)
class Ticket:
    """
    The run, and the attempt that was seen when the button was drawn; perhaps one of its claims,
    from 0.
    """

    run_id: str
    attempt: int = 1
    claim: int | None = None

    def __str__(self) -> str:
        claim = "" if self.claim is None else f":{self.claim}"
        return f"{self.run_id}:{self.attempt}{claim}"


def ticket(run: Run, claim: int | None = None) -> Ticket:
    return Ticket(run.id, run.attempt, claim)


def read_ticket(value: str) -> Ticket | None:
    """None for what no button of ours carries; a run's id alone is its first attempt."""
    found = _TICKET.fullmatch(value)
    if not found:
        return None
    claim = int(found["claim"]) if found["claim"] else None
    return Ticket(found["run"], int(found["attempt"] or 1), claim)
