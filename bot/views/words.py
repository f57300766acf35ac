"""What every view of a run says in the same words: what was asked, what it cost, who answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import assert_never

from bot.runs.model import (
    SIMULATED_MODEL,
    Audience,
    Files,
    OneMessage,
    Run,
    Several,
    Shared,
    Status,
    Thread,
    Window,
    channels_of,
)
from bot.runs.money import dollars
from bot.views.mrkdwn import channel, clip, line, person
from patterns.recipes.summarize import Kind
from patterns.task import Depth
from patterns.usage import Estimate

JOBS = {
    "factcheck": "Fact-check",
    "summarize": "Summary",
    "brainstorm": "Brainstorm",
    "safety": "Safety check",
    "logs": "Log analysis",
    "extract": "Extraction",
}
#: In the order of their weight.
KINDS: Mapping[str, str] = {
    Kind.DECISION: "Decisions",
    Kind.ACTION: "Actions",
    Kind.QUESTION: "Open questions",
    Kind.DISAGREEMENT: "Disagreements",
    Kind.RISK: "Risks",
    Kind.FACT: "Facts",
}
OTHER_KIND = "Other points"
#: What the text of a run is to its source, where it is no text to work on.
_ASKS = {"summarize": "about “{}”", "logs": "about “{}”", "extract": "fields: {}"}
SIMULATED = "Simulated model: no real model was asked"
SIMULATED_NOW = "Simulated model: no real model is asked"
DISCLAIMER = "AI-generated: check before you rely on it"

ASKED_MOST = 400
FOOTER_MOST = 500
_MODELS_MOST = 200
_ID_SHOWN = 9  # `quorum runs show` takes the beginning of an id; the last is an ellipsis
_DIGITS = 2  # of an estimate
_TENTHS_BELOW, _MINUTES_FROM = 10, 120  # seconds; two digits tell branches apart
_MINUTES = ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "hour"), (1, "minute"))


def job(run: Run) -> str:
    return JOBS.get(run.request.recipe) or line(run.request.recipe, 40)


def asked(run: Run) -> str:
    """One paragraph: the job, by whom, and what it is about."""
    return f"{_who(run)}\n{subject(run, ASKED_MOST)}"


def answered(run: Run) -> str:
    """As `asked`, over a result that repeats the text by itself."""
    return f"{_who(run)}\n{_source(run)}" if run.request.source else _who(run)


def subject(run: Run, limit: int) -> str:
    """What the run is about: the typed text, or what was to be read."""
    text = line(run.request.text, limit)
    asks = _ASKS.get(run.request.recipe, "") if run.request.source else ""
    return f"{_source(run)}, {asks.format(text)}" if text and asks else text or _source(run)


def footer(run: Run) -> str:
    """Model names, cost, time and the run's id; a stand-in for a model is named as one."""
    parts = [
        SIMULATED if simulated(run) else models(run),
        *used(run),
        seconds(took) if (took := duration(run)) is not None else "",
        f"attempt {run.attempt:,}" if run.attempt > 1 else "",
        f"run {line(run.id, _ID_SHOWN)}",
        "" if run.status is Status.FAILED else DISCLAIMER,
    ]
    return clip(" · ".join(part for part in parts if part), FOOTER_MOST)


def used(run: Run) -> list[str]:
    """What the run has used; while it is open, what it will use, if that was estimated."""
    if run.status is Status.OPEN and run.estimate:
        return [estimated(run.estimate)]
    usage = run.usage
    return [
        *([counted(usage.calls, "call")] if usage.calls else []),
        *([counted(usage.tokens, "token")] if usage.tokens else []),
        *([dollars(usage.cost)] if usage.cost else []),
        *([f"{counted(run.reused, 'answer')} from before"] if run.reused else []),
    ]


def estimated(estimate: Estimate) -> str:
    """ "about 7 calls, 12,000 to 20,000 tokens, $0.01 to $0.02"; dollars where they are known."""
    low, high = estimate.low, estimate.high
    tokens = _between_them(f"{_roughly(low.tokens):,}", f"{_roughly(high.tokens):,}")
    parts = [
        f"about {_between_them(f'{low.calls:,}', counted(high.calls, 'call'))}",
        f"{tokens} tokens",
        _between_them(dollars(_roughly(low.cost)), dollars(_roughly(high.cost)))
        if high.cost
        else "",
    ]
    return ", ".join(part for part in parts if part)


def _between_them(low: str, high: str) -> str:
    return high if high.split()[0] == low else f"{low} to {high}"


def _roughly(number: int) -> int:
    """To two digits: nobody knows better before it has happened."""
    digits = len(str(number))
    return round(number, 2 - digits) if digits > _DIGITS else number


def models(run: Run) -> str:
    """Who answered; until somebody has, who is being asked; empty before that."""
    return line(", ".join(run.model_names), _MODELS_MOST)


def simulated(run: Run) -> bool:
    """Does the built-in stand-in answer, rather than a model?"""
    return SIMULATED_MODEL in run.model_names


def opened(run: Run) -> datetime:
    """When its last attempt began."""
    return run.opened_at or run.created_at


def duration(run: Run) -> float | None:
    """Seconds of the last attempt, from the wish to its outcome; None while the run is open."""
    return _between(opened(run), run.ended_at) if run.ended_at else None


def seconds(value: float) -> str:
    """A length of time as people say it."""
    if value < _TENTHS_BELOW:
        return f"{max(value, 0):.1f} s"
    return f"{value:.0f} s" if value < _MINUTES_FROM else f"{value / 60:.0f} min"


def clock(moment: datetime) -> str:
    """The same for every reader, wherever they are."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that is not a fraction."""
    minutes = int(_between(moment, now) // 60)
    for size, unit in _MINUTES:
        if minutes >= size:
            return f"{counted(minutes // size, unit)} ago"
    return "just now"


def counted(number: int, noun: str) -> str:
    """ "1 call", "2 calls"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def among(part: int, whole: int, noun: str) -> str:
    """ "0 of 1 part", "1 of 2 parts"."""
    return f"{part:,} of {counted(whole, noun)}"


def _who(run: Run) -> str:
    return f"*{job(run)}* asked for by {person(run.request.asked_by)}{_options(run)}"


def _options(run: Run) -> str:
    request = run.request
    said = [
        "" if request.depth is Depth.NORMAL else request.depth.value,
        counted(request.voters, "voter") if request.voters else "",
        "what concerns them" if request.mine else "",
        _kept_private(run) if run.audience is Audience.REQUESTER else "",
    ]
    return "".join(f" · {part}" for part in said if part)


def _kept_private(run: Run) -> str:
    """Who sees it; in direct messages also which channel it comes from."""
    here = run.request.place.channel
    came = f" · asked for in {channel(here)}" if here[:1] in {"C", "G"} else ""
    shared = " · shared with the channel" if run.shared_by else ""
    return f"{'' if shared else 'only you see this'}{came}{shared}".removeprefix(" · ")


def _source(run: Run) -> str:
    source = run.request.source
    if source is None:
        return "(nothing was given)"
    if isinstance(source, Files):
        return line(", ".join(source.paths), ASKED_MOST)
    first, *others = channels_of(source)
    rest = channel(others[0]) if len(others) == 1 else counted(len(others), "other channel")
    return f"{_read(source, run.created_at)} in {channel(first)}{f' and {rest}' if others else ''}"


def _read(source: Window | Several | Thread | OneMessage | Shared, now: datetime) -> str:
    match source:
        case Window():
            return _window(source, now)
        case Several():
            return _window(source.windows[0], now)
        case Thread():
            return "A thread"
        case OneMessage():
            return "A message"
        case Shared():
            return "What came with a message"
    assert_never(source)


def _window(window: Window, now: datetime) -> str:
    last = f"The last {counted(window.limit, 'message')}" if window.limit else ""
    if window.since_last:
        return f"{last or 'The messages'} since their last summary"
    if window.oldest is None:
        return last or "All messages"
    age = _age(window.oldest, now)
    return f"{last} of {age}" if last else f"The messages of {age}"


def _age(oldest: str, now: datetime) -> str:
    """How long before *now* the Slack time *oldest* was, to the minute, in whole units."""
    try:
        passed = max(round((now.timestamp() - float(oldest)) / 60), 1)
    except (ValueError, OverflowError):
        return "some time"
    size, unit = next(each for each in _MINUTES if passed % each[0] == 0)
    return f"the last {unit}" if passed == size else f"the last {passed // size:,} {unit}s"


def _between(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0)
