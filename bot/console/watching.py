"""A run while it works: a live table on a terminal, or plain lines where nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, assert_never

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bot.runs.branches import Branch, BranchStatus
from bot.runs.model import Run, Status, Timed
from bot.views.escaping import one_line
from bot.views.story import Story
from bot.views.words import SIMULATED_NOW, simulated
from patterns.canvassing import NOT_ASKED
from patterns.events import BranchDone, BranchFailed, BranchProgress, BranchStarted, Event, Planned

_MARKS = {
    BranchStatus.WAITING: ("·", "."),
    BranchStatus.WORKING: ("▸", ">"),
    BranchStatus.DONE: ("✓", "+"),
    BranchStatus.FAILED: ("✗", "x"),
}
_STYLES = {
    BranchStatus.WAITING: "dim",
    BranchStatus.WORKING: "cyan",
    BranchStatus.DONE: "green",
    BranchStatus.FAILED: "red",
}
_TITLE = 48  # characters of a branch's title in the table
_MARGIN = 4  # lines of the terminal left to others


class LiveTable:
    """Every branch a row: title, state, latest word, seconds. Shown on stderr."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False)
        self._run: Run | None = None
        self._story = Story()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, run: Run, /) -> None:
        self._run = run
        self._story.tell(run)
        self.tick()

    def tick(self) -> None:
        if self._run is not None:
            self._live.update(self._table(self._run), refresh=True)

    def _table(self, run: Run) -> RenderableType:
        warned = run.status is Status.OPEN and simulated(run)  # its result says so by itself
        room = max(3, self._console.size.height - _MARGIN - warned)
        many = len(self._story.tally) > room
        shown = fitting(tuple(self._story), room - 1) if many else self._story
        table = Table.grid(padding=(0, 1), expand=True)
        table.add_column(width=1)
        table.add_column(max_width=_TITLE, no_wrap=True, overflow="ellipsis")
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column(justify="right", no_wrap=True)
        for branch in shown:
            table.add_row(*self._row(branch))
        if many:
            tally = self._story.tally
            over = f"{tally[BranchStatus.DONE]} of {len(tally)} done"
            table.add_row("", Text(over, style="dim"))
        return Group(Text(SIMULATED_NOW, style="yellow"), table) if warned else table

    def _row(self, branch: Branch) -> Iterator[RenderableType]:
        """`Text` and not markup: what stands in a title or a note is no order to the terminal."""
        style = _STYLES[branch.status]
        yield Text(_MARKS[branch.status][self._console.options.ascii_only], style=style)
        yield Text(one_line(branch.title))
        yield Text(one_line(branch.note) or branch.status.value, style=style)
        yield Text(_seconds(branch), style="dim")


def fitting(branches: tuple[Branch, ...], room: int) -> tuple[Branch, ...]:
    """What fits into *room* rows, in order; what is over goes first."""
    urgency = (
        BranchStatus.WORKING,
        BranchStatus.FAILED,
        BranchStatus.WAITING,
        BranchStatus.DONE,
    )
    first = sorted(branches, key=lambda branch: urgency.index(branch.status))[:room]
    kept = {branch.key for branch in first}
    return tuple(b for b in branches if b.key in kept)


class PlainLines:
    """
    Every event a line on stderr, for pipes and logs.

    The first *told* events are old news: a resumed run begins with what is new.
    """

    def __init__(self, *, told: int = 0) -> None:
        self._old = told
        self._titles: dict[str, str] = {}
        self._warned = False
        self._began = datetime.now(UTC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def show(self, run: Run, /) -> None:
        news = run.events[self._old :]
        self._old = max(0, self._old - len(run.events))
        if not self._warned and simulated(run) and (news or run.status is Status.OPEN):
            self._warned = True
            typer.echo(f"{SIMULATED_NOW}.", err=True)
        for timed in run.events:
            if isinstance(timed.event, Planned):
                self._titles |= {each.key: each.title for each in timed.event.branches}
        for timed in filter(_worth_a_line, news):
            seconds = max(0, (timed.at - self._began).total_seconds())
            typer.echo(f"{seconds:6.1f} s  {told(timed.event, self._titles)}", err=True)
            if isinstance(timed.event, BranchDone):
                self._titles.pop(timed.event.branch, None)  # of many branches, few are in work

    def tick(self) -> None: ...


def _worth_a_line(timed: Timed) -> bool:
    """A note that ends says nothing, and of a branch alone its start says the same."""
    match timed.event:
        case BranchProgress():
            return bool(timed.event.note)
        case Planned():
            return len(timed.event.branches) > 1
        case _:
            return True


def told(event: Event, titles: dict[str, str]) -> str:
    """One line on *event*; *titles* by branch key."""
    match event:
        case Planned():
            return f"{len(event.branches):,} {one_line(event.stage)}"
        case BranchStarted():
            said = "started"
        case BranchProgress():
            said = one_line(event.note)
        case BranchDone(headline=headline) if headline == NOT_ASKED:
            said = NOT_ASKED
        case BranchDone():
            said = f"done: {one_line(event.headline)}"
        case BranchFailed():
            said = f"failed: {one_line(event.reason)}"
        case _:
            assert_never(event)
    return f"{one_line(titles.get(event.branch, event.branch))}: {said}"


def _seconds(branch: Branch) -> str:
    if branch.started_at is None:
        return ""
    end = branch.ended_at or datetime.now(UTC)
    return f"{(end - branch.started_at).total_seconds():.1f} s"
