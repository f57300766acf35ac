"""Rows as questions: some together at first, a doubtful one alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from patterns.fence import DATA, fenced
from patterns.fields import Column, Wanted, answer_of, keys_of
from patterns.packing import tokens
from patterns.ports import Answer, Prompt
from patterns.rows import Row
from patterns.task import Depth

#: Rows of a question, and tokens of their text.
TOGETHER, _TOKENS_MOST = 10, 3_000

_SYSTEM = (
    "You fill in a table. You are given the fields that are wanted and numbered rows. Give every "
    "row once, by its number, with a value for each field, taken from that row alone: what stands "
    "in one row says nothing of another. A text is copied from the row without a change; a number "
    "is the row's own, without unit and thousands separators and not converted; a date is "
    "YYYY-MM-DD where the row has year, month and day, and else copied. What the row does not say "
    "is null: never guess. confidence says from 0 to 5 how sure you are of the whole row: 5 where "
    "it says all of it outright, 3 where it takes some reading, 1 where you had to choose between "
    f"meanings. {DATA}"
)
_AGAIN = {
    2: "This row has no answer yet that can be relied on: read it word by word.",
    3: "Two answers to this row were not the same: take what it says, not what is likely.",
}
_KINDS = {
    Column.TEXT: "text",
    Column.NUMBER: "a number",
    Column.INTEGER: "a whole number",
    Column.YES_NO: "true or false",
    Column.DATE: "a date",
}


def batches(rows: Sequence[Row], depth: Depth) -> Iterator[list[Row]]:
    """What is asked about together; by itself each in a deep look, and a long one always."""
    most = 1 if depth is Depth.DEEP else TOGETHER
    batch, room = list[Row](), 0
    for row in rows:
        size = tokens(row.text)
        if batch and (len(batch) >= most or size > room):
            yield batch
            batch = []
        room = (room if batch else _TOKENS_MOST) - size
        batch.append(row)
    if batch:
        yield batch


def together(rows: Sequence[Row], fields: tuple[Wanted, ...]) -> Prompt[Answer]:
    """The first question about *rows*, which follow each other."""
    first, last = rows[0].number, rows[-1].number
    title = f"Row {first:,}" if first == last else f"Rows {first:,}–{last:,}"
    return _prompt(f"rows-{first}", title, rows, fields)


def alone(row: Row, fields: tuple[Wanted, ...], time: int) -> Prompt[Answer]:
    """
    The question about *row* for the second or third *time*: of another seat, in words of its own.

    Who answers equal questions alike must not agree with itself by that.
    """
    title = f"Row {row.number:,}, again"
    prompt = _prompt(f"row-{row.number}.{time}", title, [row], fields)
    return replace(prompt, text=f"{prompt.text}\n\n{_AGAIN[time]}", seat=time - 1)


def _prompt(
    key: str, title: str, rows: Sequence[Row], fields: tuple[Wanted, ...]
) -> Prompt[Answer]:
    listed = "\n".join(map(_listed, keys_of(fields), fields))
    asked = "\n".join(f"[{row.number}] {fenced(row.text)}" for row in rows)
    return Prompt(
        key=key,
        title=title,
        system=_SYSTEM,
        text=f"The fields:\n{fenced(listed)}\nThe rows:\n{asked}",
        answer=answer_of(fields),
    )


def _listed(key: str, field: Wanted) -> str:
    options = " or ".join(f"“{option}”" for option in field.options)
    about = f" — {field.about}" if field.about else ""
    return f"{key}: {field.name}, {options or _KINDS[field.column]}{about}"
