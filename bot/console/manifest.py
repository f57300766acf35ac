"""The command that says what Slack has to know of the app: `quorum manifest`."""

from __future__ import annotations

import json
from typing import Annotated
from urllib.parse import urlsplit

import typer

_LOCAL = {"localhost", "127.0.0.1", "::1"}


def _address(url: str) -> str:
    if not url:
        return url
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if not safe or not parts.hostname or parts.query or parts.fragment:
        raise typer.BadParameter("an address that begins with https://, without ? or #")
    return url


def manifest(
    *,
    url: Annotated[
        str,
        typer.Option(
            "--url", help="Where Slack reaches the bot, as in QUORUM_URL.", callback=_address
        ),
    ] = "",
    socket: Annotated[
        bool, typer.Option("--socket", help="For Socket Mode: Slack does not come to the bot.")
    ] = False,
    rotate: Annotated[
        bool,
        typer.Option(
            "--rotate",
            help="Tokens that end after 12 hours; only for installing through the bot (OAuth). "
            "Slack does not let an app go back.",
        ),
    ] = False,
) -> None:
    """
    Print the manifest of the Slack app.

    Paste it at https://api.slack.com/apps: "Create New App", "From a manifest"; or, for an app
    that is there, under "App Manifest".

    Examples:

        quorum manifest --url https://quorum.example.com

        quorum manifest --socket
    """
    from bot.slack.manifest import manifest as declare

    if not url and not socket:
        raise typer.BadParameter("say where Slack reaches the bot, or --socket", param_hint="--url")
    made = declare(url, socket=socket, rotate=rotate)
    typer.echo(json.dumps(made, ensure_ascii=False, indent=2))
