"""Who speaks in what was read: under pseudonyms, with a link to what they said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from bot.reading.names import mentioned, one_line
from bot.reading.said import Said
from bot.runs.pseudonyms import broken
from bot.runs.signs import clean
from bot.slack.wire import Identity
from bot.views.reading import read
from patterns.task import Message

#: A mention while the words around it are looked at; private use: nobody types these signs.
_HERE = re.compile("\ue000([^\ue001]*)\ue001")


def people(found: Iterable[Said]) -> set[str]:
    """Ids of all who speak or are mentioned."""
    found = list(found)
    users = {said.user for said in found if said.user}
    return users.union(*(mentioned(said.text) for said in found if not said.part))


def bots(found: Iterable[Said]) -> dict[str, str]:
    """
    Names of those who are no users, by what stands for their ids.

    A bot's name is whatever somebody chose for it: it is not taken for a person's.
    """
    return {
        author(said): f"{one_line(said.bot) or 'A bot'} (bot)" for said in found if not said.user
    }


def author(said: Said) -> str:
    """The id of a person; of a bot that is none, its name."""
    return said.user or f"bot {said.bot}"


def typed(text: str) -> str:
    """*text* without what was typed like a pseudonym, or would be one once it is shown."""
    return broken(clean(text))


def reader(
    channel: str, pseudonyms: Mapping[str, str], identity: Identity, *, prefix: str = ""
) -> Callable[[Said], Message]:
    """
    Knows everybody by the pseudonym alone.

    *prefix* makes ids unique, where more than one channel is read.
    """
    marked = {user: f"\ue000{user}\ue001" for user in pseudonyms}

    def words(said: str) -> str:
        """What was typed like a pseudonym is broken before the true ones are put in."""
        shown = typed(read(said.replace("\ue000", "").replace("\ue001", ""), marked))
        return _HERE.sub(lambda here: pseudonyms[here[1]], shown)

    def message(said: Said) -> Message:
        mentions = () if said.part else sorted(mentioned(said.text) & pseudonyms.keys())
        return Message(
            id=f"{prefix}{said.ts}{said.part and ':'}{said.part}",
            thread=f"{prefix}{said.root}",
            author=pseudonyms[author(said)],
            # a file is no message: Slack's marks in it are what stands there
            text=typed(said.text) if said.part else words(said.text),
            attached=bool(said.part),
            permalink=permalink(identity.url, channel, said),
            at=float(said.ts),
            reactions=said.reactions,
            replies=said.replies,
            mentions=tuple(pseudonyms[each] for each in mentions),
            bot=said.by_app,
            edited=said.edited,
            context=said.context,
        )

    return message


def permalink(url: str, channel: str, said: Said) -> str:
    """As Slack itself makes it; *url* is the workspace's."""
    whole, _, part = said.ts.partition(".")
    link = f"{url.rstrip('/')}/archives/{channel}/p{whole}{part:0<6}"
    if said.root == said.ts:
        return link
    return f"{link}?thread_ts={said.root}&cid={channel}"
