"""What came of a log, in paragraphs of mrkdwn and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.views.escaping import escaped, web_link
from bot.views.mrkdwn import bold, is_web, line, link
from bot.views.told import Told
from bot.views.words import counted
from patterns.masks import WILD
from patterns.recipes.logs import Finding, LogReport, Severity, Template

#: Findings that stand on the card, and with the conclusion; the others follow in the thread.
TOP, _SHORT = 8, 3
_OVERVIEW_MOST, _TEXT_MOST, _NOTE_MOST = 1_000, 500, 300
_TITLE_MOST, _NAME_MOST, _EXAMPLE_MOST = 120, 80, 250
#: Numbers of templates, or names of what gave no answer, that are shown.
_LISTED = 6

_MARKS = {
    Severity.CRITICAL: "🔴",
    Severity.ERROR: "🟠",
    Severity.WARNING: "🟡",
    Severity.NOTICE: "🔵",
}
_BARS = "▁▂▃▄▅▆▇█"


def tell(report: LogReport) -> Told:
    asked = (f"*Question*: {line(report.about, _TEXT_MOST)}",) if report.about else ()
    overview = line(report.overview, _OVERVIEW_MOST) or "_There is no overview._"
    findings = [_finding(each) for each in report.findings]
    above = len(findings) - _SHORT
    hint = (f"_{counted(above, 'more finding')} in this thread._",) if above > 0 else ()
    rest = findings[TOP:]
    return Told(
        headline=f"🪵 {_headline(report)}",
        gist=overview,
        short=(*asked, overview, *findings[:_SHORT], *hint),
        top=(*asked, overview, *findings[:TOP]),
        more=(*rest, *_shapes(report)),
        rest=", ".join(
            [
                *([counted(len(rest), "more finding")] if rest else []),
                *([f"{counted(len(report.top), 'shape')} of lines"] if report.top else []),
            ]
        ),
        notes=tuple(_notes(report)),
    )


def render(report: LogReport) -> Iterator[str]:
    yield from (f"# {_headline(report)}", "")
    if report.about:
        yield from (f"> {escaped(report.about)}", "")
    yield escaped(report.overview) or "There is no overview."
    if report.findings:
        yield from ("", "## Findings", "")
    for finding in report.findings:
        title = f"{finding.severity.capitalize()}: {finding.title}"
        yield f"- **{escaped(title)}**: {escaped(finding.text)} ({_where(finding)})"
        yield f"  - line {finding.first.number:,}: {escaped(finding.first.text)}"
    if report.top:
        yield from ("", "## Shapes of lines", "", "| # | lines | from–to | when | shape |")
        yield "| ---: | ---: | --- | --- | --- |"
        yield from map(_row, report.top)
    yield ""
    yield from (f"- {note}" for note in _told(report))


def _headline(report: LogReport) -> str:
    found = counted(len(report.findings), "finding") if report.findings else "Nothing found"
    first = "the first " if report.stopped else ""
    shapes = counted(report.templates, "shape")
    return f"{found} in {first}{counted(report.lines, 'line')}, {shapes}"


def _finding(finding: Finding) -> str:
    title = bold(finding.title, _TITLE_MOST)
    return "\n      ".join(
        [
            f"{_MARKS[finding.severity]} {title}: {line(finding.text, _TEXT_MOST)}",
            _where(finding),
            *_code(finding.first.text),
        ]
    )


def _where(finding: Finding) -> str:
    """ "413 lines, 14–1,998; shapes 3, 7"."""
    several = "s" if len(finding.templates) > 1 else ""
    shown = ", ".join(map(str, finding.templates[:_LISTED]))
    more = len(finding.templates) - _LISTED
    others = f" and {more} more" if more > 0 else ""
    lines = _span(finding.count, finding.first.number, finding.last.number)
    return f"{lines}; shape{several} {shown}{others}"


def _span(count: int, first: int, last: int) -> str:
    if count == 1:
        return f"line {first:,}"
    return f"{counted(count, 'line')}, {first:,}–{last:,}"


def _code(text: str) -> list[str]:
    """Backticks of its own are look-alikes by then."""
    shown = line(text, _EXAMPLE_MOST)
    return [f"`{shown}`"] if shown else []


def _shapes(report: LogReport) -> Iterator[str]:
    if report.top:
        yield "\n*Shapes of lines*, by their first line"
    for each in report.top:
        bars = f" {_bars(each.history)}" if len(each.history) > 1 else ""
        where = _span(each.count, each.first.number, each.last.number)
        # Stars would go in pairs, as formatting.
        text = "".join(_code(_shape(each).replace(WILD, "…")))
        yield f"{each.number}. {where}{bars}\n      {text}"


def _shape(template: Template) -> str:
    who = " ".join(part for part in (template.level, template.source) if part)
    return f"{who}: {template.text}" if who else template.text


def _bars(history: Sequence[int]) -> str:
    """How often, over the log from its beginning to its end; a blank where it never came."""
    most = max(history)
    high = len(_BARS) - 1
    return "".join(_BARS[high * each // most] if each else " " for each in history).rstrip()


def _row(template: Template) -> str:
    where = f"{template.first.number:,}–{template.last.number:,}"
    when = f"{template.first_at} to {template.last_at}" if template.first_at else ""
    shape = escaped(_shape(template))
    return f"| {template.number} | {template.count:,} | {where} | {escaped(when)} | {shape} |"


def _notes(report: LogReport) -> Iterator[str]:
    name = line(report.name, _NAME_MOST)
    way = f" ({link(report.link, 'open')})" if is_web(report.link) else ""
    yield f"{_read(report)} of {name}{way}"
    yield from _counts(report)
    if report.stopped:
        yield f"Reading stopped there: {line(report.stopped, _NOTE_MOST)}"
    yield from (f"No answer from {line(each, _NOTE_MOST)}" for each in report.missing[:_LISTED])
    if (more := len(report.missing) - _LISTED) > 0:
        yield f"No answer from {counted(more, 'other part')}"
    yield from (line(note, _NOTE_MOST) for note in report.notes)


def _told(report: LogReport) -> Iterator[str]:
    way = f" ({web_link('open', report.link)})" if report.link else ""
    yield f"{_read(report)} of {escaped(report.name)}{way}."
    yield from (f"{each}." for each in _counts(report))
    if report.stopped:
        yield f"Reading stopped there: {escaped(report.stopped)}."
    yield from (f"No answer from {escaped(each)}." for each in report.missing)
    yield from map(escaped, report.notes)


def _read(report: LogReport) -> str:
    blank = f", {report.empty:,} of them blank," if report.empty else ""
    return f"Read {counted(report.lines, 'line')}{blank}"


def _counts(report: LogReport) -> Iterator[str]:
    """What was counted and what was shown to a model, without a stop."""
    shown = f"{report.asked:,} of {counted(report.templates, 'shape')} shown to a model"
    yield f"All lines counted in code; {shown}"
    if report.rare:
        yield f"{counted(report.rare, 'line')} counted in no shape: there were too many shapes"
    if report.dropped:
        yield f"{counted(report.dropped, 'finding')} left out: not borne out by the lines cited"
