"""Typing commands in one channel of one workspace, at one time."""

from __future__ import annotations

from bot.listeners.parsing import Typed, Usage, parse
from bot.runs.model import RunRequest

NOW = 1_764_000_000.0
HOME = "https://acme.slack.com/"
LINK = "https://acme.slack.com/archives/C0123/p1763990000000100"
REPLY = f"{LINK}?thread_ts=1763980000.000200&amp;cid=C0123"


def parsed(command: str, text: str, *, home: str = HOME) -> RunRequest | Usage:
    typed = Typed(
        command=command, text=text, channel="CHERE", team="T1", user="U1", trigger="1.2.x"
    )
    return parse(typed, now=NOW, workspace_url=home)


def request(command: str, text: str) -> RunRequest:
    found = parsed(command, text)
    assert isinstance(found, RunRequest), found
    return found


def sentence(command: str, text: str) -> str:
    found = parsed(command, text)
    assert isinstance(found, Usage), found
    return found.sentence
