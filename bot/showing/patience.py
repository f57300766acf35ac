"""When a no that may pass has been said too often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from bot.slack.errors import Gone, Invalid, NotAllowed, Unavailable, Unheard

MOST = 5  # times that the same no is no passing one, whatever its code may mean
#: Slack's no is certain, and trying again changes nothing.
REFUSALS = (Gone, NotAllowed, Invalid)


class Patience:
    """Trying for ever, on a code that nobody knows, would leave who asked without a word."""

    def __init__(self) -> None:
        self._failed = Counter[str]()

    @contextmanager
    def over(self, what: str, kind: type[Unavailable] = Unheard) -> Generator[None]:
        """Raises `NotAllowed` where *what* failed in this *kind* before, again and again."""
        try:
            yield
        except kind as err:
            self._failed[what] += 1
            if self._failed[what] < MOST:
                raise
            raise NotAllowed(err.method, err.code) from err
        else:
            self._failed.pop(what, None)
