"""The doctor before Slack: settings, tokens, scopes, clock, each with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from bot.console.findings import Finding, State
from bot.console.slack_checks import check_slack, missing
from bot.settings import Settings
from bot.slack.manifest import ESSENTIAL, SCOPES
from tests.conftest import Serve

GOOD = {"ok": True, "user": "quorum", "team": "Acme"}
SECRET = "0123456789abcdef" * 2
KEY = "A" * 43 + "="


def settings(**fields: Any) -> Settings:
    return Settings(_env_file=None, **fields)  # pyright: ignore[reportCallIssue]


async def checked(
    serve: Serve,
    body: object = GOOD,
    headers: Mapping[str, str] | None = None,
    *,
    socket: object = None,
    **more: Any,
) -> dict[str, Finding]:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers["Authorization"])
        if request.match_info["method"] == "apps.connections.open":
            return web.json_response(socket)
        return web.json_response(body, headers=headers or {"x-oauth-scopes": ",".join(SCOPES)})

    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    url = await serve(app)
    values = {"slack_bot_token": "xoxb-1", "slack_signing_secret": SECRET, **more}
    found = await check_slack(settings(slack_api_url=f"{url}/api/", **values))
    told = "".join(finding.note + finding.remedy for finding in found)
    assert asked.pop() == f"Bearer {values['slack_bot_token']}"
    assert not any(value in told for value in values.values() if value and len(value) > 5)
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
    assert {"slack secret", "slack token", "slack scopes", "clock"} == set(found)


async def test_missing_scopes_are_named(serve: Serve) -> None:
    kept = ",".join({*SCOPES} - {"chat:write", "users:read"})

    found = await checked(serve, headers={"x-oauth-scopes": kept})

    assert found["slack scopes"].state is State.PROBLEM
    assert found["slack scopes"].note == "missing: chat:write, users:read"


async def test_what_people_go_without_for_want_of_a_scope_is_told(serve: Serve) -> None:
    found = await checked(serve, headers={"x-oauth-scopes": ",".join({*SCOPES} - {"files:write"})})

    assert found["slack scopes"].state is State.WARN
    assert found["slack scopes"].note == (
        "without files:write, long results are split into many messages"
    )
    assert "quorum manifest" in found["slack scopes"].remedy


async def test_more_than_is_needed_is_told(serve: Serve) -> None:
    found = await checked(serve, headers={"x-oauth-scopes": ",".join([*SCOPES, "pins:read"])})

    assert found["slack scopes"].state is State.WARN
    assert found["slack scopes"].note == "more than are needed: pins:read"


async def test_the_least_is_enough_to_work(serve: Serve) -> None:
    found = await checked(serve, headers={"x-oauth-scopes": ",".join(ESSENTIAL)})

    assert found["slack scopes"].state is State.WARN


@pytest.mark.parametrize("secret", ["s", SECRET.upper(), f"{SECRET},short"])
async def test_a_secret_that_does_not_look_like_one_is_a_warning(serve: Serve, secret: str) -> None:
    found = await checked(serve, slack_signing_secret=secret)

    assert found["slack secret"].state is State.WARN


async def test_two_secrets_are_fine(serve: Serve) -> None:
    found = await checked(serve, slack_signing_secret=f"{SECRET}, {SECRET}")

    assert found["slack secret"].state is State.OK


async def test_a_rotating_token_in_the_settings_ends(serve: Serve) -> None:
    body = {"ok": False, "error": "token_expired"}
    [first, *_] = [
        finding
        for finding in (await checked(serve, body, slack_bot_token="xoxe.xoxb-1")).values()
        if finding.name == "slack token"
    ]

    assert first.state is State.PROBLEM


async def test_socket_mode_is_asked_for_its_own_token(serve: Serve) -> None:
    found = await checked(
        serve,
        socket={"ok": True, "url": "wss://x"},
        slack_app_token="xapp-1",
        slack_signing_secret=None,
    )

    assert {finding.state for finding in found.values()} == {State.OK}
    assert found["slack app token"].note == "is good: Socket Mode is on"
    assert "slack secret" not in found  # nobody signs what comes over our own line


@pytest.mark.parametrize("socket", [{"ok": False, "error": "not_allowed_token_type"}, [], 7])
async def test_an_app_token_that_is_refused_says_how_to_make_one(
    serve: Serve, socket: object
) -> None:
    found = await checked(serve, socket=socket, slack_app_token="xapp-1")

    assert found["slack app token"].state is State.PROBLEM
    assert "connections:write" in found["slack app token"].remedy


async def test_a_bot_token_is_no_app_token_and_is_not_sent_as_one(serve: Serve) -> None:
    found = await checked(serve, slack_app_token="xoxb-1")

    assert found["slack app token"].note == "SLACK_APP_TOKEN is no app-level token"


async def test_a_persons_token_is_no_bots() -> None:
    found = await check_slack(settings(slack_bot_token="xoxp-1", slack_signing_secret=SECRET))

    assert found[-1].note == "SLACK_BOT_TOKEN is no bot token"


async def test_a_server_that_tells_no_scopes_is_a_warning(serve: Serve) -> None:
    found = await checked(serve, headers={"x-other": "1"})

    assert found["slack scopes"].state is State.WARN


@pytest.mark.parametrize("body", [{"ok": False, "error": "invalid_auth"}, {"ok": False}, [], 7])
async def test_a_refused_token_is_a_problem(serve: Serve, body: object) -> None:
    found = await checked(serve, body)

    assert found["slack token"].state is State.PROBLEM
    assert "install the app again" in found["slack token"].remedy


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(5, State.OK), (50, State.OK), (-62, State.WARN), (400, State.PROBLEM)],
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
    [token, _] = await check_slack(settings(slack_signing_secret=SECRET))
    [other, secret] = await check_slack(settings(slack_bot_token=" ", slack_signing_secret=" "))

    assert "SLACK_BOT_TOKEN is not set" in token.note
    assert "SLACK_SIGNING_SECRET is not set" in secret.note
    assert "SLACK_BOT_TOKEN is not set" in other.note


async def test_a_token_that_cannot_be_one_is_not_sent() -> None:
    [_, finding] = await check_slack(
        settings(slack_bot_token="xoxb-…", slack_signing_secret=SECRET)  # as in .env.example
    )

    assert finding.note == "SLACK_BOT_TOKEN holds characters that no token has"


async def test_commas_alone_are_no_secret() -> None:
    [_, finding] = await check_slack(settings(slack_signing_secret=", ,"))

    assert finding.note == "SLACK_SIGNING_SECRET is not set"


async def test_no_answer_is_a_problem(unused_tcp_port: int) -> None:
    [_, finding] = await check_slack(
        settings(
            slack_bot_token="xoxb-1",
            slack_signing_secret=SECRET,
            slack_api_url=f"http://127.0.0.1:{unused_tcp_port}/api/",
        )
    )

    assert finding.state is State.PROBLEM
    assert "no answer" in finding.note


@pytest.mark.parametrize(
    ("there", "absent"),
    [
        ({}, ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]),
        ({"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}, []),
        ({"slack_app_token": "xapp-1"}, ["SLACK_BOT_TOKEN"]),
        (
            {"slack_client_id": "1.2"},
            ["SLACK_CLIENT_SECRET", "QUORUM_SECRET_KEY", "QUORUM_URL", "SLACK_SIGNING_SECRET"],
        ),
        ({"slack_client_id": "1.2", "slack_bot_token": "xoxb-1"}, ["SLACK_SIGNING_SECRET"]),
    ],
)
def test_each_way_to_run_needs_its_own_settings(there: dict[str, str], absent: list[str]) -> None:
    assert missing(settings(**there)) == absent


@pytest.mark.parametrize(
    ("field", "value", "name", "state"),
    [
        ("quorum_secret_key", KEY, "secret key", State.OK),
        ("quorum_secret_key", f"{KEY},{KEY}", "secret key", State.OK),
        ("quorum_secret_key", "short", "secret key", State.PROBLEM),
        ("quorum_url", "https://quorum.example.com", "address", State.OK),
        ("quorum_url", "http://localhost:3000", "address", State.WARN),
        ("quorum_url", "http://quorum.example.com", "address", State.PROBLEM),
        ("quorum_url", "https://quorum.example.com/?a=1", "address", State.PROBLEM),
        ("slack_client_id", "1.2", "slack oauth", State.WARN),
    ],
)
async def test_what_many_workspaces_need_has_the_right_form(
    serve: Serve, field: str, value: str, name: str, state: State
) -> None:
    found = await checked(serve, **{field: value})

    assert found[name].state is state
    assert found[name].remedy or state is State.OK
