"""What people look up by a word: their runs, one of them, what was spent, what was learned."""

from __future__ import annotations

from collections.abc import Sequence

from bot.listeners.afterwards import Afterwards
from bot.listeners.ports import Screens
from bot.runs.archive import Archive
from bot.runs.desk import Desk, Did
from bot.runs.errors import NoSuchRun
from bot.runs.lookup import Spending, Spent
from bot.runs.model import Actor, Run
from bot.runs.money import Caps
from bot.runs.ports import Learnings
from bot.views import forms, learned, listing, notices
from bot.views.actions import CANCEL

WORDS = frozenset({"help", "runs", "show", "cancel", "usage", "panel"})
#: Runs that are listed.
RUNS_MOST = 15
#: Own runs among which one is looked for that is to be cancelled at once.
_OWN = 250


class Lookups:
    """`at_once` needs the database alone, so it is good before an ack; the others are not."""

    def __init__(
        self,
        desk: Desk,
        archive: Archive,
        spending: Spending,
        learnings: Learnings,
        *,
        caps: Caps,
        screens: Screens,
        afterwards: Afterwards,
    ) -> None:
        self._desk = desk
        self._archive = archive
        self._spending = spending
        self._learnings = learnings
        self.caps = caps
        self._screens = screens
        self._afterwards = afterwards

    async def at_once(self, by: Actor, word: str, rest: str) -> str:
        """A sentence; empty where `later` has it."""
        match word:
            case "help":
                return notices.general()
            case "show" | "cancel" if not run_id(rest):
                return notices.WHICH_RUN
            case "cancel":
                return await self._cancel_own(by, run_id(rest))
            case "runs" | "usage" | "show" | "panel":
                return ""
            case _:
                return notices.unknown_subcommand(word)

    async def later(self, by: Actor, word: str, rest: str) -> str:
        match word:
            case "runs":
                found = await self.recent(by)
                return listing.runs(found, await self.links(found))
            case "usage":
                return listing.usage(await self.spent(by), self.caps)
            case "panel":
                return learned.panel(await self._learnings.of(by.team))
            case "cancel":
                return await self._cancel(by, run_id(rest))
            case _:
                return await self._show(by, run_id(rest))

    async def recent(self, by: Actor) -> list[Run]:
        return await self._archive.recent(by, limit=RUNS_MOST)

    async def spent(self, by: Actor) -> Spent:
        return await self._spending.of(by)

    async def links(self, found: Sequence[Run]) -> dict[str, str]:
        """Of their cards, by id."""
        links = {run.id: await self._screens.link(run.id) for run in found}
        return {each: link for each, link in links.items() if link}

    async def details(self, by: Actor, named: str, *, trigger: str, url: str) -> None:
        """What happened in a run, as a form; where that can't be opened, where its card is."""
        try:
            run = await self._archive.show(by, run_id(named))
        except NoSuchRun:
            await self._afterwards.say(url, notices.NO_SUCH_RUN)
            return
        otherwise = listing.runs([run], await self.links([run]))
        view = forms.details(run)
        await self._afterwards.opened(by, trigger, view, url=url, otherwise=otherwise)

    async def _show(self, by: Actor, start: str) -> str:
        try:
            run = await self._archive.show(by, start)
        except NoSuchRun:
            return notices.NO_SUCH_RUN
        return listing.runs([run], await self.links([run]))

    async def _cancel_own(self, by: Actor, start: str) -> str:
        own = await self._archive.recent(by, limit=_OWN, mine=True)
        found = [run for run in own if run.id.startswith(start)]
        if len(found) != 1:
            return ""
        return _said(await self._desk.cancel(found[0].id, by=by))

    async def _cancel(self, by: Actor, start: str) -> str:
        try:
            run = await self._archive.show(by, start)
            return _said(await self._desk.cancel(run.id, by=by, as_admin=True))
        except NoSuchRun:
            return notices.NO_SUCH_RUN


def _said(did: Did) -> str:
    return notices.said(CANCEL, did) or notices.CANCELLED


def run_id(said: str) -> str:
    """As it is pasted: between the marks of code, perhaps with a # before it."""
    return said.strip("`#_* \n").casefold()
