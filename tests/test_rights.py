"""
Nobody has anything read, or is shown anything, that they could not read in Slack themselves.

Every state of who, where and with whom; who may is worked out here a second time, from the rules
and not from the code, and what goes to Slack is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product

import pytest

from bot.reading.rights import SIGHT_SECONDS, SlackRights
from bot.reading.sources import SlackSources
from bot.runs.errors import Unreadable
from bot.runs.model import (
    Actor,
    Audience,
    OneMessage,
    Place,
    Run,
    RunRequest,
    Several,
    Shared,
    Source,
    Thread,
    Window,
)
from bot.slack.asking import Asking
from bot.slack.limiter import Limiter
from bot.slack.wire import Identity
from bot.slack.workspaces import OneWorkspace, Workspace
from patterns.evidence import Found, Origin, Passage
from patterns.recipes.factcheck.verdict import ClaimVerdict, FactCheck, Outcome
from tests.fakes.slack_api import BOT, TEAM, Json, Room
from tests.reading.memberships import Direct, Memberships
from tests.slack.virtual import VirtualClock

READS = ("conversations.history", "conversations.replies")
ASKER, OTHER = "U1", "U2"

PEOPLE: dict[str, Json] = {
    "full": {},
    "guest": {"is_restricted": True},
    "guest of one channel": {"is_restricted": True, "is_ultra_restricted": True},
    "stranger": {"is_stranger": True, "team_id": "T0OTHER"},
    "other team": {"team_id": "T0OTHER"},
    "deleted": {"deleted": True},
    "bot": {"is_bot": True},
}
CHANNELS = ("public", "private", "im", "mpim", "shared", "shared private", "archived")
PLACES = ("same", "public", "private", "shared", "direct")
BETWEEN = ("nothing", "thrown out", "app thrown out", "deleted", "made a guest")


@dataclass(frozen=True)
class State:
    person: str
    channel: str
    person_in: bool
    app_in: bool
    place: str
    between: str = "nothing"

    @property
    def is_public(self) -> bool:
        return self.channel in {"public", "shared", "archived"}

    def may_read(self, *, through_the_app: bool = True) -> bool:
        """The asker, the channel that is to be read."""
        if self.person in {"deleted", "bot"}:
            return False
        if through_the_app and not self.app_in:
            return False
        return self.person_in or (self.is_public and self.person == "full")

    def after(self) -> State:
        match self.between:
            case "thrown out":
                return replace(self, person_in=False)
            case "app thrown out":
                return replace(self, app_in=False)
            case "deleted":
                return replace(self, person="deleted")
            case "made a guest":
                made = {"full": "guest"}.get(self.person, self.person)
                return replace(self, person=made)
            case _:
                return self


def states() -> Iterator[State]:
    yes_or_no = (True, False)
    for state in product(PEOPLE, CHANNELS, yes_or_no, yes_or_no, PLACES, BETWEEN):
        yield State(*state)


class House:
    """Our rights before a Slack without a wire, in the state that is wanted."""

    def __init__(self) -> None:
        self.slack = Memberships()
        self.slack.user(OTHER, "Somebody")
        self.now = 0.0
        limiter = Limiter(VirtualClock())
        client = Direct(self.slack)
        identity = Identity(url="https://team.slack.com/", team_id=TEAM, user_id=BOT)
        asking = Asking(client, limiter, identity=identity)  # type: ignore[arg-type]
        here = OneWorkspace(Workspace(identity, client, limiter, asking))  # type: ignore[arg-type]
        self.sources = SlackSources(here, key=b"k" * 32)
        self.rights = SlackRights(here, clock=lambda: self.now)

    def put(self, state: State) -> None:
        everybody = [BOT, ASKER, OTHER]
        self.slack.rooms = {
            "CPUBLIC": Room("public", everybody),
            "CPRIVATE": Room("private", everybody),
            "CSHARED": Room("public", everybody),
            "DDIRECT": Room("im", [BOT, ASKER]),
            "CTARGET": Room(_kind(state.channel), archived=state.channel == "archived"),
        }
        self.slack.shared = {"CSHARED"} | ({"CTARGET"} if "shared" in state.channel else set())
        self.change(state)
        for room in ("CTARGET", *self.slack.rooms):
            if not self.slack.rooms[room].messages:
                self.slack.said(room, "words", user=OTHER)

    def change(self, state: State) -> None:
        inside = [(BOT, state.app_in), (ASKER, state.person_in), (OTHER, True)]
        self.slack.rooms["CTARGET"].members = [who for who, is_in in inside if is_in]
        self.slack.user(ASKER, "Ann", **PEOPLE[state.person])


def _kind(channel: str) -> str:
    named = {"shared": "public", "archived": "public", "shared private": "private"}
    return named.get(channel, channel)


def place_of(state: State) -> Place:
    channel = {"same": "CTARGET", "direct": "DDIRECT"}.get(state.place, "C" + state.place.upper())
    return Place(team=TEAM, channel=channel)


def request_of(state: State, *, by: str = ASKER) -> RunRequest:
    return RunRequest(
        recipe="summarize",
        source=Window(channel="CTARGET"),
        asked_by=by,
        place=place_of(state),
        dedupe="1",
    )


def has_readers_outside(state: State) -> bool:
    """Whether somebody reads where it was asked who cannot read what was read."""
    if state.place == "same" or (state.place == "direct" and state.is_public):
        return False
    # in the other places are members of the workspace; in the shared one people of another, too,
    # and not for each of them is a public channel, or are two shared ones the same
    return not state.is_public or state.place == "shared"


@pytest.fixture
def house() -> House:
    return House()


async def test_nothing_is_read_without_the_right_in_any_state(house: House) -> None:
    tried, read = 0, 0
    for state in states():
        tried += 1
        house.put(state)
        house.slack.calls.clear()
        request = request_of(state)
        seen: list[Audience] = []
        try:
            seen.append(await house.sources.admit(request))
            house.change(state.after())
            seen.append(await house.sources.admit(request))
            await house.sources.read(request)
        except Unreadable:
            assert house.slack.of(*READS) == [], state
            # refused at the first look, or at the second, and only for want of right
            refused = state if not seen else state.after()
            assert not refused.may_read(), state
            continue
        read += 1
        assert state.may_read(), state
        assert state.after().may_read(), state
        wide = Audience.REQUESTER if has_readers_outside(state) else Audience.CHANNEL
        assert seen == [wide, wide], state

    assert tried >= 4_000
    assert read > 300


SHARED: Json = {
    "type": "message",
    "user": OTHER,
    "text": "```see```",
    "ts": "1600000000.000100",
    "files": [{"id": "F1", "name": "a.txt", "mimetype": "text/plain", "url_private": "https://f"}],
}


def sources_of_more() -> Iterator[Source]:
    """What reads files, or of more channels than one; the asker may read CPUBLIC whatever comes."""
    open_one, target = Window(channel="CPUBLIC"), Window(channel="CTARGET")
    yield Shared(channel="CTARGET", ts=SHARED["ts"])
    yield Thread(channel="CTARGET", ts=SHARED["ts"])
    yield Several(windows=(target, open_one))
    yield Several(windows=(open_one, target))


async def test_no_file_and_no_channel_beside_another_is_read_without_the_right(
    house: House,
) -> None:
    tried, read = 0, 0
    for state, source in product(states(), sources_of_more()):
        tried += 1
        house.put(state)
        house.slack.rooms["CPUBLIC"].members = [BOT, ASKER]
        house.slack.rooms["CTARGET"].messages.insert(0, SHARED)
        house.slack.calls.clear()
        house.change(now := state.after())
        request = request_of(state).model_copy(update={"source": source})
        may = now.may_read()
        try:
            audience = await house.sources.admit(request)
            await house.sources.read(request)
        except Unreadable:
            assert house.slack.of(*READS, "file") == [], (state, source)
            assert not may, (state, source)
            continue
        read += 1
        assert may, (state, source)
        assert [call.args["file"] for call in house.slack.of("file")] == ["https://f"]
        wide = Audience.REQUESTER if is_wider(state, source) else Audience.CHANNEL
        assert audience is wide, (state, source)

    assert tried >= 16_000
    assert read > 900


def is_wider(state: State, source: Source) -> bool:
    """Whether some who read where it was asked cannot read all that was read."""
    if source.kind != "several":
        return has_readers_outside(state)
    # CPUBLIC is read by members of the workspace
    open_one = state.place == "shared" or (state.place == "same" and "shared" in state.channel)
    return has_readers_outside(state) or open_one


async def test_a_result_of_several_channels_is_seen_by_who_may_read_them_all(
    house: House,
) -> None:
    seen = 0
    for state in states():
        if state.between != "nothing":
            continue
        house.put(state)
        house.now += SIGHT_SECONDS
        several = Several(windows=(Window(channel="CPUBLIC"), Window(channel="CTARGET")))
        request = request_of(state).model_copy(update={"source": several})
        run = Run(id="r1", request=request, created_at=datetime.now(UTC))

        saw = await house.rights.may_see(Actor(user=ASKER, team=TEAM), run)

        assert saw is state.may_read(through_the_app=not state.is_public), state
        seen += saw

    assert seen > 100


async def test_nothing_is_shown_without_the_right_in_any_state(house: House) -> None:
    shown = 0
    for state, member, audience in product(
        (state for state in states() if state.between == "nothing"),
        (True, False),
        (Audience.CHANNEL, Audience.REQUESTER, None),
    ):
        house.put(state)
        if not member and state.place != "same":
            house.slack.rooms[place_of(state).channel].members.remove(ASKER)
        house.now += SIGHT_SECONDS
        run = a_run(state, audience)

        saw = await house.rights.may_see(Actor(user=ASKER, team=TEAM), run)

        assert saw is may_see(state, audience, member=member), (state, member, audience)
        assert house.slack.of(*READS) == []
        shown += saw

    assert shown > 100


CLAIM = "these words are secret"
LINKED: Json = {"type": "message", "user": OTHER, "text": CLAIM, "ts": "1700000000.000100"}


@dataclass(frozen=True)
class Claimed:
    """A claim, linked (in the channel of *state*) or typed in that very channel, by the asker."""

    state: State
    linked: bool
    private: bool = False

    @property
    def request(self) -> RunRequest:
        return claimed(
            OneMessage(channel="CTARGET", ts="1700000000.000100") if self.linked else None,
            place=place_of(self.state) if self.linked else Place(team=TEAM, channel="CTARGET"),
            private=self.private,
        )

    def may_be_looked_for(self, state: State) -> bool:
        return state.channel not in {"im", "mpim"} and state.may_read()


def claimed(source: Source | None, *, place: Place, private: bool = False) -> RunRequest:
    return RunRequest(
        recipe="factcheck",
        text="" if source else CLAIM,
        source=source,
        asked_by=ASKER,
        place=place,
        private=private,
        dedupe="1",
    )


def claims() -> Iterator[Claimed]:
    for state, private in product(states(), (False, True)):
        if state.place == "same":
            yield Claimed(state, linked=False, private=private)
        yield Claimed(state, linked=True, private=private)


async def evidence(house: House, request: RunRequest) -> Found:
    [found] = await house.sources.evidence(request, lambda people: None, datetime.now(UTC)).nearby(
        [CLAIM]
    )
    return found


async def test_no_evidence_is_read_without_the_right_in_any_state(house: House) -> None:
    """Rights are looked at anew, right before it: they may be gone since the run was admitted."""
    tried, found_some = 0, 0
    for claim in claims():
        tried += 1
        house.put(claim.state)
        house.slack.rooms["CTARGET"].messages.insert(0, LINKED)
        house.slack.calls.clear()
        house.change(now := claim.state.after())

        found = await evidence(house, claim.request)

        reads = house.slack.of(*READS)
        if not claim.may_be_looked_for(now):
            assert (reads, found) == ([], Found()), claim
            continue
        # and of no other channel than the claim's own
        assert {call.args["channel"] for call in reads} == {"CTARGET"}, claim
        assert found.passages[0].text == "words" or not claim.linked, claim
        assert found.passages, claim
        found_some += 1

    assert tried >= 9_000
    assert found_some > 600


async def test_what_quotes_a_place_is_shown_to_nobody_whom_it_is_closed_to(house: House) -> None:
    """Of a claim that was typed there: to the place itself, or to the asker while they read it."""
    tried, shown = 0, 0
    for state in states():
        if state.place != "same" or not state.app_in or state.channel == "im":
            continue
        claim = Claimed(state, linked=False, private=True)
        tried += 1
        house.put(state)
        house.change(now := state.after())
        try:
            audience = await house.sources.admit(claim.request)
        except Unreadable:
            assert not now.may_read(), state
            continue
        shown += 1
        assert audience is Audience.REQUESTER
        assert now.may_read(through_the_app=not now.is_public), state

    assert tried > 400
    assert shown > 80


async def test_an_own_result_that_quotes_a_place_is_seen_while_that_can_be_read(
    house: House,
) -> None:
    tried, seen = 0, 0
    for state, origin in product(states(), (*Origin, None)):
        if state.place != "same" or state.between != "nothing" or state.channel == "im":
            continue
        tried += 1
        house.put(state)
        house.now += SIGHT_SECONDS
        request = Claimed(state, linked=False).request
        run = Run(id="r1", request=request, created_at=datetime.now(UTC), result=checked(origin))

        saw = await house.rights.may_see(Actor(user=ASKER, team=TEAM), run)

        closed = state.may_read(through_the_app=not state.is_public)
        assert saw is (closed if origin in {Origin.CONVERSATION, Origin.FILE} else True), state
        seen += saw

    assert tried > 400
    assert seen > 100


def checked(origin: Origin | None) -> FactCheck:
    passages = (Passage(origin=origin, text="words"),) if origin else ()
    verdict = ClaimVerdict(
        claim=CLAIM,
        start=0,
        end=len(CLAIM),
        outcome=Outcome.NOT_ENOUGH,
        votes=(),
        seats=5,
        passages=passages,
    )
    return FactCheck(text=CLAIM, claims=(verdict,))


async def test_a_channel_of_the_organisation_is_evidence_for_who_is_in_its_workspace(
    house: House,
) -> None:
    house.put(State("full", "public", person_in=False, app_in=True, place="same"))
    request = Claimed(
        State("full", "public", person_in=False, app_in=True, place="same"), linked=False
    ).request
    wide = request.model_copy(
        update={"place": request.place.model_copy(update={"enterprise": "E1"})}
    )

    house.slack.teams = {"CTARGET": ["T0ELSEWHERE"]}
    assert await evidence(house, wide) == Found()
    house.slack.teams = {"CTARGET": ["T0ELSEWHERE", TEAM]}
    assert (await evidence(house, wide)).passages


def a_run(state: State, audience: Audience | None) -> Run:
    request = request_of(state, by=OTHER)
    return Run(id="r1", request=request, audience=audience, created_at=datetime.now(UTC))


def may_see(state: State, audience: Audience | None, *, member: bool) -> bool:
    """Somebody else's run: what was shown to a channel, for who reads there and in its source."""
    if audience is not Audience.CHANNEL:
        return False
    # what is closed, and has not let the app in, cannot be asked about
    source = state.may_read(through_the_app=not state.is_public)
    if state.place == "same":
        return source
    alive = state.person not in {"deleted", "bot"}
    open_to_all = state.place in {"public", "shared"} and state.person == "full"
    return source and alive and (member or open_to_all)
