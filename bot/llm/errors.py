"""What the roots have to know of this room before they open it."""

from __future__ import annotations


class NoModel(Exception):
    """What to set, in one line, for who starts the program."""
