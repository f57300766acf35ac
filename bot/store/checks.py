"""What came of the same claim before, for who may see it."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Select, or_, select

from bot.runs.model import Audience, RunRequest, Status
from bot.store.database import Database
from bot.store.tables import RunRow
from patterns.evidence import Earlier
from patterns.recipes.factcheck.verdict import ClaimVerdict, FactCheck

log = logging.getLogger(__name__)

#: Outcomes that are told.
_MOST = 3
#: Fact-checks that are looked through, the newest; those of them that have words of the claim,
#: which are read; and how many words.
_LOOKED, _READ, _WORDS = 300, 50, 6
_RESULT: TypeAdapter[FactCheck] = TypeAdapter(FactCheck)
#: What a number says beside its digits is no mere mark.
_WORD = re.compile(r"(?:(?<!\w)[-+])?\d+(?:[.,:]\d+)*%?|\w+")
_PLAIN = re.compile(r"[a-z0-9]+")


class SqlChecks:
    """Implements `bot.runs.ports.Checks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, claim: str, request: RunRequest, /) -> Sequence[Earlier]:
        wanted = folded(claim)
        if not wanted:
            return ()
        async with self._database.read() as session:
            rows = (await session.execute(_alike(wanted, request))).all()
        found = (
            _earlier(verdict, row.ended_at.date().isoformat())
            for row in rows
            for verdict in _claims(row.result)
            if folded(verdict.claim) == wanted
        )
        return _told(found)


def folded(claim: str) -> str:
    """Its words, whatever their case and marks."""
    plain = unicodedata.normalize("NFKC", claim).casefold().replace("\u2212", "-")
    return " ".join(_WORD.findall(plain))


def _alike(wanted: str, request: RunRequest) -> Select[str | None, datetime | None]:
    """Of the newest, those that hold words of it: databases fold no case but that of ASCII."""
    newest = (
        select(RunRow.id)
        .where(
            RunRow.team == request.place.team,
            RunRow.recipe == request.recipe,
            RunRow.status == Status.DONE.value,
            RunRow.erased_at.is_(None),
            RunRow.result.is_not(None),
            RunRow.ended_at.is_not(None),
            _may_be_told(request),
        )
        .order_by(RunRow.created_at.desc())
        .limit(_LOOKED)
    )
    alike = select(RunRow.result, RunRow.ended_at).where(RunRow.id.in_(newest))
    for word in sorted(set(_PLAIN.findall(wanted)), key=len)[-_WORDS:]:
        alike = alike.where(RunRow.result.icontains(word, autoescape=True))
    return alike.order_by(RunRow.created_at.desc()).limit(_READ)


def _told(found: Iterable[Earlier]) -> tuple[Earlier, ...]:
    """The newest, and of the same outcome on one day the last."""
    newest: dict[tuple[str, str], Earlier] = {}
    for each in found:
        newest.setdefault((each.date, each.outcome), each)
        if len(newest) == _MOST:
            break
    return (*newest.values(),)


def _may_be_told(request: RunRequest) -> ColumnElement[bool]:
    """
    What the same channel was shown. Who asks alone is told of their own, too: what only they
    have seen, perhaps of a place that others may not read, is for nobody else.
    """
    shown = or_(RunRow.audience == Audience.CHANNEL.value, RunRow.shared_by != "")
    here = (RunRow.channel == request.place.channel) & shown
    if request.private or request.place.on_console:
        return or_(here, RunRow.asked_by == request.asked_by)
    return here


def _claims(result: str | None) -> Iterable[ClaimVerdict]:
    try:
        return _RESULT.validate_json(result or "").claims
    except ValidationError:
        log.info("an earlier fact-check is of another version and is not told")
        return ()


def _earlier(verdict: ClaimVerdict, date: str) -> Earlier:
    return Earlier(
        claim=verdict.claim,
        outcome=verdict.outcome.value,
        agreed=verdict.agreed,
        voters=verdict.seats,
        date=date,
    )
