"""Installing the app: a page that says "Allow", a code that is good once, tokens that work."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.web.async_client import AsyncWebClient

BACK = "https://quorum.example/slack/oauth_redirect"
QUERY = {"client_id": "1.2", "redirect_uri": BACK, "state": "s<&", "scope": "commands,chat:write"}
CLIENT = {"client_id": "1.2", "client_secret": "secret"}


async def links(stage, **changed: str) -> dict[str, str]:
    """The links of the page by their words."""
    url = f"{stage.url}/oauth/v2/authorize"
    async with stage.http.get(url, params={**QUERY, **changed}) as reply:
        page = await reply.text()
        assert reply.status == 200
    return {word: html.unescape(to) for to, word in re.findall(r'<a href="([^"]*)">(\w+)', page)}


async def code_of(stage) -> str:
    return parse_qs(urlsplit((await links(stage))["Allow"]).query)["code"][0]


async def test_who_allows_goes_back_with_a_code_and_the_state(stage):
    found = await links(stage)
    allow, cancel = (parse_qs(urlsplit(found[word]).query) for word in ("Allow", "Cancel"))

    assert found["Allow"].startswith(f"{BACK}?code=")
    assert allow["state"] == cancel["state"] == ["s<&"]
    assert cancel["error"] == ["access_denied"]


@pytest.mark.parametrize("target", ["", "javascript:alert(1)", "data:text/html,x"])
async def test_nobody_is_sent_anywhere_but_to_a_web_address(stage, target):
    url = f"{stage.url}/oauth/v2/authorize"
    async with stage.http.get(url, params={**QUERY, "redirect_uri": target}) as reply:
        assert reply.status == 400


async def access(stage, auth: dict[str, str] | None = None, **fields: str) -> dict[str, Any]:
    url, fields = f"{stage.url}/api/oauth.v2.access", fields if auth else {**CLIENT, **fields}
    async with stage.http.post(url, data=fields, headers=auth) as reply:
        return await reply.json()


@pytest.mark.parametrize("basic", [True, False])
async def test_a_code_is_good_once_and_its_token_works(stage, basic):
    code = await code_of(stage)
    auth = {"Authorization": "Basic " + b64encode(b"1.2:secret").decode()} if basic else None
    said = await access(stage, auth, code=code, redirect_uri=BACK)

    assert said["team"] == {"id": stage.workspace.team, "name": stage.workspace.name}
    assert (said["scope"], said["bot_user_id"]) == (QUERY["scope"], stage.workspace.bot)
    assert "refresh_token" not in said
    assert (await access(stage, auth, code=code, redirect_uri=BACK))["error"] == "invalid_code"
    installed = AsyncWebClient(said["access_token"], base_url=f"{stage.url}/api/")
    assert (await installed.auth_test())["team_id"] == stage.workspace.team


async def test_a_code_is_for_its_client_and_its_address(stage):
    other = await access(stage, code=await code_of(stage), client_id="other")
    elsewhere = await access(stage, code=await code_of(stage), redirect_uri="https://evil.example/")
    nobody = await access(stage, {"Authorization": "Basic %"}, code=await code_of(stage))

    assert other["error"] == "invalid_code"
    assert elsewhere["error"] == "bad_redirect_uri"
    assert nobody["error"] == "invalid_client_id"


async def test_a_token_that_rotates_is_renewed_once(stage):
    await stage.tell("app", rotating=True)
    first = await access(stage, code=await code_of(stage), redirect_uri=BACK)
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await access(stage, **renew)

    assert first["expires_in"] == 43_200
    assert first["access_token"].startswith("xoxe.xoxb-")
    assert second["access_token"] != first["access_token"]
    assert (await access(stage, **renew))["error"] == "invalid_refresh_token"


async def test_secrets_are_not_recorded(stage):
    await access(stage, code=await code_of(stage), redirect_uri=BACK)

    (call,) = [call for call in stage.workspace.calls if call.method == "oauth.v2.access"]
    assert not call.args.keys() & {"code", "client_secret", "token"}
