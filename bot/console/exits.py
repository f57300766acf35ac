"""How the commands end: what each exit code says, and the one way to end early."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """For scripts; the help of `quorum` lists them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_CONFIGURED = 3
    CANCELLED = 4
    INTERRUPTED = 130


class Stop(Exception):
    """The command ends here: one sentence for stderr, and the exit code."""

    def __init__(self, sentence: str, code: Exit) -> None:
        super().__init__(sentence)
        self.code = code


def cause(err: BaseException) -> BaseException:
    """What a task group wrapped: the first of its errors."""
    match err:
        case BaseExceptionGroup(exceptions=(first, *_)):
            return cause(first)
        case _:
            return err
