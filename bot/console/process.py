"""What `quorum serve` and `quorum migrate` do."""

from __future__ import annotations

import errno

import typer

from bot import app
from bot.console.exits import Exit, Stop, cause
from bot.console.storing import make_ready
from bot.llm.errors import NoModel
from bot.settings import BadSettings, Settings
from bot.slack.errors import SlackError
from bot.store.database import upgrade


async def serve(settings: Settings) -> Exit:
    """Until SIGINT or SIGTERM. What is missing is named all at once."""
    missing = [
        name
        for name, value in (
            ("SLACK_BOT_TOKEN", settings.slack_bot_token),
            ("SLACK_SIGNING_SECRET", settings.slack_signing_secret),
        )
        if value is None or not value.get_secret_value().strip()
    ]
    if missing:
        raise BadSettings(f"Set {' and '.join(missing)}: `quorum serve` cannot start without.")
    await make_ready(settings)
    await run_bot(settings)
    return Exit.DONE


async def run_bot(settings: Settings) -> None:
    """`bot.app.serve`, with a sentence for each thing that keeps it from starting."""
    try:
        await app.serve(settings)
    except Exception as err:
        match cause(err):
            case OSError(errno=errno.EADDRINUSE):
                sentence = f"Port {settings.port} is in use; set PORT to another one."
            case NoModel() as sentence:
                pass
            case SlackError() as refusal:
                sentence = f"Slack does not let us in: {refusal} `quorum doctor` says more."
            case _:
                raise
        raise Stop(str(sentence), Exit.NOT_CONFIGURED) from err


async def migrate(settings: Settings) -> Exit:
    await upgrade(settings.database_url)
    typer.echo("The database is up to date.")
    return Exit.DONE
