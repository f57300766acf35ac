"""How the app got into workspaces, in SQL: its tokens encrypted."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from bot.runs.workspace import Installation
from bot.store.database import Database
from bot.store.statements import insert_or_replace, take_turn
from bot.store.vault import Unopened, Vault
from bot.store.workspace_tables import InstallationRow

log = logging.getLogger(__name__)


class SqlInstallations:
    """Implements `bot.runs.workspace.Installations`."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._insert = insert_or_replace(database.dialect, InstallationRow, adding=frozenset())

    async def find(self, team: str, enterprise: str = "", /) -> Installation | None:
        """None, too, where no key opens the token: then the app has to be installed anew."""
        async with self._database.read() as session:
            row = await session.get(InstallationRow, team) if team else None
            if row is None and enterprise:
                row = await session.get(InstallationRow, enterprise)
        if row is None:
            return None
        try:
            return self._to_installation(row)
        except Unopened:
            log.error(  # noqa: TRY400 - the traceback tells nothing
                "no key of QUORUM_SECRET_KEY opens the token of %s: put back the key it was "
                "encrypted with, or install the app again",
                row.id,
            )
            return None

    async def every(self) -> list[Installation | None]:
        """All of them; None for each whose token no key opens."""
        async with self._database.read() as session:
            owners = (await session.scalars(select(InstallationRow))).all()
        return [await self.find(row.team, row.enterprise) for row in owners]

    async def put(self, installation: Installation, /) -> None:
        row = self._to_row(installation)

        def work(connection: Connection) -> bool:
            connection.execute(self._insert, row)
            return True

        await self._database.writer.write(work)

    async def renew(self, old: Installation, new: Installation, /) -> bool:
        """Not where it was erased, renewed or installed again since *old* was read."""
        row = self._to_row(new)
        values = {name: row[name] for name in ("token", "refresh_token", "expires_at")}
        mine = InstallationRow.id == row["id"]

        def work(connection: Connection) -> bool:
            take_turn(connection)
            closed = connection.scalar(select(InstallationRow.token).where(mine))
            if closed is None or not self._holds(closed, old):
                return False
            connection.execute(update(InstallationRow).where(mine).values(values))
            return True

        return await self._database.writer.write(work)

    def _holds(self, closed: str, installation: Installation) -> bool:
        try:
            return self._vault.open(closed) == installation.token
        except Unopened:
            return False

    async def forget(self, team: str, enterprise: str = "", /) -> None:
        statement = delete(InstallationRow).where(InstallationRow.id == (team or enterprise))
        await self._database.writer.write(
            lambda connection: connection.execute(statement).rowcount > 0
        )

    async def reencrypt(self) -> None:
        """With the newest key, at the start: from then on the old ones are not needed."""
        columns = InstallationRow.id, InstallationRow.token, InstallationRow.refresh_token

        def work(connection: Connection) -> bool:
            for row in connection.execute(select(*columns)).all():
                values = {
                    "token": self._anew(row.id, row.token),
                    "refresh_token": self._anew(row.id, row.refresh_token),
                }
                change = update(InstallationRow).where(
                    InstallationRow.id == row.id, InstallationRow.token == row.token
                )
                connection.execute(change.values(values))
            return True

        await self._database.writer.write(work)
        await self._database.forget()

    def _anew(self, owner: str, closed: str | None) -> str | None:
        if closed is None or self._vault.is_new(closed):
            return closed
        try:
            return self._vault.close(self._vault.open(closed))
        except Unopened:
            log.warning("no key of QUORUM_SECRET_KEY opens the token of %s", owner)
            return closed

    def _to_row(self, installation: Installation) -> dict[str, object]:
        refresh = installation.refresh_token
        return {
            "id": installation.team or installation.enterprise,
            **installation.model_dump(
                include={
                    "team",
                    "enterprise",
                    "app",
                    "bot_user",
                    "bot_id",
                    "url",
                    "expires_at",
                    "installed_by",
                }
            ),
            "scopes": ",".join(installation.scopes),
            "token": self._vault.close(installation.token),
            "refresh_token": self._vault.close(refresh) if refresh else None,
            "at": datetime.now(UTC),
        }

    def _to_installation(self, row: InstallationRow) -> Installation:
        return Installation(
            team=row.team,
            enterprise=row.enterprise,
            app=row.app,
            bot_user=row.bot_user,
            bot_id=row.bot_id,
            url=row.url,
            scopes=tuple(row.scopes.split(",")) if row.scopes else (),
            token=self._vault.open(row.token),
            refresh_token=self._vault.open(row.refresh_token) if row.refresh_token else None,
            expires_at=row.expires_at,
            installed_by=row.installed_by,
        )
