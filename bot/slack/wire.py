"""What we read of Slack's answers: the few fields that matter, whatever else is sent."""

from __future__ import annotations

from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

_TS = r"^\d{1,12}\.\d{1,9}$"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        """Slack leaves out what is not there, or says null: one is as good as the other."""
        if not isinstance(value, dict):
            return value
        told = cast("dict[str, object]", value)
        return {name: each for name, each in told.items() if each is not None}


class Identity(_Wire):
    """Who we are (auth.test): *url* ends with a slash and starts every permalink."""

    url: str
    team_id: str
    user_id: str
    bot_id: str | None = None


class Channel(_Wire):
    """Of conversations.info. *is_member*: whether this app is; direct messages do not say."""

    id: str
    name: str | None = None
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_group: bool = False
    is_member: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    is_org_shared: bool = False
    context_team_id: str | None = None
    shared_team_ids: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        return not (self.is_private or self.is_im or self.is_mpim or self.is_group)

    @property
    def can_be_read(self) -> bool:
        """By this app: direct messages that it is told of are those that it is in."""
        return self.is_member or self.is_im or self.is_mpim

    @property
    def teams(self) -> frozenset[str]:
        """The workspaces that have it, as far as Slack tells."""
        return frozenset(self.shared_team_ids or filter(None, [self.context_team_id]))


class Profile(_Wire):
    """The names that people chose."""

    display_name: str | None = None
    real_name: str | None = None


class EnterpriseUser(_Wire):
    """The workspaces of an organisation that a person is in."""

    teams: tuple[str, ...] = ()
    is_admin: bool = False
    is_owner: bool = False


class User(_Wire):
    """Of users.info."""

    id: str
    team_id: str | None = None
    name: str | None = None
    real_name: str | None = None
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_primary_owner: bool = False
    enterprise_user: EnterpriseUser = EnterpriseUser()
    profile: Profile = Profile()

    @property
    def is_somebody(self) -> bool:
        """A person who is still there."""
        return not (self.deleted or self.is_bot)

    def is_of(self, team: str) -> bool:
        return team == self.team_id or team in self.enterprise_user.teams

    def is_full_member(self, team: str) -> bool:
        """Of *team*, and neither a guest nor gone."""
        limited = self.is_restricted or self.is_ultra_restricted or self.is_stranger
        return self.is_of(team) and self.is_somebody and not limited

    def is_admin_of(self, team: str) -> bool:
        """In an organisation, its own admins, and in their home those of the workspace."""
        at_home = self.is_admin or self.is_owner or self.is_primary_owner
        everywhere = self.enterprise_user.is_admin or self.enterprise_user.is_owner
        powers = everywhere or (at_home and team == self.team_id)
        return powers and self.is_full_member(team)


class Attachment(_Wire):
    """The old way in which bots say things."""

    fallback: str | None = None
    text: str | None = None


class SharedFile(_Wire):
    """
    A file that came with a message. *size* is in bytes, 0 where it is not told.

    What *is_external* is not with Slack, and its address whatever somebody gave.
    """

    id: str | None = None
    name: str | None = None
    title: str | None = None
    mimetype: str | None = None
    filetype: str | None = None
    size: int = 0
    mode: str | None = None
    is_external: bool = False
    url_private: str | None = None
    permalink: str | None = None


class BotProfile(_Wire):
    """How a bot is called."""

    name: str | None = None


class Metadata(_Wire):
    """What an app wrote on its own message."""

    event_type: str = ""
    event_payload: dict[str, Any] = Field(default_factory=dict)


class Reaction(_Wire):
    """One emoji on a message. Of *count* people, *users* names as many as Slack likes."""

    users: tuple[str, ...] = ()
    count: int = 0


class Edited(_Wire):
    """When a message got the words that it has."""

    ts: str = ""


class RawMessage(_Wire):
    """A message as history and replies give it; a thread's root has *thread_ts* == *ts*."""

    ts: str = Field(pattern=_TS)
    thread_ts: str | None = Field(default=None, pattern=_TS)
    latest_reply: str | None = Field(default=None, pattern=_TS)
    reply_count: int = 0
    reply_users: tuple[str, ...] = ()
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    bot_profile: BotProfile | None = None
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    files: tuple[SharedFile, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    edited: Edited | None = None
    metadata: Metadata | None = None

    @property
    def root(self) -> str:
        return self.thread_ts or self.ts

    @property
    def reacted(self) -> int:
        """How many people reacted, each counted once, as far as Slack tells."""
        named = {user for reaction in self.reactions for user in reaction.users}
        return max([len(named), *(reaction.count for reaction in self.reactions)])


class Named(_Wire):
    """A workspace, an organisation or a person."""

    id: str = ""
    name: str = ""


class Granted(_Wire):
    """Of oauth.v2.access, for a code or a refresh token; *expires_in* is in seconds."""

    access_token: SecretStr
    token_type: str = ""
    scope: str = ""
    bot_user_id: str = ""
    app_id: str = ""
    expires_in: int | None = None
    refresh_token: SecretStr | None = None
    team: Named = Named()
    enterprise: Named = Named()
    authed_user: Named = Named()
    is_enterprise_install: bool = False


class _Cursor(_Wire):
    next_cursor: str | None = None


class Page(_Wire):
    """A part of a list; an empty *cursor* ends it."""

    messages: tuple[RawMessage, ...] = ()
    members: tuple[str, ...] = ()
    response_metadata: _Cursor | None = None

    @property
    def cursor(self) -> str:
        return (self.response_metadata and self.response_metadata.next_cursor) or ""


class Info(_Wire):
    """An answer about one channel or one person."""

    channel: Channel | None = None
    user: User | None = None


def order(ts: str) -> tuple[int, int]:
    """Sorts timestamps by time; as floats, two of them could be one."""
    whole, _, part = ts.partition(".")
    return int(whole), int(part or 0)
