"""Simulated ideas: the words of a problem, turned by moves that fit any problem."""

from __future__ import annotations

from collections.abc import Sequence

from bot.llm.material import roll

_MOVES = (
    ("Drop {word}", "take {word} away for two weeks and write down who misses it"),
    ("Turn {word} around", "let the people at the end of the line decide about {word}"),
    ("Pay for {word}", "give {word} a price, even a small one, and watch what is still wanted"),
    ("Start with the worst {word}", "mend only the worst case of {word} and leave the rest"),
    ("Make {word} visible", "hang the state of {word} where everybody walks past it"),
    ("Rent, do not build", "borrow {word} from a neighbour before making your own"),
    ("A day without {word}", "close {word} one day a week and use the time to ask why"),
    ("Halve {word}", "do {word} half as often and twice as well"),
    ("One owner for {word}", "name a single person who may say no to {word}"),
    ("Let {word} expire", "whatever nobody renews about {word} ends by itself"),
    ("Swap roles on {word}", "the loudest critic runs {word} for a month"),
    ("Sell {word} first", "announce {word} before it exists and count the answers"),
)
_TESTS = (
    "A paper version is enough to try it.",
    "Ask five people on the stairs, then decide.",
    "One team tries it until the end of the month.",
    "Measure the week before and the week after.",
    "Stop at once if the first three days bring complaints.",
    "Begin where failure costs nothing.",
    "Write down beforehand what would count as success.",
    "Keep the old way open beside it.",
)
_STRIDES = (1, 5, 7, 11)


class Ideas:
    """*who* sees the problem: others take other moves, in another order, on other words."""

    def __init__(self, words: Sequence[str], *, who: str) -> None:
        self._words = words or ("it",)
        self._who = who

    def title(self, place: str) -> str:
        """*place* names the idea among its neighbours, ending in its number."""
        move, _, word = self._at(place)
        return move[0].format(word=word)

    def pitch(self, place: str) -> str:
        """Marked as what it is."""
        move, test, word = self._at(place)
        return f"Simulated idea ({self._who}): {move[1].format(word=word)}. {test}"

    def _at(self, place: str) -> tuple[tuple[str, str], str, str]:
        tail = place.rpartition(".")[2]
        number = int(tail) if tail.isdecimal() else 0
        start, stride = roll(self._who), _STRIDES[roll(self._who, "stride") % len(_STRIDES)]
        move = _MOVES[(start + number * stride) % len(_MOVES)]
        test = _TESTS[(start // 16 + number * stride) % len(_TESTS)]
        word = self._words[(start // 256 + number) % len(self._words)]
        return move, test, f"“{word}”"
