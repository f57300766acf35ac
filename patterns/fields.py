"""Which fields are wanted of a row, as a person types them or in a JSON schema."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, FiniteFloat, create_model

from patterns.errors import PatternError
from patterns.fence import one_line
from patterns.ports import Answer

FIELDS_MOST = 20
OPTIONS_LEAST, OPTIONS_MOST = 2, 30
#: Characters of what is typed, of a name or an option, and of what is said about a field.
_TEXT_MOST, _NAME_MOST, _ABOUT_MOST = 8_000, 40, 200
_QUOTED_MOST = 60

#: Between fields, but not within brackets.
_BETWEEN = re.compile(r"[,;\n](?![^()]*\))")
_FIELD = re.compile(r"([^:()]+)(?::([^()]*))?(?:\((.*)\))?", re.DOTALL)
_NAME = re.compile(r"[^\W\d_][\w -]*")
_LEAD = re.compile(r"fields\s*:", re.IGNORECASE)
_SLUG = re.compile(r"[^a-z0-9]+")

_HOW = "Write fields as in: name, amount: number, paid: yes/no, due: date, kind: a|b (what it is)."
_KINDS_ARE = "text, number, integer, yes/no, date, or the words to choose from, as a|b|c"


class Column(StrEnum):
    """What stands in a field."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    YES_NO = "yes/no"
    DATE = "date"
    CHOICE = "choice"


_KINDS = {
    "": Column.TEXT,
    "text": Column.TEXT,
    "string": Column.TEXT,
    "number": Column.NUMBER,
    "integer": Column.INTEGER,
    "whole number": Column.INTEGER,
    "yes/no": Column.YES_NO,
    "boolean": Column.YES_NO,
    "date": Column.DATE,
}
_SCHEMA_KINDS = {
    "string": Column.TEXT,
    "number": Column.NUMBER,
    "integer": Column.INTEGER,
    "boolean": Column.YES_NO,
}
_TYPES: dict[Column, Any] = {
    Column.TEXT: str,
    Column.NUMBER: int | FiniteFloat,  # an integer keeps all of its digits
    Column.INTEGER: int,
    Column.YES_NO: bool,
    Column.DATE: str,
}


class FieldsUnclear(PatternError):
    """What was typed does not say which fields are wanted."""


class Wanted(BaseModel):
    """A field; *options* are those of a choice. *required*: a row without it is a doubtful one."""

    model_config = ConfigDict(frozen=True)

    name: str
    column: Column = Column.TEXT
    options: tuple[str, ...] = ()
    about: str = ""
    required: bool = False


def wanted(text: str) -> tuple[Wanted, ...]:
    """
    The fields of "name, amount: number, kind: a|b (what it is)", or of a JSON schema's object.

    Raises `FieldsUnclear`.
    """
    asked = _LEAD.sub("", text.strip(), count=1).strip()
    if not asked:
        raise FieldsUnclear(f"No fields are named. {_HOW}")
    if len(asked) > _TEXT_MOST:
        raise FieldsUnclear(f"That is too long: fields take at most {_TEXT_MOST:,} characters.")
    if asked.startswith("{"):
        found = _of_schema(asked)
    else:
        found = [_typed(one_line(part)) for part in _BETWEEN.split(asked) if part.strip()]
    _require_plain(found)
    return tuple(found)


@lru_cache(maxsize=64)
def answer_of(fields: tuple[Wanted, ...]) -> type[Answer]:
    """
    The shape of an answer: *rows*, each with its number as *row*, a value or null by each of
    `keys_of`, and *confidence*, from 0 to 5. Equal for equal fields, in every process.
    """
    columns: dict[str, Any] = {
        key: (_type_of(field) | None, ...)
        for key, field in zip(keys_of(fields), fields, strict=True)
    }
    row = create_model("Row", __base__=Answer, row=(int, ...), **columns, confidence=(int, ...))
    return create_model("Rows", __base__=Answer, rows=(cast("Any", list)[row], ...))


def keys_of(fields: Sequence[Wanted]) -> tuple[str, ...]:
    """Their names in an answer: plain ones, which nothing that a person types can clash with."""
    return tuple(f"v{n}_{_slug(field.name)}".rstrip("_") for n, field in enumerate(fields, 1))


def _type_of(field: Wanted) -> Any:
    if field.column is Column.CHOICE:
        return cast("Any", Literal)[field.options]
    return _TYPES[field.column]


def _slug(name: str) -> str:
    return _SLUG.sub("_", name.casefold()).strip("_")


def _typed(part: str) -> Wanted:
    found = _FIELD.fullmatch(part)
    if not found:
        raise FieldsUnclear(f"“{_cut(part)}” is no field. {_HOW}")
    name, kind, about = ((each or "").strip() for each in found.groups())
    if "|" in kind:
        options = tuple(option for each in kind.split("|") if (option := each.strip()))
        return Wanted(name=name, column=Column.CHOICE, options=options, about=about)
    column = _KINDS.get(kind.casefold())
    if column is None:
        raise FieldsUnclear(f"“{_cut(kind)}” is no kind of field: it is {_KINDS_ARE}.")
    return Wanted(name=name, column=column, about=about)


def _of_schema(text: str) -> list[Wanted]:
    try:
        schema: Any = json.loads(text)
    except (ValueError, RecursionError) as err:
        raise FieldsUnclear("The JSON schema can't be read: it is no JSON.") from err
    properties = _object(_object(schema).get("properties"))
    if not properties:
        raise FieldsUnclear("The JSON schema has no properties: it must be that of an object.")
    required = schema.get("required")
    needed = cast("list[object]", required) if isinstance(required, list) else []
    return [
        _property(one_line(name), _object(each), required=name in needed)
        for name, each in properties.items()
    ]


def _property(name: str, schema: dict[str, Any], *, required: bool) -> Wanted:
    schema = _without_null(schema)
    about, options = schema.get("description"), schema.get("enum")
    field = Wanted(
        name=name, about=one_line(about) if isinstance(about, str) else "", required=required
    )
    if isinstance(options, list):
        words = [each for each in cast("list[object]", options) if each is not None]
        if not all(isinstance(each, str) for each in words):
            raise FieldsUnclear(f"“{_cut(name)}”: the words of an enum must be strings.")
        chosen = tuple(one_line(str(each)) for each in words)
        return field.model_copy(update={"column": Column.CHOICE, "options": chosen})
    kind = schema.get("type")
    column = _SCHEMA_KINDS.get(kind) if isinstance(kind, str) else None
    if column is None:
        kinds = "string, number, integer and boolean"
        raise FieldsUnclear(f"“{_cut(name)}”: what can be extracted is {kinds}, and an enum.")
    if column is Column.TEXT and schema.get("format") in {"date", "date-time"}:
        column = Column.DATE
    return field.model_copy(update={"column": column})


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Every field may be null, whether its schema says so or not."""
    choices, kinds = schema.get("anyOf"), schema.get("type")
    if isinstance(choices, list):
        full = [_object(each) for each in cast("list[object]", choices)]
        full = [each for each in full if each.get("type") != "null"]
        schema = {**schema, **full[0]} if len(full) == 1 else schema
    if isinstance(kinds, list):
        named = [each for each in cast("list[object]", kinds) if each != "null"]
        schema = {**schema, "type": named[0] if len(named) == 1 else ""}
    return schema


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _require_plain(fields: Sequence[Wanted]) -> None:
    if not fields:
        raise FieldsUnclear(f"No fields are named. {_HOW}")
    if len(fields) > FIELDS_MOST:
        raise FieldsUnclear(f"These are {len(fields)} fields; {FIELDS_MOST} are the most.")
    names: set[str] = set()
    for field in fields:
        if not _NAME.fullmatch(field.name) or len(field.name) > _NAME_MOST:
            raise FieldsUnclear(
                f"“{_cut(field.name)}” is no name of a field: letters, digits, blanks, - and _, "
                f"at most {_NAME_MOST} of them, the first a letter."
            )
        if len(field.about) > _ABOUT_MOST:
            raise FieldsUnclear(f"“{field.name}”: say it in {_ABOUT_MOST} characters.")
        _require_options(field)
        names.add(field.name.casefold())
    if len(names) < len(fields):
        raise FieldsUnclear("Two fields have the same name.")


def _require_options(field: Wanted) -> None:
    if field.column is not Column.CHOICE:
        return
    if not OPTIONS_LEAST <= len(field.options) <= OPTIONS_MOST:
        between = f"{OPTIONS_LEAST} to {OPTIONS_MOST}"
        raise FieldsUnclear(f"“{field.name}”: give {between} words to choose from.")
    if len({option.casefold() for option in field.options}) < len(field.options):
        raise FieldsUnclear(f"“{field.name}”: two of the words to choose from are the same.")
    if not all(0 < len(option) <= _NAME_MOST for option in field.options):
        raise FieldsUnclear(f"“{field.name}”: an option has 1 to {_NAME_MOST} characters.")


def _cut(text: str) -> str:
    return f"{text[:_QUOTED_MOST]}…" if len(text) > _QUOTED_MOST else text
