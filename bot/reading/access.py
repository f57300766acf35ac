"""
Whether a person may have something read for them, and who may see what comes of it.

The app's own memberships decide what Slack would let it read; they are no answer to this.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TypeVar

from bot.reading.names import one_line
from bot.reading.presence import INVITE, Presence
from bot.runs.errors import Unreadable
from bot.runs.gathering import GATHERING
from bot.runs.model import Audience, Place, RunRequest, Several, Source, channels_of
from bot.slack.asking import Asking
from bot.slack.errors import Gone, NoEntry, NotAllowed, SlackError, Unavailable
from bot.slack.wire import Channel, User
from bot.slack.workspaces import NOT_INSTALLED, Workspaces

#: One sentence for what does not exist and for what is none of their business.
CLOSED = (
    "I can't read that: either it does not exist, or you or I are not in that channel. "
    "If you are, invite me there by typing /invite @Quorum."
)
SILENT = "Slack does not answer at the moment. Try again in a few minutes."
SHUT_OUT = "Slack does not let me in any more. Tell your admin: my log says what to do."
FILES = "I can't read files of this machine for Slack."

T = TypeVar("T")


class Access:
    """Of rights nothing is kept between two questions: they may be gone since."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._present = Presence()

    async def audience(self, request: RunRequest) -> Audience:
        """
        Who may see the result; raises `Unreadable`, before anything is read.

        What is read in a private channel, elsewhere than it was asked for, is for who asked
        alone. What is read in a public channel may be shown in any other of the workspace: every
        full member can read it, and the guests of that other place see what somebody with the
        right to read it chose to have shown there. A channel that is shared with another company
        is no such place.
        """
        alone = Audience.REQUESTER if request.private else Audience.CHANNEL
        try:
            asking = (await self._workspaces.of(request.place)).asking
            if request.source is None:
                await self._present.check(asking, request.place)
                await _still_reads(asking, request)
                return alone
            narrow = await _is_narrow(asking, request, _sources(request.source))
        except SlackError as err:
            raise unreadable(err) from err
        return Audience.REQUESTER if narrow else alone

    async def near(self, request: RunRequest) -> str | None:
        """
        The channel in which evidence for *request* may be looked for. Raises `SlackError`.

        None where that is a direct message or more than one channel, or the asker or this app may
        not read it now.
        """
        source, place = request.source, request.place
        channels = [place.channel] if source is None else _sources(source)
        channel = channels[0]
        if len(channels) > 1 or channel.startswith("D"):
            return None
        asking = (await self._workspaces.of(place)).asking
        found = await _readable(asking, request.asked_by, place, channel)
        if found is None or not found.can_be_read or found.is_im or found.is_mpim:
            return None
        return channel

    async def may_read(self, user: str, place: Place) -> bool:
        """
        Whether *user* may read the channel of *place* now. Raises `SlackError`.

        For who looks something up: what runs have to ask goes first.
        """
        asking = (await self._workspaces.of(place)).asking.behind()
        return await _readable(asking, user, place, place.channel) is not None


async def _is_narrow(asking: Asking, request: RunRequest, targets: Sequence[str]) -> bool:
    """
    Whether *place* has other readers than any of *targets*.

    All of them are asked about before one is refused: neither the answer nor its time tells which
    is closed. Which one the app is to be invited to, people may know who read there themselves.
    """
    user, place = request.asked_by, request.place
    found = [await _readable(asking, user, place, target) for target in targets]
    shut = [each for each in found if each and not each.can_be_read]
    if not all(found) or not all(each.is_public for each in shut):
        raise Unreadable(CLOSED)
    if shut:
        several = isinstance(request.source, Several)
        name = one_line(shut[0].name or "") if several else ""
        raise Unreadable(INVITE.replace("that channel", f"#{name}", 1) if name else INVITE)
    narrow = [
        target != place.channel
        and (not channel.is_public or await _leads_outside(asking, place, channel))
        for target, channel in zip(targets, found, strict=True)
        if channel
    ]
    return any(narrow)


async def _leads_outside(asking: Asking, place: Place, read: Channel) -> bool:
    """Whether people read in *place* who have no way into *read*, or nobody can tell."""
    here = await _known(asking.channel(place.channel))
    if here is None or here.is_ext_shared or here.is_pending_ext_shared:
        return True
    if not (place.enterprise or here.is_org_shared):
        return False
    # of another workspace of the organisation: into its public channels only its members can walk
    return not here.teams or not set(here.teams) <= set(read.teams)


async def _readable(asking: Asking, user: str, place: Place, channel: str) -> Channel | None:
    """
    The channel if *user* may read it.

    What is not there is asked about as often as what is only closed: the time of the answer
    does not tell them apart.
    """
    person = await _known(asking.user(user))
    found = await _known(asking.channel(channel))
    if person and found and _walks_in(person, found, place):
        return found
    inside = await _known(asking.is_member(user, channel))
    return found if inside and person and person.is_somebody else None


async def _still_reads(asking: Asking, request: RunRequest) -> None:
    """
    Raises `Unreadable` for who is to be shown alone what may quote a place that is closed to them.

    What is shown to the place itself is read by nobody else.
    """
    place = request.place
    if not request.private or request.recipe not in GATHERING or place.channel.startswith("D"):
        return
    if await _readable(asking, request.asked_by, place, place.channel) is None:
        raise Unreadable(CLOSED)


def _walks_in(person: User, channel: Channel, place: Place) -> bool:
    """Into a public channel of their own workspace; in an organisation there are others."""
    if not channel.is_public or not person.is_full_member(place.team):
        return False
    return place.team in channel.teams if channel.teams else not place.enterprise


async def _known(asked: Awaitable[T]) -> T | None:
    """None for what is not there, or not for us."""
    try:
        return await asked
    except NoEntry:
        raise
    except (Gone, NotAllowed):
        return None


def unreadable(err: SlackError) -> Unreadable:
    """What who asked is told where Slack gave nothing to read."""
    if isinstance(err, NoEntry) and err.code != NOT_INSTALLED:
        return Unreadable(SHUT_OUT)
    return Unreadable(SILENT if isinstance(err, Unavailable) else CLOSED)


def _sources(source: Source) -> tuple[str, ...]:
    """The channels to be read. Raises `Unreadable` for what is in no channel."""
    channels = channels_of(source)
    if not channels:
        raise Unreadable(FILES)
    return channels
