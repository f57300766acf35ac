"""Names in files: those of an export's users, and who asks for what concerns them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.console.people import called, users
from bot.console.transcripts import parse
from bot.runs.errors import Unreadable
from patterns.task import Message


@pytest.mark.parametrize(
    "known",
    [
        {"U1": "Ann", "U2": 7},
        [{"id": "U1", "profile": {"display_name": "Ann"}}, 7, {"name": "x"}],
        [{"id": "U1", "name": "Ann", "profile": None}],
    ],
)
def test_names_come_from_the_users_of_an_export(tmp_path: Path, known: object) -> None:
    (tmp_path / "users.json").write_text(json.dumps(known))

    assert users(tmp_path / "users.json") == {"U1": "Ann"}


@pytest.mark.parametrize("content", ["{", "7", "[" * 100_000])
def test_broken_users_are_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "users.json").write_text(content)

    assert users(tmp_path / "users.json") == {}
    assert users(tmp_path / "gone.json") == {}


async def name(wanted: str, text: str, **known: str) -> str:
    async def messages() -> AsyncGenerator[Message]:
        for message in parse(text, "talk.txt", known).messages:
            yield message

    return await called(wanted, messages())


TALK = "Ann Lee: Ben, will you write to Zoë Ruiz?\nBen Cole: Yes.\nBen Stone: And I to Cy.\n"


@pytest.mark.parametrize("wanted", ["Ann Lee", "ann lee", " @Ann  Lee ", "ANN", "lee"])
async def test_who_speaks_is_known_by_the_name_or_a_part_of_it(wanted: str) -> None:
    assert await name(wanted, TALK) == "Ann Lee"


async def test_who_is_only_spoken_of_is_known_as_the_name_stands_there() -> None:
    assert await name("zoë ruiz", TALK) == "Zoë Ruiz"
    assert await name("cy", TALK) == "Cy"


async def test_who_is_mentioned_is_known_by_the_name_and_not_the_id() -> None:
    said = json.dumps({"user": "U1", "ts": "1.0", "text": "<@U2> writes"})

    assert await name("ben", said, U1="Ann", U2="Ben Cole") == "Ben Cole"


async def test_two_of_one_name_are_told_apart_by_who_asks() -> None:
    with pytest.raises(Unreadable) as refused:
        await name("ben", TALK)

    assert str(refused.value) == "Nobody is called ben there, but Ben Cole, Ben Stone."


async def test_who_is_not_there_is_told_who_is() -> None:
    with pytest.raises(Unreadable) as refused:
        await name("Dora\x1b[31m", "\n".join(f"Person {n}: hi" for n in "ABCDEFGHIJKL"))

    assert str(refused.value).startswith("Nobody is called Dora there, but Person A, Person B, ")
    assert str(refused.value).endswith("Person J and 2 others.")


async def test_in_a_text_without_speakers_a_file_is_no_person() -> None:
    text = "Ben sends the offer.\n\nNobody else has anything to do.\n"

    assert await name("ben", text) == "Ben"
    with pytest.raises(Unreadable) as refused:
        await name("talk.txt", text)
    assert str(refused.value) == "talk.txt does not occur there, and nobody is said to speak."


async def test_a_name_is_a_whole_word_and_no_pattern() -> None:
    with pytest.raises(Unreadable):
        await name("B.n", "Ben: hi")
    with pytest.raises(Unreadable):
        await name("Ann", "Ben: annual plans")
