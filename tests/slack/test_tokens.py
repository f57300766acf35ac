"""Tokens that end are renewed before that, once, and written down before they are used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.runs.errors import StorageFailed
from bot.runs.workspace import Installation
from bot.slack.client import SlackClient, connect
from bot.slack.errors import NoEntry, Unavailable
from bot.slack.tokens import HELD, KEPT_MOST, PATIENCE, RENEWED_BEFORE, AppSecret, Tokens, granted
from tests.conftest import Serve
from tests.slack.installations import Kept, TokenSlack, installed

HOUR = timedelta(hours=1)
APP = AppSecret("123.456", SecretStr("hush"))


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 25, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack() -> TokenSlack:
    return TokenSlack()


@pytest.fixture
async def line(slack: TokenSlack, serve: Serve) -> AsyncIterator[SlackClient]:
    url = await serve(slack.app())
    async with connect(api_url=f"{url}/api/") as line:
        yield line


def rotating(clock: Clock, hours: float = 12) -> Installation:
    ends = clock.now() + timedelta(hours=hours)
    return installed(refresh_token=SecretStr("xoxe-1"), expires_at=ends)


def tokens_of(kept: Kept, line: SlackClient, clock: Clock) -> Tokens:
    return Tokens(kept, line, APP, now=clock.now, sleep=clock.sleep)


async def test_a_token_that_does_not_end_is_read_and_never_renewed(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    tokens = tokens_of(Kept(installed()), line, clock)

    clock.at += 1_000 * HOUR
    assert await tokens.of("T1") == "xoxb-1"
    assert slack.grants == []


async def test_the_database_is_looked_at_again_after_a_moment(
    line: SlackClient, clock: Clock
) -> None:
    kept = Kept(installed())
    tokens = tokens_of(kept, line, clock)
    for _ in range(10):
        await tokens.of("T1")
    assert kept.looks == 1

    await kept.put(installed(token=SecretStr("xoxb-other")))
    clock.at += HELD + timedelta(seconds=1)

    assert await tokens.of("T1") == "xoxb-other"


async def test_a_run_that_outlives_a_token_goes_on(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    """Four days, a question every ten minutes: none of them with a token that has ended."""
    kept = Kept(rotating(clock))
    tokens = tokens_of(kept, line, clock)
    for _ in range(4 * 24 * 6):
        token = await tokens.of("T1")
        row = kept.rows["T1", ""]
        assert token == row.token.get_secret_value()
        assert row.expires_at is not None
        assert row.expires_at - clock.now() > RENEWED_BEFORE
        clock.at += timedelta(minutes=10)

    assert 9 <= len(slack.grants) <= 10
    assert slack.grants[0] == {"grant_type": "refresh_token", "refresh_token": "xoxe-1"}
    assert set(slack.apps) == {("123.456", "hush")}


async def test_many_who_need_it_at_once_renew_it_once(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    tokens = tokens_of(Kept(rotating(clock, 1)), line, clock)

    found = await asyncio.gather(*(tokens.of("T1") for _ in range(50)))

    assert set(found) == {"xoxb-2"}
    assert len(slack.grants) == 1


async def test_what_another_process_renewed_is_found(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    kept = Kept(rotating(clock, 3))
    one, other = tokens_of(kept, line, clock), tokens_of(kept, line, clock)
    assert await one.of("T1") == await other.of("T1") == "xoxb-1"

    clock.at += 1.5 * HOUR
    assert await one.of("T1") == await other.of("T1") == "xoxb-2"
    assert len(slack.grants) == 1


async def test_who_comes_second_to_slack_waits_for_what_the_first_writes_down(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    kept = Kept(rotating(clock, 1))
    slack.refresh = "xoxe-2"  # the first used it up
    tokens = tokens_of(kept, line, clock)
    renewed = installed(token=SecretStr("xoxb-2"), refresh_token=SecretStr("xoxe-2"))

    async def written() -> None:
        while not clock.slept:
            await asyncio.sleep(0)
        await kept.put(renewed)

    async with asyncio.TaskGroup() as group:
        group.create_task(written())
        asked = group.create_task(tokens.of("T1"))

    assert asked.result() == "xoxb-2"


async def test_a_silent_slack_leaves_the_old_token_while_it_is_good(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    slack.fault = "internal_error"
    tokens = tokens_of(Kept(rotating(clock, 1)), line, clock)
    assert await tokens.of("T1") == "xoxb-1"
    assert await tokens.of("T1") == "xoxb-1"
    assert len(slack.grants) == 1
    assert clock.slept == []

    slack.fault = ""
    clock.at += PATIENCE
    assert await tokens.of("T1") == "xoxb-2"


async def test_a_silent_slack_is_no_lost_right(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    slack.fault = "ratelimited"
    tokens = tokens_of(Kept(rotating(clock, -1)), line, clock)

    with pytest.raises(Exception, match="ratelimited") as caught:
        await tokens.of("T1")
    assert not isinstance(caught.value, NoEntry)


async def test_an_answer_that_was_lost_costs_nothing_until_the_token_ends(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    slack.lost = True
    tokens = tokens_of(Kept(rotating(clock, 1)), line, clock)
    assert await tokens.of("T1") == "xoxb-1"

    clock.at += 2 * HOUR
    with pytest.raises(NoEntry, match="invalid_refresh_token"):
        await tokens.of("T1")


async def test_a_new_pair_that_cannot_be_written_down_is_not_used(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    kept = Kept(rotating(clock, 1))
    kept.broken = True
    tokens = tokens_of(kept, line, clock)

    with pytest.raises(StorageFailed):
        await tokens.of("T1")
    assert len(slack.grants) == 1
    assert slack.bearers == []

    kept.broken = False
    clock.at += 13 * HOUR  # by now the old one has ended
    kept.rows["T1", ""] = kept.rows["T1", ""]
    assert await tokens.of("T1") == "xoxb-2", "what Slack gave was not lost"
    assert kept.rows["T1", ""].token == SecretStr("xoxb-2") or len(slack.grants) == 2


async def test_who_is_cancelled_while_slack_answers_loses_no_token(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    kept = Kept(rotating(clock, 1))
    tokens = tokens_of(kept, line, clock)
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(tokens.of("T1"))
        while not kept.looks > 1:  # it has read anew, so it asks Slack next
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked.cancel()

    assert await tokens.of("T1") == "xoxb-2"
    assert len(slack.grants) == 1


async def test_a_workspace_that_was_erased_meanwhile_is_not_brought_back(
    slack: TokenSlack, line: SlackClient, clock: Clock
) -> None:
    kept = Kept(rotating(clock, 1))
    tokens = tokens_of(kept, line, clock)
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(_refused(tokens))
        while not kept.looks > 1:
            await asyncio.sleep(0)
        await kept.forget("T1")

    assert asked.result()
    assert kept.rows == {}


async def _refused(tokens: Tokens) -> bool:
    with pytest.raises(NoEntry):
        await tokens.of("T1")
    return True


async def test_nobody_who_is_not_there_has_a_token(line: SlackClient, clock: Clock) -> None:
    kept = Kept(installed())
    tokens = tokens_of(kept, line, clock)
    await tokens.of("T1")
    await kept.forget("T1")
    tokens.forget("T1")

    for team, enterprise in (("T1", ""), ("T2", "E2")):
        with pytest.raises(NoEntry, match="team_access_not_granted"):
            await tokens.of(team, enterprise)


async def test_an_organisation_is_forgotten_with_all_of_its_workspaces(
    line: SlackClient, clock: Clock
) -> None:
    kept = Kept(installed("", "E1"), installed("T9"))
    tokens = tokens_of(kept, line, clock)
    for team, enterprise in (("T1", "E1"), ("", "E1"), ("T9", "")):
        await tokens.of(team, enterprise)
    kept.looks = 0

    tokens.forget("", "E1")
    for team, enterprise in (("T1", "E1"), ("", "E1"), ("T9", "")):
        await tokens.of(team, enterprise)

    assert kept.looks == 2


async def test_a_refused_token_is_compared_with_what_is_written_down(
    line: SlackClient, clock: Clock
) -> None:
    kept = Kept(installed())
    tokens = tokens_of(kept, line, clock)
    assert await tokens.of("T1") == "xoxb-1"
    assert not await tokens.instead_of("xoxb-1", "T1")

    await kept.put(installed(token=SecretStr("xoxb-7")))
    assert await tokens.instead_of("xoxb-1", "T1")
    assert await tokens.of("T1") == "xoxb-7"


async def test_what_is_held_is_bounded(line: SlackClient, clock: Clock) -> None:
    kept = Kept(*(installed(f"T{number}") for number in range(KEPT_MOST + 1)))
    tokens = tokens_of(kept, line, clock)
    for number in range(KEPT_MOST + 1):
        await tokens.of(f"T{number}")
    kept.looks = 0
    await tokens.of("T0")

    assert kept.looks == 1


@pytest.mark.parametrize("answer", [{"access_token": None}, {"expires_in": "soon"}, {"team": 7}])
async def test_an_answer_that_makes_no_sense_is_none_and_is_not_quoted(
    slack: TokenSlack, line: SlackClient, answer: dict[str, object]
) -> None:
    slack.answer = answer

    with pytest.raises(Unavailable) as caught:
        await granted(line, APP, code="code-1")
    assert str(caught.value) == "oauth.v2.access: unreadable_answer"
    assert caught.value.__cause__ is None
