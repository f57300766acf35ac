"""The rules of strict mode, as servers enforce them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AnyUrl, BaseModel, Field

from bot.llm.strict import NoStrictForm, response_format, strict
from patterns.ports import Answer
from tests.llm.questions import SHAPES, asked_for

_ALLOWED = {
    "type", "description", "enum", "const", "pattern", "format", "multipleOf", "minimum",
    "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "items",
    "properties", "required", "additionalProperties", "anyOf", "$ref", "$defs",
}  # fmt: skip


def faults(node: Any, place: str = "$") -> Iterator[str]:
    """What OpenAI's strict mode would refuse; written from its rules, not from our code."""
    if unknown := set(node) - _ALLOWED:
        yield f"{place}: {unknown} not supported"
    if "$ref" in node and len(node) > 1:
        yield f"{place}: a reference has neighbours"
    if not {"$ref", "type", "anyOf", "enum", "const"} & set(node):
        yield f"{place}: no type"
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        yield f"{place}: open"
    if node.get("required", []) != list(node.get("properties", {})):
        yield f"{place}: optional fields"
    for name, child in children(node):
        yield from faults(child, f"{place}.{name}")


def children(node: Any) -> Iterator[tuple[str, Any]]:
    yield from node.get("properties", {}).items()
    yield from node.get("$defs", {}).items()
    yield from enumerate(node.get("anyOf", []))
    if "items" in node:
        yield "[]", node["items"]


class Inner(Answer):
    title: str = Field(title="Default", max_length=5)
    default: int | None = None


class Odd(Answer):
    """Everything that pydantic puts into a schema and strict mode refuses."""

    inner: Annotated[Inner, Field(description="with neighbours")]
    many: list[Inner] = Field(min_length=1)
    either: Inner | Literal["none"] = "none"
    share: float = Field(ge=0, lt=1, default=0.5, examples=[0.1])
    deeper: Odd | None = None
    on: date
    page: AnyUrl


@pytest.mark.parametrize("shape", [*SHAPES, Odd], ids=lambda shape: shape.__name__)
def test_every_answer_type_has_a_form_that_strict_mode_takes(shape: type[BaseModel]) -> None:
    sent = response_format(shape)

    assert sent["json_schema"]["strict"] is True
    assert sent["json_schema"]["schema"]["type"] == "object"
    assert list(faults(sent["json_schema"]["schema"])) == []


def test_every_question_of_the_recipes_can_be_asked_strictly() -> None:
    for prompt in asked_for("The moon is made of cheese"):
        assert list(faults(response_format(prompt.answer)["json_schema"]["schema"])) == []


def test_fields_called_like_keywords_stay() -> None:
    inner = response_format(Odd)["json_schema"]["schema"]["$defs"]["Inner"]

    assert inner["required"] == ["title", "default"]


def test_only_formats_that_servers_know_are_named() -> None:
    fields = response_format(Odd)["json_schema"]["schema"]["properties"]

    assert fields["on"]["format"] == "date"
    assert "format" not in fields["page"]


def test_a_shape_is_worked_out_once() -> None:
    assert response_format(Odd) is response_format(Odd)


def test_a_single_allof_is_what_it_holds() -> None:
    assert strict({"allOf": [{"$ref": "#/$defs/X"}], "default": 1}) == {"$ref": "#/$defs/X"}


def test_open_dictionaries_have_no_strict_form() -> None:
    class Open(Answer):
        votes: dict[str, int]

    with pytest.raises(NoStrictForm):
        response_format(Open)
