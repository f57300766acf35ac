"""The way of an extraction: rows to questions, answers checked against their rows, one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from patterns.deadline import deadline
from patterns.errors import ModelError, ModelUnavailable, NothingToDo, RunOver
from patterns.events import BranchDone, BranchProgress, BranchStarted, Planned, PlannedBranch
from patterns.fanout import Branch, Gap, Limits, Said, fan_stream, too_few
from patterns.fields import Column, Wanted, wanted
from patterns.ports import Answer, EventSink, Model, Prompt
from patterns.recipes.extract.checking import Told, checked
from patterns.recipes.extract.extraction import Extraction
from patterns.recipes.extract.questions import alone, batches, together
from patterns.recipes.extract.settling import settled, undecided
from patterns.rows import ROW_MOST, Row, rows
from patterns.task import Document, Task
from patterns.usage import Estimate

#: Rows of one extraction; the others are not read.
ROWS_MOST = 20_000
_NAMES_MOST, _NAMES_SHOWN = 100, 12
_KEY, _TITLE = "read", "Reading rows"
#: On what no row can be asked about.
JUDGED = "Yes or no, and choices, are the model's judgement: they could not be looked up."
_TOLD_EVERY = 1_000

NO_TABLE = (
    "There is no table or list to read: attach it as a text file, or link to a message that has "
    "one."
)
NO_ROWS = "There are no rows in {name}."
MORE = f"there are more than {ROWS_MOST:,} rows, and only these were read"
NOT_ANSWERED = "the answer left it out"


@dataclass(frozen=True)
class _Work:
    """What all questions of one extraction have in common."""

    fields: tuple[Wanted, ...]
    model: Model
    sink: EventSink
    limits: Limits


@dataclass
class _Known:
    """What was said of the rows so far, by number, and of those without an answer why."""

    votes: dict[int, list[Told]] = field(default_factory=dict[int, list[Told]])
    lost: dict[int, str] = field(default_factory=dict[int, str])
    asked_again: int = 0
    stopped: str = ""

    def hear(self, asked: Sequence[Row], told: Mapping[int, Told]) -> None:
        for row in asked:
            if row.number in told:
                self.votes.setdefault(row.number, []).append(told[row.number])
            else:
                self.lost[row.number] = NOT_ANSWERED

    def miss(self, asked: Sequence[Row], reason: str) -> None:
        self.lost |= {row.number: reason for row in asked}

    def doubts(self, given: Sequence[Row]) -> Iterator[Row]:
        for row in given:
            votes = self.votes.get(row.number)
            if undecided(votes) if votes else row.number in self.lost:
                yield row


async def extract(task: Task, model: Model, sink: EventSink, limits: Limits) -> Extraction:
    """
    Needs one document; *task.text* says which fields are wanted.

    Every row that is read comes out once, in order, whatever becomes of its questions. Raises
    `FieldsUnclear`, `NothingToDo` where there is no row, and `QuorumMissed` where none got an
    answer.
    """
    fields = wanted(task.text)
    if not task.documents:
        raise NothingToDo(NO_TABLE)
    document = task.documents[0]
    given, cut_short = await _read(document, sink)
    if not given:
        raise NothingToDo(cut_short or NO_ROWS.format(name=document.name))
    work = _Work(fields, model, sink, limits)
    known = _Known()
    await _ask(given, task, work, known)
    await _ask_again(given, work, known)
    if not known.votes:
        first = known.lost.get(1, known.stopped)
        raise too_few("rows", 0, len(given), first=Gap("", "", first))
    reasons = dict.fromkeys(filter(None, (cut_short, known.stopped)))
    return Extraction(
        name=document.name,
        link=document.link,
        fields=fields,
        rows=tuple(
            settled(
                row,
                known.votes.get(row.number, ()),
                fields,
                known.lost.get(row.number, known.stopped),
            )
            for row in given
        ),
        asked_again=known.asked_again,
        stopped="; ".join(reasons),
        notes=(*task.notes, *_notes(task.documents, given, fields)),
    )


def foresee(task: Task) -> Estimate | None:
    """None: how many rows there are is known when all is read."""
    return None


async def _read(document: Document, sink: EventSink) -> tuple[list[Row], str]:
    """All rows, and why there may be more."""
    sink.emit(Planned(stage="steps", branches=(PlannedBranch(key=_KEY, title=_TITLE),)))
    sink.emit(BranchStarted(branch=_KEY))
    given, stopped = list[Row](), ""
    async with aclosing(rows(document)) as found:
        try:
            async for row in found:
                if len(given) == ROWS_MOST:
                    stopped = MORE
                    break
                given.append(row)
                if len(given) % _TOLD_EVERY == 0:
                    sink.emit(BranchProgress(branch=_KEY, note=_counted(len(given), "row")))
        except RunOver as err:
            stopped = str(err)
    sink.emit(BranchDone(branch=_KEY, headline=_counted(len(given), "row")))
    return given, stopped


async def _ask(given: Sequence[Row], task: Task, work: _Work, known: _Known) -> None:
    """All rows, several in a question."""

    def branch(batch: Sequence[Row]) -> Branch[dict[int, Told]]:
        prompt = together(batch, work.fields)

        async def ask() -> dict[int, Told]:
            return await _told(prompt, batch, work)

        return Branch(key=prompt.key, title=prompt.title, work=ask)

    async with fan_stream(
        "parts", batches(given, task.depth), branch, work.sink,
        describe=_said, limits=work.limits,
    ) as ended:  # fmt: skip
        async for batch, told in ended:
            if isinstance(told, Gap):
                known.miss(batch, told.reason)
            else:
                known.hear(batch, told)
        known.stopped = ended.stopped


async def _ask_again(given: Sequence[Row], work: _Work, known: _Known) -> None:
    """Rows in doubt, one by one, and a third time where two answers differ."""

    def branch(row: Row) -> Branch[list[Told]]:
        known.asked_again += 1
        prompt = alone(row, work.fields, 2)

        async def ask() -> list[Told]:
            return await _looked(row, prompt, known.votes.get(row.number, ()), work)

        return Branch(key=prompt.key, title=prompt.title, work=ask)

    if known.stopped:
        return
    limits = Limits(width=work.limits.width, seconds=2 * work.limits.seconds)
    async with fan_stream(
        "second looks", known.doubts(given), branch, work.sink,
        describe=_seen, limits=limits,
    ) as ended:  # fmt: skip
        async for row, told in ended:
            if isinstance(told, Gap):
                known.lost[row.number] = told.reason
            else:
                known.votes.setdefault(row.number, []).extend(told)
        known.stopped = ended.stopped


async def _looked(
    row: Row, prompt: Prompt[Answer], before: Sequence[Told], work: _Work
) -> list[Told]:
    """The second answer, and the third where that is needed and comes."""
    told = (await _told(prompt, [row], work)).get(row.number)
    if told is None:
        raise ModelUnavailable(NOT_ANSWERED)
    if not undecided([*before, told]):
        return [told]
    work.sink.emit(BranchProgress(branch=prompt.key, note="asked a third time"))
    try:
        third = (await _told(alone(row, work.fields, 3), [row], work)).get(row.number)
    except ModelError:
        third = None
    return [told, third] if third else [told]


async def _told(prompt: Prompt[Answer], asked: Sequence[Row], work: _Work) -> dict[int, Told]:
    """Each question has a deadline of its own."""
    try:
        async with deadline(work.limits.seconds):
            answer = (await work.model.ask(prompt)).answer
    except TimeoutError as err:
        raise ModelUnavailable(f"no answer within {work.limits.seconds:g} s") from err
    return checked(answer, asked, work.fields)


def _notes(
    documents: Sequence[Document], given: Sequence[Row], fields: Sequence[Wanted]
) -> Iterator[str]:
    if any(field.column in {Column.YES_NO, Column.CHOICE} for field in fields):
        yield JUDGED
    if len(documents) > 1:
        yield f"Only the first of {len(documents)} files was read: {documents[0].name}."
    if names := [name for name in given[0].columns if name]:
        listed = ", ".join(name[:_NAMES_MOST] for name in names[:_NAMES_SHOWN])
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        yield f"The columns are called: {listed}{more}."
    if cut := sum(row.cut for row in given):
        yield f"Of {_counted(cut, 'long row')} only the first {ROW_MOST:,} characters were read."


def _said(told: Mapping[int, Told]) -> Said:
    doubts = sum(not each.holds for each in told.values())
    return Said(_counted(len(told), "row") + (f", {doubts:,} in doubt" if doubts else ""))


def _seen(told: Sequence[Told]) -> Said:
    return Said("asked a third time" if len(told) > 1 else "seen again")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
