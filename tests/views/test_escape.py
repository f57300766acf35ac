"""
Whatever text stands in a run, Slack shows it and does nothing else with it.

Ten thousand texts made by lot, and attacks made by hand, stand in every field of requests,
events, results and errors; everything that views make of them is checked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle, islice
from typing import Any, cast

import pytest

from bot.runs.lookup import Spent
from bot.runs.model import Audience, Opinion, PeoplesVote, Place, Run, Status, Window
from bot.runs.money import Caps, Cost
from bot.runs.workspace import Preference, ResultShown
from bot.views import card, forms, listing, notices
from bot.views.classic import classic
from bot.views.home import HomePage, home
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Event,
    Planned,
    PlannedBranch,
)
from patterns.evidence import Earlier, Origin, Passage
from patterns.recipes import RECIPES
from patterns.recipes.brainstorm import Idea, IdeaList
from patterns.recipes.extract import Column, Extracted, Extraction, RowStatus, Wanted
from patterns.recipes.factcheck import (
    ClaimKind,
    ClaimVerdict,
    FactCheck,
    Label,
    NotVoted,
    Outcome,
    SeatVote,
)
from patterns.recipes.logs import Finding, LogLine, LogReport, Severity, Template
from patterns.recipes.safety import Category, CategoryFinding, Level, SafetyReport
from patterns.recipes.summarize import Kind, Point, Summary, Told, Unread
from patterns.usage import Usage
from tests.fakes.attacks import ATTACKS
from tests.views import samples, slack_rules
from tests.views.samples import HERE, LINK, NASTY, NOON

#: Gives the text for the next field.
Text = Callable[[], str]

TEXTS = 10_000
_SIGNS = (
    *"<>@#!|&;*_~`\\\"'[](){}:/.- \n\t", "\u202e", "\u200b", "\u2028", "\x00", "\ud800", "\ufeff",
    "&lt;", "&amp;", "<!", "<@U1>", "```", "@here", "://", "www.", "é", "漢", "😀", "a", "Zz", "0",
)  # fmt: skip


def made_up(number: int) -> list[str]:
    """Texts by lot, the same each time: signs, nasty parts, a few of great length."""
    chance = random.Random(20_261_125)
    return [_made(chance) for _ in range(number)]


def _made(chance: random.Random) -> str:
    match chance.randrange(4):
        case 0:
            return "".join(chance.choices(_SIGNS, k=chance.randrange(40)))
        case 1:
            return " ".join(chance.choices(NASTY, k=chance.randrange(9)))
        case 2:
            return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(24)))
        case _:
            around = chance.choices((*NASTY, *_SIGNS), k=3)
            return around[0] + chance.choice(ATTACKS)[: chance.randrange(400)] + "".join(around)


def claim(text: Text, outcome: Outcome) -> ClaimVerdict:
    passages = tuple(
        Passage(origin=origin, text=text(), title=text(), link=link, date=text())
        for origin, link in zip(Origin, (LINK, text(), "https://pages.example/1"), strict=True)
    )
    votes = tuple(
        SeatVote(
            seat=text(), label=label, reason=text(), confidence=0.5, quote=text() or "x",
            passage=number % 3 + 1, said=Label.REFUTED if number % 2 else None, recast=text(),
            model=text(),
        )
        for number, label in enumerate((*Label, *Label))
    )  # fmt: skip
    earlier = Earlier(claim=text(), outcome=text(), agreed=4, voters=5, date=text())
    return ClaimVerdict(
        claim=text(), start=0, end=9, outcome=outcome, why=text(), votes=votes, seats=9,
        missing=(text(), text()), passages=passages, earlier=(earlier,), searches=2,
        looked=(text(), text()),
    )  # fmt: skip


def fact_check(text: Text) -> FactCheck:
    return fact_check_of(text, Outcome.CONFLICTING)


def three_claims(text: Text) -> FactCheck:
    return fact_check_of(text, Outcome.SUPPORTED, Outcome.REFUTED, Outcome.CONTESTED)


def nothing_to_check(text: Text) -> FactCheck:
    return fact_check_of(text)


def fact_check_of(text: Text, *outcomes: Outcome) -> FactCheck:
    others = tuple(NotVoted(text=text(), start=0, end=9, kind=kind) for kind in ClaimKind)
    claims = tuple(claim(text, outcome) for outcome in outcomes)
    return FactCheck(text=text(), claims=claims, others=others, left_out=1, notes=(text(), text()))


def people(closed: bool) -> tuple[PeoplesVote, ...]:
    counts = dict.fromkeys(Opinion, 2)
    return tuple(
        PeoplesVote(claim=n, closes_at=NOON, closed=closed, counts=counts) for n in range(3)
    )


def summary(text: Text) -> Summary:
    points = tuple(
        Point(
            kind=kind, text=text(), quote=text(), speaker=text(), links=(LINK, text()),
            owner=text(), due=text(), later=(LINK, text()) if number % 2 else (),
            doubt=text() if number > len(Kind) else "",
        )
        for number, kind in enumerate((*Kind, *Kind, text()))
    )  # fmt: skip
    unread = tuple(Unread(part=text(), link=link, reason=text()) for link in (text(), LINK))
    overview = tuple(Told(text=text(), links=(LINK, text())) for _ in range(3))
    return Summary(
        overview=overview, points=points, about=text(), mine=True, others=4, read=3, messages=9,
        threads=1, files=2, parts=3, mended=1, dropped=1, cut=1, unread=unread, unread_parts=2,
        stopped=text(), notes=(text(), text()),
    )  # fmt: skip


def whole_summary(text: Text) -> Summary:
    """Of which nothing is missing, so that its question stands in its headline."""
    return summary(text).model_copy(update={"read": 9, "stopped": ""})


def nothing_found(text: Text) -> Summary:
    return Summary(overview=(), points=(), about=text(), read=9, messages=9, threads=0)


def log_report(text: Text) -> LogReport:
    first, last = (LogLine(number=number, text=text()) for number in (3, 9))
    findings = tuple(
        Finding(
            severity=severity, title=text(), text=text(), templates=(1, 2), count=7,
            first=first, last=last,
        )
        for severity in (*Severity, *Severity, *Severity)
    )  # fmt: skip
    top = tuple(
        Template(
            number=number, text=text(), count=7, first=first, last=last, level=text(),
            source=text(), first_at=text(), last_at=text(), examples=(first, last),
            history=(1, 0, 7),
        )
        for number in range(1, 4)
    )  # fmt: skip
    return LogReport(
        name=text(), link=text(), about=text(), overview=text(), findings=findings, top=top,
        lines=99, templates=3, asked=3, dropped=1, missing=(text(),), stopped=text(),
        notes=(text(),),
    )  # fmt: skip


def extraction(text: Text) -> Extraction:
    fields = tuple(
        Wanted(name=text(), column=column, options=(text(), text()), about=text())
        for column in (Column.TEXT, Column.CHOICE)
    )
    rows = tuple(
        Extracted(row=n, source=text(), values=(text(), text()), status=status, why=text())
        for n, status in enumerate((*RowStatus, *RowStatus), 1)
    )
    return Extraction(
        name=text(), link=text(), fields=fields, rows=rows, asked_again=2, stopped=text(),
        notes=(text(),),
    )  # fmt: skip


def ideas(text: Text) -> IdeaList:
    return IdeaList(
        problem=text(),
        ideas=tuple(
            Idea(number=n, title=text(), pitch=text(), lenses=(text(), text())) for n in range(1, 9)
        ),
        picks={"safe": 1, "bold": 2, text(): 3},
        common=text(),
        missing=(text(),),
    )


def safety_report(text: Text) -> SafetyReport:
    findings = tuple(
        CategoryFinding(
            category=category, votes=2, of=3, level=Level.BLOCK,
            quotes=(text(), text()), reasons=(text(), text()),
        )
        for category in Category
    )  # fmt: skip
    return SafetyReport(
        text=text(), level=Level.BLOCK, findings=findings, seats=3, missing=(text(),), cut=True
    )


def story(text: Text) -> list[Event]:
    """A branch in every state."""
    keys = [f"branch-{n}" for n in range(6)]
    branches = tuple(PlannedBranch(key=key, title=f"{text()} {key[-1]}") for key in keys)
    return [
        Planned(stage=text(), branches=branches),
        *(BranchStarted(branch=key) for key in keys[:4]),
        BranchProgress(branch=keys[0], note=text()),
        BranchDone(branch=keys[1], headline=text(), lines=(text(), text(), text())),
        BranchFailed(branch=keys[2], reason=text()),
    ]


_RECIPES: Mapping[object, str] = {
    summary: "summarize",
    whole_summary: "summarize",
    log_report: "logs",
    extraction: "extract",
}
_SHARED = frozenset({ideas, whole_summary, extraction})


def runs(text: Text) -> Iterator[Run]:
    """One of each kind, with *text* in every field that is not ours."""
    for status, result in (
        (Status.DONE, fact_check),
        (Status.DONE, three_claims),
        (Status.DONE, nothing_to_check),
        (Status.DONE, summary),
        (Status.DONE, whole_summary),
        (Status.DONE, nothing_found),
        (Status.DONE, log_report),
        (Status.DONE, extraction),
        (Status.DONE, ideas),
        (Status.DONE, safety_report),
        (Status.FAILED, None),
        (Status.CANCELLED, None),
        (Status.OPEN, None),
    ):
        asked = {
            "recipe": _RECIPES.get(result, "factcheck"),
            "asked_by": text(),
            "source": Window(channel=HERE, oldest=text()) if result in _RECIPES else None,
            "text": text(),
            "mine": True,
        }
        yield samples.run(
            *story(text),
            request=asked,
            seconds=None if status is Status.OPEN else 30,
            status=status,
            result=result and result(text),
            error=text(),
            models=(text(), text()),
            shared_by=text(),
            people=people(closed=result is fact_check),
            audience=Audience.REQUESTER if result in _SHARED else Audience.CHANNEL,
            usage=Usage(calls=7, input_tokens=12_000, output_tokens=800),
        )


def check(run: Run) -> None:
    """Everything that is made of *run* for Slack."""
    kinds = [ResultShown.BOTH, ResultShown.BROADCAST]
    for shown in kinds if run.status is Status.DONE else kinds[:1]:
        for message in card.messages(run, shown=shown, broadcast_after=0):
            slack_rules.accepted(message)
            slack_rules.harmless(message)
            _closed(message.text)
            for blocks in (message.blocks, classic(message.blocks)):
                slack_rules.message_blocks(blocks)
                _quiet(blocks)
    details = forms.details(run)
    slack_rules.modal(details)
    _quiet(details["blocks"])


def overview(found: list[Run], text: Text) -> None:
    links = {run.id: LINK for run in found}
    page = home(
        HomePage(
            runs=found,
            spent=Spent(day=Cost(tokens=1), month=Cost(tokens=2)),
            caps=Caps(),
            preference=Preference(),
            is_admin=True,
            links=links,
            now=NOON,
        )
    )
    slack_rules.home(page)
    _quiet(page["blocks"])
    slack_rules.harmless_text(listing.runs(found, links))
    for say in (notices.unknown_subcommand, notices.unknown_command, notices.unknown_channel,
                notices.unknown_word, notices.bad_fields):  # fmt: skip
        slack_rules.harmless_text(say(text()))
    slack_rules.harmless_text(notices.unknown_option("factcheck", text()))
    for recipe in RECIPES:
        form = forms.ask(recipe, Place(team="T1", channel=HERE), text=text(), respond="")
        slack_rules.modal(form)
        _quiet(form["blocks"])


def _quiet(blocks: Any) -> None:
    slack_rules.harmless_blocks(blocks)
    for text in _mrkdwn(blocks):
        _closed(text)


def _mrkdwn(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        told = cast("dict[str, Any]", value)
        if told.get("type") == "mrkdwn":
            assert told["verbatim"] is True, "bare addresses and names stay text"
            yield told["text"]
        for inner in told.values():
            yield from _mrkdwn(inner)
    elif isinstance(value, list | tuple):
        for inner in cast("list[Any]", value):
            yield from _mrkdwn(inner)


def _closed(text: str) -> None:
    """No code is begun, which would swallow what follows; no line is quoted by its author."""
    assert "```" not in text
    assert text.count("`") % 2 == 0
    assert not re.search(r"^(?:>|&gt;&gt;&gt;.*<)", text, re.MULTILINE)
    assert not re.search("[\ud800-\udfff]", text)


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_in_every_field_is_shown_as_text(attack: str):
    found = list(runs(lambda: attack))

    for run in found:
        check(run)
    overview(found, lambda: attack)


@pytest.mark.parametrize("part", range(4))
def test_ten_thousand_texts_are_shown_as_text(part: int):
    texts = islice(made_up(TEXTS), part, None, 4)
    given = cycle([*texts])
    used = 0

    def text() -> str:
        nonlocal used
        used += 1
        return next(given)

    while used < TEXTS // 4:
        found = list(runs(text))
        for run in found:
            check(run)
        overview(found, text)


def test_the_checks_see_what_they_are_there_for():
    for bad in ("<!channel>", "@here", "<https://evil.example|slack.com>", "a & b", "\u202e"):
        with pytest.raises(AssertionError):
            slack_rules.harmless_text(bad)
    with pytest.raises(AssertionError):
        _closed("```")
