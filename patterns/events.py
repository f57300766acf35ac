"""What a run says while it works. Facts in the past tense; nobody answers them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class PlannedBranch(_Fact):
    """*key* names the branch inside its run; *title* is what people read."""

    key: str
    title: str


class Planned(_Fact):
    """A stage will run these branches side by side."""

    kind: Literal["planned"] = "planned"
    stage: str
    branches: tuple[PlannedBranch, ...]


class BranchStarted(_Fact):
    kind: Literal["started"] = "started"
    branch: str


class BranchProgress(_Fact):
    kind: Literal["progress"] = "progress"
    branch: str
    note: str


class BranchDone(_Fact):
    """*headline* is one line; *lines* are what the branch found, a paragraph each."""

    kind: Literal["done"] = "done"
    branch: str
    headline: str
    lines: tuple[str, ...] = ()


class BranchFailed(_Fact):
    kind: Literal["failed"] = "failed"
    branch: str
    reason: str


Event = Annotated[
    Planned | BranchStarted | BranchProgress | BranchDone | BranchFailed,
    Field(discriminator="kind"),
]
