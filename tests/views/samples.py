"""Runs for the tests of the views: plain ones by hand, hostile ones by hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.runs.model import (
    SIMULATED_MODEL,
    Audience,
    OneMessage,
    Opinion,
    PeoplesVote,
    Place,
    Run,
    RunRequest,
    Several,
    Shared,
    Status,
    Thread,
    Timed,
    Window,
)
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
from patterns.recipes import Result
from patterns.recipes.brainstorm import Idea, IdeaList
from patterns.recipes.extract.extraction import (
    Column,
    Extracted,
    Extraction,
    RowStatus,
    Wanted,
)
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
from patterns.recipes.summarize import Kind, Point, Summary, Told, Unread
from patterns.task import Depth
from patterns.usage import Usage
from tests.results import checked

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ASKER, HERE = "UASKER1", "CHERE1"
LINK = "https://acme.slack.com/archives/CHERE1/p1764000000000100?thread_ts=1764000000.000100&cid=CHERE1"


def timed(*events: Event) -> tuple[Timed, ...]:
    return tuple(
        Timed(at=NOON + timedelta(seconds=n), event=event) for n, event in enumerate(events)
    )


def planned(stage: str, *keys: str) -> Planned:
    branches = tuple(PlannedBranch(key=key, title=key.capitalize()) for key in keys)
    return Planned(stage=stage, branches=branches)


def run(
    *events: Event,
    recipe: str = "factcheck",
    text: str = "The moon is cheese",
    seconds: float | None = None,
    request: dict[str, Any] | None = None,
    **changes: Any,
) -> Run:
    """An open run in the channel; closed ones took *seconds*."""
    asked = RunRequest.model_validate(
        {
            "recipe": recipe,
            "text": text,
            "asked_by": ASKER,
            "place": Place(team="T1", channel=HERE),
            "dedupe": "T1:1",
            **(request or {}),
        }
    )
    ended = None if seconds is None else NOON + timedelta(seconds=seconds)
    fields = {"audience": Audience.CHANNEL, **changes}
    return Run(
        id="run-1", request=asked, created_at=NOON, ended_at=ended, events=timed(*events), **fields
    )


def done(result: Result, *events: Event, seconds: float = 30, **changes: Any) -> Run:
    return run(*events, seconds=seconds, status=Status.DONE, result=result, **changes)


def verdict(*labels: Label, missing: tuple[str, ...] = (), **fields: Any) -> FactCheck:
    return checked(*labels, missing=missing, **fields)


def point(number: int, kind: Kind = Kind.FACT, *links: str, **changes: Any) -> Point:
    fields: dict[str, Any] = {
        "text": f"Point {number}.",
        "quote": f"Quote {number}",
        "speaker": "Ann",
        "links": links or (f"https://acme.slack.com/archives/CHERE1/p{1764000000000000 + number}",),
    }
    return Point(kind=kind, **(fields | changes))


def told(*sentences: str) -> tuple[Told, ...]:
    return tuple(Told(text=each, links=(LINK,)) for each in sentences)


def summary(*points: Point, **changes: Any) -> Summary:
    fields: dict[str, Any] = {
        "overview": told("What it is about."), "read": 40, "messages": 40, "threads": 3
    }  # fmt: skip
    return Summary(points=points, **(fields | changes))


def log_report(**changes: Any) -> LogReport:
    line = LogLine(number=3, text="ERROR disk /dev/sda1 is full")
    finding = Finding(
        severity=Severity.ERROR, title="A full disk", text="Writes fail.", templates=(1,),
        count=2, first=line, last=line,
    )  # fmt: skip
    template = Template(number=1, text="disk <*> is full", count=2, first=line, last=line)
    fields: dict[str, Any] = {
        "name": "app.log", "overview": "Disks are full.", "findings": (finding,),
        "top": (template,), "lines": 40, "templates": 7, "asked": 7,
    }  # fmt: skip
    return LogReport(**(fields | changes))


def extraction(rows: int = 3, **changes: Any) -> Extraction:
    """Of the last row nothing came."""
    found = [
        Extracted(row=n, source=f"Ann {n}", values=(f"Ann {n}", n)) for n in range(1, rows + 1)
    ]
    failed = {"values": (None, None), "status": RowStatus.FAILED, "why": "no answer"}
    found[-1:] = [each.model_copy(update=failed) for each in found[-1:]]
    fields = (Wanted(name="name"), Wanted(name="amount", column=Column.NUMBER))
    return Extraction(**{"name": "bills.csv", "fields": fields, "rows": tuple(found)} | changes)


NASTY = (
    "<!channel>", "<@U1>", "<#C1>", "<https://evil.example|slack.com>", "https://evil.example",
    "@here", "@Everyone", "@channel", "&lt;", "&", "&amp;lt;", "*bold*", "_it_", "~no~", "`code",
    "```", "\n", "\t", "\x1b[31m", "\u202e", "\U000e0041", "\u200d", "👩🏽\u200d🚀", "é", "\u2028",
    ">", "|", "a|b>", "\x00", "\\", '"', " ", "漢字", "x" * 50, "😀" * 30,
)  # fmt: skip
hostile = st.one_of(
    st.lists(st.sampled_from(NASTY), max_size=12).map("".join),
    st.text(max_size=60),
    st.sampled_from(NASTY).map(lambda part: part * 400),
)
_some = st.lists(hostile, max_size=4).map(tuple)
_links = st.lists(
    st.one_of(hostile, st.integers(0, 9).map(lambda n: f"{LINK}{n}")), min_size=1, max_size=8
).map(tuple)


def _many(strategy: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few different ones, repeated: long lists without long draws."""
    few = st.lists(strategy, max_size=3)
    return st.builds(lambda each, n: tuple((each * most)[:n]), few, st.integers(0, most))


_links_or_none = st.one_of(st.just(""), hostile, st.integers(0, 9).map(lambda n: f"{LINK}{n}"))
_dates = st.one_of(st.just("2026-11-03"), hostile)
_votes = st.builds(
    SeatVote,
    seat=hostile,
    label=st.sampled_from(Label),
    reason=hostile,
    confidence=st.floats(0, 1),
    quote=hostile,
    passage=st.none() | st.integers(-1, 9),
    said=st.none() | st.sampled_from(Label),
    recast=hostile,
    model=hostile,
    weight=st.floats(0.3, 3),
)
_claims = st.builds(
    ClaimVerdict,
    claim=hostile,
    start=st.just(0),
    end=st.just(9),
    outcome=st.sampled_from(Outcome),
    why=hostile,
    votes=_many(_votes, 15),
    seats=st.integers(1, 15),
    missing=_many(hostile, 15),
    passages=_many(
        st.builds(
            Passage,
            origin=st.sampled_from(Origin),
            text=hostile,
            title=hostile,
            link=_links_or_none,
            date=_dates,
        ),
        8,
    ),
    earlier=_many(
        st.builds(
            Earlier,
            claim=hostile,
            outcome=st.sampled_from(Outcome).map(str) | hostile,
            agreed=st.integers(0, 5),
            voters=st.integers(1, 9),
            date=_dates,
        ),
        3,
    ),
    searches=st.integers(0, 3),
    looked=_many(hostile, 4),
    weighed=st.booleans(),
)
fact_checks = st.builds(
    FactCheck,
    text=hostile,
    claims=_many(_claims, 8),
    others=_many(
        st.builds(
            NotVoted,
            text=hostile,
            start=st.just(0),
            end=st.just(9),
            kind=st.sampled_from(ClaimKind),
        ),
        9,
    ),
    left_out=st.integers(0, 3),
    notes=_many(hostile, 9),
)
peoples_votes = st.builds(
    lambda counts, closed, settled, many: tuple(
        PeoplesVote(
            claim=claim,
            closes_at=NOON,
            closed=closed,
            counts=dict(zip(Opinion, counts, strict=True)),
            settled=settled if closed else None,
        )
        for claim in range(many)
    ),
    st.tuples(*[st.integers(0, 20_000)] * 3),
    st.booleans(),
    st.none() | st.sampled_from(Opinion),
    st.integers(0, 8),
)
_sentences = st.builds(Told, text=hostile, links=_links)
summaries = st.builds(
    Summary,
    overview=_many(_sentences, 6),
    about=hostile,
    mine=st.booleans(),
    others=st.integers(0, 50),
    files=st.integers(0, 5),
    mended=st.integers(0, 5),
    notes=_some,
    stopped=hostile,
    points=_many(
        st.builds(
            Point,
            kind=st.sampled_from(Kind).map(str) | hostile,
            text=hostile,
            quote=hostile,
            speaker=hostile,
            owner=hostile,
            due=hostile,
            doubt=hostile,
            links=_links,
            later=_some | _links,
        ),
        25,
    ),
    read=st.integers(0, 10_000),
    messages=st.integers(0, 10_000),
    threads=st.integers(0, 500),
    dropped=st.integers(0, 50),
    unread=_many(
        st.builds(Unread, part=hostile, link=st.one_of(hostile, st.just(LINK)), reason=hostile),
        20,
    ),
)  # fmt: skip
_log_lines = st.builds(LogLine, number=st.integers(1, 10**9), text=hostile)
log_reports = st.builds(
    LogReport,
    name=hostile,
    link=_links_or_none,
    about=hostile,
    overview=hostile,
    findings=_many(
        st.builds(
            Finding,
            severity=st.sampled_from(Severity),
            title=hostile,
            text=hostile,
            templates=st.lists(st.integers(1, 99), max_size=9).map(tuple),
            count=st.integers(1, 10**9),
            first=_log_lines,
            last=_log_lines,
        ),
        9,
    ),
    top=_many(
        st.builds(
            Template,
            number=st.integers(1, 99),
            text=hostile,
            count=st.integers(1, 10**9),
            first=_log_lines,
            last=_log_lines,
            level=hostile,
            source=hostile,
            first_at=hostile,
            last_at=hostile,
            history=st.lists(st.integers(0, 99), max_size=24).map(tuple),
        ),
        9,
    ),
    lines=st.integers(0, 10**9),
    templates=st.integers(0, 99),
    asked=st.integers(0, 99),
    missing=_some,
    stopped=hostile,
    notes=_some,
)
extractions = st.builds(
    lambda name, fields, rows, notes, stopped: Extraction(
        name=name,
        fields=tuple(
            Wanted(name=field, column=Column.CHOICE, options=(field,)) for field in fields
        ),
        rows=tuple(
            Extracted(row=n, source=text, values=(text,) * len(fields), status=status, why=text)
            for n, (text, status) in enumerate(rows, 1)
        ),
        notes=notes,
        stopped=stopped,
    ),
    hostile,
    st.lists(hostile, min_size=1, max_size=4),
    _many(st.tuples(hostile, st.sampled_from(RowStatus)), 12),
    _some,
    hostile,
)
ideas = st.builds(
    lambda problem, each, picks, common, missing: IdeaList(
        problem=problem,
        ideas=tuple(
            Idea(number=n, title=title, pitch=pitch, lenses=lenses)
            for n, (title, pitch, lenses) in enumerate(each, 1)
        ),
        picks=picks,
        common=common,
        missing=missing,
    ),
    hostile,
    _many(st.tuples(hostile, hostile, _some), 48),
    st.dictionaries(hostile, st.integers(0, 50), max_size=3),
    hostile,
    _some,
)
_keys = st.integers(0, 120).map(lambda n: f"part-{n}")
plans = st.builds(
    lambda stage, first, count, title: Planned(
        stage=stage,
        branches=tuple(
            PlannedBranch(key=f"part-{n}", title=f"{title} {n}")
            for n in range(first, first + count)
        ),
    ),
    hostile,
    st.integers(0, 40),
    st.integers(0, 80),
    hostile,
)
events = st.lists(
    st.one_of(
        plans,
        st.builds(BranchStarted, branch=_keys),
        st.builds(BranchProgress, branch=_keys, note=hostile),
        st.builds(BranchDone, branch=_keys, headline=hostile, lines=_many(hostile, 40)),
        st.builds(BranchFailed, branch=_keys, reason=hostile),
    ),
    max_size=12,
)
_ts = st.integers(1_700_000_000, 1_800_000_000).map(lambda n: f"{n}.000100")
sources = st.one_of(
    st.none(),
    st.builds(
        Window,
        channel=st.just(HERE),
        oldest=st.none() | _ts | hostile,
        limit=st.none() | st.just(9),
    ),
    st.builds(
        Several,
        windows=st.lists(
            st.builds(
                Window, channel=st.sampled_from([HERE, "COTHER1", "C9"]), since_last=st.booleans()
            ),
            min_size=1,
            max_size=4,
        ).map(tuple),
    ),
    st.builds(Shared, channel=st.just(HERE), ts=_ts),
    st.builds(Thread, channel=st.just(HERE), ts=_ts),
    st.builds(OneMessage, channel=st.just(HERE), ts=_ts),
)
places = st.builds(
    Place,
    team=st.just("T1"),
    channel=st.sampled_from([HERE, "D1", ""]),
    thread_ts=st.none() | st.just("1764000000.000100"),
).map(Place.model_dump)
runs = st.builds(
    lambda told, request, changes, result: run(
        *told,
        request=request,
        seconds=None if changes["status"] is Status.OPEN else 30,
        result=result if changes["status"] is Status.DONE else None,
        **changes,
    ),
    events,
    st.fixed_dictionaries(
        {
            "recipe": st.sampled_from(["factcheck", "summarize", "brainstorm", "logs", "extract"]),
            "mine": st.booleans(),
            "text": hostile,
            "source": sources,
            "depth": st.sampled_from(Depth),
            "place": places,
            "asked_by": st.just(ASKER) | hostile.filter(lambda text: not text.isalnum()),
        }
    ),
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(Status),
            "audience": st.sampled_from(Audience),
            "error": st.none() | hostile,
            "attempt": st.integers(1, 3),
            "opened_at": st.none() | st.just(NOON + timedelta(seconds=3)),
            "shared_by": st.sampled_from(["", ASKER]),
            "models": st.just((SIMULATED_MODEL,)) | _some,
            "people": peoples_votes,
            "usage": st.just(Usage(calls=7, input_tokens=12_000, output_tokens=800)),
        }
    ),
    st.one_of(fact_checks, summaries, ideas, log_reports, extractions),
)
