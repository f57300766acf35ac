"""What the events of a run tell, event by event, kept as small as views of it need."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from bot.runs.branches import Branch, BranchStatus, told
from bot.runs.model import Run, Timed
from patterns.canvassing import NOT_ASKED
from patterns.events import Planned

#: Groups of one run.
MOST = 10
#: Branches of a group that are kept to the end; later ones are only counted once they are done.
EARLY_MOST = 40
_CLAIM = re.compile(r"claim-([0-9]{1,4})-")


class Tally:
    """How far some branches are."""

    def __init__(self) -> None:
        self.counts = Counter[BranchStatus]()
        #: Of those that are done, seats that a decision was made without.
        self.spared = 0
        self.stages: dict[str, None] = {}

    def __len__(self) -> int:
        return self.counts.total()

    def __getitem__(self, status: BranchStatus) -> int:
        return self.counts[status]

    def plan(self, branch: Branch) -> None:
        self.counts[branch.status] += 1
        self.stages[branch.stage] = None

    def move(self, before: Branch, after: Branch) -> None:
        self.counts[before.status] -= 1
        self.counts[after.status] += 1
        done = after.status is BranchStatus.DONE
        self.spared += done and before.status is not after.status and after.note == NOT_ASKED


class Group:
    """Branches that share a message; the first names it for good."""

    def __init__(self, first: str) -> None:
        self.slot = f"branch:{first}"
        self.tally = Tally()
        self._early: dict[str, Branch] = {}
        self._late: dict[str, Branch] = {}
        self._forgotten = 0
        self._claims: set[str] = set()

    def __iter__(self) -> Iterator[Branch]:
        """In the order they were planned; without late ones that are done."""
        yield from self._early.values()
        yield from self._late.values()

    def __getitem__(self, key: str) -> Branch:
        return self._early.get(key) or self._late[key]

    @property
    def claim(self) -> str:
        """The number of the claim that all of them are about, if there are several claims."""
        return next(iter(self._claims)) if len(self._claims) == 1 else ""

    @property
    def spoken(self) -> int:
        """How many have something to say."""
        return sum(branch.spoke for branch in self) + self._forgotten

    def rows(self, most: int) -> list[Branch]:
        """Some of those with something to say: first what is late and not done, it is news."""
        late = (branch for branch in self._late.values() if branch.spoke)
        early = (branch for branch in self._early.values() if branch.spoke)
        news = list(islice(late, most // 4))
        return [*news, *islice(early, most - len(news))]

    def plan(self, branch: Branch) -> None:
        room = self._early if len(self._early) < EARLY_MOST else self._late
        room[branch.key] = branch
        self._claims.add(_claim(branch.key))
        self.tally.plan(branch)

    def put(self, branch: Branch) -> None:
        self.tally.move(self[branch.key], branch)
        if branch.key in self._early:
            self._early[branch.key] = branch
        elif branch.status is BranchStatus.DONE:
            del self._late[branch.key]
            self._forgotten += 1
        else:
            self._late[branch.key] = branch


class Story:
    """
    The branches of a run, in as few to a group as ten groups allow.

    More events only add branches behind those that stand: a message once posted stays the
    message of its branches. What is planned together and does not fit is divided evenly, one
    group kept back for what may be planned later; from then on the last takes all. The voters on
    one of several claims share a group, those that sit in for others too.
    """

    def __init__(self, events: Iterable[Timed] = ()) -> None:
        self.seen = 0
        self.tally = Tally()
        self.groups: list[Group] = []
        self._open: dict[str, Group] = {}
        self._of_claims: dict[str, Group] = {}
        self._done = _Marks()
        self._tell(events)

    def __iter__(self) -> Iterator[Branch]:
        """In the order they were planned; of many, without most that are done."""
        for group in self.groups:
            yield from group

    def tell(self, run: Run) -> None:
        """Go on with the events of *run*, which are those after *seen*."""
        self._tell(run.events)
        self.seen = run.seen

    def _tell(self, events: Iterable[Timed]) -> None:
        for timed in events:
            event = timed.event
            if isinstance(event, Planned):
                self._plan(event)
            elif group := self._open.get(event.branch):
                self._put(group, told(group[event.branch], event, timed.at))

    def _put(self, group: Group, branch: Branch) -> None:
        """A finished branch stays finished: a re-entered run tells its story a second time."""
        self.tally.move(group[branch.key], branch)
        group.put(branch)
        if branch.status is BranchStatus.DONE:
            del self._open[branch.key]
            self._done.add(branch.key)

    def _plan(self, event: Planned) -> None:
        fresh = {
            planned.key: Branch(key=planned.key, title=planned.title, stage=event.stage)
            for planned in event.branches
            if planned.key not in self._open and planned.key not in self._done
        }
        claims: dict[str, list[str]] = {}
        for key in fresh:
            claims.setdefault(_claim(key), []).append(key)
        for claim, keys in claims.items():
            placed = [(self._together(claim, keys[0]), keys)] if claim else self._placed(keys)
            for group, some in placed:
                for key in some:
                    group.plan(fresh[key])
                    self.tally.plan(fresh[key])
                    self._open[key] = group

    def _together(self, claim: str, first: str) -> Group:
        if claim not in self._of_claims:
            if len(self.groups) < MOST:
                self.groups.append(Group(first))
            self._of_claims[claim] = self.groups[-1]
        return self._of_claims[claim]

    def _placed(self, keys: Sequence[str]) -> Iterator[tuple[Group, Sequence[str]]]:
        left = MOST - len(self.groups)
        if not keys:
            return
        if left == 0:
            yield self.groups[-1], keys
            return
        parts = len(keys) if len(keys) <= left else max(left - 1, 1)
        for some in _divided(keys, parts):
            group = Group(some[0])
            self.groups.append(group)
            yield group, some


class _Marks:
    """Which keys were there, in eight bytes each: of a run without end nothing else grows."""

    def __init__(self) -> None:
        self._hashes = array("q")

    def __contains__(self, key: str) -> bool:
        place = self._place(key)
        return place < len(self._hashes) and self._hashes[place] == hash(key)

    def add(self, key: str) -> None:
        self._hashes.insert(self._place(key), hash(key))

    def _place(self, key: str) -> int:
        return bisect_left(self._hashes, hash(key))


def _claim(key: str) -> str:
    found = _CLAIM.match(key)
    return found[1] if found else ""


def _divided(keys: Sequence[str], parts: int) -> list[Sequence[str]]:
    ends = [len(keys) * part // parts for part in range(parts + 1)]
    return [keys[start:end] for start, end in pairwise(ends)]
