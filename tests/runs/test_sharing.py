"""The same question is asked once, and its answer goes to nobody who may not have it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.executor import Executor
from bot.runs.limits import VOTERS_MOST
from bot.runs.model import SIMULATED_MODEL, Audience, Files, Place, Run, Status, Thread
from bot.runs.sharing import EmptyShelf, Sharing, scope_of
from bot.runs.storage import Remembered
from bot.store.database import Database
from bot.store.runs import SqlRunStore
from bot.store.shelf import SqlShelf
from patterns.deadline import deadline
from patterns.errors import BudgetSpent, ModelError, ModelRefused, ModelUnavailable
from patterns.fanout import Limits
from patterns.map_reduce import map_reduce
from patterns.ports import SILENT, A, Model, Prompt, Reply
from patterns.recipes.safety import SafetyBallot, SafetyReport, safety
from patterns.task import Message, Task
from patterns.testing import Line, ScriptedModel
from patterns.usage import Usage
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.carrying import PANEL, added
from tests.runs.fakes import CLEAR, MERGED, NOTES, FakeSources, always, request, supporting
from tests.runs.memory import MemoryStore
from tests.runs.meters import CountingMeter

READING: dict[str, Any] = {"recipe": "summarize", "source": Thread(channel="C2", ts="1.1")}

ELSEWHERE: dict[str, Any] = {**READING, "source": Thread(channel="C3", ts="1.1")}


def question(key: str = "voter-1", text: str = "The moon is cheese.") -> Prompt[SafetyBallot]:
    return Prompt(key=key, system="You vote.", text=text, answer=SafetyBallot)


# One question after the other, or at the same moment


async def ring(sharing: Sharing, model: Model, scope: str = "T1") -> Model:
    return await sharing.ring(model, scope)


def test_who_asks_the_same_at_the_same_moment_waits_for_the_answer_and_pays_nothing() -> None:
    async def main() -> None:
        meter = CountingMeter()
        sharing, model = Sharing(meter=meter), supporting(delay=5)
        first, second = await ring(sharing, model), await ring(sharing, model)

        one, other = await asyncio.gather(
            first.ask(question()), second.ask(question("under another key"))
        )

        assert model.asked == ["voter-1"]
        assert one.answer == other.answer
        assert (one.usage.calls, other.usage) == (1, Usage())
        assert other.model == "scripted"
        assert meter.reuses == {"shared": 1}

    in_virtual_time(main())


@pytest.mark.parametrize(
    ("scope", "prompt"),
    [
        ("T2", question()),
        ("T1", question(text="The moon is a stone.")),
    ],
)
def test_another_scope_and_other_words_are_another_question(
    scope: str, prompt: Prompt[SafetyBallot]
) -> None:
    async def main() -> None:
        sharing, model = Sharing(), supporting(delay=5)
        first, second = await ring(sharing, model), await ring(sharing, model, scope)

        await asyncio.gather(first.ask(question()), second.ask(prompt))

        assert len(model.asked) == 2

    in_virtual_time(main())


def test_an_answer_that_came_a_moment_ago_is_handed_on_while_it_is_being_kept() -> None:
    """Nobody has it on the shelf yet when the second run asks."""

    async def main() -> list[str]:
        sharing, model = Sharing(EmptyShelf()), supporting()
        first, second = await ring(sharing, model), await ring(sharing, model)
        await first.ask(question())
        await asyncio.sleep(59)
        await second.ask(question())
        assert model.asked == ["voter-1"]
        await asyncio.sleep(2)
        await second.ask(question())
        return model.asked

    assert in_virtual_time(main()) == ["voter-1", "voter-1"]


def test_what_is_held_for_others_does_not_grow_with_the_number_of_questions() -> None:
    async def main() -> int:
        sharing, model = Sharing(EmptyShelf()), supporting()
        asking = await ring(sharing, model)
        for number in range(1000):
            await asking.ask(question(text=f"claim {number}"))
        again = await ring(sharing, model)
        for number in range(1000):
            await again.ask(question(text=f"claim {number}"))
        return len(model.asked)

    assert in_virtual_time(main()) == 2000, "the oldest are gone before they are asked for"


def test_where_nothing_may_be_kept_only_what_is_in_flight_is_shared() -> None:
    async def main() -> list[str]:
        sharing, model = Sharing(), supporting()
        first, second = await ring(sharing, model), await ring(sharing, model)
        await first.ask(question())
        await second.ask(question())
        return model.asked

    assert in_virtual_time(main()) == ["voter-1", "voter-1"]


@pytest.mark.parametrize(
    "stopped",
    [asyncio.CancelledError(), BudgetSpent("the budget of this run is spent")],
    ids=["cancelled", "without money"],
)
def test_where_the_first_gives_up_one_of_the_others_asks(stopped: BaseException) -> None:
    async def main() -> None:
        class Stopped:
            async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
                await asyncio.sleep(5)
                raise stopped

        sharing, model = Sharing(), supporting(delay=5)
        poor = await ring(sharing, Stopped())
        others = [await ring(sharing, model) for _ in range(3)]

        ended = await asyncio.gather(
            poor.ask(question()),
            *(each.ask(question()) for each in others),
            return_exceptions=True,
        )

        assert isinstance(ended[0], type(stopped))
        assert model.asked == ["voter-1"]
        replies = [reply for reply in ended[1:] if isinstance(reply, Reply)]
        assert sorted(reply.usage.calls for reply in replies) == [0, 0, 1]

    in_virtual_time(main())


def test_one_who_waits_may_leave_and_nobody_else_notices() -> None:
    async def main() -> None:
        sharing, model = Sharing(), supporting(delay=5)
        first, second, third = [await ring(sharing, model) for _ in range(3)]

        async def impatient() -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await second.ask(question())

        one, _, other = await asyncio.gather(
            first.ask(question()), impatient(), third.ask(question())
        )

        assert model.asked == ["voter-1"]
        assert one.answer == other.answer

    in_virtual_time(main())


def test_an_error_of_the_model_is_everybodys_and_paid_for_once() -> None:
    async def main() -> None:
        lost = ModelRefused("the model declined", usage=Usage(calls=2))
        sharing, model = Sharing(), ScriptedModel(lambda _: lost, delay=5)
        askers = [await ring(sharing, model) for _ in range(3)]

        ended = await asyncio.gather(
            *(each.ask(question()) for each in askers), return_exceptions=True
        )

        errors = [err for err in ended if isinstance(err, ModelError)]
        assert [str(err) for err in errors] == ["the model declined"] * 3
        assert [err.usage.calls for err in errors] == [2, 0, 0]
        assert {type(err) for err in errors} == {ModelRefused}
        assert len({id(err) for err in errors}) == 3
        assert len(model.asked) == 1

    in_virtual_time(main())


def test_an_error_is_not_kept() -> None:
    async def main() -> None:
        lines: list[Any] = [ModelUnavailable("down"), CLEAR]
        sharing, model = Sharing(), ScriptedModel(lambda _: lines.pop(0))
        asking = await ring(sharing, model)

        with pytest.raises(ModelUnavailable):
            await asking.ask(question())

        assert (await asking.ask(question())).answer.findings == []

    in_virtual_time(main())


def test_waiting_for_the_answer_of_another_is_off_the_clock_of_the_branch() -> None:
    """The other's wait for its turn is none of this branch's time."""

    async def main() -> float:
        sharing, model = Sharing(), supporting(delay=29)
        first, second = await ring(sharing, model), await ring(sharing, model)

        async def branch() -> None:
            async with deadline(12):
                await second.ask(question())

        await asyncio.gather(first.ask(question()), branch())
        return asyncio.get_running_loop().time()

    assert in_virtual_time(main()) == 29


def test_who_has_money_does_not_wait_for_who_has_none() -> None:
    """The first may wait for long before anything is sent; of the others one asks."""

    async def main() -> tuple[list[float], list[str]]:
        class Poor:
            async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
                await asyncio.sleep(600)
                raise BudgetSpent("the budget of this run is spent")

        sharing, model = Sharing(), supporting(delay=5)
        poor = await ring(sharing, Poor())
        others = [await ring(sharing, model) for _ in range(3)]

        async def at(asking: Model) -> float:
            await asking.ask(question())
            return asyncio.get_running_loop().time()

        waiting = asyncio.create_task(poor.ask(question()))
        await asyncio.sleep(0)
        ended = await asyncio.gather(*map(at, others))
        with pytest.raises(BudgetSpent):
            await waiting
        return ended, model.asked

    assert in_virtual_time(main()) == ([35, 35, 35], ["voter-1"])


@pytest.mark.parametrize("fault", ["known", "find", "body"])
def test_what_was_kept_and_cannot_be_used_is_asked_anew(fault: str) -> None:
    class Broken(EmptyShelf):
        async def known(self, scope: str, /) -> list[str]:
            if fault == "known":
                raise StorageFailed("the disk is full")
            return [question().fingerprint]

        async def find(self, scope: str, fingerprint: str, /) -> Remembered:
            if fault == "find":
                raise StorageFailed("the disk is full")
            body = '{"findings": "of another age"}'
            return Remembered(
                key="voter-1", fingerprint=fingerprint, body=body, usage=Usage(calls=1), model="old"
            )

    async def main() -> tuple[str, list[str], int]:
        model, meter = supporting(), CountingMeter()
        reply = await (await ring(Sharing(Broken(), meter), model)).ask(question())
        return reply.model, model.asked, meter.reuses.total()

    assert in_virtual_time(main()) == ("scripted", ["voter-1"], 0)


# Inside one run


def test_the_same_document_twice_in_one_run_is_read_once() -> None:
    async def main() -> None:
        model = ScriptedModel(lambda _: {"summary": "short"}, delay=1)
        asking = await ring(Sharing(), model)
        documents = [("a.txt", "the same words"), ("b.txt", "the same words")]

        reduced = await map_reduce(documents, asking)

        assert reduced.total_documents == 2
        assert reduced.missing == ()
        assert model.asked == ["doc-1", "merge-1.1"]

    in_virtual_time(main())


def test_no_voter_of_a_panel_is_answered_with_the_vote_of_another_seat() -> None:
    async def main() -> list[str]:
        model = supporting(delay=1)
        asking = await ring(Sharing(), model)
        task = Task(text="The moon is cheese.", voters=VOTERS_MOST)
        await safety(task, asking, SILENT, Limits(width=VOTERS_MOST))
        return model.asked

    assert len(in_virtual_time(main())) == VOTERS_MOST


# Who may be given what

HERE = request()
ON_CONSOLE = Place(team="", channel="console")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HERE, request(place=Place(team="T2", channel="C1"))),
        (request(**READING), request(**ELSEWHERE)),
        (HERE, request(**READING)),
        (request(private=True), request(private=True, asked_by="U2")),
        (request(private=True), HERE),
        (request(place=ON_CONSOLE), request(place=ON_CONSOLE, asked_by="U2")),
    ],
    ids=["workspace", "channel read", "read or not", "person", "private or not", "console"],
)
def test_answers_stay_within_their_scope(one: Any, other: Any) -> None:
    def scope(asked: Any) -> str:
        return scope_of(asked, Audience.CHANNEL, "gpt")

    assert scope(one) != scope(other)


def test_people_of_a_workspace_share_wherever_they_ask() -> None:
    asked = request(asked_by="U2", place=Place(team="T1", channel="C9"))

    assert scope_of(HERE, Audience.CHANNEL, "gpt") == scope_of(asked, Audience.CHANNEL, "gpt")


def test_what_only_the_asker_may_see_is_shared_with_nobody() -> None:
    asked, of_another = request(**READING), request(**READING, asked_by="U2")

    alone = scope_of(asked, Audience.REQUESTER, "gpt")

    assert alone != scope_of(of_another, Audience.REQUESTER, "gpt")
    assert alone != scope_of(asked, Audience.CHANNEL, "gpt")


def test_real_and_simulated_answers_never_mix() -> None:
    real, simulated = (scope_of(HERE, Audience.CHANNEL, n) for n in ("gpt", SIMULATED_MODEL))

    assert real != simulated


def test_files_of_the_console_are_their_readers_own() -> None:
    asked = request(
        recipe="summarize",
        source=Files(paths=("a.txt",)),
        place=ON_CONSOLE,
        asked_by="ann",
    )

    assert scope_of(asked, Audience.REQUESTER, "gpt") == "//ann/gpt"


# Whole runs, with the database


class House:
    """One process: its executor, its database, and the model's server as the model sees it."""

    def __init__(self, store: SqlRunStore, database: Database, model: Model) -> None:
        self.meter = CountingMeter()
        self.store = store
        self._shelf = SqlShelf(database, days=7)
        self._model = model
        self.restart()

    def restart(self) -> None:
        """Nothing is in memory any more."""
        self._sharing = Sharing(self._shelf, self.meter)

    async def run(self, dedupe: str, *, sources: FakeSources | None = None, **asked: Any) -> Run:
        run_id = await added(self.store, request(dedupe, **asked))
        executor = Executor(
            self.store, sources or FakeSources(), always(self._model), sharing=self._sharing
        )
        await executor.execute(run_id)
        return await self.store.get(run_id)


async def test_the_same_claim_twice_within_a_second_is_asked_once(
    store: SqlRunStore, database: Database
) -> None:
    model = supporting(delay=0.05)
    house = House(store, database, model)

    one, other = await asyncio.gather(house.run("1"), house.run("2", asked_by="U2"))

    assert sorted(model.asked) == sorted(PANEL)
    assert one.result == other.result
    assert isinstance(other.result, SafetyReport)
    assert one.usage.calls + other.usage.calls == 5


@pytest.mark.parametrize("restarted", [False, True])
async def test_the_same_claim_later_is_answered_from_what_was_kept(
    store: SqlRunStore, database: Database, *, restarted: bool
) -> None:
    model = supporting()
    house = House(store, database, model)
    first = await house.run("1")
    if restarted:
        house.restart()

    second = await house.run("2", asked_by="U2")

    assert len(model.asked) == 5
    assert second.result == first.result
    assert (second.usage, second.models) == (Usage(), ("scripted",))
    assert house.meter.reuses == {"kept": 5}


def finding(reason: str) -> Line:
    return {"findings": [{"category": "fraud_or_spam", "quote": "", "reason": reason}]}


async def test_who_asks_for_fresh_answers_gets_them_and_gives_them_to_others(
    store: SqlRunStore, database: Database
) -> None:
    reasons = iter(f"reason {number}" for number in range(100))
    model = ScriptedModel(lambda _: finding(next(reasons)))
    house = House(store, database, model)
    first = await house.run("1")

    fresh = await house.run("2", fresh=True)
    later = await house.run("3")

    assert len(model.asked) == 10
    assert fresh.result != first.result
    assert later.result == fresh.result


async def test_a_fresh_run_that_is_entered_again_keeps_its_own_answers(
    store: SqlRunStore, database: Database
) -> None:
    model = supporting()
    house = House(store, database, model)
    run = await house.run("1", fresh=True)
    again = await added(store, request("2", fresh=True))
    for key in await store.answers(run.id):
        await store.remember(again, await store.answer(run.id, key))

    await Executor(store, FakeSources(), always(model)).execute(again)

    assert (await store.get(again)).status is Status.DONE
    assert len(model.asked) == 5


async def test_what_was_reused_is_not_passed_on_as_new(
    store: SqlRunStore, database: Database
) -> None:
    """Else an answer would be handed on from run to run and never become too old."""
    house = House(store, database, supporting())
    first = await house.run("1")
    second = await house.run("2")

    scopes = {
        run.id: {(await store.answer(run.id, key)).scope for key in PANEL}
        for run in (first, second)
    }

    assert scopes == {first.id: {"T1///scripted"}, second.id: {""}}


async def test_a_question_that_was_kept_and_is_gone_is_asked(
    store: SqlRunStore, database: Database
) -> None:
    class Forgetting(EmptyShelf):
        async def known(self, scope: str, /) -> list[str]:
            return [question().fingerprint]

    model = supporting()

    await (await Sharing(Forgetting()).ring(model, "T1")).ask(question())

    assert model.asked == ["voter-1"]


async def test_a_private_text_is_given_to_nobody_who_can_only_guess_it(
    store: SqlRunStore, database: Database
) -> None:
    """The words are the same; who asks has not read them in that channel."""
    secret = (Message(id="1.1", thread="1.1", author="Ada", text="We are being bought."),)
    model = ScriptedModel(lambda _: NOTES)
    house = House(store, database, model)
    await house.run("1", **READING, sources=FakeSources(messages=secret))

    await house.run(
        "2",
        **ELSEWHERE,
        asked_by="U2",
        sources=FakeSources(messages=secret),
    )

    assert len(model.asked) == 2


def test_a_summary_asked_for_twice_shares_every_part_though_one_runs_ahead() -> None:
    """Half a minute apart: parts are kept, in flight or yet to come when the second begins."""
    talk = tuple(
        Message(id=f"{n}.0", thread=f"{n}.0", author="Ada", text=f"Part {n}. " + "word " * 4000)
        for n in range(40)
    )

    async def main() -> None:
        model = ScriptedModel(
            lambda p: NOTES if p.key.startswith("part") else MERGED,
            delay=lambda p: 7 + len(p.text) % 3,
        )
        store, sharing = MemoryStore(), Sharing(EmptyShelf())

        async def run(dedupe: str, wait: float) -> str:
            await asyncio.sleep(wait)
            run = await store.add(request(dedupe, **READING))
            sources = FakeSources(messages=talk)
            await Executor(store, sources, always(model), sharing=sharing).execute(run.id)
            return run.id

        ids = await asyncio.gather(run("1", 0), run("2", 30))

        first, second = (store.runs[each] for each in ids)
        assert first.result == second.result
        assert len(model.asked) == len(set(model.asked))
        assert first.usage.calls + second.usage.calls == len(model.asked)

    in_virtual_time(main())
