"""A message's blocks for a Slack that knows none of the newer kinds: the same words, plainly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.views.blocks import Block, pages, sections
from bot.views.mrkdwn import line
from bot.views.words import counted

_TITLE_MOST = 300
_MARKS = {"pending": "◽", "in_progress": "⏳", "complete": "✓", "error": "⚠"}


def classic(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Every other block stays as it is; *blocks* are ones that our views made."""
    return tuple(new for block in blocks for new in _classic(block))


def _classic(block: Block) -> Iterator[Block]:
    if block["type"] == "plan":
        yield from _plan(block["title"], block["tasks"])
    else:
        yield block


def _plan(title: str, tasks: Sequence[Block]) -> list[Block]:
    """Titles of a plan are read literally, those of a section are not: they are escaped here."""
    rows = [f"{_MARKS[task['status']]} {line(task['title'], _TITLE_MOST)}" for task in tasks]
    page, *others = pages([f"*{line(title, _TITLE_MOST)}*", *rows])
    left = sum(map(len, others))
    return sections([*page, *([f"_and {counted(left, 'more line')}_"] if left else [])])
