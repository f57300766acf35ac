"""Which templates a model is shown, and in how many questions: few, however long the log is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from patterns.fence import DATA, fenced, one_line
from patterns.masks import ALARM
from patterns.packing import tokens
from patterns.ports import Prompt
from patterns.recipes.logs.counting import Counted
from patterns.recipes.logs.report import Observations, Template

SHOWN_MOST = 400
QUESTIONS_MOST = 16
#: Tokens of templates: so many go into one question, or else so many into each of several.
ONE_MOST, EACH_MOST = 12_000, 6_000
#: Characters of an example.
_EXAMPLE_MOST = 240
_EXAMPLES = 2
#: Fewer lines are no burst.
_BURST_LEAST = 10

_GRAVE = re.compile(r"(?i:fatal|crit|alert|emerg|panic)|F$")
_BAD = re.compile(r"(?i:err|severe)|E$")
_WARNED = re.compile(r"(?i:warn)|W$")
_FAILING = re.compile(
    r"error|fail|fatal|exception|denied|refused|time(?:d )?out|panic|crash|corrupt|killed|break-in"
    r"|\" 5\d\d\b",
    re.IGNORECASE,
)

_SYSTEM = (
    "You look through a log for those who run what wrote it. Its lines were grouped by their shape "
    "in code, and counted. Each shape has its number in brackets, how many lines have it, from "
    "which line to which, and one or two of them; <*> stands for what differs. Tell what matters: "
    "failures, attacks, losses, what began or became frequent all at once, what is rare and odd. "
    "Routine is no finding, and the list may be empty. For each finding give: severity (critical: "
    "data or the service is lost, or somebody has broken in; error: something fails; warning: it "
    "may fail soon, or somebody tries to break in; notice: worth knowing); title, a few words; "
    "text, one or two plain sentences on what happens and what to look at; templates, the numbers "
    "of the shapes that show it. Shapes that show the same thing are one finding; give at most "
    "twelve. Counts and lines are added in code, so write no number that does not stand in those "
    "shapes: a finding with another number is dropped. overview: what goes on in this log, in two "
    "or three sentences; with a question of the reader, the answer to it. "
    f"{DATA}"
)


def questions(counted: Counted, about: str) -> list[tuple[Prompt[Observations], list[Template]]]:
    """With what each shows. *about* is the reader's question, perhaps empty."""
    parts = packed(chosen(counted.templates))
    return [
        (_question(number, part, len(parts), counted, about), part)
        for number, part in enumerate(parts, 1)
    ]


def chosen(templates: Sequence[Template]) -> list[Template]:
    """
    All of them if they are few; else by turns the gravest, the most sudden, the rarest and the most
    frequent, up to `SHOWN_MOST`.
    """
    if len(templates) <= SHOWN_MOST:
        return list(templates)
    grave = [each for each in templates if gravity(each)]
    turns = zip_longest(
        sorted(grave, key=lambda each: (-gravity(each), each.count)),
        sorted(templates, key=lambda each: -burst(each)),
        sorted(templates, key=lambda each: each.count),
        sorted(templates, key=lambda each: -each.count),
    )
    by_number = {each.number: each for each in chain.from_iterable(turns) if each}
    return list(by_number.values())[:SHOWN_MOST]


def packed(templates: Sequence[Template]) -> list[list[Template]]:
    """Neighbours by number together; what finds no room in `QUESTIONS_MOST` parts is left out."""
    sizes = {each.number: tokens(entry(each)) + 1 for each in templates}
    if sum(sizes.values()) <= ONE_MOST:
        return [sorted(templates, key=lambda each: each.number)]
    largest = max(sizes.values())
    room = QUESTIONS_MOST * (EACH_MOST - largest)
    fitting: list[Template] = []
    for each in templates:
        room -= sizes[each.number]
        if room >= 0:
            fitting.append(each)
    return _filled(sorted(fitting, key=lambda each: each.number), sizes)


def _filled(templates: Iterable[Template], sizes: dict[int, int]) -> list[list[Template]]:
    parts: list[list[Template]] = []
    room = 0
    for each in templates:
        room -= sizes[each.number]
        if room < 0:
            parts.append([])
            room = EACH_MOST - sizes[each.number]
        parts[-1].append(each)
    return parts


def gravity(template: Template) -> int:
    """0 (nothing says that anything is wrong) to 3, by its level and its words."""
    level = template.level
    if _GRAVE.match(level):
        return 3
    if _BAD.match(level) or _FAILING.search(template.text):
        return 2
    return int(bool(_WARNED.match(level) or ALARM.search(template.text)))


def burst(template: Template) -> float:
    """How many times as often as on average it came in its busiest part; 0 for few lines."""
    if template.count < _BURST_LEAST:
        return 0
    return max(template.history, default=0) * len(template.history) / template.count


def entry(template: Template) -> str:
    """As a model is shown it; nothing in it can begin another entry."""
    times = f"; {template.first_at} to {template.last_at}" if template.first_at else ""
    where = f"lines {template.first.number:,} to {template.last.number:,}{times}"
    who = " ".join(part for part in (template.level, template.source) if part)
    head = f"{template.count:,} in all, {where}: {who + ': ' if who else ''}{template.text}"
    examples = [
        f"    line {line.number:,}: {one_line(line.text)[:_EXAMPLE_MOST]}"
        for line in (*template.examples[:1], *template.examples[1:][-1:])
    ]
    return "\n".join([f"[{template.number}] {one_line(head)}", *examples[:_EXAMPLES]])


def _question(
    number: int, part: Sequence[Template], of: int, counted: Counted, about: str
) -> Prompt[Observations]:
    size = f"{len(part):,} shape{'' if len(part) == 1 else 's'}"
    asked = f"The reader asks: {fenced(about)}\n" if about else ""
    whole = f"The log has {counted.lines:,} lines of {len(counted.templates):,} shapes"
    shown = fenced("\n".join(map(entry, part)))
    return Prompt(
        key=f"templates-{number}",
        title=size if of == 1 else f"Part {number} of {of}: {size}",
        system=_SYSTEM,
        text=f"{asked}{whole}; {size} of them:\n{shown}",
        answer=Observations,
    )
