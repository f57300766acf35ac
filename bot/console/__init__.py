"""
The command line `quorum …`: every recipe without Slack, the runs, the bot, its demo and doctor.

Exit codes: 0 done · 1 the run failed · 2 wrong usage · 3 not configured · 4 cancelled from
elsewhere · 130 cancelled by Ctrl-C.
"""

from __future__ import annotations


def main() -> None:
    """The command `quorum`."""
    # Here and not above: a room that asks for one module of the console gets no more than that.
    from bot.console.cli import app

    app()
