"""The command that shows everything on one machine: `quorum demo`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer


def demo(
    context: typer.Context,
    *,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--import",
            metavar="DIR",
            help="A Slack export to talk in, instead of the sample workspace.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(metavar="N", min=1, max=65535, help="Of the page that you open.")
    ] = 4000,
    bot_port: Annotated[
        int, typer.Option(metavar="N", min=1, max=65535, help="Of the bot behind it.")
    ] = 3000,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
) -> None:
    """
    Try everything on this machine, without Slack.

    Opens a small Slack in the browser, with a sample workspace and the bot in it.

    Uses OPENAI_API_KEY if set, or OPENAI_BASE_URL together with QUORUM_MODEL, else a simulated
    model that says so. Runs are kept in quorum-demo.db in this folder. Ctrl-C ends it.

    Examples:

        quorum demo

        quorum demo --import ~/export --port 4040 --no-browser
    """
    from bot.console.door import enter
    from bot.console.showcase import Plan, run, settings_of

    plan = Plan(folder=folder, port=port, bot_port=bot_port, browser=browser)
    enter(context, partial(run, plan=plan), read=partial(settings_of, plan))
