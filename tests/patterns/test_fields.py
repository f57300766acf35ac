"""Fields as people type them or as a JSON schema: understood, or a sentence on what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from patterns.fields import (
    FIELDS_MOST,
    OPTIONS_MOST,
    Column,
    FieldsUnclear,
    Wanted,
    answer_of,
    keys_of,
    wanted,
)

TYPED = "name, amount: number, paid: yes/no, due: date, kind: a|b|c (what it is, roughly)"
FIELDS = (
    Wanted(name="name"),
    Wanted(name="amount", column=Column.NUMBER),
    Wanted(name="paid", column=Column.YES_NO),
    Wanted(name="due", column=Column.DATE),
    Wanted(name="kind", column=Column.CHOICE, options=("a", "b", "c"), about="what it is, roughly"),
)
_WORDS = st.from_regex(r"[a-zA-Zé][a-z0-9é_-]{0,8}( [a-z]{1,8})?", fullmatch=True)
_FIELDS = st.lists(
    st.builds(
        lambda name, column, options, about: Wanted(
            name=name,
            column=column,
            options=tuple(options) if column is Column.CHOICE else (),
            about=about,
        ),
        _WORDS,
        st.sampled_from(Column),
        st.lists(_WORDS, min_size=2, max_size=4, unique_by=str.casefold),
        st.just("") | _WORDS,
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda field: field.name.casefold(),
)


def typed(field: Wanted) -> str:
    kind = "|".join(field.options) or field.column.value
    return f"{field.name}: {kind}" + (f" ({field.about})" if field.about else "")


def schema(**properties: Any) -> str:
    return json.dumps({"type": "object", "properties": properties})


def test_a_line_of_fields_is_understood():
    assert wanted(TYPED) == FIELDS


@pytest.mark.parametrize("between", [", ", "; ", "\n", ",\n"])
def test_fields_may_stand_in_lines_and_behind_their_heading(between: str):
    assert wanted(f"Fields: a{between}b: Integer{between}") == (
        Wanted(name="a"),
        Wanted(name="b", column=Column.INTEGER),
    )


@given(_FIELDS)
def test_what_is_typed_for_fields_gives_these_fields(fields: list[Wanted]):
    assert wanted(", ".join(map(typed, fields))) == tuple(fields)


@given(st.text(max_size=80) | st.text(alphabet='ab:|(),; {}"', max_size=40))
def test_whatever_is_typed_gives_plain_fields_or_a_sentence(text: str):
    try:
        fields = wanted(text)
    except FieldsUnclear as err:
        assert str(err).endswith(".")
    else:
        assert 1 <= len(fields) <= FIELDS_MOST
        assert len(set(keys_of(fields))) == len(fields)
        assert answer_of(fields).model_json_schema()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No fields are named"),
        (" ,; ", "No fields are named"),
        ("fields:", "No fields are named"),
        ("x" * 9_000, "too long"),
        ("a: colour", "“colour” is no kind of field"),
        (f"a: {'y' * 99}", "…” is no kind of field"),
        ("a: b: c", "“b: c” is no kind"),
        ("a (b) c", "is no field"),
        ("1st", "“1st” is no name of a field"),
        ("a" * 41, "is no name of a field"),
        ("=cmd", "is no name of a field"),
        ("a, b, A", "Two fields have the same name"),
        (", ".join(f"a{n}" for n in range(21)), "These are 21 fields; 20 are the most"),
        (f"a ({'x' * 201})", "say it in 200 characters"),
        ("a: b|", "2 to 30 words"),
        (f"a: {'|'.join(f'o{n}' for n in range(OPTIONS_MOST + 1))}", "2 to 30 words"),
        ("a: b|B", "two of the words to choose from are the same"),
        (f"a: b|{'c' * 41}", "an option has 1 to 40 characters"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, said: str):
    with pytest.raises(FieldsUnclear, match=r".*\.$") as raised:
        wanted(text)

    assert said in str(raised.value)


def test_a_schema_of_an_object_is_understood():
    given_schema = {
        "type": "object",
        "required": ["name", "due"],
        "properties": {
            "name": {"type": "string", "description": "Who\npays"},
            "amount": {"type": ["number", "null"]},
            "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "paid": {"type": "boolean"},
            "due": {"type": "string", "format": "date"},
            "kind": {"enum": ["a", "b", None]},
        },
    }

    assert wanted(json.dumps(given_schema)) == (
        Wanted(name="name", about="Who pays", required=True),
        Wanted(name="amount", column=Column.NUMBER),
        Wanted(name="count", column=Column.INTEGER),
        Wanted(name="paid", column=Column.YES_NO),
        Wanted(name="due", column=Column.DATE, required=True),
        Wanted(name="kind", column=Column.CHOICE, options=("a", "b")),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is no JSON"),
        ("{" + '"a":[' * 1_300, "it is no JSON"),
        ("{}", "has no properties"),
        ('{"properties": 3}', "has no properties"),
        (schema(a={"type": "object"}), "“a”: what can be extracted is"),
        (schema(a=3), "“a”: what can be extracted is"),
        (schema(a={"type": ["string", "number"]}), "“a”: what can be extracted is"),
        (schema(a={"anyOf": [{"type": "string"}, {"type": "number"}]}), "“a”: what can be"),
        (schema(a={"type": {}}), "“a”: what can be extracted is"),
        (schema(a={"enum": ["b", 3]}), "must be strings"),
        (schema(a={"enum": ["b", ""]}), "an option has 1 to 40"),
        (schema(**{"$ref": {"type": "string"}}), "is no name of a field"),
    ],
)
def test_what_is_wrong_with_a_schema_is_said(text: str, said: str):
    with pytest.raises(FieldsUnclear) as raised:
        wanted(text)

    assert said in str(raised.value)


def test_an_answer_has_a_value_or_null_for_each_field_and_nothing_else():
    row = {"row": 1, "v1_name": "Ann", "v2_amount": 12, "v3_paid": None, "v4_due": None}
    full = {**row, "v5_kind": "b", "confidence": 5}
    shape = answer_of(FIELDS)

    assert shape.model_validate({"rows": [full]}).model_dump() == {"rows": [full]}
    for wrong in (row, {**full, "v5_kind": "d"}, {**full, "more": 1}, {**full, "v2_amount": "x"}):
        with pytest.raises(ValidationError):
            shape.model_validate({"rows": [wrong]})


def test_a_number_is_finite_and_an_integer_keeps_its_digits():
    shape = answer_of((Wanted(name="n", column=Column.NUMBER),))
    text = '{"rows": [{"row": 1, "v1_n": %s, "confidence": 5}]}'
    long = 12345678901234567891

    assert shape.model_validate_json(text % long).model_dump()["rows"][0]["v1_n"] == long
    with pytest.raises(ValidationError):
        shape.model_validate_json(text % "NaN")


def test_equal_fields_have_one_shape_whose_name_is_always_the_same():
    again = tuple(field.model_copy() for field in FIELDS)

    assert answer_of(again) is answer_of(FIELDS)
    assert answer_of(FIELDS).__name__ == answer_of(FIELDS[:1]).__name__ == "Rows"


def test_keys_can_clash_neither_with_each_other_nor_with_ours():
    names = ("row", "rows", "confidence", "model_dump", "Größe", "漢字", "a-b", "a b")
    fields = tuple(Wanted(name=name) for name in names)

    assert keys_of(fields)[4:6] == ("v5_gr_sse", "v6")
    assert len(set(keys_of(fields))) == len(fields)
    assert set(answer_of(fields).model_json_schema()["$defs"]["Row"]["required"]) == {
        "row", "confidence", *keys_of(fields)
    }  # fmt: skip
