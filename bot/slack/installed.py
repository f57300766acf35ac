"""The workspaces that installed the app themselves, each with a token and limits of its own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.runs.model import Place
from bot.runs.workspace import Installation, Installations
from bot.slack.asking import Asking
from bot.slack.client import SlackClient
from bot.slack.errors import NoEntry
from bot.slack.limiter import Limiter
from bot.slack.tokens import Tokens
from bot.slack.wire import Identity
from bot.slack.workspaces import NOT_INSTALLED, Workspace

KEPT_MOST = 1_000


@dataclass(frozen=True)
class _Line:
    """Of one installation: an organisation has one, and many workspaces on it."""

    client: SlackClient
    limiter: Limiter


class Installed:
    """
    Implements `Workspaces` for all that are written down; nothing is asked of Slack for it.

    An installation is looked up when its workspace is first met, and its token again and again.
    """

    def __init__(
        self,
        installations: Installations,
        line: SlackClient,
        tokens: Tokens,
        *,
        limiter: Callable[[], Limiter] = Limiter,
        most: int = KEPT_MOST,
    ) -> None:
        self._installations = installations
        self._line = line
        self._tokens = tokens
        self._limiter = limiter
        self._most = most
        self._lines: dict[tuple[str, str], _Line] = {}
        self._known: OrderedDict[tuple[str, str], tuple[tuple[str, str], Workspace]] = OrderedDict()

    async def of(self, place: Place, /) -> Workspace:
        met = (place.team, place.enterprise)
        if met not in self._known:
            installation = await self._installations.find(*met)
            if installation is None:
                raise NoEntry("auth.test", NOT_INSTALLED)
            if met not in self._known:  # met twice at once: both get the same limits
                self._keep(met, installation)
        self._known.move_to_end(met)
        return self._known[met][1]

    def left(self, team: str, enterprise: str = "") -> None:
        """Forget a workspace; with an empty *team*, an organisation."""
        self._tokens.forget(team, enterprise)
        gone = [
            met
            for met, (key, _) in self._known.items()
            if (team in {met[0], key[0]} if team else enterprise in {met[1], key[1]})
        ]
        for met in gone:
            del self._known[met]
        self._tidy()

    def _keep(self, met: tuple[str, str], installation: Installation) -> None:
        key = (installation.team, installation.enterprise)
        line = self._lines.setdefault(key, self._open(key))
        identity = Identity(
            url=installation.url,
            team_id=met[0] or installation.team or installation.enterprise,
            user_id=installation.bot_user,
            bot_id=installation.bot_id,
        )
        asking = Asking(line.client, line.limiter, identity=identity)
        self._known[met] = (key, Workspace(identity, line.client, line.limiter, asking))
        while len(self._known) > self._most:
            self._known.popitem(last=False)
            self._tidy()

    def _open(self, key: tuple[str, str]) -> _Line:
        async def token() -> str:
            return await self._tokens.of(*key)

        async def refused(token: str) -> bool:
            return await self._tokens.instead_of(token, *key)

        return _Line(self._line.bearing(token, refused), self._limiter())

    def _tidy(self) -> None:
        used = {key for key, _ in self._known.values()}
        self._lines = {key: line for key, line in self._lines.items() if key in used}
