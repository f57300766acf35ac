"""Messages as Slack's JSON has them, in exports and as its API gives them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeGuard, cast

from bot.reading.names import mentioned
from bot.views.reading import read
from patterns.task import Message

_THREADS_MOST = 50_000  # of one file, remembered for their answers
_NOT_SAID = frozenset(
    {"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name"}
)


def is_message(value: Any) -> TypeGuard[dict[str, Any]]:
    if not isinstance(value, dict):
        return False
    fields = cast("dict[str, Any]", value)
    return isinstance(fields.get("ts"), str) and isinstance(fields.get("text"), str)


def messages(
    records: Iterable[tuple[int, Any]],
    name: str,
    users: Mapping[str, str],
    skip: Callable[[int], None],
) -> Iterator[Message]:
    """
    Of numbered JSON values; a message's id is `name:number`.

    *users* are names by id. *skip* is told the number of every value that is no message.
    """
    roots: OrderedDict[str, int] = OrderedDict()
    for number, value in records:
        if not is_message(value):
            skip(number)
        elif value.get("subtype") not in _NOT_SAID and value["text"].strip():
            yield Message(
                id=f"{name}:{number}",
                thread=f"{name}:{_root(roots, _thread(value), number)}",
                author=_author(value, users),
                text=_clean(read(value["text"], users)),
                at=_at(value["ts"]),
                reactions=_reacted(value.get("reactions")),
                replies=_count(value.get("reply_count")),
                mentions=tuple(_name(user, users) for user in sorted(mentioned(value["text"]))),
                bot=value.get("bot_id") is not None or not isinstance(value.get("user"), str),
                edited=isinstance(value.get("edited"), dict),
            )


def _root(roots: OrderedDict[str, int], thread: str, number: int) -> int:
    """The line where *thread* began; one that was long silent begins anew."""
    root = roots.setdefault(thread, number)
    roots.move_to_end(thread)
    if len(roots) > _THREADS_MOST:
        roots.popitem(last=False)
    return root


def _thread(value: dict[str, Any]) -> str:
    thread = value.get("thread_ts")
    return thread if isinstance(thread, str) else value["ts"]


def _author(value: dict[str, Any], users: Mapping[str, str]) -> str:
    user = value.get("user")
    if isinstance(user, str):
        return _name(user, users)
    named = value.get("username")
    return _clean(named) if isinstance(named, str) and named.strip() else "somebody"


def _name(user: str, users: Mapping[str, str]) -> str:
    return _clean(users.get(user, user))


def _at(ts: str) -> float | None:
    try:
        at = float(ts)
    except ValueError:
        return None
    return at if 0 <= at < float("inf") else None


def _reacted(reactions: Any) -> int:
    """How many people did, each counted once, as far as is told."""
    listed = cast("list[Any]", reactions) if isinstance(reactions, list) else []
    each = [cast("dict[str, Any]", one) for one in listed if isinstance(one, dict)]
    named = [one["users"] for one in each if isinstance(one.get("users"), list)]
    people = {str(user) for users in named for user in users}
    return max([len(people), *(_count(one.get("count")) for one in each)])


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _clean(text: str) -> str:
    """JSON can carry half a character (a lone surrogate), which no database takes."""
    return text.encode(errors="replace").decode().strip()
