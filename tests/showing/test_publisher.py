from __future__ import annotations

import asyncio
import logging
from itertools import pairwise

import pytest

from bot.runs.errors import StorageFailed
from bot.showing.lane import LOOK_SECONDS, PAUSE_MOST, PAUSES_A_LOOK
from tests.conftest import Serve
from tests.fakes.slack_api import metadata_of
from tests.showing.stage import (
    DONE,
    RESULT,
    Stage,
    a_run,
    card,
    one_of_each,
    reply,
    result_views,
    staged,
)
from tests.slack.virtual import VirtualClock


async def test_a_run_is_shown_card_first_then_its_thread(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(), card("working"), reply("branch:a", "vote"))
        await stage.settled()

    first, second = stage.slack.rooms["C1"].messages
    assert (first["text"], second["text"]) == ("working", "vote")
    assert second["thread_ts"] == first["ts"]
    assert stage.memory.shown == set()


class Passing(VirtualClock):
    """As on a real machine, it is later at each look."""

    def now(self) -> float:
        self._now += 1e-6
        return self._now


async def test_a_thread_reads_from_top_to_bottom_by_a_clock_that_never_stands_still(
    serve: Serve,
) -> None:
    voters = [f"vote {number}" for number in range(1, 6)]
    async with staged(serve, clock=Passing(breath=0.004)) as stage, stage.running():
        stage.change(a_run(), card("working"), *(reply(f"branch:{n}", n) for n in voters))
        await stage.settled()

        assert stage.texts() == ["working", *voters]


async def test_a_post_says_whose_it_is_and_unfurls_nothing(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.settled()

    post = stage.slack.of("chat.postMessage")[0]
    assert metadata_of(post) == {
        "event_type": "quorum_run",
        "event_payload": {"run_id": "r1", "slot": "card"},
    }
    assert (post.args["unfurl_links"], post.args["unfurl_media"]) == (False, False)
    assert len(post.args["client_msg_id"]) == 36
    assert not {"parse", "link_names"} & post.args.keys()


async def test_nothing_is_shown_before_it_is_known_who_may_see_it(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(audience=None), card("secret"))
        await stage.settled()

    assert stage.slack.calls == []


async def test_a_closed_run_is_delivered_when_all_of_it_is_shown(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(**DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert one_of_each(stage)
    assert [m["broadcast"] for m in stage.slack.rooms["C1"].messages] == [False, True, False]


async def test_many_changes_become_few_edits_and_the_last_state_stands(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(), card("0"))
        await stage.until(lambda: stage.texts())
        for number in range(1, 300):
            stage.change(a_run(), card(str(number)))
            await asyncio.sleep(0)
        await stage.settled()

    assert stage.texts() == ["299"]
    assert len(stage.slack.of("chat.update")) <= 3
    assert stage.memory.looks < 20


@pytest.mark.parametrize("look", [0.0, 0.05, 0.1, 5.0])
async def test_the_longer_a_look_takes_the_longer_is_the_pause_after_it(
    stage: Stage, look: float
) -> None:
    begun: list[float] = []

    async def looked_at() -> None:
        begun.append(stage.clock.now())
        stage.publisher.poke("r1")
        if look:
            await stage.clock.sleep(look)

    stage.memory.meanwhile = looked_at
    async with stage.running():
        stage.change(a_run())
        await stage.until(lambda: len(begun) >= 20)

    pause = min(max(LOOK_SECONDS, PAUSES_A_LOOK * look), PAUSE_MOST)
    assert [b - a for a, b in pairwise(begun)] == pytest.approx([look + pause] * (len(begun) - 1))


async def test_a_run_that_changes_all_the_time_is_shown_all_the_same(stage: Stage) -> None:
    async def changed() -> None:
        stage.change(a_run(), card(f"look {stage.memory.looks}"), reply("branch:a", "vote"))

    stage.memory.meanwhile = changed
    async with stage.running():
        await changed()
        await stage.until(lambda: len(stage.slack.of("chat.update")) >= 5)

    assert stage.texts()[1] == "vote"
    assert stage.memory.looks <= stage.clock.now() / LOOK_SECONDS + 2


async def test_a_database_that_fails_for_a_while_holds_a_run_up_and_no_longer(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails() -> None:
        if stage.memory.looks < 3:
            raise StorageFailed("The database does not answer.")

    stage.memory.meanwhile = fails
    async with stage.running():
        stage.change(a_run(**DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert one_of_each(stage)
    assert {r.levelno for r in caplog.records if r.name == "bot.showing.lane"} == {logging.WARNING}


async def test_edits_and_posts_keep_their_distance(stage: Stage) -> None:
    async with stage.running():
        for number in range(12):
            branches = [reply(f"branch:{n}", f"{number}") for n in range(number // 2)]
            stage.change(a_run(), card(f"state {number}"), *branches)
            await stage.clock.sleep(0.7)
        await stage.settled()

    assert stage.texts() == ["state 11", *["11"] * 5]
    for spaced, gap in {(c.spaced, c.gap) for _, c in stage.limiter.granted if c.spaced}:
        times = [at for at, call in stage.limiter.granted if call.spaced == spaced]
        assert min((b - a for a, b in pairwise(times)), default=gap) >= gap - 1e-6


async def test_the_result_overtakes_the_progress_of_every_run(stage: Stage) -> None:
    async with stage.running():
        for number in range(6):
            branches = [reply(f"branch:{n}", "progress") for n in range(5)]
            stage.change(a_run(id=f"p{number}"), card("working"), *branches)
        stage.change(a_run(), card("working"), reply("branch:a", "vote"))
        await stage.until(lambda: len(stage.slack.of("chat.postMessage")) >= 9)
        asked = stage.clock.now()
        stage.change(a_run(**DONE), card("Refuted", final=True), RESULT, reply("branch:a", "vote"))
        await stage.until(lambda: _shown_at(stage, "Refuted", "chat.postMessage"))

        posted = _shown_at(stage, "Refuted", "chat.postMessage")
        edited = _shown_at(stage, "Refuted", "chat.update")
        assert posted and posted - asked <= 2.5
        assert edited and edited - asked <= 2.5
        await stage.until(lambda: "r1" in stage.memory.shown)


def _shown_at(stage: Stage, text: str, method: str) -> float | None:
    return next((c.at for c in stage.slack.of(method) if c.args["text"] == text), None)


async def test_who_leaves_waits_for_what_is_being_shown_but_not_for_ever(stage: Stage) -> None:
    database_answers = asyncio.Event()
    stage.memory.meanwhile = database_answers.wait
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.until(lambda: stage.memory.looks)
        await stage.publisher.settled(0.01)
        assert stage.texts() == []

        database_answers.set()
        await stage.publisher.settled(8)
        assert stage.texts() == ["working"]
