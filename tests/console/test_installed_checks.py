"""The doctor tries the token of every workspace that installed the app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.console.findings import Finding, State
from bot.console.installed_checks import NAMED_MOST, check
from bot.console.slack_checks import check_slack
from bot.settings import Settings
from bot.slack.manifest import SCOPES
from bot.store.database import Database
from bot.store.installations import SqlInstallations
from bot.store.vault import Vault
from tests.conftest import Serve
from tests.slack.installations import installed

KEY, OTHER_KEY = ("A" * 43 + "=", "B" * 43 + "=")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, and no proxy, of who runs the tests."""
    for name in [*Settings.model_fields, "http_proxy", "https_proxy", "all_proxy"]:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def kept(database: Database) -> SqlInstallations:
    return SqlInstallations(database, Vault(SecretStr(KEY)))


@pytest.fixture
async def api_url(serve: Serve) -> AsyncIterator[str]:
    """Tokens that begin with "xoxb-good" are."""

    async def auth_test(request: web.Request) -> web.Response:
        good = request.headers["Authorization"].startswith("Bearer xoxb-good")
        body = {"ok": good, "user": "quorum", "team": "Acme", "error": "token_revoked"}
        return web.json_response(body, headers={"x-oauth-scopes": ",".join(SCOPES)})

    app = web.Application()
    app.router.add_post("/api/auth.test", auth_test)
    yield f"{await serve(app)}/api/"


def settings(api_url: str, database_url: str, **more: Any) -> Settings:
    values: dict[str, Any] = {
        "slack_client_id": "1.2",
        "slack_client_secret": "hush",
        "slack_signing_secret": "0123456789abcdef" * 2,
        "quorum_secret_key": KEY,
        "quorum_url": "https://quorum.example.com",
        "slack_api_url": api_url,
        "database_url": database_url,
    }
    return Settings(_env_file=None, **(values | more))  # pyright: ignore[reportCallIssue]


def named(findings: list[Finding]) -> dict[str, Finding]:
    assert not any("xoxb-" in finding.note + finding.remedy for finding in findings)
    return {finding.name: finding for finding in findings}


async def test_all_is_well(api_url: str, database_url: str, kept: SqlInstallations) -> None:
    for team in ("T1", "T2"):
        await kept.put(installed(team, token=SecretStr(f"xoxb-good-{team}")))

    found = named(await check_slack(settings(api_url, database_url)))

    assert {finding.state for finding in found.values()} == {State.OK}
    assert found["installations"].note == "2 of 2 tokens are good"
    assert "clock" in found


async def test_a_workspace_whose_token_is_refused_is_named(
    api_url: str, database_url: str, kept: SqlInstallations
) -> None:
    await kept.put(installed("T1", token=SecretStr("xoxb-good")))
    await kept.put(installed("T2", token=SecretStr("xoxb-revoked")))

    found = named(await check(settings(api_url, database_url)))

    assert found["installations"].note == "1 of 2 tokens are good"
    assert found["slack token of T2"].state is State.PROBLEM
    assert "/slack/install" in found["slack token of T2"].remedy
    assert "slack token of T1" not in found


async def test_a_token_that_has_ended_is_the_bots_to_renew(
    api_url: str, database_url: str, kept: SqlInstallations
) -> None:
    ended = datetime.now(UTC) - timedelta(hours=1)
    await kept.put(installed("T1", token=SecretStr("xoxb-old"), expires_at=ended))

    found = named(await check(settings(api_url, database_url)))

    assert found["slack token of T1"].state is State.WARN


async def test_many_wrong_ones_are_not_a_flood(
    api_url: str, database_url: str, kept: SqlInstallations
) -> None:
    for number in range(NAMED_MOST + 5):
        await kept.put(installed(f"T{number}", token=SecretStr("xoxb-bad")))

    found = await check(settings(api_url, database_url))

    assert len([each for each in found if each.state is State.PROBLEM]) == NAMED_MOST


async def test_tokens_that_no_key_opens_are_counted(
    api_url: str, database_url: str, kept: SqlInstallations
) -> None:
    await kept.put(installed("T1"))

    [finding] = await check(settings(api_url, database_url, quorum_secret_key=OTHER_KEY))

    assert finding.state is State.PROBLEM
    assert finding.note == "no key opens the tokens of 1 of them"


async def test_nobody_yet_is_told_where_to_begin(
    api_url: str, database_url: str, kept: SqlInstallations
) -> None:
    [finding] = await check(settings(api_url, database_url))

    assert finding.state is State.WARN
    assert finding.remedy == "open QUORUM_URL/slack/install in a browser"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"quorum_secret_key": None},
        {"quorum_secret_key": "short"},
        {"database_url": "sqlite+aiosqlite:///nowhere.db"},
    ],
)
async def test_where_nothing_can_be_looked_up_nothing_is_asked(
    api_url: str, database_url: str, spoilt: dict[str, Any]
) -> None:
    [finding] = await check(settings(api_url, **{"database_url": database_url, **spoilt}))

    assert finding.state is State.WARN


async def test_a_slack_that_does_not_answer_is_one_problem(
    unused_tcp_port: int, database_url: str, kept: SqlInstallations
) -> None:
    await kept.put(installed("T1"))

    [finding] = await check(settings(f"http://127.0.0.1:{unused_tcp_port}/api/", database_url))

    assert finding.state is State.PROBLEM
    assert "no answer" in finding.note
