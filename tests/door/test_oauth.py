"""Installing: only the browser that began, once, soon; and no secret is ever said."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot.door import oauth
from bot.door.oauth import oauth_routes
from bot.runs.errors import StorageFailed
from bot.slack.manifest import SCOPES
from tests.conftest import Serve
from tests.slack.installations import TEAM_URL, Kept, TokenSlack

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CANARIES = ("xoxb-", "xoxe-", "code-1", "hush", "state-")


class States:
    """As the database keeps them."""

    def __init__(self) -> None:
        self.begun: dict[str, str] = {}
        self.broken = False

    async def begin(self, browser: str, /) -> str:
        if self.broken:
            raise StorageFailed("The database does not answer.")
        state = f"state-{len(self.begun)}"
        self.begun[state] = browser
        return state

    async def used(self, state: str, browser: str, /) -> bool:
        return self.begun.pop(state, None) == browser


class Browser:
    """Keeps cookies, follows nothing."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.base = base
        self._session = session
        self.cookie: dict[str, str] = {}
        self.said: list[str] = []

    async def get(self, path: str, **query: str | list[str]) -> tuple[int, str, dict[str, str]]:
        pairs = [
            (name, each)
            for name, value in query.items()
            for each in ([value] if isinstance(value, str) else value)
        ]
        async with self._session.get(
            self.base + path, params=pairs, cookies=self.cookie, allow_redirects=False
        ) as reply:
            for name, morsel in reply.cookies.items():
                self.said.append(morsel.OutputString())
                self.cookie = {name: morsel.value} if morsel.value else {}
            text = await reply.text()
            assert reply.headers["Cache-Control"] == "no-store"
            assert reply.headers["X-Frame-Options"] == "DENY"
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
            assert not any(canary in text for canary in CANARIES)
            return reply.status, text, dict(reply.headers)

    async def begin(self) -> dict[str, str]:
        status, _, headers = await self.get("/slack/install")
        assert status == 302
        return {
            name: value for name, [value] in parse_qs(urlsplit(headers["Location"]).query).items()
        }


class House:
    def __init__(self, serve: Serve, session: aiohttp.ClientSession) -> None:
        self.slack, self.kept, self.states = TokenSlack(), Kept(), States()
        self._serve = serve
        self._session = session
        self.at = 0.0
        self.api_url = ""
        self.base = ""

    async def open(self, url: str = "http://bot.example") -> Browser:
        self.api_url = f"{await self._serve(self.slack.app())}/api/"
        app = web.Application()
        app.add_routes(
            oauth_routes(
                "123.456",
                "hush",
                url,
                installations=self.kept,
                states=self.states,
                api_url=self.api_url,
                now=lambda: NOW,
                clock=lambda: self.at,
            )
        )
        self.base = await self._serve(app)
        return self.another()

    def another(self) -> Browser:
        return Browser(self.base, self._session)


@pytest.fixture
async def house(serve: Serve) -> AsyncIterator[House]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield House(serve, session)


async def test_off_to_slack_with_the_scopes_of_the_manifest(house: House) -> None:
    browser = await house.open("http://bot.example/")

    _, _, headers = await browser.get("/slack/install")

    location = urlsplit(headers["Location"])
    assert house.api_url.startswith(f"{location.scheme}://{location.netloc}/")
    assert location.path == "/oauth/v2/authorize"
    asked = {name: value for name, [value] in parse_qs(location.query).items()}
    assert asked["client_id"] == "123.456"
    assert asked["scope"] == ",".join(SCOPES)
    assert asked["redirect_uri"] == "http://bot.example/slack/oauth_redirect"
    assert asked["state"] in house.states.begun


@pytest.mark.parametrize(
    ("url", "name", "secure"),
    [
        ("https://bot.example", "__Host-quorum_install", True),
        ("http://localhost:3000", "quorum_install", False),
    ],
)
async def test_the_cookie_is_for_this_host_and_no_script(
    house: House, url: str, name: str, *, secure: bool
) -> None:
    browser = await house.open(url)

    await browser.get("/slack/install")

    [cookie] = browser.said
    assert cookie.startswith(f"{name}=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"):
        assert part in cookie
    assert ("Secure" in cookie) is secure
    assert "Domain" not in cookie
    assert len(browser.cookie[name]) >= 43  # 256 bits


async def test_a_workspace_is_installed_and_told_what_to_do(house: House) -> None:
    browser = await house.open()
    begun = await browser.begin()

    status, text, _ = await browser.get(
        "/slack/oauth_redirect", code="code-1", state=begun["state"]
    )

    assert status == 200
    assert "Quorum is in Acme now" in text
    assert "/invite @Quorum" in text
    assert house.slack.grants == [{"code": "code-1", "redirect_uri": begun["redirect_uri"]}]
    row = house.kept.rows["T1", ""]
    assert row.token.get_secret_value() == "xoxb-2"
    assert row.refresh_token is not None
    assert row.expires_at == NOW + timedelta(hours=12)
    assert (row.url, row.bot_user, row.bot_id) == (TEAM_URL, "UBOT", "BBOT")
    assert (row.app, row.installed_by, row.enterprise) == ("A1", "U1", "")
    assert row.scopes == ("chat:write", "commands")
    assert browser.cookie == {}  # its work is done


async def test_a_token_that_does_not_rotate_has_no_end(house: House) -> None:
    house.slack.life = None
    browser = await house.open()
    begun = await browser.begin()
    await browser.get("/slack/oauth_redirect", code="code-1", state=begun["state"])

    assert house.kept.rows["T1", ""].expires_at is None


async def test_an_organisation_is_installed_without_a_team(house: House) -> None:
    house.slack.answer = {
        "team": None,
        "enterprise": {"id": "E1", "name": "Acme <b>Group</b>"},
        "is_enterprise_install": True,
    }
    browser = await house.open()
    begun = await browser.begin()

    _, text, _ = await browser.get("/slack/oauth_redirect", code="code-1", state=begun["state"])

    assert "Acme &lt;b&gt;Group&lt;/b&gt;" in text
    assert house.kept.rows["", "E1"].team == ""


async def test_a_workspace_of_an_organisation_is_installed_as_one(house: House) -> None:
    house.slack.answer = {"enterprise": {"id": "E1", "name": "Group"}}
    browser = await house.open()
    begun = await browser.begin()
    await browser.get("/slack/oauth_redirect", code="code-1", state=begun["state"])

    row = house.kept.rows["T1", ""]
    assert (row.team, row.enterprise) == ("T1", "E1")


async def test_the_same_link_twice_installs_once(house: House) -> None:
    browser = await house.open()
    begun = await browser.begin()
    cookie = dict(browser.cookie)
    await browser.get("/slack/oauth_redirect", code="code-1", state=begun["state"])
    browser.cookie = cookie

    status, text, _ = await browser.get(
        "/slack/oauth_redirect", code="code-1", state=begun["state"]
    )

    assert status == 400
    assert oauth.FOREIGN in text
    assert "/slack/install" in text
    assert len(house.slack.grants) == 1


@pytest.mark.parametrize("cookie", [{}, {"quorum_install": "mine"}, {"quorum_install": "m" * 5000}])
async def test_another_browser_gets_nothing(house: House, cookie: dict[str, str]) -> None:
    """A link with a stranger's code must not put their workspace into this person's hands."""
    browser = await house.open()
    begun = await browser.begin()
    victim = house.another()
    victim.cookie = cookie

    status, text, _ = await victim.get("/slack/oauth_redirect", code="code-1", state=begun["state"])

    assert status == 400
    assert oauth.FOREIGN in text
    assert house.slack.grants == []
    assert house.kept.rows == {}


@pytest.mark.parametrize("state", ["", "state-9", "s" * 2000, ["state-0", "state-0"]])
async def test_a_state_that_is_none_is_refused(house: House, state: str | list[str]) -> None:
    browser = await house.open()
    await browser.begin()

    status, text, _ = await browser.get("/slack/oauth_redirect", code="code-1", state=state)

    assert status == 400
    assert oauth.FOREIGN in text
    assert house.slack.grants == []


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ({"error": "access_denied"}, 200, oauth.REFUSED),
        ({"error": "<script>alert(1)</script>"}, 400, oauth.NO_CODE),
        ({}, 400, oauth.NO_CODE),
        ({"code": "code-9"}, 502, oauth.NOT_CONFIRMED),
        ({"code": "x" * 5000}, 400, oauth.NO_CODE),
    ],
)
async def test_a_failure_is_one_sentence_and_how_to_start_again(
    house: House,
    caplog: pytest.LogCaptureFixture,
    query: dict[str, str],
    status: int,
    sentence: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = await house.open()
    begun = await browser.begin()

    answered, text, _ = await browser.get("/slack/oauth_redirect", state=begun["state"], **query)

    assert (answered, sentence in text) == (status, True)
    assert '<a href="http://bot.example/slack/install">Start again</a>' in text
    assert "<script" not in text
    assert house.kept.rows == {}
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("bot.")]
    assert len(ours) == 1
    assert ours[0].startswith("nothing was installed: ")
    assert begun["state"] not in house.states.begun  # good once, whatever came of it


@pytest.mark.parametrize(
    "answer",
    [
        {"team": None},
        {"team": None, "is_enterprise_install": True},
        {"token_type": "user"},
        {"access_token": None},
        {"access_token": "xoxb-that-auth-test-refuses"},
    ],
)
async def test_what_is_no_bot_of_a_workspace_is_not_kept(
    house: House, answer: dict[str, object]
) -> None:
    house.slack.answer = answer
    browser = await house.open()
    begun = await browser.begin()

    status, text, _ = await browser.get(
        "/slack/oauth_redirect", code="code-1", state=begun["state"]
    )

    assert (status, oauth.NOT_CONFIRMED in text) == (502, True)
    assert house.kept.rows == {}


async def test_a_database_that_fails_is_told(house: House) -> None:
    browser = await house.open()
    begun = await browser.begin()
    house.kept.broken = True
    status, text, _ = await browser.get(
        "/slack/oauth_redirect", code="code-1", state=begun["state"]
    )
    assert (status, oauth.NOT_KEPT in text) == (503, True)

    house.states.broken = True
    status, text, _ = await browser.get("/slack/install")
    assert (status, oauth.NOT_NOW in text) == (503, True)


async def test_no_secret_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = await house.open()
    begun = await browser.begin()
    await browser.get("/slack/oauth_redirect", code="code-1", state=begun["state"])

    ours = [each.getMessage() for each in caplog.records if each.name.startswith("bot")]
    assert ours == ["installed in T1"]


async def test_many_who_begin_are_no_burden_on_the_database(house: House) -> None:
    browser = await house.open()
    for _ in range(oauth.BEGUN_A_MINUTE):
        await browser.begin()
    house.at += 59

    status, text, _ = await browser.get("/slack/install")
    assert (status, oauth.NOT_NOW in text) == (503, True)
    assert len(house.states.begun) == oauth.BEGUN_A_MINUTE

    house.at += 1
    await browser.begin()


async def test_who_only_looks_at_a_link_uses_nothing_up(house: House) -> None:
    browser = await house.open()
    begun = await browser.begin()
    async with aiohttp.ClientSession() as session:
        for path in ("/slack/install", f"/slack/oauth_redirect?state={begun['state']}"):
            async with session.head(house.base + path) as reply:
                assert reply.status == 405

    assert begun["state"] in house.states.begun
