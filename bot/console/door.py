"""The way into every command: settings, logging, then the work; its errors as sentences."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import typer

from bot.calls.prices import BadPrices
from bot.console import logs
from bot.console.exits import Exit, Stop, cause
from bot.llm.errors import NoModel
from bot.runs.errors import NoSuchRun, StorageFailed, Unreadable
from bot.settings import BadSettings, Settings, load
from bot.store.engines import NoDatabase
from bot.store.vault import BadKey
from bot.views.escaping import one_line

log = logging.getLogger(__name__)

_HALF_FILLED = (
    "Settings come from .env and the environment: fill in what is half filled in, or take it out."
)

Work = Callable[[Settings], Coroutine[Any, Any, Exit]]


def enter(
    context: typer.Context,
    work: Work,
    *,
    read: Callable[[], Settings] = load,
    server: bool = False,
) -> None:
    """
    Do *work* with the settings that *read* gives, and end with its exit code.

    A *server* logs what it does, as JSON; other commands only what goes wrong.
    """
    try:
        settings = read()
        level = _level(settings, server=server, verbose=bool(context.obj))
        logs.set_up(level, lines_of_json=server)
        code = asyncio.run(work(settings))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    except Exception as err:  # the door of a command: people get a sentence, not a traceback
        root = cause(err)
        if isinstance(root, BrokenPipeError):
            raise root from None  # nobody reads any more; typer ends quietly on that
        stop = _known(root)
        if stop is None:
            log.exception("the command broke")
            stop = Stop("Something broke on our side; the lines above say where.", Exit.FAILED)
        typer.echo(one_line(str(stop)), err=True)
        code = stop.code
    raise typer.Exit(code)


def _known(err: BaseException) -> Stop | None:
    if isinstance(err, Stop):
        return err
    sentence = str(err)
    match err:
        case NoModel():
            sentence, code = f"{sentence} {_HALF_FILLED}", Exit.NOT_CONFIGURED
        case BadSettings() | BadPrices() | BadKey():
            code = Exit.NOT_CONFIGURED
        case StorageFailed():
            sentence, code = f"{sentence[:1].upper()}{sentence[1:]}.", Exit.FAILED
        case NoDatabase():
            code = Exit.FAILED
        case NoSuchRun() | Unreadable():
            code = Exit.USAGE
        case _:
            return None
    return Stop(sentence, code)


def _level(settings: Settings, *, server: bool, verbose: bool) -> int:
    if verbose:
        return logging.DEBUG
    if not server:
        return logging.ERROR
    known = logging.getLevelNamesMapping()
    name = settings.quorum_log.upper()
    if name not in known:
        raise BadSettings(f"QUORUM_LOG: {name} is none of {', '.join(known)}")
    return known[name]
