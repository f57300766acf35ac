"""Which parts of what was read have to do with a claim? By the words that they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappush, heappushpop
from itertools import count

from patterns.evidence import Passage
from patterns.similar import words

#: Passages for one claim.
PASSAGES_MOST = 24
#: Characters of one passage; a longer paragraph is more than one.
CHARS_MOST = 1_200
#: Share of a claim's words from which its maker only says it again.
OWN_MOST = 0.8


def paragraphs(
    lines: Iterable[tuple[int, str]], *, most: int = CHARS_MOST
) -> Iterator[tuple[int, str]]:
    """
    What stands between blank lines of numbered *lines*, by the number of its first line.

    What is longer than *most* characters is cut between lines, or else between words.
    """
    start, held = 0, ""
    for number, line in lines:
        for part in _cut(line.strip(), most) if line.strip() else [""]:
            if held and (not part or len(held) + len(part) >= most):
                yield start, held
                held = ""
            start = start if held else number
            held = f"{held}\n{part}" if held else part
    if held:
        yield start, held


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Its lines, from 1."""
    return enumerate(text.splitlines(), 1)


def _cut(line: str, most: int) -> Iterator[str]:
    start = 0
    while len(line) - start > most:
        end = start + most
        end = line.rfind(" ", start + most // 2, end) + 1 or end
        yield line[start:end].strip()
        start = end
    yield line[start:].strip()


class Likeliest:
    """Of all passages that it sees, the few for each of *claims* that share most words with it."""

    def __init__(self, claims: Sequence[str]) -> None:
        self._claims = [words(claim) for claim in claims]
        self._kept: list[list[tuple[int, int, Passage]]] = [[] for _ in claims]
        self._seen = count()

    def see(self, passage: Passage, *, own: bool = False) -> None:
        """
        Of as many shared words, the one that was seen first is likelier.

        *own*: of who makes the claim. To say it again proves nothing.
        """
        said, seen = words(passage.text), -next(self._seen)
        for claim, kept in zip(self._claims, self._kept, strict=True):
            shared = len(claim & said)
            if not shared or (own and shared >= OWN_MOST * len(claim)):
                continue
            if len(kept) < PASSAGES_MOST:
                heappush(kept, (shared, seen, passage))
            else:
                heappushpop(kept, (shared, seen, passage))

    def found(self) -> list[tuple[Passage, ...]]:
        """For each claim, the likeliest first."""
        return [
            tuple(passage for _, _, passage in sorted(kept, reverse=True)) for kept in self._kept
        ]
