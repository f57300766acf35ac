"""The command line, `python -m playground`, and the life of its process."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import signal
import sys
import webbrowser
from collections.abc import Callable

from aiohttp import web

from playground.importing import ImportRefused, read
from playground.sample import sample
from playground.server import build
from playground.workspace import Workspace

HOST = "127.0.0.1"
GRACE = 0.5  # seconds that open requests get at the end


def main() -> int:
    options = _options().parse_args()
    if os.environ.get("ENV") == "production":
        return _refuse("The playground has no business in production: ENV says it is.")
    try:
        asyncio.run(_serve(options))
    except ImportRefused as refusal:
        return _refuse(str(refusal))
    except OSError as err:
        if err.errno != errno.EADDRINUSE:
            return _refuse(f"Port {options.port} cannot be used: {err.strerror}.")
        return _refuse(f"Port {options.port} is taken. Choose another one with --port.")
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="playground", description="A small Slack on localhost.")
    parser.add_argument("--port", type=int, default=4000, help="where it listens, on 127.0.0.1")
    parser.add_argument(
        "--import", dest="folder", metavar="DIR", help="a Slack export, or messages.jsonl"
    )
    parser.add_argument(
        "--keep-times", action="store_true", help="do not move imported messages to now"
    )
    parser.add_argument("--rate-limits", action="store_true", help="start with Slack's rate limits")
    parser.add_argument(
        "--attached", action="store_true", help="end when standard input does, with who started it"
    )
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    return parser


async def _serve(options: argparse.Namespace) -> None:
    fresh = _source(options)
    app = build(
        fresh(),
        bot_url=os.environ.get("BOT_URL") or "http://127.0.0.1:3000/slack/events",
        signing_secret=os.environ.get("SLACK_SIGNING_SECRET") or "playground-secret",
        token=os.environ.get("SLACK_BOT_TOKEN") or "xoxb-playground",
        rate_limits=options.rate_limits,
        fresh=fresh,
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, options.port).start()
        url = f"http://{HOST}:{runner.addresses[0][1]}"
        _say(f"Playground: {url}")
        if options.open:
            await asyncio.to_thread(webbrowser.open, url)
        await _ended(attached=options.attached)
    finally:
        await runner.cleanup()


def _source(options: argparse.Namespace) -> Callable[[], Workspace]:
    folder: str | None = options.folder
    if folder is None:
        return sample

    def imported() -> Workspace:
        found = read(folder, keep_times=options.keep_times)
        if found.skipped:
            sys.stderr.write(f"Skipped {found.skipped} entries that are no messages.\n")
        return found.workspace

    return imported


async def _ended(*, attached: bool) -> None:
    """Wait for Ctrl-C, a polite kill, or the end of standard input."""
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    if attached:
        loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 1) or end.set())
    await end.wait()
    if attached:
        loop.remove_reader(sys.stdin.fileno())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
