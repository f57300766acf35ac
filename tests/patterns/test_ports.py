from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from patterns.events import BranchStarted
from patterns.ports import SILENT, Answer, schema_of
from patterns.usage import Usage
from tests.patterns.samples import Word, question


class Phrase(Answer):
    phrase: str


def test_a_fingerprint_is_of_the_words_and_the_shape_not_of_the_place():
    asked = question("a")

    assert replace(asked, key="b", title="Other").fingerprint == asked.fingerprint
    assert replace(asked, text="b").fingerprint != asked.fingerprint
    assert replace(asked, system="b").fingerprint != asked.fingerprint
    assert replace(asked, answer=Phrase).fingerprint != asked.fingerprint


def test_a_fingerprint_survives_broken_text():
    assert replace(question("a"), text="\ud800").fingerprint


def test_words_do_not_move_between_the_parts_of_a_question_unseen():
    one = replace(question("a"), system="ab", text="c")

    assert replace(one, system="a", text="bc").fingerprint != one.fingerprint


def test_an_answer_has_no_room_for_more_fields_than_asked():
    with pytest.raises(ValidationError):
        Word.model_validate({"word": "a", "mood": "b"})
    assert schema_of(Word)["additionalProperties"] is False


def test_usage_adds_up():
    one = Usage(calls=1, input_tokens=2, output_tokens=3)

    assert one + one + Usage() == Usage(calls=2, input_tokens=4, output_tokens=6)


def test_silence_takes_any_event():
    SILENT.emit(BranchStarted(branch="a"))
