"""Every way in on a real database: each delivery twice, the second time to another process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.runs.model import Opinion, Place, Run, Status
from bot.store.database import Database
from bot.store.history import SqlHistory
from bot.store.people import SqlPolls
from bot.store.runs import SqlRunStore
from bot.views import forms, notices
from bot.views.actions import AGREE, CANCEL, CLOSE_VOTE, DISAGREE, RERUN, RETRY, ticket
from patterns.recipes.factcheck import Label
from tests.listeners.filling import filled
from tests.listeners.house import House, Kept
from tests.results import checked

TEXT = "The moon is cheese"
Delivery = Callable[[House], Awaitable[object]]


@pytest.fixture
def houses(house: House, database: Database, store: SqlRunStore) -> list[House]:
    """Two processes, one after the other."""
    kept = Kept(store, SqlHistory(database))
    return [House(house.slack, kept), House(house.slack, kept)]


def mention(house: House) -> Awaitable[object]:
    said = {"type": "app_mention", "user": "U1", "ts": "1.1", "channel": "C1"}
    return house.tell({**said, "text": f"<@UBOT> factcheck {TEXT}"})


def direct(house: House) -> Awaitable[object]:
    said = {"type": "message", "user": "U1", "ts": "1.1", "channel": "D1", "channel_type": "im"}
    return house.tell({**said, "text": f"factcheck {TEXT}"})


def form(house: House) -> Awaitable[object]:
    return house.send(filled(forms.ask("factcheck", Place(team="T1", channel="C1")), TEXT))


WAYS: dict[str, Delivery] = {
    "command": lambda house: house.command(TEXT),
    "quorum": lambda house: house.command(f"factcheck {TEXT}", command="/quorum"),
    "shortcut": lambda house: house.choose("summarize_thread"),
    "mention": mention,
    "direct message": direct,
    "form": form,
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_delivery_is_one_run_and_says_nothing_more(
    houses: list[House], store: SqlRunStore, way: str
) -> None:
    for house in houses:
        await WAYS[way](house)

    [run] = await store.recent(10)
    assert [house.engine.started for house in houses] == [[run.id], []]
    assert [house.wire.calls for house in houses] == [[], []]


async def test_one_question_by_five_ways_in_is_one_run(
    houses: list[House], store: SqlRunStore
) -> None:
    """But for direct messages, which are another place."""
    await houses[0].command(TEXT, trigger_id="1")
    await houses[1].command(f"factcheck  {TEXT}", command="/quorum", trigger_id="2")
    await mention(houses[1])
    await houses[1].send(
        filled(forms.ask("factcheck", Place(team="T1", channel="C1"), respond="x"), TEXT)
    )

    [run] = await store.recent(10)
    on_it = notices.on_it(await houses[1].seen.link(run.id))
    assert [text for _, _, text in houses[1].seen.said] == [on_it]
    assert [text for _, text in houses[1].urls.said] == [on_it]


async def failed(houses: list[House], store: SqlRunStore) -> Run:
    await houses[0].command(TEXT)
    [run] = await store.recent(1)
    await store.close(run.id, Status.FAILED, error="It broke.")
    return run


@pytest.mark.parametrize("action", [RETRY, RERUN])
async def test_a_click_is_carried_out_once(
    houses: list[House], store: SqlRunStore, action: str
) -> None:
    value = str(ticket(await failed(houses, store)))
    for house in houses:
        house.engine.started.clear()
        await house.click(value, action=action)

    assert [len(house.engine.started) for house in houses] == [1, 0]
    newest = (await store.recent(5))[0]
    assert newest.status is Status.OPEN
    assert (newest.attempt, len(await store.recent(5))) == ((2, 1) if action == RETRY else (1, 2))


async def test_a_cancelled_run_is_cancelled_once(houses: list[House], store: SqlRunStore) -> None:
    await houses[0].command(TEXT)
    [run] = await store.recent(1)
    for house in houses:
        await house.click(str(ticket(run)), action=CANCEL)

    assert [house.engine.cancelled for house in houses] == [[run.id], []]


async def test_runs_are_found_by_the_beginning_of_their_id(
    houses: list[House], store: SqlRunStore
) -> None:
    await houses[0].command(TEXT)
    [run] = await store.recent(1)
    for named in (run.id, run.id[:8], run.id[:8].upper()):
        await houses[1].command(f"show {named}", command="/quorum")
    for named in ("%", f"{run.id[:6]}_{run.id[7:9]}", run.id + "0"):
        await houses[1].command(f"cancel {named}", command="/quorum")

    assert len(houses[1].seen.forms) == 3
    assert [text for _, text in houses[1].urls.said] == [notices.NO_SUCH_RUN] * 3
    await houses[1].command(f"cancel {run.id[:8]}", command="/quorum")
    assert (await store.get(run.id)).status is Status.CANCELLED


async def test_stop_ends_the_run_of_that_thread(houses: list[House], store: SqlRunStore) -> None:
    await direct(houses[0])
    stop = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": "1.1", "user": "U1"}
    await houses[1].tell(stop, event_id="Ev2")

    [run] = await store.recent(1)
    assert run.status is Status.CANCELLED


async def test_a_click_on_a_claim_twice_in_two_processes_is_one_vote_of_the_last_opinion(
    house: House, database: Database, store: SqlRunStore
) -> None:
    kept = Kept(store, SqlHistory(database), SqlPolls(database))
    first, second = House(house.slack, kept), House(house.slack, kept)
    await first.command(TEXT)
    [run] = await store.recent(1)
    await store.close(run.id, Status.DONE, result=checked(Label.SUPPORTED))

    for each in (first, second):
        await each.click(str(ticket(run, 0)), action=AGREE)
    await second.click(str(ticket(run, 0)), action=DISAGREE)
    await first.click(str(ticket(run)), action=CLOSE_VOTE)
    await second.click(str(ticket(run, 0)), user="U2", action=AGREE)

    [vote] = (await store.get(run.id)).people
    assert (vote.closed, vote.counts[Opinion.DISAGREE], vote.voters) == (True, 1, 1)
    assert second.urls.said[-1][1].startswith("The vote is over: 0 agree with the claim · 1 dis")
