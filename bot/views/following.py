"""What of a result does not stand on its card: replies in its thread, or a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.runs.model import Run
from bot.views import markdown
from bot.views.blocks import pages, section, sections
from bot.views.extraction import csv_of
from bot.views.message import File, SlackMessage
from bot.views.words import counted, job
from patterns.recipes.extract import Extraction

#: More replies than these become a file.
_REPLIES_MOST = 3
_ID_IN_NAME = 8
_STEM_MOST = 60


def messages(run: Run, paragraphs: Sequence[str], *, files: bool) -> list[SlackMessage]:
    """
    *paragraphs* are what is left; known only with the result, so final. Of a table all goes into
    a file, or it is said that it could not.
    """
    if isinstance(run.result, Extraction):
        return [_table(run, run.result, files=files)]
    replies = pages(paragraphs)
    if files and len(replies) > _REPLIES_MOST:
        return [_whole(run)]
    return [
        _reply(number, f"More of the result, part {number}", page)
        for number, page in enumerate(replies, 1)
    ]


def _whole(run: Run) -> SlackMessage:
    """All of the result, from its beginning: who opens a file has the card out of sight."""
    title = f"{job(run)}: the whole result"
    name = f"{run.request.recipe}-{run.id[:_ID_IN_NAME]}.md"
    return _file(f"{title}, as a file", File(name=name, title=title, text=markdown.render(run)))


def _table(run: Run, extraction: Extraction, *, files: bool) -> SlackMessage:
    rows = counted(len(extraction.rows), "row")
    if not files:
        said = f"I may not share files here: all {rows} stay with the run"
        return _reply(1, said, [said])
    name = f"{_stem(extraction.name) or 'table'}-extracted.csv"
    return _file(
        f"{job(run)}: {rows} as a file", File(name=name, title=name, text=csv_of(extraction))
    )


def _stem(name: str) -> str:
    """Of a file's name, or of its path: nothing that a name of ours may not have."""
    base = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w-]+", "-", base.rpartition(".")[0] or base).strip("-")[:_STEM_MOST]


def _reply(number: int, text: str, page: Sequence[str]) -> SlackMessage:
    blocks = (*sections(page),)
    return SlackMessage(slot=f"more:{number}", text=text, blocks=blocks, final=True)


def _file(text: str, file: File) -> SlackMessage:
    return SlackMessage(slot="file", text=text, blocks=(section(text),), final=True, file=file)
