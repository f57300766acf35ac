"""
Looking for evidence near the place where a claim was made, for a person, with their rights.

It comes from one channel alone: the one that the claim was read in, whose readers the audience of
the result was made for, or else the one that it was asked in and is answered in. So the result
goes no wider than what it quotes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.reading.access import Access
from bot.reading.attachments import Brought, bring
from bot.reading.names import Names
from bot.reading.passages import Likeliest, numbered, paragraphs
from bot.reading.said import SAID, Said, is_us, readable
from bot.reading.voices import bots, people, reader, typed
from bot.runs.model import OneMessage, RunRequest, Thread
from bot.runs.pseudonyms import Pseudonyms
from bot.slack.asking import Asking
from bot.slack.downloads import SlackDownloads
from bot.slack.errors import SlackError
from bot.slack.wire import Identity, RawMessage, order
from bot.slack.workspaces import Workspace, Workspaces
from patterns.evidence import Found, Origin, Passage
from patterns.task import Message

log = logging.getLogger(__name__)

#: Messages of the channel, before and after a message and before a question.
BEFORE, AFTER, LATEST = 100, 50, 200
#: Pages of a thread.
THREAD_PAGES = 5
#: Seconds for all that is read of the conversation; without evidence a panel votes, too.
SECONDS = 30.0

SILENT = "this channel, which could not be read just now"


@dataclass
class _Near:
    """
    What was said there, the nearest first; what of it *proves* nothing is left out there.

    *makers* made the claim. *looked* says in words for people where it was looked for.
    """

    channel: str
    said: list[RawMessage] = field(default_factory=list[RawMessage])
    makers: set[str] = field(default_factory=set[str])
    claim: set[str] = field(default_factory=set[str])
    looked: list[str] = field(default_factory=list[str])


class Nearby:
    """
    Implements `patterns.evidence.Evidence` for one request.

    What was said after *until* is not seen: who enters the run again asks the same questions, and
    pays for none twice.
    """

    def __init__(
        self,
        request: RunRequest,
        met: Callable[[Mapping[str, str]], None],
        until: datetime,
        *,
        workspaces: Workspaces,
        access: Access,
        names: Names,
        pseudonyms: Pseudonyms,
        seconds: float = SECONDS,
    ) -> None:
        self._request = request
        self._met = met
        self._until = f"{until.timestamp():.6f}"
        self._workspaces = workspaces
        self._access = access
        self._names = names
        self._pseudonyms = pseudonyms
        self._seconds = seconds

    async def nearby(self, claims: Sequence[str], /) -> Sequence[Found]:
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._found(claims)
        except (SlackError, TimeoutError) as err:
            log.info("no evidence: %s", str(err) or "Slack took too long")
            return [Found(looked=(SILENT,)) for _ in claims]
        return found or [Found() for _ in claims]

    async def _found(self, claims: Sequence[str]) -> Sequence[Found]:
        """Empty where nothing may be read."""
        channel = await self._access.near(self._request) if claims else None
        if channel is None:
            return ()
        workspace = await self._workspaces.of(self._request.place)
        near = await _around(self._request, channel, self._until, workspace.asking)
        return await self._judged(claims, near, workspace)

    async def _judged(
        self, claims: Sequence[str], near: _Near, workspace: Workspace
    ) -> Sequence[Found]:
        identity, team = workspace.identity, self._request.place.team
        of_people = [m for m in near.said if m.subtype in SAID and not is_us(m, identity)]
        of_people = [m for m in of_people if order(m.ts) <= order(self._until)]
        brought = await bring(of_people, SlackDownloads(workspace.client))
        said = _proving(of_people, near, identity)
        ids = self._pseudonyms.of(team, {*people(said), *bots(said)})
        message = reader(near.channel, ids, identity)
        likeliest = await asyncio.to_thread(_ranked, claims, said, message, brought, near.makers)
        shown = "\n".join(f"{each.title}\n{each.text}" for found in likeliest for each in found)
        speaking = {each for each, pseudonym in ids.items() if pseudonym in shown}
        named = dict(bots(said))
        named |= await self._names.of(speaking - named.keys(), team, workspace.asking)
        self._met({ids[each]: named[each] for each in speaking})
        looked = (*near.looked, *_counted(brought))
        return [Found(passages=found, looked=looked) for found in likeliest]


async def _around(request: RunRequest, channel: str, until: str, asking: Asking) -> _Near:
    near, source = _Near(channel), request.source
    match source:
        case OneMessage():
            await _read_around(near, source.thread_ts or source.ts, source.ts, asking)
            near.makers = {m.user for m in near.said if m.ts == source.ts and m.user}
        case Thread():
            await _read_around(near, source.ts, source.ts, asking)
            thread = [m for m in near.said if m.root == source.ts]
            near.claim = {m.ts for m in thread}
            near.makers = {m.user for m in thread if m.user and order(m.ts) <= order(until)}
        case None:
            near.makers = {request.asked_by}
            await _read_here(near, request.place.thread_ts, until, asking)
        case _:
            pass
    return near


async def _read_around(near: _Near, root: str, ts: str, asking: Asking) -> None:
    """
    The message *ts*, its thread and the channel around that.

    Where no end is named, Slack gives the messages nearest to the beginning.
    """
    near.claim = {ts}
    thread = await _some(asking.replies(near.channel, root), most=THREAD_PAGES)
    before = await _some(asking.history(near.channel, latest=root, limit=BEFORE))
    after = await _some(asking.history(near.channel, oldest=root, limit=AFTER))
    near.said = sorted(thread, key=lambda each: each.ts != ts) + before + after
    if len(thread) > 1:
        near.looked.append(_of_thread(thread, "the thread of that message"))
    if before or after:
        near.looked.append("the messages around it")


async def _read_here(near: _Near, thread_ts: str | None, until: str, asking: Asking) -> None:
    """The newest first."""
    if thread_ts is not None:
        thread = await _some(asking.replies(near.channel, thread_ts), most=THREAD_PAGES)
        near.said = thread[::-1]
        near.looked.append(_of_thread(thread, "this thread"))
    else:
        near.said = await _some(
            asking.history(near.channel, latest=until, inclusive=True, limit=LATEST)
        )
        near.looked.append("the latest messages of this channel")


def _of_thread(found: Sequence[RawMessage], name: str) -> str:
    """Slack gives the oldest replies first, and has no question for the newest."""
    replies = next((each.reply_count for each in found if each.ts == each.root), 0)
    return f"the beginning of {name}" if replies >= len(found) else name


async def _some(
    pages: AsyncGenerator[tuple[RawMessage, ...]], *, most: int = 1
) -> list[RawMessage]:
    found: list[RawMessage] = []
    async with aclosing(pages):
        async for page in pages:
            found += page
            most -= 1
            if not most:
                break
    return found


def _proving(found: Sequence[RawMessage], near: _Near, identity: Identity) -> list[Said]:
    """
    Without the claim itself and what is said to us: that is asking. In the order of *found*.

    Of a message only its own text: what it shows of pages, of forwarded messages and of files
    are not words of who sent it.
    """
    to_us = f"<@{identity.user_id}"
    once = {m.ts: m for m in found if m.ts not in near.claim and to_us not in (m.text or "")}
    bare = [m.model_copy(update={"attachments": (), "files": ()}) for m in once.values()]
    said = {each.ts: each for each in readable(bare, identity)}
    return [said[ts] for ts in once if ts in said]


def _ranked(
    claims: Sequence[str],
    said: Sequence[Said],
    message: Callable[[Said], Message],
    brought: Brought,
    makers: set[str],
) -> list[tuple[Passage, ...]]:
    likeliest = Likeliest(claims)
    for each in said:
        told = message(each)
        for _, text in paragraphs(numbered(told.text)):
            passage = Passage(
                origin=Origin.CONVERSATION,
                text=text,
                title=told.author,
                link=told.permalink or "",
                date=_day(each.ts),
            )
            likeliest.see(passage, own=each.user in makers)
    for file in brought.files:
        for _, text in paragraphs(numbered(file.text)):
            likeliest.see(
                Passage(
                    origin=Origin.FILE,
                    text=typed(text),
                    title=typed(file.name),
                    link=file.link,
                    date=_day(file.ts),
                )
            )
    return likeliest.found()


def _day(ts: str) -> str:
    """Empty where it is no day that a calendar has."""
    try:
        return datetime.fromtimestamp(float(ts), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _counted(brought: Brought) -> list[str]:
    told = {
        "read": len(brought.files),
        "that could not be read": brought.failed,
        "left out (too many or too big)": brought.left,
    }
    return [
        f"{count} text {'file' if count == 1 else 'files'}{'' if how == 'read' else f' {how}'}"
        for how, count in told.items()
        if count
    ]
