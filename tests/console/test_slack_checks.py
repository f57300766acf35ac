"""The doctor before Slack: token, scopes, clock, each with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from bot.console.findings import Finding, State
from bot.console.slack_checks import SCOPES, check_slack
from bot.settings import Settings
from tests.conftest import Serve

GOOD = {"ok": True, "user": "quorum", "team": "Acme"}


def settings(**fields: Any) -> Settings:
    return Settings(_env_file=None, **fields)  # pyright: ignore[reportCallIssue]


async def checked(
    serve: Serve, body: object = GOOD, headers: Mapping[str, str] | None = None
) -> dict[str, Finding]:
    asked: list[str] = []

    async def auth_test(request: web.Request) -> web.Response:
        asked.append(request.headers["Authorization"])
        return web.json_response(body, headers=headers or {"x-oauth-scopes": ",".join(SCOPES)})

    app = web.Application()
    app.router.add_post("/api/auth.test", auth_test)
    url = await serve(app)
    found = await check_slack(
        settings(slack_bot_token="xoxb-1", slack_signing_secret="s", slack_api_url=f"{url}/api/")
    )
    assert asked == ["Bearer xoxb-1"]
    assert not any("xoxb-1" in finding.note for finding in found)
    return {finding.name: finding for finding in found}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, and no proxy, of who runs the tests."""
    for name in [*Settings.model_fields, "http_proxy", "https_proxy", "all_proxy"]:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)


async def test_all_is_well(serve: Serve) -> None:
    found = await checked(serve)

    assert {finding.state for finding in found.values()} == {State.OK}
    assert "quorum in Acme" in found["slack token"].note
    assert {"slack token", "slack scopes", "clock"} == set(found)


async def test_missing_scopes_are_named(serve: Serve) -> None:
    kept = ",".join(SCOPES - {"chat:write", "users:read"})

    found = await checked(serve, headers={"x-oauth-scopes": kept})

    assert found["slack scopes"].state is State.PROBLEM
    assert found["slack scopes"].note == "missing: chat:write, users:read"


async def test_a_server_that_tells_no_scopes_is_a_warning(serve: Serve) -> None:
    found = await checked(serve, headers={"x-other": "1"})

    assert found["slack scopes"].state is State.WARN


@pytest.mark.parametrize("body", [{"ok": False, "error": "invalid_auth"}, {"ok": False}, [], 7])
async def test_a_refused_token_is_a_problem(serve: Serve, body: object) -> None:
    found = await checked(serve, body)

    assert found["slack token"].state is State.PROBLEM
    assert "install the app again" in found["slack token"].remedy


@pytest.mark.parametrize(
    ("seconds", "state"), [(5, State.OK), (-90, State.WARN), (400, State.PROBLEM)]
)
async def test_a_clock_that_is_wrong_is_told(serve: Serve, seconds: int, state: State) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)

    found = await checked(serve, headers={"Date": date})

    assert found["clock"].state is state


async def test_a_date_that_is_none_is_passed_over(serve: Serve) -> None:
    assert "clock" not in await checked(serve, headers={"Date": "soon"})


async def test_without_slack_there_is_only_a_warning() -> None:
    [finding] = await check_slack(settings())

    assert finding.state is State.WARN


async def test_half_of_the_settings_is_a_problem_that_names_the_other_half() -> None:
    [token] = await check_slack(settings(slack_signing_secret="s"))
    [secret, other] = await check_slack(settings(slack_bot_token=" ", slack_signing_secret=" "))

    assert "SLACK_BOT_TOKEN is not set" in token.note
    assert "SLACK_SIGNING_SECRET is not set" in secret.note
    assert "SLACK_BOT_TOKEN is not set" in other.note


async def test_a_token_that_cannot_be_one_is_not_sent() -> None:
    [finding] = await check_slack(
        settings(slack_bot_token="xoxb-…", slack_signing_secret="s")  # as in .env.example
    )

    assert finding.note == "SLACK_BOT_TOKEN holds characters that no token has"


async def test_commas_alone_are_no_secret() -> None:
    [finding, _] = await check_slack(settings(slack_signing_secret=", ,"))

    assert finding.note == "SLACK_SIGNING_SECRET is not set"


async def test_no_answer_is_a_problem(unused_tcp_port: int) -> None:
    [finding] = await check_slack(
        settings(
            slack_bot_token="xoxb-1",
            slack_signing_secret="s",
            slack_api_url=f"http://127.0.0.1:{unused_tcp_port}/api/",
        )
    )

    assert finding.state is State.PROBLEM
    assert "no answer" in finding.note
