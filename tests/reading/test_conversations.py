"""Several channels, since the last time, and as much as there is time for: told in sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.reading.paging import AT_ONCE, STRICT
from bot.reading.sources import SlackSources
from bot.runs.errors import Unreadable
from bot.runs.model import Several, Thread, Window
from bot.runs.ports import Trip
from tests.fakes.slack_api import BOT, FakeSlack, Fault, Room
from tests.reading.house import asking, read, seen, texts
from tests.slack.virtual import VirtualClock

READS = ("conversations.history", "conversations.replies")
BEGAN = "1700000000.000000"  # of the fake: 14 Nov 2023, 22:13

FIRST = (
    "No summary of yours has read all of this channel yet (those with about, for me or last do not "
    "count): this is the last 24 hours."
)


class Killed(Exception):
    """In the middle of it."""


@dataclass
class Kept:
    """Pages of one run, until *most* of them are there."""

    most: int
    bodies: dict[str, str] = field(default_factory=dict)

    async def kept(self, run_id: str, /) -> dict[str, str]:
        return dict(self.bodies)

    async def keep(self, run_id: str, key: str, body: str, /) -> None:
        if len(self.bodies) >= self.most:
            raise Killed
        self.bodies[key] = body


@pytest.fixture
def rooms(slack: FakeSlack) -> FakeSlack:
    """Two channels that talk at the same time."""
    slack.rooms["C2"] = Room(name="random")
    root = slack.said("C1", "general 1")
    slack.said("C2", "random 1", user="U2")
    slack.said("C1", "general 2", thread_ts=root)
    slack.said("C2", "random 2")
    return slack


def both(**more: object) -> Several:
    return Several(windows=tuple(Window(channel=name, **more) for name in ("C1", "C2")))


async def test_one_conversation_is_read_after_another(
    rooms: FakeSlack, sources: SlackSources
) -> None:
    reading = await sources.read(asking(both()))
    messages = seen(reading)

    assert texts(messages) == ["general 1", "general 2", "random 1", "random 2"]
    assert [message.id.partition(":")[0] for message in messages] == ["C1", "C1", "C2", "C2"]
    assert messages[1].thread == messages[0].id
    assert "/archives/C2/p" in (messages[2].permalink or "")
    assert set(reading.until) == {"C1", "C2"}
    assert reading.until["C2"] == messages[3].id.removeprefix("C2:")


async def test_a_channel_that_is_named_twice_is_read_once(
    rooms: FakeSlack, sources: SlackSources
) -> None:
    twice = Several(windows=(Window(channel="C2"), Window(channel="C1"), Window(channel="C2")))

    found = texts(await read(sources, asking(twice)))

    assert found == ["random 1", "random 2", "general 1", "general 2"]


async def test_where_one_channel_can_not_be_read_none_is(
    rooms: FakeSlack, sources: SlackSources
) -> None:
    rooms.rooms["C2"].members.remove(BOT)

    with pytest.raises(Unreadable):
        await read(sources, asking(both()))


async def test_of_several_channels_those_in_which_nobody_wrote_are_named(
    rooms: FakeSlack, sources: SlackSources
) -> None:
    rooms.rooms["C2"].messages.clear()

    reading = await sources.read(asking(both()))

    assert texts(seen(reading)) == ["general 1", "general 2"]
    assert reading.notes == ("#random: There is nothing to read. Nobody wrote anything there.",)


async def test_where_nobody_wrote_anywhere_there_is_nothing_to_read(
    rooms: FakeSlack, sources: SlackSources
) -> None:
    for room in rooms.rooms.values():
        room.messages.clear()

    with pytest.raises(Unreadable, match="in any of these channels"):
        await read(sources, asking(both()))


async def test_since_the_last_time_only_what_is_new_is_read_and_when_that_was_is_told(
    slack: FakeSlack, sources: SlackSources
) -> None:
    root = slack.said("C1", "old")
    mark = slack.said("C1", "the last one before")
    slack.said("C1", "late answer", thread_ts=root)
    answer = slack.said("C1", "new")
    window = Window(channel="C1", oldest=BEGAN, since_last=True)

    reading = await sources.read(asking(window), Trip(since={"C1": mark}))

    found = [(message.text, message.context) for message in seen(reading)]
    assert found == [("old", True), ("late answer", False), ("new", False)]
    assert reading.notes == ("Since your last summary, which ended at 14 Nov 22:13 UTC.",)
    assert reading.until == {"C1": answer}


async def test_the_first_time_it_is_the_last_day(slack: FakeSlack, sources: SlackSources) -> None:
    since = slack.said("C1", "too old")
    slack.said("C1", "today")

    reading = await sources.read(asking(Window(channel="C1", oldest=since, since_last=True)))

    assert texts(seen(reading)) == ["today"]
    assert reading.notes == (FIRST,)


async def test_of_several_channels_the_last_time_is_told_for_each(
    rooms: FakeSlack, sources: SlackSources
) -> None:
    request = asking(both(since_last=True))

    reading = await sources.read(request, Trip(since={"C2": BEGAN}))

    assert reading.notes == (
        f"#general: {FIRST}",
        "#random: Since your last summary, which ended at 14 Nov 22:13 UTC.",
    )


async def test_a_channel_without_a_name_is_told_by_its_id(
    rooms: FakeSlack, sources: SlackSources
) -> None:
    rooms.faults["conversations.info"].append("channel_not_found")

    reading = await sources.read(asking(both(since_last=True)), Trip(since={"C2": BEGAN}))

    assert reading.notes[0].startswith("C1: ")


async def test_nothing_new_is_told_with_what_to_do(slack: FakeSlack, sources: SlackSources) -> None:
    mark = slack.said("C1", "old")
    window = Window(channel="C1", since_last=True)

    with pytest.raises(Unreadable) as caught:
        await sources.read(asking(window), Trip(since={"C1": mark}))

    assert str(caught.value) == (
        "There is nothing to read: nobody wrote anything since your last summary, which ended at "
        "14 Nov 22:13 UTC. To read some of it again, say from when on, as in since 7d."
    )


async def test_a_time_that_no_calendar_has_is_no_error(
    slack: FakeSlack, sources: SlackSources
) -> None:
    slack.said("C1", "old")

    with pytest.raises(Unreadable, match="an unknown time"):
        await sources.read(
            asking(Window(channel="C1", since_last=True)), Trip(since={"C1": "999999999999.0"})
        )


async def test_what_there_was_no_time_for_is_told(
    slack: FakeSlack, sources: SlackSources, clock: VirtualClock
) -> None:
    for number in range(100):
        slack.said("C1", "answer", thread_ts=slack.said("C1", f"m{number}"))
    slack.strict = True
    told: list[str] = []

    reading = await sources.read(asking(Window(channel="C1")), Trip(seconds=210, tell=told.append))

    assert texts(seen(reading)) == [f"m{number}" for number in range(40, 100)]
    assert reading.notes == (
        "Slack let me read 60 messages in 3 minutes; older ones and all answers in 60 threads "
        "were not read.",
        STRICT,
    )
    assert reading.until == {}
    assert told[-1] == "60 messages, 0 of 60 threads"
    assert clock.now() <= 210


async def test_threads_that_there_was_no_time_for_are_counted(
    slack: FakeSlack, sources: SlackSources
) -> None:
    for number in range(5):
        slack.said("C1", "answer", thread_ts=slack.said("C1", f"m{number}"))
    slack.strict = True

    reading = await sources.read(asking(Window(channel="C1")), Trip(seconds=90))

    assert reading.notes == (
        "Slack let me read 7 messages in 90 seconds; all answers in 3 threads were not read.",
    )


async def test_a_thread_that_there_was_no_time_for_ends_early_and_says_so(
    slack: FakeSlack, sources: SlackSources
) -> None:
    root = slack.said("C1", "root")
    for number in range(40):
        slack.said("C1", f"answer {number}", thread_ts=root)
    slack.strict = True

    reading = await sources.read(asking(Thread(channel="C1", ts=root)), Trip(seconds=30))

    assert len(seen(reading)) == 15
    assert reading.notes[0] == "The end of the thread was not read."


async def test_where_there_was_no_time_for_anything_that_is_told(sources: SlackSources) -> None:
    with pytest.raises(Unreadable, match="Slack let me read nothing in 0 seconds"):
        await sources.read(asking(Window(channel="C1")), Trip(seconds=0))


async def test_for_files_there_may_be_no_time(slack: FakeSlack, sources: SlackSources) -> None:
    for _ in range(40):
        slack.said("C1", "see", files=[slack.file("a.txt", "words")])
    slack.strict = True

    reading = await sources.read(asking(Window(channel="C1")), Trip(seconds=30))

    assert (reading.files, reading.notes[-1]) == (0, "For files there was no time.")


async def test_who_is_killed_in_the_middle_reads_no_page_twice(
    slack: FakeSlack, sources: SlackSources
) -> None:
    """The messages are those that would have been read at once."""
    slack.page = 10
    for number in range(100):
        root = slack.said("C1", f"m{number}")
        if number % 5 == 0:
            slack.said("C1", "answer", thread_ts=root, user="U2")
    whole = await sources.read(asking(Window(channel="C1")))
    calls = [call for call in slack.calls if call.method in READS]
    shelf = Kept(most=17)
    trip = Trip(run_id="r1", pages=shelf)
    with pytest.raises(Killed):
        await sources.read(asking(Window(channel="C1")), trip)
    shelf.most = len(calls)
    slack.calls.clear()

    again = await sources.read(asking(Window(channel="C1")), trip)

    assert again == whole
    assert len(calls) - 17 <= len(slack.of(*READS)) <= len(calls) - 17 + AT_ONCE


async def test_a_rate_limit_alone_is_no_slow_slack(slack: FakeSlack, sources: SlackSources) -> None:
    slack.said("C1", "m")
    slack.retry_after = "60"
    slack.faults["conversations.history"].append(Fault.RATE)

    assert (await sources.read(asking(Window(channel="C1")))).notes == ()
