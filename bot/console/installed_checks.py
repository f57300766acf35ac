"""Does Slack take the tokens of the workspaces that installed the app?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.console import slack_answers
from bot.console.findings import Finding, State, ok, problem, warn
from bot.console.slack_answers import Heard
from bot.console.storing import database_file
from bot.runs.workspace import Installation
from bot.settings import Settings
from bot.store.database import connect, up_to_date
from bot.store.engines import NoDatabase
from bot.store.installations import SqlInstallations
from bot.store.vault import BadKey, Vault

AT_ONCE = 8
#: Workspaces that are named one by one.
NAMED_MOST = 10
_ANEW = "let an admin there install the app again at QUORUM_URL/slack/install"


async def check(settings: Settings) -> list[Finding]:
    """Nothing is renewed by looking: a token that has ended is `quorum serve`'s to renew."""
    found = await _installations(settings)
    if not found:
        note = "nobody has installed the app yet"
        return [warn("installations", note, "open QUORUM_URL/slack/install in a browser")]
    there = [each for each in found if each is not None]
    if len(there) < len(found):
        note = f"no key opens the tokens of {len(found) - len(there)} of them"
        remedy = "put the key they were encrypted with behind the others in QUORUM_SECRET_KEY"
        return [problem("installations", note, f"{remedy}, or install the app again there")]
    return await _tried(settings.slack_api_url, there)


async def _installations(settings: Settings) -> Sequence[Installation | None]:
    """None for a token that cannot be opened; empty where there is no database to look into."""
    file = database_file(settings)
    if settings.quorum_secret_key is None:
        return []
    if file is not None and not await asyncio.to_thread(file.exists):
        return []
    try:
        vault = Vault(settings.quorum_secret_key)
        if not await up_to_date(settings.database_url):
            return []
        async with connect(settings.database_url) as database:
            return await SqlInstallations(database, vault).every()
    except (BadKey, NoDatabase):  # said before, by who looked at the key and at the database
        return []


async def _tried(api: str, there: Sequence[Installation]) -> list[Finding]:
    free = asyncio.Semaphore(AT_ONCE)

    async def tried(installation: Installation) -> Heard | None:
        async with free:
            return await slack_answers.say(api, "auth.test", installation.token.get_secret_value())

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(tried(each)) for each in there]
    answers = [(each, task.result()) for each, task in zip(there, tasks, strict=True)]
    heard = [answer for _, answer in answers if answer is not None]
    if not heard:
        return [slack_answers.silent(api, "auth.test")]
    wrong = [
        finding
        for each, answer in answers
        for finding in _of_one(each, answer)
        if finding.state is not State.OK
    ]
    good = sum(not answer.error for answer in heard)
    counted = ok if good == len(there) else warn
    return [
        counted("installations", f"{good} of {len(there)} tokens are good"),
        *wrong[:NAMED_MOST],
        *slack_answers.of_clock(heard[0]),
    ]


def _of_one(installation: Installation, answer: Heard | None) -> list[Finding]:
    owner = installation.team or installation.enterprise
    if answer is None:
        return [warn(f"slack token of {owner}", "auth.test got no answer", slack_answers.REACH)]
    ends = installation.expires_at
    if answer.error and ends is not None and ends <= datetime.now(UTC):
        note, remedy = "has ended", "start the bot: it renews it"
        return [warn(f"slack token of {owner}", note, remedy)]
    return [
        replace(each, name=f"{each.name} of {owner}")
        for each in slack_answers.of_bot(answer, remedy=_ANEW)
    ]
