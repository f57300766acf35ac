"""A result in paragraphs of mrkdwn, before they are laid out in messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Told:
    """
    What a result says. *headline* and the start of *gist* are enough for a notification.

    *top* is what the card shows, *more* what follows in the thread and *rest* how much that is;
    *short* is the conclusion alone. *notes* are small print: what was read, who did not answer.
    """

    headline: str
    gist: str
    short: tuple[str, ...]
    top: tuple[str, ...]
    more: tuple[str, ...] = ()
    rest: str = ""
    notes: tuple[str, ...] = ()
