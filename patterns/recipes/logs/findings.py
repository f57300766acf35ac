"""What of a model's findings holds, with what was counted; and which of them are one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from patterns.recipes.logs.choosing import burst
from patterns.recipes.logs.report import Finding, Observations, Observed, Severity, Template

#: Findings of one question, and characters of a title and a text.
FINDINGS_MOST, TITLE_MOST, TEXT_MOST = 12, 120, 600
_OVERVIEW_MOST = 1_000

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_ADDRESS = re.compile(r"\d+(?:\.\d+){3}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
#: Digits of a port; fewer may be the seconds of a time.
_PORT_LEAST = 4
_GRAVEST = {severity: number for number, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Held:
    """What holds of an answer, and how many findings did not."""

    overview: str
    findings: tuple[Finding, ...]
    dropped: int


def held(said: Observations, shown: Sequence[Template], lines: int, templates: int) -> Held:
    """
    A finding holds if it has words, rests on *shown* templates and on no others, and says no number
    that stands neither there nor in their counts, nor is that of the *lines* of the log. A sentence
    of the overview may also say how many *templates* there are.
    """
    by_number = {each.number: each for each in shown}
    found = [
        counted(one, by_number)
        for one in said.findings[:FINDINGS_MOST]
        if _holds(one, by_number, lines)
    ]
    known = numbers_of(shown) | {str(lines), str(templates)}
    return Held(overview(said.overview, known), tuple(found), len(said.findings) - len(found))


def _holds(one: Observed, shown: Mapping[int, Template], lines: int) -> bool:
    if not one.title.strip() or not one.templates or not set(one.templates) <= shown.keys():
        return False
    cited = [shown[number] for number in set(one.templates)]
    known = numbers_of(cited) | {str(lines), str(len(cited))}
    return honest(f"{one.title}\n{one.text}", known)


def counted(said: Observed | Finding, shown: Mapping[int, Template]) -> Finding:
    """*said*, with the lines of its templates."""
    cited = [shown[number] for number in sorted(set(said.templates))]
    return Finding(
        severity=said.severity,
        title=said.title.strip()[:TITLE_MOST],
        text=said.text.strip()[:TEXT_MOST],
        templates=tuple(each.number for each in cited),
        count=sum(each.count for each in cited),
        first=min((each.first for each in cited), key=lambda line: line.number),
        last=max((each.last for each in cited), key=lambda line: line.number),
    )


def numbers_of(templates: Iterable[Template]) -> set[str]:
    """All that stand in *templates* and their lines, or were counted of them."""
    known: set[str] = set()
    total = 0
    for each in templates:
        total += each.count
        lines = (each.first, each.last, *each.examples)
        known.update(
            str(number) for number in (each.number, each.count, *(li.number for li in lines))
        )
        texts = (each.text, each.first_at, each.last_at, *(line.text for line in lines))
        known.update(number for text in texts for number in numbers(text))
    return known | {str(total)}


def honest(text: str, known: Collection[str]) -> bool:
    """Is every number of *text* *known*, or the beginning of a time, or a part of host:port?"""
    return all(
        number in known or any(_part_of(number, other) for other in known if ":" in other)
        for number in numbers(text)
    )


def _part_of(number: str, other: str) -> bool:
    if len(number) >= _PORT_LEAST and other.endswith(f":{number}"):
        return True
    begins = ":" in number or _ADDRESS.fullmatch(number)
    return bool(begins) and other.startswith((f"{number}:", f"{number}.", f"{number},"))


def numbers(text: str) -> list[str]:
    """Those of *text*, in digits, as they are compared."""
    return [
        number.replace(",", "") if _THOUSANDS.fullmatch(number) else number
        for number in _NUMBER.findall(text)
    ]


def overview(text: str, known: Collection[str]) -> str:
    """Those sentences of *text* that say no number but *known* ones."""
    sentences = _SENTENCE.split(text.strip())
    return " ".join(each for each in sentences if honest(each, known))[:_OVERVIEW_MOST]


def joined(
    findings: Sequence[Finding], same: Iterable[Sequence[int]], shown: Mapping[int, Template]
) -> list[Finding]:
    """
    One for those that *same* says are one (by number, from 1), in the words of the gravest; it
    rests on the templates of all. None gets lost.
    """
    homes = list(range(len(findings)))
    for group in same:
        members = [number - 1 for number in group if 0 < number <= len(findings)]
        for member in members:
            old, new = homes[member], homes[members[0]]
            homes = [new if home == old else home for home in homes]
    groups = [[f for f, at in zip(findings, homes, strict=True) if at == n] for n in set(homes)]
    return [_one([*group], shown) for group in groups]


def _one(group: Sequence[Finding], shown: Mapping[int, Template]) -> Finding:
    told, *_ = ordered(group, shown)
    templates = tuple(number for each in group for number in each.templates)
    return counted(told.model_copy(update={"templates": templates}), shown)


def ordered(findings: Iterable[Finding], shown: Mapping[int, Template]) -> list[Finding]:
    """The gravest first; of these what is rare or came all at once."""

    def place(finding: Finding) -> tuple[float, ...]:
        sudden = max(burst(shown[number]) for number in finding.templates)
        usual = log2(1 + finding.count) - sudden
        return (_GRAVEST[finding.severity], round(usual, 6), finding.first.number)

    return sorted(findings, key=lambda each: (place(each), each.title, each.text))
