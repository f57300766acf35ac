"""How to reach the person who asked, before anything of their run is in the channel."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.slack.client import SlackClient

log = logging.getLogger(__name__)

SLACK = "https://hooks.slack.com"
GOOD_FOR_SECONDS = 29 * 60  # Slack's half hour, less a minute
GOOD_FOR_ANSWERS = 5  # Slack's own limit
MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class _Way:
    """*until* is in seconds on the clock, *left* what may still be said."""

    url: str
    until: float
    left: int = GOOD_FOR_ANSWERS


class Replies:
    """
    The response_url of each run, in memory: lost with the process, as it is only a courtesy.

    Only Slack's own host is ever called; where *api_url* is not Slack's, that host as well.
    """

    def __init__(
        self, client: SlackClient, *, api_url: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._hosts = {SLACK} | ({_origin(api_url)} - {"https://slack.com"})
        self._ways: OrderedDict[str, _Way] = OrderedDict()

    def remember(self, run_id: str, url: str) -> None:
        """Keep *url* while Slack would take it."""
        if _origin(url) not in self._hosts:
            log.warning("run %s: a response_url that is not Slack's, not kept", run_id)
            return
        self._ways[run_id] = _Way(url=url, until=self._clock() + GOOD_FOR_SECONDS)
        while len(self._ways) > MOST:
            self._ways.popitem(last=False)

    async def tell(self, run_id: str, text: str) -> bool:
        """Say *text*, in Slack's mrkdwn, to who asked; False when there is no way."""
        way = self._ways.pop(run_id, None)
        if way is None or way.until <= self._clock():
            return False
        if way.left > 1:
            self._ways[run_id] = replace(way, left=way.left - 1)
        return await self._client.respond(way.url, text)

    async def answer(self, url: str, text: str) -> bool:
        """Say *text* to who did what came with *url*; False when that is no way."""
        return _origin(url) in self._hosts and await self._client.respond(url, text)


def _origin(url: str) -> str:
    """Scheme, host and port; empty where there is a name or password before the host."""
    try:
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None:
            return ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}"
