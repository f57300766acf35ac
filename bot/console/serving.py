"""The commands that keep the bot going: serve, migrate."""

from __future__ import annotations

import typer


def serve(context: typer.Context) -> None:
    """
    Run the bot for a Slack workspace.

    Over HTTP, until Ctrl-C or SIGTERM; what was open then goes on at the next start.

    Needs SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET and a model; listens on HOST and PORT. Every
    change of a run is one line of JSON on stderr (QUORUM_LOG says from which level on).

    Example:

        quorum migrate && quorum serve
    """
    from bot.console.door import enter
    from bot.console.process import serve as work

    enter(context, work, server=True)


def migrate(context: typer.Context) -> None:
    """
    Bring the database up to date.

    The one that DATABASE_URL names; safe to call again.

    Example:

        quorum migrate
    """
    from bot.console.door import enter
    from bot.console.process import migrate as work

    enter(context, work)
