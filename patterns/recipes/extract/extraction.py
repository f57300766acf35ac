"""What an extraction is: a table, a row of it for every row that was given."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from patterns.fields import Column as Column
from patterns.fields import Wanted as Wanted

Value = str | int | float | bool | None


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class RowStatus(StrEnum):
    """UNSURE: answers differed, or what was said does not stand in the row."""

    OK = "ok"
    UNSURE = "unsure"
    FAILED = "failed"


class Extracted(_Value):
    """
    *row* counts from 1; *source* is its beginning. *why* is for other than ok.

    *values* are in the order of the fields. A date is YYYY-MM-DD, or in the row's own words where
    that has no such date. What is in doubt is None, unless all that is said against it is that
    the model itself was not sure.
    """

    row: int
    source: str
    values: tuple[Value, ...]
    status: RowStatus = RowStatus.OK
    why: str = ""


class Extraction(_Value):
    """
    *rows* are all that were read, in their order. *asked_again* were asked more than once.

    *stopped* says why no more rows were read, or asked about; empty where all were.
    """

    kind: Literal["extraction"] = "extraction"
    name: str
    link: str = ""
    fields: tuple[Wanted, ...]
    rows: tuple[Extracted, ...]
    asked_again: int = 0
    stopped: str = ""
    notes: tuple[str, ...] = ()

    def count(self, status: RowStatus) -> int:
        return sum(row.status is status for row in self.rows)
