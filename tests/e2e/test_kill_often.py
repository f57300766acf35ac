"""
kill -9 again and again, at moments drawn by lot, in the middle of a long summary.

However often it was killed, the run ends with the very result of one that was left alone, and
nothing is asked again but what was under way at that moment (counted at the model's server).
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.e2e.forked import OUT, command
from tests.e2e.town import until
from tests.fakes.model_server import Asked, ModelServer, Turn, says

KILLS = 10
WIDTH = 4
#: Sixty parts of it, and the merges of these.
TALK = "".join(f"Ann: We agreed on part {n} of the plan. {f'word{n} ' * 1300}\n" for n in range(60))


@dataclass(frozen=True)
class Kept:
    """What a dead process left behind."""

    run: str = ""
    answers: frozenset[str] = frozenset()
    tokens: int = 0


class Shell:
    """Commands in a folder of their own, each a process of its own."""

    def __init__(self, home: Path, server: str) -> None:
        self._home = home
        self._env = {
            "HOME": str(home),
            "NO_PROXY": "127.0.0.1",
            "OPENAI_BASE_URL": f"{server}/v1",
            "QUORUM_MODEL": "served",
            "QUORUM_MAX_CONCURRENCY": str(WIDTH),
            "QUORUM_HEDGE": "false",
            "QUORUM_CAP_RUN": "off",
            "QUORUM_KEEP_ANSWERS_DAYS": "0",  # it has to live on what it was told itself
        }
        home.mkdir()
        (home / "talk.txt").write_text(TALK)

    def start(self, words: Sequence[str]) -> ForkServerProcess:
        return command(words, self._home, self._env)

    async def ended(self, words: Sequence[str]) -> dict[str, Any]:
        """What the command printed, once it is over."""
        process = self.start(words)
        await until(lambda: process.exitcode is not None)
        assert process.exitcode == 0
        return json.loads((self._home / OUT).read_text())

    def kept(self) -> Kept:
        """Read without changing it."""
        url = f"file:{self._home / 'quorum.db'}?mode=ro"
        with closing(sqlite3.connect(url, uri=True)) as database:
            [(run,)] = database.execute("SELECT id FROM runs").fetchall()
            bodies = database.execute("SELECT body FROM answers WHERE body IS NOT NULL").fetchall()
            [(tokens,)] = database.execute(
                "SELECT SUM(input_tokens + output_tokens) FROM answers"
            ).fetchall()
        answers = frozenset(_canonical(body) for (body,) in bodies)
        assert len(answers) == len(bodies), "each question has an answer of its own"
        return Kept(run, answers, tokens or 0)


ASKED = ("summarize", "--deep", "--json", "talk.txt")
_SAID = re.compile(r"\[(\d+)\] Ann: (We agreed on part \d+ of the plan)")


def answer(asked: Asked) -> str:
    """To every question another one, and always the same: so answers tell which were asked."""
    told = [{"text": f"seen {asked.prompt}", "items": []}]
    fields = asked.schema["properties"]
    if "items" not in fields:
        empty = {name: [] for name in fields}
        return json.dumps(empty | ({"overview": told} if "overview" in fields else _found(asked)))
    missed = "Look for what they leave out" in asked.text
    items = [] if missed else [_item(*found) for found in _SAID.findall(asked.text)]
    return json.dumps({"overview": told, "items": items})


def _found(asked: Asked) -> dict[str, Any]:
    return {"findings": [{"items": [], "why": f"seen {asked.prompt}"}]}


def _item(number: str, words: str) -> dict[str, Any]:
    return {
        "kind": "decision",
        "text": words,
        "lines": [int(number)],
        "quote": words,
        "speaker": "Ann",
        "owner": None,
        "due": None,
        "confidence": 4,
    }


def script(asked: Asked) -> Turn:
    return says(answer(asked))


@pytest.mark.parametrize("seed", range(5))
async def test_a_run_killed_ten_times_ends_as_if_it_had_been_left_alone(
    seed: int, tmp_path: Path, serve: Serve
) -> None:
    chance = random.Random(seed)
    calm = ModelServer(script)
    expected = await Shell(tmp_path / "calm", await serve(calm.app())).ended(ASKED)
    model = ModelServer(script, latency=lambda _: chance.uniform(0.02, 0.2))
    shell = Shell(tmp_path / "rough", await serve(model.app()))
    words: Sequence[str] = ASKED
    kept, lost = Kept(), 0

    for _ in range(KILLS):
        asked_before = len(model.asked)
        await _killed_in_the_middle(shell.start(words), model, chance)
        asked = {_canonical(answer(each)) for each in model.asked[asked_before:]}
        assert not asked & kept.answers, "what is kept is not asked again"
        now = shell.kept()
        assert now.answers >= kept.answers
        assert now.tokens >= kept.tokens, "what is written down as spent stays spent"
        assert len(asked - now.answers) <= WIDTH
        kept, lost = now, lost + len(asked - now.answers)
        words = ("runs", "resume", "--json", kept.run)
    ended = await shell.ended(words)

    assert ended["result"] == expected["result"]
    assert ended["result"]["unread"] == []
    assert model.calls - calm.calls == lost, "only what was under way is asked again"
    assert ended["usage"]["calls"] == calm.calls


async def _killed_in_the_middle(
    process: ForkServerProcess, model: ModelServer, chance: random.Random
) -> None:
    """Some answers after its first question, and a moment that no test could choose better."""
    calls = model.calls + chance.randint(1, 2 * WIDTH)
    await until(lambda: model.calls >= calls or process.exitcode is not None)
    await asyncio.sleep(chance.uniform(0, 0.1))
    assert process.exitcode is None, "it was to be killed, and it had ended"
    process.kill()
    await until(lambda: process.exitcode is not None)
    assert process.exitcode == -signal.SIGKILL


def _canonical(answer: str) -> str:
    return json.dumps(json.loads(answer), sort_keys=True)
