"""
The kinds of JSON that Slack sends, as far as their shape must hold before Bolt sees them.

Bolt looks into these places without a check, and answers with a failure of its own.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Named(_Shape):
    id: str


class _Typed(_Shape):
    type: str


class _State(_Shape):
    """What stands in the fields of a form, by block and by action."""

    values: dict[str, dict[str, dict[str, Any]]] = {}


class _View(_Shape):
    type: str
    id: str = ""
    callback_id: str = ""
    private_metadata: str = ""
    state: _State | None = None


class _Element(_Shape):
    action_id: str
    block_id: str = ""
    value: str | None = None


class _Delivery(_Shape):
    """Who and where, for every kind alike."""

    team_id: str | None = None
    enterprise_id: str | None = None
    enterprise: _Named | str | None = None
    authorizations: list[dict[str, Any]] = []
    is_ext_shared_channel: bool = False


class _Event(_Delivery):
    type: Literal["event_callback"]
    event: _Typed


class _Interaction(_Delivery):
    user: _Named
    team: _Named | None = None
    channel: _Named | None = None
    trigger_id: str | None = None
    response_url: str | None = None


class _OnMessage(_Interaction):
    message: dict[str, Any] | None = None


class _Click(_OnMessage):
    """Of a message or, with *view*, of a form or a Home tab."""

    type: Literal["block_actions"]
    actions: Annotated[list[_Element], Field(min_length=1)]
    view: _View | None = None


class _Shortcut(_OnMessage):
    type: Literal["shortcut"]
    callback_id: str


class _MessageShortcut(_Interaction):
    type: Literal["message_action"]
    callback_id: str
    message: dict[str, Any]


class _Form(_OnMessage):
    type: Literal["view_submission", "view_closed"]
    view: _View


class _Search(_OnMessage):
    type: Literal["block_suggestion"]
    action_id: str
    block_id: str


class _Question(_Shape):
    type: Literal["url_verification"]
    challenge: str


_KIND: TypeAdapter[object] = TypeAdapter(
    Annotated[
        _Event | _Click | _Shortcut | _MessageShortcut | _Form | _Search | _Question,
        Field(discriminator="type"),
    ]
)


def is_known(body: dict[str, Any]) -> bool:
    """Whether *body* is of a kind that Slack sends."""
    try:
        _KIND.validate_python(body)
    except ValidationError:
        return False
    return True
