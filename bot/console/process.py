"""What `quorum serve` and `quorum migrate` do."""

from __future__ import annotations

import typer

from bot import app
from bot.console import slack_checks
from bot.console.exits import Exit, Stop, cause
from bot.console.storing import alone, make_ready
from bot.listening import CannotListen
from bot.settings import BadSettings, Settings
from bot.slack.errors import NoEntry, NotAllowed, SlackError
from bot.store.database import upgrade


async def serve(settings: Settings) -> Exit:
    """Until SIGINT or SIGTERM. What is missing is named all at once."""
    if missing := slack_checks.missing(settings):
        raise BadSettings(f"Set {' and '.join(missing)}: `quorum serve` cannot start without.")
    if not slack_checks.is_token(settings):
        raise BadSettings(f"{slack_checks.BROKEN}: {slack_checks.COPY}.")
    with alone(settings, otherwise="set DATABASE_URL to another"):
        await make_ready(settings)
        await run_bot(settings)
    return Exit.DONE


async def run_bot(settings: Settings) -> None:
    """`bot.app.serve`, with a sentence for each thing that keeps it from starting."""
    try:
        await app.serve(settings)
    except Exception as err:
        sentence = hindrance(cause(err), settings)
        if sentence is None:
            raise
        raise Stop(sentence, Exit.NOT_CONFIGURED) from err


def hindrance(err: BaseException, settings: Settings) -> str | None:
    """What to do about *err*, in a sentence; None for what only a traceback explains."""
    match err:
        case CannotListen(taken=True):
            return f"Port {settings.port} is in use; set PORT to another one."
        case CannotListen():
            return f"{err} Set HOST and PORT to what this machine has."
        case NoEntry() | NotAllowed():
            return f"Slack refuses the token ({err.code}): {slack_checks.INSTALL}."
        case SlackError():
            return f"Slack does not let us in ({err}). `quorum doctor` says more."
        case _:
            return None


async def migrate(settings: Settings) -> Exit:
    await upgrade(settings.database_url)
    typer.echo("The database is up to date.")
    return Exit.DONE
