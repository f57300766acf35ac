"""
What a limit costs: three ways to ask 400 questions of a server that allows 120 a minute.

`python -m benchmarks.rates` needs no network and no patience: all of it happens in virtual time,
the same way every time for the same `--seed`. *time/ideal* is to what the limits alone take for
all questions; who loses some is soon done.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.calls.gate import RateGate
from tests.fakes.metered_server import Busy, Job, MeteredServer, ask, ideal, jobs
from tests.fakes.virtual_time import in_virtual_time

RPM, TPM, SLOTS, JOBS = 120, 120_000, 20, 400
TRIES = 5

#: Makes, for one server, who asks it one question; False where that gave up.
Way = Callable[[MeteredServer, random.Random], Callable[[Job], Awaitable[bool]]]


def backoff(server: MeteredServer, chance: random.Random) -> Callable[[Job], Awaitable[bool]]:
    """A semaphore, and exponential backoff with jitter, everybody for himself."""
    slots = asyncio.Semaphore(SLOTS)

    async def asked(job: Job) -> bool:
        async with slots:
            for attempt in range(TRIES):
                try:
                    await server.answer(job)
                except Busy:
                    await asyncio.sleep(min(8, 0.5 * 2**attempt) * chance.uniform(0.75, 1))
                else:
                    return True
        return False

    return asked


def shared_wait(server: MeteredServer, chance: random.Random) -> Callable[[Job], Awaitable[bool]]:
    """A semaphore, and what one is asked to wait, all wait."""
    slots = asyncio.Semaphore(SLOTS)
    clock = asyncio.get_running_loop().time
    until = 0.0

    async def asked(job: Job) -> bool:
        nonlocal until
        async with slots:
            while True:
                await asyncio.sleep(until - clock())
                if until > clock():  # somebody was asked to wait longer meanwhile
                    continue
                try:
                    await server.answer(job)
                except Busy as busy:
                    until = max(until, clock() + (busy.retry_after or 1))
                else:
                    return True

    return asked


def gate(server: MeteredServer, chance: random.Random) -> Callable[[Job], Awaitable[bool]]:
    """`bot.calls.gate`."""
    door = RateGate("model", rpm=RPM, tpm=TPM, slots=SLOTS, chance=chance.random)

    async def asked(job: Job) -> bool:
        await ask(door, server, job)
        return True

    return asked


WAYS: dict[str, Way] = {
    f"semaphore + backoff, {TRIES} tries": backoff,
    "semaphore + shared Retry-After": shared_wait,
    "Quorum's gate": gate,
}
#: The limits that the server really has, by what they are to those that we were told.
TRUTHS = {"the limits are as told": 1.0, "the limits are half of what we were told": 0.5}


@dataclass(frozen=True, kw_only=True)
class Row:
    way: str
    refusals: int
    lost: int
    attempts: int
    makespan: float

    def __str__(self) -> str:
        return (
            f"{self.way:<34}{self.refusals:>9}{self.lost:>7}{self.attempts:>10}"
            f"{self.makespan:>13.2f}"
        )


def measured(name: str, way: Way, *, truth: float, seed: int) -> Row:
    work = jobs(JOBS, seed=seed)
    server = MeteredServer(rpm=RPM * truth, tpm=TPM * truth)

    async def all_of_it() -> tuple[list[bool], float]:
        asked = way(server, random.Random(seed))  # noqa: S311 - jitter
        done = await asyncio.gather(*(asked(job) for job in work))
        return done, asyncio.get_running_loop().time()

    done, took = in_virtual_time(all_of_it())
    return Row(
        way=name,
        refusals=len(server.refused),
        lost=done.count(False),
        attempts=len(server.served) + len(server.refused),
        makespan=took / ideal(work, rpm=RPM * truth, tpm=TPM * truth),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args(arguments).seed
    print(f"{JOBS} questions, {SLOTS} at once, {RPM} requests and {TPM:,} tokens a minute")
    for truth, share in TRUTHS.items():
        print(
            f"\n{truth:<41}\n{'':<34}{'refusals':>9}{'lost':>7}{'attempts':>10}{'time/ideal':>13}"
        )
        for name, way in WAYS.items():
            print(measured(name, way, truth=share, seed=seed))


if __name__ == "__main__":
    main()
