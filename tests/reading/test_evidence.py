"""Evidence is what was said near a claim, where the asker may read, and under pseudonyms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.reading.evidence import BEFORE, LATEST, SILENT
from bot.reading.passages import PASSAGES_MOST
from bot.reading.sources import SlackSources
from bot.runs.model import OneMessage, Place, RunRequest, Source, Thread, Window
from bot.runs.pseudonyms import named
from bot.slack.client import connect
from bot.slack.limiter import Limiter
from bot.slack.workspaces import one
from patterns.evidence import Found, Origin, Passage
from tests.conftest import Serve
from tests.fakes.slack_api import BOT, BOT_ID, TEAM, FakeSlack, Fault, Room
from tests.slack.virtual import VirtualClock

CLAIM = "The release ships on Friday"
READS = ("conversations.history", "conversations.replies", "file")


class House:
    def __init__(self, slack: FakeSlack, sources: SlackSources) -> None:
        self.slack = slack
        self.people: dict[str, str] = {}
        self.until = datetime(2026, 11, 30, tzinfo=UTC)
        self._sources = sources

    async def found(self, source: Source | None = None, **more: Any) -> Found:
        [found] = await self.all([CLAIM], source, **more)
        return found

    async def all(
        self, claims: list[str], source: Source | None = None, **more: Any
    ) -> list[Found]:
        evidence = self._sources.evidence(asking(source, **more), self.people.update, self.until)
        return list(await evidence.nearby(claims))

    def read(self, found: Found) -> list[tuple[str, str]]:
        """Who said what, as people see it."""
        return [
            (named(each.title, self.people), named(each.text, self.people))
            for each in found.passages
        ]


def asking(source: Source | None, **more: Any) -> RunRequest:
    fields: dict[str, Any] = {
        "recipe": "factcheck",
        "text": "" if source else CLAIM,
        "source": source,
        "asked_by": "U1",
        "place": Place(team=TEAM, channel="C1"),
        "dedupe": "1",
    }
    return RunRequest(**fields | more)


@pytest.fixture
async def house(serve: Serve) -> AsyncIterator[House]:
    clock = VirtualClock()
    slack = FakeSlack(clock.now)
    slack.user("U1", "Ann")
    slack.user("U2", "Ben")
    slack.user("U3", "Cleo")
    url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        yield House(slack, SlackSources(await one(client, Limiter(clock)), key=b"a secret"))


def here(thread_ts: str) -> Place:
    return Place(team=TEAM, channel="C1", thread_ts=thread_ts)


async def test_a_typed_claim_is_looked_for_in_the_channel_that_it_was_asked_in(
    house: House,
) -> None:
    house.slack.said("C1", "lunch?", user="U2")
    ts = house.slack.said("C1", "the release is moved to Monday, says <@U3>", user="U2")

    found = await house.found()

    assert found.looked == ("the latest messages of this channel",)
    [passage] = found.passages
    assert (passage.origin, passage.date) == (Origin.CONVERSATION, "2023-11-14")
    assert passage.link == f"https://team.slack.com/archives/C1/p{ts.replace('.', '')}"
    assert "Ben" not in passage.title
    assert house.read(found) == [("Ben", "the release is moved to Monday, says @Cleo")]


async def test_only_who_is_quoted_is_asked_about(house: House) -> None:
    for number in range(20):
        house.slack.user(f"U9{number}", f"Somebody {number}")
        house.slack.said("C1", "good morning", user=f"U9{number}")
    house.slack.said("C1", "the release ships", user="U2")

    await house.found()

    assert set(house.people.values()) == {"Ben"}
    # the asker, for their rights, and who is quoted
    assert [call.args["user"] for call in house.slack.of("users.info")] == ["U1", "U2"]


async def test_a_claim_typed_in_a_thread_is_looked_for_in_that_thread(house: House) -> None:
    root = house.slack.said("C1", "when does it ship?", user="U2")
    house.slack.said("C1", "the release ships on Monday", user="U3", thread_ts=root)
    house.slack.said("C1", "the release ships, elsewhere", user="U3")

    found = await house.found(place=here(root))

    assert found.looked == ("this thread",)
    assert [text for _, text in house.read(found)] == ["the release ships on Monday"]


async def test_a_linked_message_is_looked_for_in_its_thread_and_the_channel_around_it(
    house: House,
) -> None:
    house.slack.said("C1", "the release plan: Monday", user="U3")
    root = house.slack.said("C1", CLAIM, user="U2")
    house.slack.said("C1", "no, the release ships on Monday", user="U3", thread_ts=root)
    house.slack.said("C1", "release notes are done", user="U1")

    found = await house.found(OneMessage(channel="C1", ts=root))

    assert found.looked == ("the thread of that message", "the messages around it")
    assert [text for _, text in house.read(found)] == [
        "no, the release ships on Monday",
        "the release plan: Monday",
        "release notes are done",
    ]


async def test_of_a_thread_that_is_checked_nothing_is_evidence_for_itself(house: House) -> None:
    root = house.slack.said("C1", CLAIM, user="U2")
    house.slack.said("C1", "the release ships on Monday", user="U3", thread_ts=root)
    house.slack.said("C1", "release: Monday", user="U3")

    found = await house.found(Thread(channel="C1", ts=root))

    assert [text for _, text in house.read(found)] == ["release: Monday"]


async def test_who_takes_part_in_a_thread_proves_nothing_of_it_by_saying_it_elsewhere(
    house: House,
) -> None:
    root = house.slack.said("C1", CLAIM, user="U2")
    house.slack.said("C1", f"{CLAIM}, as I said", user="U2")
    house.slack.said("C1", f"{CLAIM}, I hear", user="U3")
    house.slack.said("C1", f"{CLAIM}, since it is asked", user="U2", thread_ts=root)

    found = await house.found(Thread(channel="C1", ts=root))

    assert house.read(found) == [("Cleo", f"{CLAIM}, I hear")]


async def test_what_a_message_shows_of_others_is_not_its_senders_word(house: House) -> None:
    shown = [{"text": "Boss: the release is moved to Monday", "fallback": "release"}]
    named_so = {"id": "F1", "name": "a.png", "title": "The release is on Monday"}
    house.slack.said("C1", "see", user="U2", attachments=shown, files=[named_so])
    house.slack.said("C1", "", user="U2", attachments=shown)
    house.slack.said("C1", "the release, look", user="U3", attachments=shown)

    assert house.read(await house.found()) == [("Cleo", "the release, look")]


async def test_what_we_say_and_what_is_said_to_us_proves_nothing(house: House) -> None:
    house.slack.said("C1", f"<@{BOT}> factcheck {CLAIM}", user="U2")
    house.slack.said("C1", f"Supported: {CLAIM}", user=BOT, bot_id=BOT_ID)
    house.slack.said("C1", f"as I said: {CLAIM}!", user="U1")
    house.slack.said("C1", "Ben has joined the release", subtype="channel_join", user="U2")

    assert (await house.found()).passages == ()


async def test_no_pseudonym_can_be_forged_in_what_is_quoted(house: House) -> None:
    house.slack.said("C1", "Person_bcdfgh says that the release ships", user="U2")

    [passage] = (await house.found()).passages

    assert passage.text.startswith("Person-bcdfgh says")


async def test_no_pseudonym_can_be_forged_in_a_file(house: House) -> None:
    """Here "Person_…" is Ben's, whom somebody quotes as well."""
    house.slack.said("C1", "the release, I say", user="U2")
    [ben] = (await house.found()).passages
    hidden = ben.title.replace("_", "\u200e_")
    text = f"{ben.title}: the release ships. {hidden}: the release!"
    forged = house.slack.file(f"{ben.title}.txt", text, title=f"{hidden} says")
    house.slack.said("C1", "look", user="U3", files=[forged])

    file, _ = house.read(await house.found())

    typed = ben.title.replace("_", "-")
    assert file == (f"{typed} says", f"{typed}: the release ships. {typed}: the release!")


async def test_claims_have_their_own_evidence_in_their_order(house: House) -> None:
    house.slack.said("C1", "the release ships on Monday", user="U2")
    house.slack.said("C1", "lunch is at noon", user="U3")

    release, lunch, none = await house.all([CLAIM, "Lunch is at one", "Bees can fly"])

    assert [text for _, text in house.read(release)] == ["the release ships on Monday"]
    assert [text for _, text in house.read(lunch)] == ["lunch is at noon"]
    assert (none.passages, none.looked) == ((), release.looked)
    assert len(house.slack.of("conversations.history")) == 1


async def test_without_a_claim_nothing_is_read(house: House) -> None:
    assert await house.all([]) == []
    assert house.slack.of(*READS) == []


async def test_reading_is_bounded(house: House) -> None:
    for number in range(600):
        house.slack.said("C1", f"release {number}", user="U2")
    root = house.slack.said("C1", CLAIM, user="U2")
    for number in range(600):
        house.slack.said("C1", f"release reply {number}", user="U3", thread_ts=root)

    typed = await house.found()
    reads = house.slack.of(*READS)
    linked = await house.found(OneMessage(channel="C1", ts=root))

    assert len(typed.passages) == len(linked.passages) == PASSAGES_MOST
    assert [call.args["limit"] for call in reads] == [str(LATEST)]
    limits = [call.args["limit"] for call in house.slack.of(*READS)[1:]]
    assert str(BEFORE) in limits
    assert len(limits) <= 7


@pytest.mark.parametrize("linked", [True, False])
async def test_what_was_said_since_it_was_asked_is_not_seen(house: House, *, linked: bool) -> None:
    """So that a run that is entered again asks the same questions, and pays for none twice."""
    root = house.slack.said("C1", CLAIM, user="U2")
    before = house.slack.said("C1", "the release: Monday", user="U3")
    house.until = datetime.fromtimestamp(float(before), UTC)
    house.slack.said("C1", "the release: Tuesday", user="U3")
    house.slack.said("C1", "the release: Sunday", user="U3", thread_ts=root)

    found = await house.found(OneMessage(channel="C1", ts=root) if linked else None)

    texts = [text for _, text in house.read(found) if text != CLAIM]
    assert texts == ["the release: Monday"]


async def test_a_text_file_beside_the_claim_is_evidence(house: House) -> None:
    await house.found()  # the fake knows its address now
    plan = house.slack.file("plan.txt", "Budget\n\nThe release ships on Monday.\n\nEnd\n")
    ts = house.slack.said("C1", CLAIM, user="U2", files=[plan])

    found = await house.found(OneMessage(channel="C1", ts=ts))

    assert found.looked[-1] == "1 text file"
    assert found.passages[0] == Passage(
        origin=Origin.FILE,
        text="The release ships on Monday.",
        title="plan.txt",
        link=plan["permalink"],
        date="2023-11-14",
    )


async def test_a_file_that_cannot_be_read_is_said_and_is_no_error(house: House) -> None:
    await house.found()
    files = [
        house.slack.file("a.txt", "the release"),
        house.slack.file("b.txt", "the release", url_private="https://evil.example/b.txt"),
        house.slack.file("c.txt", "the release", size=2_000_000),
    ]
    house.slack.said("C1", "see", user="U2", files=files)
    house.slack.faults["file"].append(Fault.HTML)

    found = await house.found()

    assert found.passages == ()
    assert found.looked[1:] == (
        "2 text files that could not be read",
        "1 text file left out (too many or too big)",
    )
    assert all(call.args["file"] != "F1" for call in house.slack.of("file"))


async def test_a_file_that_we_posted_is_none(house: House) -> None:
    await house.found()
    result = house.slack.file("result.md", CLAIM)
    house.slack.said("C1", "All of it", user=BOT, bot_id=BOT_ID, files=[result])

    assert await house.found() == Found(looked=("the latest messages of this channel",))


@pytest.mark.parametrize("source", [None, Window(channel="D1"), OneMessage(channel="D1", ts="1.0")])
async def test_nothing_is_taken_from_direct_messages(house: House, source: Source | None) -> None:
    house.slack.rooms["D1"] = Room("im", [BOT, "U1"])
    house.slack.said("D1", CLAIM, user="U2")

    assert await house.found(source, place=Place(team=TEAM, channel="D1")) == Found()
    assert house.slack.of(*READS) == []


async def test_what_a_window_holds_is_what_is_checked(house: House) -> None:
    house.slack.said("C1", CLAIM, user="U2")

    assert await house.found(Window(channel="C1")) == Found()


@pytest.mark.parametrize("code", ["fatal_error", "missing_scope", "token_revoked"])
async def test_where_slack_gives_nothing_that_is_said_and_the_panel_votes(
    house: House, code: str
) -> None:
    house.slack.faults["conversations.history"] += [code] * 4

    assert await house.found() == Found(looked=(SILENT,))


async def test_slack_is_not_waited_for_without_an_end(house: House) -> None:
    evidence: Any = house._sources.evidence(asking(None), house.people.update, house.until)
    evidence._seconds = 0.05
    house.slack.watch = _hang

    assert await evidence.nearby([CLAIM]) == [Found(looked=(SILENT,))]


async def _hang(call: object, after: bool) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("linked", [True, False])
async def test_of_a_thread_that_is_too_long_it_is_said_that_only_its_beginning_was_read(
    house: House, *, linked: bool
) -> None:
    root = house.slack.said("C1", CLAIM, user="U2")
    for number in range(1_000):
        house.slack.said("C1", f"release reply {number}", user="U3", thread_ts=root)
    source, name = None, "this thread"
    if linked:
        source, name = OneMessage(channel="C1", ts=root), "the thread of that message"

    found = await house.found(source, place=here(root))

    assert found.looked[0] == f"the beginning of {name}"
