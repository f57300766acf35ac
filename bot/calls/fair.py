"""Whose turn it is: those who wait, by what they wait for, by person and by run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

#: Somebody waits for a run's first requests; what asks more often is work in the background.
_INTERACTIVE = 16
#: Where both wait, so many turns for people, then one for the background.
_TURNS = 4
#: So many runs are remembered; one that was not heard of for longer begins anew.
_RUNS = 10_000


@dataclass(eq=False, slots=True, kw_only=True)
class Ticket:
    """A request that waits. *number* is which one of its *run* it is, from 1."""

    person: str
    run: str
    number: int

    @property
    def interactive(self) -> bool:
        return self.number <= _INTERACTIVE


T = TypeVar("T", bound=Ticket)


class FairQueue(Generic[T]):
    """
    Runs that just began come first, but every fifth turn is for the others.

    Among equals, persons take turns, and among one person's runs these do; a run's requests
    come in the order in which they were added.
    """

    def __init__(self) -> None:
        self._people = _Circle[T]()
        self._background = _Circle[T]()
        self._passed_over = 0
        self._numbers: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return self._people.size + self._background.size

    def __iter__(self) -> Iterator[T]:
        return chain(self._people, self._background)

    def number(self, run: str) -> int:
        """Counts one more request of *run*, whether it will have to wait or not."""
        number = self._numbers.pop(run, 0) + 1
        self._numbers[run] = number
        if len(self._numbers) > _RUNS:
            self._numbers.popitem(last=False)
        return number

    def add(self, ticket: T) -> None:
        self._of(ticket).add(ticket)

    def head(self) -> T:
        """Whose turn it is; raises `StopIteration` where nobody waits."""
        return self._turn().head()

    def pop(self) -> T:
        """The head; the turn goes to the next."""
        circle = self._turn()
        passing = circle is self._people and self._background.size
        self._passed_over = self._passed_over + 1 if passing else 0
        return circle.pop()

    def remove(self, ticket: T) -> None:
        """Nothing happens where it does not wait any more."""
        self._of(ticket).remove(ticket)

    def ahead(self, ticket: T) -> int:
        """About how many turns come before that of the waiting *ticket*, which came last."""
        ahead = self._of(ticket).ahead(ticket)
        if ticket.interactive:
            return ahead + (ahead // _TURNS if self._background.size else 0)
        return ahead + min(self._people.size, _TURNS * (ahead + 1))

    def _of(self, ticket: T) -> _Circle[T]:
        return self._people if ticket.interactive else self._background

    def _turn(self) -> _Circle[T]:
        due = self._background.size and self._passed_over >= _TURNS
        return self._people if self._people.size and not due else self._background


class _Circle(Generic[T]):
    """Persons, their runs, and the tickets of these, the next one first everywhere."""

    def __init__(self) -> None:
        self._persons: OrderedDict[str, OrderedDict[str, OrderedDict[T, None]]] = OrderedDict()
        self.size = 0

    def __iter__(self) -> Iterator[T]:
        for runs in self._persons.values():
            for tickets in runs.values():
                yield from tickets

    def add(self, ticket: T) -> None:
        runs = self._persons.setdefault(ticket.person, OrderedDict())
        runs.setdefault(ticket.run, OrderedDict())[ticket] = None
        self.size += 1

    def head(self) -> T:
        return next(iter(_first(_first(self._persons))))

    def pop(self) -> T:
        ticket = self.head()
        self.remove(ticket)
        if runs := self._persons.get(ticket.person):
            self._persons.move_to_end(ticket.person)
            if ticket.run in runs:
                runs.move_to_end(ticket.run)
        return ticket

    def remove(self, ticket: T) -> None:
        runs = self._persons.get(ticket.person)
        tickets = runs.get(ticket.run) if runs else None
        if not runs or not tickets or ticket not in tickets:
            return
        del tickets[ticket]
        self.size -= 1
        if not tickets:
            del runs[ticket.run]
        if not runs:
            del self._persons[ticket.person]

    def ahead(self, ticket: T) -> int:
        """Everybody who takes turns with it gets as many as its own run needs before it."""
        runs = self._persons[ticket.person]
        turns = len(runs[ticket.run]) * len(runs) * len(self._persons)
        return min(self.size, turns) - 1


V = TypeVar("V")


def _first(ring: OrderedDict[str, V]) -> V:
    return ring[next(iter(ring))]
