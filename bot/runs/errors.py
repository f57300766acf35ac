"""
What ends a run, or answers a person, with one sentence.

StorageFailed      the database does not take or give something at the moment: try again
RunError
├── Unreadable     the source cannot be read for this person
├── NotNow         nothing is started at the moment: too much is open, or the workspace pauses
└── NoSuchRun      no run has this id, or this person may not know of it
"""

from __future__ import annotations


class StorageFailed(Exception):
    """No word about the run; entered again later, it goes on with what was kept."""


class RunError(Exception):
    """Its message is one sentence for the person who asked."""


class Unreadable(RunError):
    """What does not exist and what may not be read answer alike."""


class NoSuchRun(RunError):
    """Asked for a run that is not there."""


class NotNow(RunError):
    """Before anything was written down; the same may be asked again later."""
