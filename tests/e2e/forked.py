"""
The program in processes of its own, forked from one that has imported it already.

What starts anew is the program itself: fifty starts of it take no minute.
"""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from bot.console import main

#: What commands print is added to this file of their folder.
OUT = "out.txt"
_FORKS = get_context("forkserver")
#: All that is imported on the way of what is forked.
_FORKS.set_forkserver_preload(
    ["tests.e2e.forked", "tests.e2e.shown", "bot.console.asking", "bot.console.cli",
     "bot.console.process", "bot.console.records"]
)  # fmt: skip


def fork(target: Callable[..., None], *args: Any) -> ForkServerProcess:
    """*target* at work in a process that ends with this one."""
    process = _FORKS.Process(target=_begun, args=(target, *args), daemon=True)
    with chdir(Path(__file__).parents[2]):  # where the first one finds what it imports
        process.start()
    return process


def _begun(target: Callable[..., None], *args: Any) -> None:
    gc.freeze()  # what was imported is no garbage, and is not copied to see that
    target(*args)


def command(
    words: Sequence[str],
    home: Path,
    env: Mapping[str, str],
    *,
    out: str = OUT,
    err: str = "err.txt",
) -> ForkServerProcess:
    """`quorum` with *words*, in the folder *home*, with *env* and nothing else but the path."""
    return fork(_command, words, home, {"PATH": os.environ["PATH"], **env}, out, err)


def _command(words: Sequence[str], home: Path, env: Mapping[str, str], out: str, err: str) -> None:
    os.chdir(home)
    os.environ.clear()
    os.environ.update(env)
    warnings.simplefilter("default")
    sys.argv = ["quorum", *words]
    for name, stream in ((out, sys.stdout), (err, sys.stderr)):
        with Path(name).open("ab") as file:
            os.dup2(file.fileno(), stream.fileno())
    try:
        main()
    finally:
        gc.collect()  # what is lost says so, as it does at the end of a process that was not forked
