"""What a model takes from messages holds, or is not told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.items import CONFIDENCE_MOST, Item, Point, verify
from patterns.packing import Line, pack
from patterns.quotes import found
from patterns.recipes.summarize.summary import Kind
from patterns.task import Message

DATA = Path(__file__).parents[3] / "shared" / "data"


def message(number: int, author: str, text: str, **changes: Any) -> Message:
    plain = Message(
        id=f"{number}.0",
        thread="1.0",
        author=author,
        text=text,
        permalink=f"https://a.test/{number}",
    )
    return plain.model_copy(update=changes)


TALK = (
    message(1, "Ann Ruiz", "Let's ship on Friday, whatever happens.", at=10.0, reactions=3),
    message(
        2, "Ben", "@Cleo can you write the notes by Thursday noon?", mentions=("Cleo",), at=20.0
    ),
    message(3, "Cleo", "I will. It takes 3 hours, about 1,500 words.", at=30.0, replies=2),
    message(4, "Release Bot", "Build 4.3.1 is green", bot=True),
    message(5, "Person_bcdfgh", "We should not move the date."),
)
CHUNK = [Line(0, message(9, "Dan", "Old news"), "Old news", reply=True)] + [
    Line(n, each, each.text, reply=n > 1) for n, each in enumerate(TALK, 1)
]
GOOD = Item[Kind](
    kind=Kind.DECISION,
    text="The release ships on Friday",
    lines=[1],
    quote="ship on Friday",
    speaker="Ann Ruiz",
    owner=None,
    due=None,
    confidence=4,
)


def of(**changes: Any) -> Item[Kind]:
    return GOOD.model_copy(update=changes)


def held(**changes: Any) -> Point:
    checked = verify([of(**changes)], CHUNK)
    assert [fault.why for fault in checked.faults] == []
    return checked.points[0]


def why(**changes: Any) -> str:
    [fault] = verify([of(**changes)], CHUNK).faults
    return fault.why


def test_a_point_leads_back_to_its_messages() -> None:
    point = held(lines=[2, 1, 1], quote="SHIP on  friday,")

    assert (point.kind, point.quote, point.speaker) == ("decision", "ship on Friday", "Ann Ruiz")
    assert (point.sources, point.links) == (
        ("1.0", "2.0"),
        ("https://a.test/1", "https://a.test/2"),
    )
    assert (point.at, point.reactions, point.mentions, point.confidence) == (10.0, 3, 1, 4)


def test_a_message_without_a_link_is_named_by_its_id() -> None:
    bare = message(1, "Ann", "Ship it", permalink=None)

    checked = verify([of(quote="Ship it", speaker="Ann")], [Line(1, bare, bare.text, reply=False)])

    assert checked.points[0].links == ("1.0",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lines": []}, "it cites no line"),
        ({"lines": [1, 99]}, "line 99 is none of those that may be cited"),
        ({"lines": [0]}, "line 0 is none of those that may be cited"),
        ({"lines": [-1]}, "line -1 is none of those that may be cited"),
        ({"text": " "}, "it says nothing"),
        ({"text": "word " * 41}, "it is too long: 30 words are enough"),
        ({"quote": "ship on Monday"}, "the quote does not stand in that line"),
        ({"quote": "", "lines": [1, 2]}, "the quote does not stand in any of those lines"),
        ({"quote": "on"}, "the quote is too short to be looked up"),
        (
            {"speaker": "Ben"},
            "what is quoted was written by Ann Ruiz, who is not the speaker",
        ),
        ({"owner": "Zoe"}, "the owner neither wrote one of those lines nor is named there"),
        ({"owner": "I"}, "owner is the name of a person, and nothing that stands for one"),
        (
            {"owner": "Ann Ruiz and me"},
            "owner is the name of a person, and nothing that stands for one",
        ),
        ({"due": "Saturday"}, "due does not stand there word for word"),
        ({"text": "It ships on Friday at 5"}, "the number 5 stands in none of those lines"),
    ],
)
def test_what_does_not_hold_is_told_why(changes: dict[str, Any], reason: str) -> None:
    assert why(**changes) == reason


def test_a_quote_that_its_sentence_denies_is_shown_with_all_of_it() -> None:
    point = held(lines=[5], quote="move the date", speaker="Person_bcdfgh", text="The date stays")

    assert point.quote == "We should not move the date."


def test_a_quote_torn_out_of_a_sentence_that_is_too_long_to_show_does_not_hold() -> None:
    long = message(1, "Ann", f"It is not true that {'really ' * 80} we ship on Friday at noon")

    checked = verify([of(speaker="Ann")], [Line(1, long, long.text, reply=False)])

    assert checked.points == ()


@pytest.mark.parametrize("speaker", ["ann ruiz", "@Ann Ruiz", " Ann  Ruiz ", "Ann Ruiz (bot)"])
def test_marks_and_case_of_a_name_are_no_matter(speaker: str) -> None:
    assert held(speaker=speaker).speaker == "Ann Ruiz"


def test_a_pseudonym_may_come_with_a_backslash() -> None:
    point = held(
        lines=[5],
        quote="not move the date",
        speaker="Person\\_bcdfgh",
        owner="Person\\_bcdfgh",
        text="x",
    )

    assert (point.speaker, point.owner) == ("Person_bcdfgh", "Person_bcdfgh")


@pytest.mark.parametrize(
    ("owner", "lines"),
    [("Cleo", [2]), ("@cleo", [2]), ("Ben", [2]), ("Ben and Cleo", [2, 3]), ("", [2])],
)
def test_an_owner_wrote_a_line_or_is_named_there(owner: str, lines: list[int]) -> None:
    point = held(
        lines=lines, quote="write the notes by Thursday", speaker="Ben", owner=owner, text="Notes"
    )

    assert point.owner == owner.removeprefix("@")


def test_a_name_needs_no_blanks_around_it_where_its_script_has_none() -> None:
    said = message(1, "Ann", "田中さんが出荷する")
    chunk = [Line(1, said, said.text, reply=False)]
    item = of(text="出荷する", quote="出荷する", speaker="Ann", kind=Kind.ACTION)

    named = verify([item.model_copy(update={"owner": who}) for who in ("田中", "鈴木")], chunk)

    assert [point.owner for point in named.points] == ["田中"]
    assert named.numbers == (1,)


_WORDS = st.text(alphabet="ab12.,@()\\_ 日\n\ud800…'", max_size=30) | st.sampled_from(
    [each.text for each in TALK]
)


@settings(derandomize=True)
@given(
    st.lists(st.integers(-1, 7), max_size=4),
    st.tuples(_WORDS, _WORDS),
    st.none() | _WORDS,
    st.none() | _WORDS,
    st.sampled_from([each.author for each in TALK]) | _WORDS,
)
def test_whatever_a_model_answers_only_what_messages_say_holds(
    lines: list[int], said: tuple[str, str], owner: str | None, due: str | None, speaker: str
) -> None:
    text, quote = said
    item = of(lines=lines, text=text, quote=quote, owner=owner, due=due, speaker=speaker)

    checked = verify([item], CHUNK)

    assert len(checked.points) + len(checked.faults) == 1
    for point in checked.points:
        quoted = next(each for each in TALK if each.id == point.sources[0])
        assert point.quote in quoted.text
        assert point.speaker == quoted.author
        assert any(point.due in each.text for each in TALK if each.id in point.sources)


def test_a_date_is_in_the_words_of_the_message() -> None:
    point = held(
        lines=[2], quote="can you write the notes", speaker="Ben", due="thursday NOON", text="Notes"
    )

    assert point.due == "Thursday noon"


@pytest.mark.parametrize("text", ["Three hours, 1500 words", "3 hours", "1,500 words", "03 hours"])
def test_a_number_may_be_written_otherwise(text: str) -> None:
    assert held(lines=[3], quote="It takes 3 hours", speaker="Cleo", text=text)


def test_a_bot_may_be_quoted_and_a_version_is_a_number() -> None:
    said = {"quote": "Build 4.3.1 is green", "speaker": "Release Bot (bot)"}

    assert held(lines=[4], text="4.3.1 is out", **said)
    assert why(lines=[4], text="4.3.2 is out", **said)


@pytest.mark.parametrize(("said", "kept"), [(-3, 0), (9, CONFIDENCE_MOST)])
def test_confidence_has_its_bounds(said: int, kept: int) -> None:
    assert held(confidence=said).confidence == kept


def test_all_that_the_chunk_has_of_a_long_message_may_be_quoted() -> None:
    long = message(1, "Ann", "First we talk. Then we ship on Friday.")
    chunk = [
        Line(1, long, "First we talk. ", reply=False),
        Line(2, long, "Then we ship on Friday.", reply=False, first=False),
    ]

    [point] = verify([of(speaker="Ann", lines=[1])], chunk).points

    assert point.sources == ("1.0",)


def test_too_many_lines_say_nothing() -> None:
    talk = [message(n, "Ann", f"we ship on Friday {n}") for n in range(1, 30)]
    chunk = [Line(n, each, each.text, reply=False) for n, each in enumerate(talk, 1)]

    [fault] = verify([of(speaker="Ann", lines=list(range(1, 30)))], chunk).faults

    assert fault.why == "it cites too many lines: only those count that say it"


def test_numbers_of_items_tell_which_of_them_hold() -> None:
    checked = verify([of(lines=[]), GOOD, of(quote="nothing of that"), GOOD], CHUNK)

    assert checked.numbers == (2, 4)
    assert [fault.item.quote for fault in checked.faults] == [GOOD.quote, "nothing of that"]


# Five hundred items on real talk, of which every fifth has a planted fault.


@dataclass(frozen=True)
class Planted:
    item: Item[Kind]
    chunk: Sequence[Line]
    sound: bool


def _true(random: Random, chunk: Sequence[Line]) -> Item[Kind] | None:
    """An item that holds, as a model would write it: marks and case are its own."""
    line = random.choice([each for each in chunk if each.number])
    words = line.text.split()
    if len(words) < 5:
        return None
    start = random.randrange(len(words) - 3)
    quote = " ".join(words[start : start + random.randint(4, 12)])
    if found(quote, line.text) is None:
        return None  # of marks alone
    noises: list[Callable[[str], str]] = [
        str.upper,
        lambda text: f"“{text}”",
        lambda text: f"{text}.",
        lambda text: text.replace("'", "’"),
        lambda text: f"  {text} ",
    ]
    return Item[Kind](
        kind=random.choice(list(Kind)),
        text=" ".join(words[start : start + 12]),
        lines=[line.number],
        quote=random.choice(noises)(quote),
        speaker=line.message.author,
        owner=line.message.author if random.random() < 0.3 else None,
        due=None,
        confidence=3,
    )


FAULTS: Sequence[Callable[[Item[Kind], Random], dict[str, Any]]] = (
    lambda item, _: {"lines": [item.lines[0] + 5_000]},
    lambda item, _: {"lines": [0]},
    lambda item, _: {"speaker": f"{item.speaker}x"},
    lambda item, _: {"owner": "Zebedee Quux"},
    lambda item, _: {"due": "the 31st of Brumaire"},
    lambda item, _: {"quote": f"{item.quote.strip()} notwithstanding zebras"},
    lambda item, _: {"quote": "zebras are " + item.quote.strip()},
    lambda item, _: {"text": f"{' '.join(item.text.split()[:8])} for 987654 reasons"},
)


def planted(chunks: Sequence[Sequence[Line]], count: int = 500) -> list[Planted]:
    random, made = Random(7), list[Planted]()
    while len(made) < count:
        chunk = random.choice(chunks)
        item = _true(random, chunk)
        if item is None:
            continue
        sound = len(made) % 5 != 0
        changes = {} if sound else FAULTS[len(made) // 5 % len(FAULTS)](item, random)
        made.append(Planted(item.model_copy(update=changes), chunk, sound))
    return made


def judged(cases: Sequence[Planted]) -> tuple[int, int]:
    """How many faults were let through, and how many good items lost."""
    held = [(case, bool(verify([case.item], case.chunk).points)) for case in cases]
    return sum(h and not c.sound for c, h in held), sum(c.sound and not h for c, h in held)


def _generated() -> list[Message]:
    random = Random(3)
    words = (
        DATA.name + " we ship the release on friday after lunch with all notes read twice"
    ).split()
    return [
        message(n, random.choice(("Ann", "Ben", "Cleo")), " ".join(random.choices(words, k=14)))
        for n in range(400)
    ]


def test_of_500_items_every_planted_fault_is_caught_and_no_good_one_lost() -> None:
    chunks = [chunk.lines for chunk in pack(_generated(), 1_500)]

    assert judged(planted(chunks)) == (0, 0)


def _slack() -> list[Message]:
    lines = (DATA / "slack/elm-general-2019/messages.jsonl").read_text().splitlines()[:3_000]
    said = [json.loads(line) for line in lines]
    return [message(n, each["user"], each["text"]) for n, each in enumerate(said) if each["text"]]


def _meeting() -> list[Message]:
    lines = (DATA / "meetings/Bed003.txt").read_text().splitlines()
    said = [line.partition(": ") for line in lines]
    return [message(n, who, text) for n, (who, _, text) in enumerate(said) if text]


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here")
@pytest.mark.parametrize("talk", [_slack, _meeting])
def test_on_real_talk_every_fault_is_caught_and_one_in_a_hundred_lost_at_most(
    talk: Callable[[], list[Message]],
) -> None:
    chunks = [chunk.lines for chunk in pack(talk(), 6_000)]

    through, lost = judged(planted(chunks))

    assert through == 0
    assert lost <= 4
