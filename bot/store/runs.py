"""Runs in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Update, insert, select, update

from bot.runs.errors import NoSuchRun, NotNow
from bot.runs.limits import OPEN_OF_PERSON, OPEN_OF_WORKSPACE
from bot.runs.model import Actor, Audience, Rated, Rating, Run, RunRequest, Status
from bot.runs.ports import Changed
from bot.runs.storage import Remembered
from bot.store import acts, rows
from bot.store.ballots import people_of
from bot.store.database import Database
from bot.store.statements import insert_or_replace
from bot.store.tables import AnswerRow, DeliveryRow, EventRow, RatingRow, RunRow
from patterns.events import Event
from patterns.recipes import Result
from patterns.usage import Estimate, Usage

_SPENT = frozenset(rows.COUNTS)
_ANSWER = frozenset({"fingerprint", "body", "model", "scope", "at"})
_INSERT_EVENT = insert(EventRow)
_NO_SUCH_RUN = "There is no such run."


class SqlRunStore:
    """
    Implements `bot.runs.ports.RunStore`.

    No more runs are open at once than *of_person* of a person and *of_workspace* of a workspace;
    the console's are not counted.
    """

    def __init__(
        self,
        database: Database,
        *,
        of_person: int = OPEN_OF_PERSON,
        of_workspace: int = OPEN_OF_WORKSPACE,
    ) -> None:
        self._database = database
        self._writer = database.writer
        self._most = of_person, of_workspace
        self._insert_answer = insert_or_replace(database.dialect, AnswerRow, adding=_SPENT)
        self._add_cost = insert_or_replace(
            database.dialect, AnswerRow, adding=_SPENT, keeping=_ANSWER
        )

    def subscribe(self, changed: Changed) -> None:
        """*changed* is called, from now on, after each commit that touched a run."""
        self._writer.subscribe(changed)

    async def add(self, request: RunRequest, /) -> Run | None:
        now = datetime.now(UTC)
        run = Run(id=uuid4().hex, request=request, created_at=now, opened_at=now)
        opening = acts.Opening(run, *self._most)
        if await self._writer.write(opening, touches=run.id):
            return run
        if opening.refusal:
            raise NotNow(opening.refusal)
        return None

    async def known(self, request: RunRequest, /) -> Run | None:
        delivered = select(DeliveryRow.run_id).where(DeliveryRow.key == request.dedupe)
        asked = select(RunRow.id).where(
            RunRow.question == request.question, RunRow.status == Status.OPEN.value
        )
        async with self._database.read() as session:
            run_id = await session.scalar(delivered)
            if run_id is None and request.question:
                run_id = await session.scalar(asked)
            found = await rows.to_runs(session, select(RunRow).where(RunRow.id == run_id))
        return found[0] if found else None

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        async with self._database.read() as session:
            row = await session.get(RunRow, run_id)
            if row is None:
                raise NoSuchRun(_NO_SUCH_RUN)
            found = await session.execute(
                select(EventRow.seq, EventRow.at, EventRow.body)
                .where(EventRow.run_id == run_id, EventRow.seq > after)
                .order_by(EventRow.seq)
                .limit(most)
            )
            told = found.all()
            costs = await rows.costs_of(session, [run_id])
            done = row.status == Status.DONE.value
            people = await people_of(session, run_id) if done else ()
        events = rows.to_events(run_id, ((each.at, each.body) for each in told))
        seen = told[-1].seq if told else after
        known = {"events": events, "seen": seen, "people": people}
        return rows.to_run(row, costs).model_copy(update=known)

    async def recent(self, limit: int, /) -> list[Run]:
        newest = select(RunRow).order_by(RunRow.created_at.desc(), RunRow.id).limit(limit)
        async with self._database.read() as session:
            return await rows.to_runs(session, newest)

    async def open_ids(self) -> list[str]:
        """Runs asked for in Slack that have no outcome yet, the oldest first."""
        async with self._database.read() as session:
            found = await session.scalars(
                select(RunRow.id)
                .where(RunRow.status == Status.OPEN.value, RunRow.team != "")
                .order_by(RunRow.created_at)
            )
            return list(found)

    async def open_of(self, actor: Actor, channel: str, thread_ts: str | None, /) -> list[str]:
        """As many as are open at most: their threads are told apart here."""
        async with self._database.read() as session:
            found = await session.execute(
                select(RunRow.id, RunRow.request)
                .where(
                    RunRow.status == Status.OPEN.value,
                    RunRow.team == actor.team,
                    RunRow.asked_by == actor.user,
                    RunRow.channel == channel,
                )
                .order_by(RunRow.created_at)
            )
            asked = [(row.id, RunRequest.model_validate_json(row.request)) for row in found]
        return [run_id for run_id, request in asked if request.place.thread_ts == thread_ts]

    async def reopen(self, run_id: str, attempt: int, /) -> bool:
        opening = acts.OpeningAgain(run_id, attempt, datetime.now(UTC), *self._most)
        opened = await self._writer.write(opening, touches=run_id)
        if opening.refusal:
            raise NotNow(opening.refusal)
        return opened

    async def share(self, run_id: str, by: str, /) -> bool:
        return await self._writer.write(acts.sharing(run_id, by), touches=run_id)

    async def rate(self, run_id: str, by: str, rating: Rating, /, *, reason: str = "") -> None:
        """Touches nothing: what others see does not change."""
        await self._writer.write(acts.rating(run_id, by, rating, reason, datetime.now(UTC)))

    async def ratings(self, run_id: str) -> list[Rated]:
        """The oldest first."""
        statement = select(RatingRow).where(RatingRow.run_id == run_id).order_by(RatingRow.at)
        async with self._database.read() as session:
            return [rows.to_rated(row) for row in await session.scalars(statement)]

    async def admit(self, run_id: str, audience: Audience, /, *, model: str = "") -> None:
        change = update(RunRow).where(RunRow.id == run_id)
        await self._change(run_id, change.values(audience=audience.value, model=model))

    async def estimate(self, run_id: str, estimate: Estimate, /) -> None:
        change = update(RunRow).where(RunRow.id == run_id)
        await self._change(run_id, change.values(estimate=rows.from_estimate(estimate)))

    def append(self, run_id: str, event: Event, /) -> None:
        row = rows.from_event(run_id, event, datetime.now(UTC))
        self._writer.insert_soon(_INSERT_EVENT, row, touches=run_id)

    async def close(
        self, run_id: str, status: Status, *, result: Result | None = None, error: str | None = None
    ) -> bool:
        work = acts.closing(run_id, status, result, error, datetime.now(UTC))
        return await self._writer.write(work, touches=run_id)

    async def answers(self, run_id: str, /) -> Mapping[str, str]:
        async with self._database.read() as session:
            found = await session.execute(
                select(AnswerRow.key, AnswerRow.fingerprint).where(
                    AnswerRow.run_id == run_id, AnswerRow.body.is_not(None)
                )
            )
            return {row.key: row.fingerprint for row in found}

    async def answer(self, run_id: str, key: str, /) -> Remembered:
        async with self._database.read() as session:
            return rows.to_answer(await session.get_one(AnswerRow, (run_id, key)))

    async def remember(self, run_id: str, answer: Remembered, /) -> None:
        """An answer to another question under the same key replaces the first; both were paid."""
        row = {
            "run_id": run_id,
            "key": answer.key,
            "fingerprint": answer.fingerprint,
            "body": answer.body,
            "model": answer.model,
            "scope": answer.scope,
            **rows.from_usage(answer.usage),
            "at": datetime.now(UTC),
        }
        await self._writer.insert(self._insert_answer, row, touches=run_id)

    def spend(self, run_id: str, key: str, usage: Usage, /) -> None:
        row = {
            "run_id": run_id,
            "key": key,
            "fingerprint": "",
            "body": None,
            "model": "",
            "scope": "",
            **rows.from_usage(usage),
            "at": datetime.now(UTC),
        }
        self._writer.insert_soon(self._add_cost, row, touches=run_id)

    async def _change(self, run_id: str, statement: Update) -> bool:
        return await self._writer.write(
            lambda connection: connection.execute(statement).rowcount > 0, touches=run_id
        )
