"""What the simulated model finds in a question: fenced data, numbered lines, real sentences."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from patterns.fence import CLOSE, OPEN

_FENCED = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
_HEAD = re.compile(r"^[ \t]*\[([0-9]{1,9})\] ([^\n]{0,200}?): ", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_SURROGATE = re.compile("[\ud800-\udfff]+")

#: From how many words on a sentence says something; how many sentences of a line are looked at.
_WORDS, _READ = 4, 12
#: Cues are asked in this order; the order is also that of importance.
_CUES = {
    "decision": r"\b(decided|decision|agreed|we(?:'ll| will)? go with|let's go with|settled on)\b",
    "action": r"\b(i'll|i will|we'll|todo|to do|action item|by (?:mon|tues|wednes|thurs|fri)day"
    r"|by tomorrow|can you|please (?:send|check|open|write|update|add))\b",
    "question": r"\?\W*$",
    "disagreement": r"\b(disagree|don't think|do not think|i doubt|objection|not convinced)\b",
    "risk": r"\b(risk|risky|worried|danger|concern|blocker|might break|could break|careful)\b",
}
_KINDS = {kind: re.compile(cue, re.IGNORECASE) for kind, cue in _CUES.items()}
_RANK = {kind: rank for rank, kind in enumerate((*_CUES, "fact"))}
_COMMON = frozenset({
    "about", "after", "again", "also", "because", "been", "before", "being", "could", "does",
    "doing", "from", "have", "into", "just", "like", "make", "more", "most", "much", "only",
    "other", "over", "should", "some", "such", "than", "that", "their", "them", "then", "there",
    "these", "they", "this", "those", "very", "want", "were", "what", "when", "where", "which",
    "while", "will", "with", "would", "your",
})  # fmt: skip


@dataclass(frozen=True)
class Line:
    """`[12] Ann: text`, with the lines that follow up to the next number."""

    number: int
    label: str
    text: str

    @property
    def kind(self) -> str:
        """What the line is, by its label or by simple cues in its words."""
        return self.label if self.label in _RANK else _kind(self.sentence)

    @property
    def rank(self) -> int:
        """0 is the most important."""
        return _RANK[self.kind]

    @cached_property
    def sentence(self) -> str:
        """The one that matters most, of those with four words or more where there are any."""
        said = list(sentences(self.text))[:_READ]
        speaking = [sentence for sentence in said if _speaks(sentence)]
        return min(speaking or said, key=lambda sentence: _RANK[_kind(sentence)], default="")


class Material:
    """*text* is a whole question; half surrogate pairs in it are read as line breaks."""

    def __init__(self, text: str) -> None:
        clean = _SURROGATE.sub("\n", text)
        given = _FENCED.findall(clean)
        self.blocks: tuple[str, ...] = tuple(given)
        self.claim: str = given[0] if given else clean
        #: What stands behind the claim, where anything does.
        self.beside: tuple[str, ...] = tuple(given[1:])
        self.data = "\n".join(given) if given else clean
        self.around = _FENCED.sub(" ", clean)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return _lines(self.data)

    @cached_property
    def passages(self) -> tuple[Line, ...]:
        """What can be cited for the claim: those that say most of its words first."""
        said = [line for block in self.beside for line in _lines(block) if line.sentence]
        return tuple(sorted(said, key=lambda line: self.shared(line.text), reverse=True))

    def shared(self, text: str) -> int:
        """How many words of the claim *text* has."""
        return len(set(self.words) & {word.casefold() for word in _WORD.findall(text)})

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The sentences of the claim, one after another, that have a word in them."""
        return tuple(sentences(self.claim))[:_READ]

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Each number once, the lines that matter most first."""
        ranked = sorted(self.lines, key=lambda line: line.rank)
        return tuple(dict.fromkeys(line.number for line in ranked))

    @cached_property
    def opening(self) -> str:
        """The first sentences, some thirty words."""
        first = self.lines[0].text if self.data.lstrip().startswith("[") and self.lines else ""
        return excerpt(" ".join(list(sentences(first or self.data))[:2]), 30)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words of the claim that carry meaning, in their order."""
        found = [word.casefold() for word in _WORD.findall(self.claim)]
        return tuple(dict.fromkeys(word for word in found if word not in _COMMON))

    def telling(self) -> tuple[Line, ...]:
        """The lines worth an item, in their order: about a quarter, from 4 to 12."""
        speaking = [line for line in self.lines if _speaks(line.sentence)]
        lines = speaking or [line for line in self.lines if line.sentence]
        most = min(12, max(4, len(lines) // 4))
        best = sorted(lines, key=lambda line: (line.rank, roll(line.text)))[:most]
        return tuple(line for line in lines if line in best)


def _lines(data: str) -> tuple[Line, ...]:
    heads = list(_HEAD.finditer(data))
    ends = [*(head.start() for head in heads[1:]), len(data)]
    return tuple(
        Line(int(head[1]), head[2].strip(), data[head.end() : end])
        for head, end in zip(heads, ends, strict=False)
    )


def _kind(sentence: str) -> str:
    words = sentence.replace("’", "'")
    return next((kind for kind, cue in _KINDS.items() if cue.search(words)), "fact")


def _speaks(sentence: str) -> bool:
    return len(sentence.split()) >= _WORDS


def sentences(text: str) -> Iterator[str]:
    """Parts of *text*, as they stand in it, that hold at least one letter or digit."""
    for part in _SENTENCE.split(text):
        if any(character.isalnum() for character in part):
            yield part.strip()


def excerpt(text: str, words: int) -> str:
    """The first *words* words as they stand in *text*, without what follows."""
    found = re.match(rf"\s*((?:\S+\s+){{0,{words - 1}}}\S+)", text)
    return found[1] if found else ""


def roll(*parts: str) -> int:
    """A number that is always the same for the same words."""
    digest = hashlib.sha256("\0".join(parts).encode(errors="replace")).digest()
    return int.from_bytes(digest[:6])
