"""
What a panel is worth on real claims: adaptive, with all seats asked, and one voter alone.

`python -m benchmarks.panel` takes claims with labels and evidence through the whole recipe of
`/factcheck`, each several times, with scripted voters that are right as often as they are told: no
model is asked. Time is virtual, a vote takes one second, so seconds are rounds. The same ballots
are counted in three ways. `--write docs/panel.md` puts the tables there. Ends with 1 if stopping
early changed the verdict of a panel of five, or a fake quote stands in a result.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.voters import CLAIMS, Claim, Script, Voters, claims
from patterns.fanout import Limits
from patterns.ports import SILENT
from patterns.recipes.factcheck import ClaimVerdict, Label, Outcome, factcheck
from patterns.stopping import posterior
from patterns.task import Task
from tests.fakes.virtual_time import in_virtual_time

SMALL = 5  # seats; up to these nothing is lost by stopping early
KINDS = (
    *(Voters(right=right, alike=alike) for alike in (0, 0.3) for right in (0.6, 0.7, 0.8, 0.9)),
    *(Voters(right=0.8, fakes=fakes) for fakes in (0.2, 0.4)),
)
SIZES = tuple((seats, alike) for alike in (0, 0.3) for seats in (3, 5, 9))
NO_LABEL = (Outcome.CONFLICTING, Outcome.CONTESTED)
TABLES = re.compile(r"(?<=<!-- tables -->\n).*(?=<!-- end of tables -->)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One claim that went through the recipe, and what all seats would have said."""

    claim: Claim
    verdict: ClaimVerdict
    all_asked: Outcome
    one: Label
    calls: int
    rounds: int
    faked: int

    @property
    def fakes_shown(self) -> int:
        """Quotes in the result that are in no passage of the claim."""
        known = " ".join(" ".join(one.text.split()) for one in self.claim.passages)
        quotes = [vote.quote for vote in self.verdict.votes if vote.quote]
        return sum(" ".join(quote.split()) not in known for quote in quotes)


def decided(votes: Sequence[Label]) -> Outcome:
    """The rule of the panel, once more and by itself: the recipe is checked against it."""
    counts = Counter(votes)
    for label, given in counts.items():
        sure = len(votes) <= SMALL or posterior([counts[one] for one in Label]) >= 0.7  # noqa: PLR2004
        if given * 2 > len(votes) and (sure or label is not counts.most_common(1)[0][0]):
            return Outcome(label.value)
    split = min(counts[Label.SUPPORTED], counts[Label.REFUTED])
    return Outcome.CONFLICTING if split >= 2 else Outcome.CONTESTED  # noqa: PLR2004 - the rule


async def check(claim: Claim, voters: Voters, *, seats: int = SMALL) -> Checked | None:
    """None where the recipe does not take it for a claim."""
    model = Script(voters, claim).model(seconds=1)
    clock = asyncio.get_running_loop().time
    began = clock()
    found = await factcheck(Task(text=claim.text, voters=seats, web=True), model, SILENT, Limits())
    took = clock() - began
    if not found.claims:
        return None
    votes = [voters.votes(claim, seat) for seat in range(1, seats + 1)]
    (verdict,) = found.claims
    return Checked(
        claim=claim,
        verdict=verdict,
        all_asked=decided([vote.counts_as for vote in votes]),
        one=votes[0].counts_as,
        calls=sum("voter-" in key for key in model.asked),
        rounds=round(took),
        faked=sum(vote.fake for vote in votes),
    )


async def checked(
    found: Sequence[Claim], voters: Voters, *, draws: int, seats: int = SMALL
) -> list[Checked]:
    """One after the other: what the clock tells is of one run."""
    every = [
        await check(claim, replace(voters, draw=draw), seats=seats)
        for draw in range(draws)
        for claim in found
    ]
    return [one for one in every if one]


@dataclass(frozen=True)
class Figures:
    """Of one kind of voters, over those claims that have a label which a voter can give."""

    every: Sequence[Checked]

    @property
    def labelled(self) -> list[Checked]:
        return [one for one in self.every if one.claim.gold]

    @property
    def answered(self) -> float:
        return sum(one.verdict.outcome not in NO_LABEL for one in self.labelled) / len(
            self.labelled
        )

    @property
    def adaptive(self) -> float:
        return _accuracy([(one.verdict.outcome, one.claim.gold) for one in self.labelled])

    @property
    def fixed(self) -> float:
        return _accuracy([(one.all_asked, one.claim.gold) for one in self.labelled])

    @property
    def single(self) -> float:
        return _accuracy([(Outcome(one.one.value), one.claim.gold) for one in self.labelled])

    @property
    def calls(self) -> float:
        return sum(one.calls for one in self.every) / len(self.every)

    @property
    def rounds(self) -> float:
        return sum(one.rounds for one in self.every) / len(self.every)

    @property
    def changed(self) -> int:
        return sum(one.verdict.outcome is not one.all_asked for one in self.every)

    @property
    def faked(self) -> int:
        return sum(one.faked for one in self.every)

    @property
    def fakes_shown(self) -> int:
        return sum(one.fakes_shown for one in self.every)

    @property
    def misled(self) -> float:
        """The share of claims that were named right or wrong, and are not."""
        sides = (Outcome.SUPPORTED, Outcome.REFUTED)
        named = [one for one in self.labelled if one.verdict.outcome in sides]
        wrong = [one for one in named if one.verdict.outcome.value != one.claim.gold]
        return len(wrong) / len(self.labelled)

    def cells(self) -> list[str]:
        shares = (self.single, self.fixed, self.adaptive, self.answered, self.misled)
        means = (self.calls, self.rounds)
        return [*(f"{each:.1%}" for each in shares), *(f"{each:.2f}" for each in means)]


def _accuracy(pairs: Sequence[tuple[Outcome, Label | None]]) -> float:
    """Over those where a label was named."""
    named = [(outcome, gold) for outcome, gold in pairs if outcome not in NO_LABEL]
    return sum(gold is not None and outcome.value == gold.value for outcome, gold in named) / (
        len(named) or 1
    )


HEAD = ("one voter", "all asked", "adaptive", "answered", "misled", "calls", "rounds")


def of_kinds(found: Sequence[Claim], draws: int) -> tuple[list[Figures], str]:
    rows, figures = [], []
    for kind in KINDS:
        each = Figures(in_virtual_time(checked(found, kind, draws=draws)))
        given = [f"{kind.right:g}", f"{kind.alike:g}", f"{kind.fakes:.0%}"]
        ends = [str(each.changed), f"{each.fakes_shown} of {each.faked}"]
        rows.append([*given, *each.cells(), *ends])
        figures.append(each)
    head = ("right", "alike", "fake quotes", *HEAD, "verdicts changed", "fakes shown")
    return figures, table(head, rows)


def of_sizes(found: Sequence[Claim], draws: int) -> str:
    rows: list[list[str]] = []
    for seats, alike in SIZES:
        kind = Voters(right=0.8, alike=alike)
        each = Figures(in_virtual_time(checked(found, kind, draws=draws, seats=seats)))
        rows.append([str(seats), f"{alike:g}", *each.cells(), str(each.changed)])
    return table(("seats", "alike", *HEAD, "verdicts changed"), rows)


def of_conflicts(figures: Sequence[Figures]) -> str:
    """What was named where the evidence is in conflict and each voter takes either side."""
    rows: list[list[str]] = []
    for kind, each in zip(KINDS, figures, strict=True):
        if kind.right != 0.8:  # noqa: PLR2004 - these voters toss a coin
            continue
        named = Counter(one.verdict.outcome for one in each.every if one.claim.gold is None)
        shares = [f"{named[outcome] / (named.total() or 1):.0%}" for outcome in Outcome]
        rows.append([f"{kind.alike:g}", f"{kind.fakes:.0%}", *shares])
    return table(("alike", "fake quotes", *(one.replace("_", " ") for one in Outcome)), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=CLAIMS)
    parser.add_argument("--claims", type=int, default=250)
    parser.add_argument("--draws", type=int, default=4, help="panels a claim (%(default)s)")
    parser.add_argument("--write", type=Path, help="the page that has the tables")
    options = parser.parse_args(arguments)
    if not options.path.exists():
        print(f"There are no claims in {options.path}: name a file in AVeriTeC's format.")
        return 0
    found = claims(options.path)[: options.claims]
    figures, kinds = of_kinds(found, options.draws)
    voted = len(figures[0].every) // options.draws
    told = f"{voted} of {len(found)} claims were voted on, {options.draws} panels each.\n"
    tables = "\n".join((told, kinds, of_sizes(found, options.draws), of_conflicts(figures)))
    print(tables)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(TABLES.sub(lambda _: f"\n{tables}\n", page), encoding="utf-8")
    return int(any(each.changed or each.fakes_shown for each in figures))


if __name__ == "__main__":
    sys.exit(main())
