"""
Whether a person may have something read for them, and who may see what comes of it.

The app's own memberships decide what Slack would let it read; they are no answer to this.
"""

from __future__ import annotations

from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Place, RunRequest, Source
from bot.slack.asking import Asking
from bot.slack.errors import NoEntry, SlackError, Unavailable
from bot.slack.wire import Channel

#: One sentence for what does not exist and for what is none of their business.
CLOSED = (
    "I can't read that: either it does not exist, or you or I are not in that channel. "
    "If you are, invite me there by typing /invite @Quorum."
)
INVITE = "I am not in that channel: invite me there by typing /invite @Quorum, then try again."
SILENT = "Slack does not answer at the moment. Try again in a few minutes."
SHUT_OUT = "Slack does not let me in any more. Tell your admin: my log says what to do."
FILES = "I can't read files of this machine for Slack."


class Access:
    """Raises `Unreadable`, before anything is read."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def audience(self, request: RunRequest) -> Audience:
        """
        Who may see the result.

        What is read in a private channel, elsewhere than it was asked for, is for who asked
        alone. What is read in a public channel may be shown in any other: every full member of
        the workspace can read it, and the guests of that other place see what somebody with
        the right to read it chose to have shown there.
        """
        alone = Audience.REQUESTER if request.private else Audience.CHANNEL
        if request.source is None:
            return alone
        target = channel_of(request.source)
        try:
            narrow = await self._is_narrow(request.asked_by, request.place, target)
        except SlackError as err:
            raise unreadable(err) from err
        return Audience.REQUESTER if narrow else alone

    async def _is_narrow(self, user: str, place: Place, target: str) -> bool:
        """Whether *target* has other readers than *place*."""
        here = target == place.channel
        if place.team != (await self._asking.identity()).team_id:
            raise Unreadable(CLOSED)
        if target.startswith("D"):
            # only who is in a direct message can type a command there, and Slack signed that
            if not here:
                raise Unreadable(CLOSED)
            return False
        channel = await self._asking.channel(target)
        if not await self._may_read(user, place.team, channel):
            raise Unreadable(CLOSED)
        if not channel.is_member:
            raise Unreadable(INVITE if channel.is_public else CLOSED)
        return not here and not channel.is_public

    async def _may_read(self, user: str, team: str, channel: Channel) -> bool:
        if channel.is_im:
            return False
        if channel.is_public and (await self._asking.user(user)).is_full_member(team):
            return True
        return await self._asking.is_member(user, channel.id)


def unreadable(err: SlackError) -> Unreadable:
    """What who asked is told where Slack gave nothing to read."""
    if isinstance(err, NoEntry):
        return Unreadable(SHUT_OUT)
    return Unreadable(SILENT if isinstance(err, Unavailable) else CLOSED)


def channel_of(source: Source) -> str:
    """Raises `Unreadable` for what is in no channel."""
    if source.kind == "files":
        raise Unreadable(FILES)
    return source.channel
