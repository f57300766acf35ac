"""A conversation, read in chunks side by side and merged; every line leads back to a message."""

from __future__ import annotations

from patterns.coverage import Unread
from patterns.items import Point
from patterns.merging import Digest, Told
from patterns.recipes.summarize.foreseeing import foresee
from patterns.recipes.summarize.questions import Findings, Overview
from patterns.recipes.summarize.recipe import POINTS_MOST, summarize
from patterns.recipes.summarize.summary import KEPT, Kind, Summary, SummaryNotes

__all__ = [
    "KEPT",
    "POINTS_MOST",
    "Digest",
    "Findings",
    "Kind",
    "Overview",
    "Point",
    "Summary",
    "SummaryNotes",
    "Told",
    "Unread",
    "foresee",
    "summarize",
]
