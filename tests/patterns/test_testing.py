from __future__ import annotations

import pytest

from patterns.errors import ModelRefused
from patterns.testing import ScriptedModel
from patterns.usage import Usage
from tests.patterns.samples import Word, question


async def test_a_script_answers_with_the_fields_of_the_shape_that_was_asked_for():
    model = ScriptedModel(lambda prompt: {"word": prompt.key})

    reply = await model.ask(question("abcdefgh"))

    assert reply.answer == Word(word="abcdefgh")
    assert reply.model == "scripted"
    assert reply.usage == Usage(calls=1, input_tokens=2, output_tokens=20)
    assert model.asked == ["abcdefgh"]


async def test_an_error_in_the_script_is_raised():
    error = ModelRefused("No.")

    with pytest.raises(ModelRefused) as caught:
        await ScriptedModel(lambda _: error).ask(question("a"))

    assert caught.value is error


async def test_a_model_that_is_asked_too_much_to_remember_keeps_no_keys():
    model = ScriptedModel(lambda prompt: {"word": prompt.key}, keep=False)

    await model.ask(question("a"))

    assert model.asked == []
