"""What comes over a socket of Slack's, as far as its shape must hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.door.payloads import Body, Garbage, command, interaction, is_body, read


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Slack's word on the connection itself: "hello", or "disconnect" with a reason."""

    kind: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """
    A delivery, to be answered with its *id*.

    *retry* says what the headers of a retry say; *takes_words* whether the answer may hold any.
    """

    id: str
    body: Body
    takes_words: bool
    retry: dict[str, str] = field(default_factory=dict[str, str])


def opened(text: str) -> Envelope | Notice | Garbage:
    """Nothing of *text* is in the reason why it is garbage."""
    try:
        said = read(text)
    except (ValueError, RecursionError) as err:
        return Garbage(status=400, reason=f"not readable ({type(err).__name__})")
    if not is_body(said):
        return Garbage(status=400, reason="JSON, but no object")
    kind, name = said.get("type"), said.get("envelope_id")
    if kind in ("hello", "disconnect"):  # not a set: anything may stand there
        reason = said.get("reason")
        return Notice(kind=str(kind), reason=reason if isinstance(reason, str) else "")
    if not isinstance(name, str) or not name:
        return Garbage(status=400, reason="an envelope without a name")
    body = _body(kind, said.get("payload"))
    if isinstance(body, Garbage):
        return body
    words = said.get("accepts_response_payload") is True
    return Envelope(id=name, body=body, takes_words=words, retry=_retry(said))


def _body(kind: object, payload: object) -> Body | Garbage:
    if kind == "slash_commands":
        return command(payload)
    body = interaction(payload)
    if isinstance(body, Garbage):
        return body
    is_event = body["type"] == "event_callback"
    if kind != ("events_api" if is_event else "interactive") or body["type"] == "url_verification":
        return Garbage(status=404, reason="a payload in the wrong envelope")
    return body


def _retry(said: Body) -> dict[str, str]:
    attempt, reason = said.get("retry_attempt"), said.get("retry_reason")
    if not isinstance(attempt, int) or attempt < 1:
        return {}
    why = reason if isinstance(reason, str) and reason.isidentifier() else "unknown"
    return {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": why}
