"""
How much memory a way of asking takes at its peak, measured in a process of its own.

`python -m benchmarks.peak WAY N MODEL_URL SLACK_URL` prints the bytes beyond those of the warm
process: the kernel's high-water mark of resident memory, set back before the questions are asked.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import resource
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.ways import WAYS, Ground
from bot.store.database import connect, upgrade

_WARM = 20


async def of(way: str, ground: Ground) -> int:
    """Bytes at the peak, in a new process; *ground.database* is not used."""
    words = (way, str(ground.n), ground.model, ground.slack)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.peak", *words, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, f"{way} broke"
    return int(said)


async def _measured(way: str, n: int, model: str, slack: str) -> int:
    with tempfile.TemporaryDirectory(prefix="quorum-bench-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        await upgrade(url)
        async with connect(url) as database:
            ground = Ground(model=model, slack=slack, database=database, n=n)
            await WAYS[way](replace(ground, n=_WARM))
            gc.collect()
            before = _set_back()
            await WAYS[way](ground)
            return high_water() - before


def _set_back() -> int:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return high_water()


def resident() -> int:
    """Bytes of this process in memory now."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


def high_water() -> int:
    """Bytes of resident memory at the peak so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) * 1024


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    way, n, *urls = sys.argv[1:]
    print(asyncio.run(_measured(way, int(n), *urls)))
