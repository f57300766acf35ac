"""A command of the program in a process that was forked after the imports."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

#: What a command prints is in this file of its folder.
OUT = "out.txt"
#: All that `quorum summarize` imports on its way.
PRELOADED = ["tests.e2e.forked", "bot.console.asking", "bot.console.cli", "bot.console.records"]


def command(words: Sequence[str], home: Path, env: Mapping[str, str]) -> None:
    """`quorum` with *words*, in the folder *home*, with *env* and nothing else but the path."""
    from bot.console import main

    os.chdir(home)
    path = os.environ["PATH"]
    os.environ.clear()
    os.environ.update(env, PATH=path)
    sys.argv = ["quorum", *words]
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115 - as long as the process
    sys.stdout = open(OUT, "w")  # noqa: PTH123, SIM115
    sys.stderr = open("err.txt", "w")  # noqa: PTH123, SIM115
    try:
        main()
    finally:
        sys.stdout.flush()
