"""A whole channel by one command; again when more was written, and when something was deleted."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.sample import sample
from playground.values import Channel, Message
from playground.workspace import Workspace
from tests.conftest import Serve
from tests.e2e.town import Town, town, until
from tests.fakes.model_server import Asked, ModelServer, Turn, says

CHANNEL, MESSAGES, IN_THREAD, DECIDED = "C0HARBOUR", 600, 10, 10
LATE, NEW, AGAIN_MOST = 3, 5, 5
DECISIONS = [*range(3, MESSAGES, DECIDED)]
GONE = DECISIONS[len(DECISIONS) // 2]
#: The playground has no limits here.
ENV = {"QUORUM_SLACK_PACE": "1000"}
#: Of which nothing is told: enough of it that there are many parts.
_TALK = "and then the crane went on as it always does, until somebody looked at the sky. " * 5
_LINE = re.compile(r"^⟦?[ ]*\[(\d+)\] (\S+): Note (\d+) (.*)$", re.MULTILINE)
_LINK = re.compile(rf"/archives/{CHANNEL}/p(\d{{10}})(\d{{6}})")


@dataclass
class Questions:
    """The script of the model's server: whatever was decided is an item; *notes* were shown."""

    notes: Counter[int] = field(default_factory=Counter[int])
    parts: int = 0
    known: set[str] = field(default_factory=set[str])

    def __call__(self, asked: Asked) -> Turn:
        if "conflicts" in asked.schema["properties"]:
            return says(json.dumps({"overview": [], "same": [], "conflicts": []}))
        lines = _LINE.findall(asked.text)
        if asked.prompt not in self.known:  # and no hedge
            self.known.add(asked.prompt)
            self.parts += 1
            self.notes.update(int(note) for _, _, note, _ in lines)
        items = [
            _item(int(line), author, f"Note {note} is decided.")
            for line, author, note, said in lines
            if said.startswith("is decided.")
        ]
        told = [{"text": "It went on.", "items": [1]}] if items else []
        return says(json.dumps({"overview": told, "items": items}))


def _item(line: int, author: str, said: str) -> dict[str, Any]:
    return {
        "kind": "decision",
        "text": said,
        "lines": [line],
        "quote": said,
        "speaker": author,
        "owner": None,
        "due": None,
        "confidence": 5,
    }


def harbour() -> Workspace:
    """A channel of half a day, in threads; a tenth of its messages decides something."""
    workspace = sample()
    people = tuple(person.id for person in workspace.people.values())
    workspace.add_channel(Channel(id=CHANNEL, name="harbour", members=people))
    authors = [each for each in people if each != workspace.bot]
    begun, root = int(time.time()) - 43_200, ""
    for note in range(MESSAGES):
        ts = f"{begun + note * 60}.{note:06}"
        root = ts if note % IN_THREAD == 0 else root
        said = f"Note {note} {'is decided' if note in DECISIONS else 'is read'}. {_TALK}"
        author = authors[note % len(authors)]
        workspace.logs[CHANNEL].put(Message(ts=ts, user=author, text=said, thread_ts=root))
    return workspace


def write_more(workspace: Workspace) -> None:
    """Late answers that would push all behind them into other parts, and what is new."""
    said = workspace.logs[CHANNEL].all()
    author = said[0].user
    for number in range(LATE):
        root = said[number * MESSAGES // LATE].thread_ts
        late = f"Note {MESSAGES + number} is decided. {_TALK}"
        workspace.post(CHANNEL, Message(ts="", user=author, text=late, thread_ts=root))
    for number in range(LATE, LATE + NEW):
        text = f"Note {MESSAGES + number} is read."
        workspace.post(CHANNEL, Message(ts="", user=author, text=text))


def results(here: Town) -> list[dict[str, Any]]:
    with sqlite3.connect(f"file:{here.database}?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT status, result, error FROM runs WHERE status != 'open' ORDER BY created_at"
        ).fetchall()
    assert all(status == "done" for status, _, _ in rows), rows
    return [json.loads(result) for _, result, _ in rows]


async def summarized(here: Town, *, nth: int) -> dict[str, Any]:
    await here.say("/summarize since 2d", channel="harbour")
    found = await until(lambda: len(found := results(here)) == nth and found)
    return found[-1]


def links(result: dict[str, Any]) -> set[str]:
    told = [*result["points"], *result["overview"]]
    return {link for each in told for link in each["links"]}


def decided(result: dict[str, Any]) -> list[int]:
    return sorted(int(re.findall(r"\d+", point["text"])[0]) for point in result["points"])


def dead(text: str, workspace: Workspace) -> list[tuple[str, str]]:
    """Links in *text* that lead to no message; there must be some links."""
    found = _LINK.findall(text)
    assert found
    return [each for each in found if workspace.find(CHANNEL, ".".join(each)) is None]


async def test_every_message_is_read_once_and_every_link_leads_to_one(
    tmp_path: Path, serve: Serve
) -> None:
    questions, workspace = Questions(), harbour()
    model = ModelServer(questions)
    async with town(serve, tmp_path, model=model, workspace=workspace, env=ENV) as here:
        result = await summarized(here, nth=1)
        shown = await until(lambda: _LINK.search(blocks(here)) and blocks(here))

    assert questions.notes == Counter(range(MESSAGES))
    assert result["read"] == result["messages"] == MESSAGES
    assert (result["threads"], result["parts"]) == (MESSAGES // IN_THREAD, questions.parts)
    assert decided(result) == DECISIONS
    assert all(link.startswith(f"{here.url}/archives/") for link in links(result))
    assert len(links(result)) >= len(DECISIONS)
    assert dead(str(result), workspace) == dead(shown, workspace) == []


async def test_the_next_time_only_parts_that_changed_are_asked_about(
    tmp_path: Path, serve: Serve
) -> None:
    questions, workspace = Questions(), harbour()
    model = ModelServer(questions)
    async with town(serve, tmp_path, model=model, workspace=workspace, env=ENV) as here:
        await summarized(here, nth=1)
        first = questions.parts
        write_more(workspace)
        more = await summarized(here, nth=2)
        second = questions.parts
        workspace.delete(CHANNEL, stamp(workspace, GONE))
        less = await summarized(here, nth=3)
        third = questions.parts

    assert more["read"] == more["messages"] == MESSAGES + LATE + NEW
    assert decided(more) == [*DECISIONS, *range(MESSAGES, MESSAGES + LATE)]
    assert LATE <= second - first <= AGAIN_MOST < first / 2

    assert less["read"] == less["messages"] == more["messages"] - 1
    assert decided(less) == [note for note in decided(more) if note != GONE]
    assert dead(str(less), workspace) == []
    assert third - second == 1


def blocks(here: Town) -> str:
    return str([said.blocks for said in here.of_the_bot("harbour")])


def stamp(workspace: Workspace, note: int) -> str:
    said = workspace.logs[CHANNEL].all()
    return next(each.ts for each in said if each.text.startswith(f"Note {note} "))
