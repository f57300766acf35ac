"""Typing in one channel of one workspace, at one time."""

from __future__ import annotations

from bot.listeners.parsing import Typed, Usage, parse
from bot.runs.model import Actor, Place, RunRequest, Source

NOW = 1_764_000_000.0
HOME = "https://acme.slack.com/"
LINK = "https://acme.slack.com/archives/C0123/p1763990000000100"
REPLY = f"{LINK}?thread_ts=1763980000.000200&amp;cid=C0123"
HERE = Place(team="T1", channel="CHERE")


def parsed(
    command: str,
    text: str,
    *,
    home: str = HOME,
    user: str = "U1",
    place: Place = HERE,
    pointed: Source | None = None,
    delivery: str = "1.2.x",
) -> RunRequest | Usage:
    typed = Typed(
        recipe=command.removeprefix("/"),
        text=text,
        by=Actor(user=user, team=place.team, enterprise=place.enterprise),
        place=place,
        dedupe=f"{place.team}:{delivery}",
        pointed=pointed,
    )
    return parse(typed, now=NOW, workspace_url=home)


def request(command: str, text: str) -> RunRequest:
    """Without its digest: that is another one for each way to say the same."""
    found = parsed(command, text)
    assert isinstance(found, RunRequest), found
    return found.model_copy(update={"question": ""})


def sentence(command: str, text: str) -> str:
    found = parsed(command, text)
    assert isinstance(found, Usage), found
    return found.sentence
