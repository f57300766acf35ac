"""How the app got into a workspace is kept, and its tokens are nobody else's to read."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.runs.workspace import Installation
from bot.store.database import Database, connect
from bot.store.installations import SqlInstallations
from bot.store.vault import Vault

OLD, NEW = (f"{sign * 43}=" for sign in "AB")
#: As long as Slack's are.
TOKEN = "xoxb-" + "canary" * 12 + "end"
REFRESH = "xoxe-1-" + "robin" * 30


def installed(team: str = "T1", **changes: Any) -> Installation:
    fields: dict[str, Any] = {
        "team": team,
        "enterprise": "E1",
        "app": "A1",
        "bot_user": "U0BOT",
        "bot_id": "B1",
        "url": "https://acme.example/",
        "scopes": ("chat:write", "commands"),
        "token": SecretStr(TOKEN),
        "refresh_token": SecretStr(REFRESH),
        "expires_at": datetime(2026, 12, 1, tzinfo=UTC),
        "installed_by": "U1",
    }
    return Installation(**fields | changes)


def keeping(database: Database, *keys: str) -> SqlInstallations:
    return SqlInstallations(database, Vault(SecretStr(",".join(keys or (NEW,)))))


def on_disk(folder: Path) -> bytes:
    """The database and its log."""
    return b"".join((folder / f"quorum.db{end}").read_bytes() for end in ("", "-wal"))


async def test_every_installation_is_found_and_what_no_key_opens_is_counted(database: Database):
    await keeping(database, OLD).put(installed("T1"))
    await keeping(database, NEW).put(installed("T2"))
    await keeping(database, NEW).put(installed(""))

    found = await keeping(database, NEW).every()

    assert sorted(each.team for each in found if each) == ["", "T2"]
    assert found.count(None) == 1


@pytest.mark.parametrize(
    "one",
    [
        installed(),
        installed(refresh_token=None, expires_at=None, bot_id=None, scopes=(), enterprise=""),
    ],
)
async def test_an_installation_comes_back_as_it_was(database: Database, one: Installation):
    assert len(TOKEN) == 80
    installations = keeping(database)

    await installations.put(one)

    assert await installations.find("T1") == one
    assert await installations.find("T2") is None
    assert await installations.find("") is None


async def test_that_of_the_workspace_comes_before_that_of_its_organisation(database: Database):
    installations = keeping(database)
    everywhere = installed("", token=SecretStr("xoxb-everywhere"))
    here = installed("T1")
    await installations.put(everywhere)

    assert await installations.find("T1", "E1") == everywhere
    await installations.put(here)
    assert await installations.find("T1", "E1") == here
    assert await installations.find("T2", "E1") == everywhere
    assert await installations.find("", "E1") == everywhere
    assert await installations.find("T2", "E2") is None


async def test_the_last_installation_of_a_workspace_counts(database: Database):
    """Also once it belongs to an organisation."""
    installations = keeping(database)
    await installations.put(installed(enterprise=""))
    later = installed(token=SecretStr("xoxb-later"), scopes=("commands",))

    await installations.put(later)

    assert await installations.find("T1") == later


async def test_what_is_forgotten_is_gone_once_and_for_all(database: Database):
    installations = keeping(database)
    here, everywhere = installed("T1"), installed("")
    await installations.put(here)
    await installations.put(everywhere)

    await installations.forget("T1", "E1")
    await installations.forget("T1", "E1")
    assert await installations.find("T1", "E1") == everywhere

    await installations.forget("", "E1")
    assert await installations.find("T1", "E1") is None


async def test_no_token_stands_in_the_file_nor_in_its_log(database: Database, tmp_path: Path):
    installations = keeping(database)
    await installations.put(installed())

    told = on_disk(tmp_path)
    assert b"acme.example" in told, "the row is on the disk"
    assert b"canary" not in told
    assert b"robin" not in told


async def test_an_old_key_can_go_after_a_start_with_both(database: Database):
    one, other = installed(), installed("T2", refresh_token=None)
    await keeping(database, OLD).put(one)
    await keeping(database, OLD).put(other)
    await keeping(database, NEW).put(installed("T3"))

    await keeping(database, NEW, OLD).reencrypt()
    await keeping(database, NEW, OLD).reencrypt()

    assert await keeping(database, NEW).find("T1") == one
    assert await keeping(database, NEW).find("T2") == other
    assert await keeping(database, NEW).find("T3") == installed("T3")
    assert await keeping(database, OLD).find("T1") is None


async def test_without_its_key_a_token_is_as_good_as_none_and_the_log_says_what_to_do(
    database: Database, caplog: pytest.LogCaptureFixture
):
    await keeping(database, OLD).put(installed())

    with caplog.at_level(logging.WARNING):
        await keeping(database, NEW).reencrypt()
        assert await keeping(database, NEW).find("T1") is None

    assert "install the app again" in caplog.text
    assert await keeping(database, OLD).find("T1") == installed(), "nothing of it was lost"


async def test_a_token_is_not_told_by_what_holds_it(database_url: str):
    async with connect(database_url) as database:
        installations = keeping(database)
        await installations.put(installed())
        found = await installations.find("T1")

    assert "canary" not in repr(found)
    assert "robin" not in f"{found!r} {found}"


async def test_a_token_is_renewed_where_it_is_still_the_one_that_was_read(database: Database):
    kept, old = keeping(database), installed()
    new = installed(token=SecretStr("xoxb-new"), refresh_token=SecretStr("xoxe-new"))
    await kept.put(old)

    assert await kept.renew(old, new)
    assert not await kept.renew(old, installed(token=SecretStr("xoxb-late")))
    found = await kept.find("T1")
    assert found
    assert found.token == SecretStr("xoxb-new")

    await kept.forget("T1")
    assert not await kept.renew(new, installed(token=SecretStr("xoxb-ghost")))
    assert await kept.find("T1") is None


async def test_a_token_that_no_key_opens_is_nobodys_to_renew(database: Database):
    await keeping(database, OLD).put(installed())

    assert not await keeping(database, NEW).renew(installed(), installed())
