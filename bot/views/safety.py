"""A safety check, in paragraphs of mrkdwn and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from bot.views.escaping import escaped
from bot.views.mrkdwn import bold, line
from bot.views.told import Told
from bot.views.words import among, counted
from patterns.recipes.safety import CategoryFinding, Level, SafetyReport, in_words

_TEXT_MOST = 500
_QUOTE_MOST = 250
#: Five of them and five quotes are one paragraph, which Slack takes up to 3,000 characters.
_REASON_MOST = 240
_NAME_MOST = 80
#: Quotes, and reasons, that are shown of a category.
_SHOWN = 5

_LEVELS = {
    Level.CLEAR: ("🟢", "Clear"),
    Level.FLAG: ("🟡", "Flagged"),
    Level.BLOCK: ("🔴", "Would block"),
}
_RULE = "One voter is enough to flag a category, more than half of the panel to block it."
_ADVICE = "This is advice: nothing was hidden or removed, and a person decides."
_CLEAR = "Nobody on the panel found harm, which is no proof that there is none."


def tell(report: SafetyReport) -> Told:
    text = f"*Text*: {line(report.text, _TEXT_MOST)}"
    found = [f"*Found*: {_summary(report)}."]
    return Told(
        headline=f"{_LEVELS[report.level][0]} {_headline(report)}",
        gist=text,
        short=(text, *found),
        top=(text, *(map(_finding, report.findings) if report.findings else found)),
        notes=(
            *([_CLEAR] if report.level is Level.CLEAR else []),
            _ADVICE,
            _RULE,
            *_gaps(report),
            *(f"No answer from {line(each, _QUOTE_MOST)}" for each in report.missing),
        ),
    )


def render(report: SafetyReport) -> Iterator[str]:
    yield from (f"# {_headline(report)}", "", f"> {escaped(report.text)}", "")
    if not report.findings:
        yield f"{_summary(report).capitalize()}."
    for finding in report.findings:
        yield f"- **{_name(finding)}** ({_said(finding)})"
        yield from (f"  - “{escaped(quote)}”" for quote in finding.quotes)
        yield from (f"  - {escaped(reason)}" for reason in finding.reasons)
    yield ""
    clear = [_CLEAR] if report.level is Level.CLEAR else []
    yield " ".join([*clear, _ADVICE, _RULE, *(f"{gap}." for gap in _gaps(report))])
    if report.missing:
        yield from ("", "## No answer", "")
        yield from (f"- {escaped(each)}" for each in report.missing)


def _headline(report: SafetyReport) -> str:
    """With the category that most voters named; without one, with what nobody could see."""
    name = _LEVELS[report.level][1]
    if not report.findings:
        gap = next(iter(_gaps(report)), "")
        return f"{name}: {gap}" if report.unsure and gap else name
    first, *others = report.findings
    more = f" and {counted(len(others), 'other')}" if others else ""
    if first.level is Level.BLOCK:
        return f"{_said(first)}: {in_words(first.category)}{more}"
    return f"{name}: {in_words(first.category)} ({_votes(first)}){more}"


def _summary(report: SafetyReport) -> str:
    named = [f"{in_words(each.category)} ({_votes(each)})" for each in report.findings]
    answered = report.seats - len(report.missing)
    return ", ".join(named) or f"nothing, by {among(answered, report.seats, 'voter')}"


def _gaps(report: SafetyReport) -> list[str]:
    """What keeps a text from being clear, without a mark at the end."""
    lost = len(report.missing)
    return [
        *([f"{among(lost, report.seats, 'voter')} did not answer"] if lost else []),
        *(["only the beginning of the text was looked at"] if report.cut else []),
    ]


def _finding(finding: CategoryFinding) -> str:
    mark, _ = _LEVELS[finding.level]
    quotes = [f"_“{line(quote, _QUOTE_MOST)}”_" for quote in finding.quotes[:_SHOWN]]
    reasons = [line(reason, _REASON_MOST) for reason in finding.reasons[:_SHOWN]]
    more = max(len(finding.quotes), len(finding.reasons)) - _SHOWN
    rest = [f"_and {more} more_"] if more > 0 else []
    title = bold(_name(finding), _NAME_MOST)
    return "\n      ".join([f"{mark} {title}: {_said(finding)}", *quotes, *reasons, *rest])


def _said(finding: CategoryFinding) -> str:
    """Nothing is blocked by it, and it does not sound so."""
    votes = _votes(finding)
    return f"{votes} would block it" if finding.level is Level.BLOCK else f"flagged by {votes}"


def _name(finding: CategoryFinding) -> str:
    return in_words(finding.category).capitalize()


def _votes(finding: CategoryFinding) -> str:
    return among(finding.votes, finding.of, "voter")
