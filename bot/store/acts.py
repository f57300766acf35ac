"""What is decided about a run inside one transaction: opened, closed, opened again, …"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, delete, func, insert, select, update

from bot.runs.model import Rating, Run, Status
from bot.store.ballots import forget_polls, open_poll
from bot.store.rows import from_event, from_run
from bot.store.statements import insert_or_replace, take_turn
from bot.store.tables import DeliveryRow, EventRow, OutcomeRow, PageRow, RatingRow, RunRow
from bot.store.writer import Work
from patterns.events import BranchStarted
from patterns.recipes import Result
from patterns.recipes.factcheck import FactCheck

_OPEN = RunRow.status == Status.OPEN.value
#: The run with a question; without a question there is none.
_OPEN_WITH = select(RunRow.id).where(
    RunRow.question == bindparam("question"), RunRow.question != "", _OPEN
)
_OPEN_IN_TEAM = select(func.count()).where(_OPEN, RunRow.team == bindparam("team"))
#: What stands for the delivery, what for the question, and how many are open: of the person, of
#: the workspace. Made once, and asked at once: a burst of commands waits for it.
_KNOWN = select(
    select(DeliveryRow.run_id).where(DeliveryRow.key == bindparam("dedupe")).scalar_subquery(),
    _OPEN_WITH.scalar_subquery(),
    _OPEN_IN_TEAM.where(RunRow.asked_by == bindparam("asked_by")).scalar_subquery(),
    _OPEN_IN_TEAM.scalar_subquery(),
)
_OPEN_NOW = select(
    _OPEN_IN_TEAM.where(RunRow.asked_by == bindparam("asked_by")).scalar_subquery(),
    _OPEN_IN_TEAM.scalar_subquery(),
)
_FORGET_PAGES = delete(PageRow).where(PageRow.run_id == bindparam("run_id"))
_INSERT_RUN, _INSERT_DELIVERY = insert(RunRow), insert(DeliveryRow)


@dataclass
class Opening:
    """
    Writes *run* down, unless its delivery or its question is known, or too many are open.

    *refusal* is then what to tell the person.
    """

    run: Run
    of_person: int
    of_workspace: int
    refusal: str = ""

    def __call__(self, connection: Connection) -> bool:
        self.refusal = ""
        request = self.run.request
        take_turn(connection)
        asked = {
            "dedupe": request.dedupe,
            "question": request.question,
            "team": request.place.team,
            "asked_by": request.asked_by,
        }
        delivered, stands_for, of_person, of_workspace = connection.execute(_KNOWN, asked).one()
        if delivered:
            return False
        if not stands_for:
            self.refusal = self._too_many(of_person, of_workspace)
            if self.refusal:
                return False
            connection.execute(_INSERT_RUN, from_run(self.run))
        row = {
            "key": request.dedupe,
            "run_id": stands_for or self.run.id,
            "at": self.run.created_at,
        }
        connection.execute(_INSERT_DELIVERY, row)
        return not stands_for

    def _too_many(self, of_person: int, of_workspace: int) -> str:
        if self.run.request.place.on_console:
            return ""
        return too_many(of_person, self.of_person, of_workspace, self.of_workspace)


def too_many(of_person: int, person_most: int, of_workspace: int, workspace_most: int) -> str:
    """What to tell who wants one more than may be open; empty where it may be."""
    if of_person >= person_most:
        return f"You have {of_person:,} runs open: wait until one of them ends, or cancel one."
    if of_workspace >= workspace_most:
        return f"{of_workspace:,} runs are open in this workspace: ask again in a few minutes."
    return ""


@dataclass
class OpeningAgain:
    """
    As the attempt after *attempt*; of an erased run there is nothing to open. What people settled
    of the former result goes with it: the new one may say something else.

    *refusal* is what to tell the person where too many are open.
    """

    run_id: str
    attempt: int
    now: datetime
    of_person: int
    of_workspace: int
    refusal: str = ""

    def __call__(self, connection: Connection) -> bool:
        self.refusal = ""
        take_turn(connection)
        found = connection.execute(_again(self.run_id, self.attempt)).first()
        if found is None or connection.scalar(_OPEN_WITH, {"question": found.question}):
            return False
        whose = {"team": found.team, "asked_by": found.asked_by}
        if found.team:
            of_person, of_workspace = connection.execute(_OPEN_NOW, whose).one()
            self.refusal = too_many(of_person, self.of_person, of_workspace, self.of_workspace)
            if self.refusal:
                return False
        connection.execute(_opened_again(self.run_id, self.attempt, self.now))
        forget_polls(connection, [self.run_id])
        connection.execute(delete(OutcomeRow).where(OutcomeRow.run_id == self.run_id))
        _begin_again(connection, self.run_id, self.now)
        return True


def _again(run_id: str, attempt: int) -> Select[*tuple[Any, ...]]:
    return select(RunRow.question, RunRow.team, RunRow.asked_by).where(
        RunRow.id == run_id, ~_OPEN, RunRow.attempt == attempt, RunRow.erased_at.is_(None)
    )


def _opened_again(run_id: str, attempt: int, now: datetime) -> Update:
    return (
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(
            status=Status.OPEN.value,
            result=None,
            error=None,
            ended_at=None,
            delivered=False,
            attempt=attempt + 1,
            opened_at=now,
        )
    )


def _begin_again(connection: Connection, run_id: str, now: datetime) -> None:
    """A branch that failed is at work again, for all who have read so far as for who reads anew."""
    told = connection.execute(
        select(EventRow.branch, EventRow.kind)
        .where(EventRow.run_id == run_id, EventRow.kind.in_(("started", "done", "failed")))
        .order_by(EventRow.seq)
    )
    last: dict[str, str] = {}
    for branch, kind in told:
        if branch is not None and last.get(branch) != "done":
            last[branch] = kind
    rows = [
        from_event(run_id, BranchStarted(branch=branch), now)
        for branch, kind in last.items()
        if kind == "failed"
    ]
    if rows:
        connection.execute(insert(EventRow), rows)


def closing(
    run_id: str, status: Status, result: Result | None, error: str | None, now: datetime
) -> Work:
    """People can vote on the claims of a result from the moment that there is one."""
    change = (
        update(RunRow)
        .where(RunRow.id == run_id, _OPEN)
        .values(
            status=status.value,
            result=result.model_dump_json() if result else None,
            error=error,
            ended_at=now,
        )
    )
    claims = len(result.claims) if isinstance(result, FactCheck) else 0

    def work(connection: Connection) -> bool:
        closed = connection.execute(change).rowcount > 0
        if closed:
            connection.execute(_FORGET_PAGES, {"run_id": run_id})
        if closed and claims and status is Status.DONE:
            open_poll(connection, run_id, claims, now)
        return closed

    return work


def sharing(run_id: str, by: str) -> Work:
    change = (
        update(RunRow)
        .where(
            RunRow.id == run_id,
            RunRow.status == Status.DONE.value,
            RunRow.shared_by == "",
            RunRow.erased_at.is_(None),
        )
        .values(shared_by=by, delivered=False)
    )
    return lambda connection: connection.execute(change).rowcount > 0


def rating(run_id: str, by: str, rated: Rating, reason: str, now: datetime) -> Work:
    """Not of a run whose content is gone, nor of one that is gone itself."""
    run = select(RunRow.id).where(RunRow.id == run_id, RunRow.erased_at.is_(None))
    keeping: frozenset[str] = frozenset(() if reason else ("reason",))
    row = {"run_id": run_id, "user": by, "rating": rated.value, "reason": reason, "at": now}

    def work(connection: Connection) -> bool:
        if connection.scalar(run) is None:
            return False
        statement = insert_or_replace(
            connection.dialect, RatingRow, adding=frozenset(), keeping=keeping
        )
        connection.execute(statement, row)
        return True

    return work
