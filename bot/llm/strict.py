"""JSON schemas in the form that "strict" structured output demands of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from pydantic import BaseModel

from patterns.ports import schema_of

Schema = Mapping[str, Any]

#: What a node may say besides its children; servers refuse what they do not know.
_KEPT = frozenset({
    "type", "description", "enum", "const", "pattern", "multipleOf", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
})  # fmt: skip
_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
)


class NoStrictForm(TypeError):
    """A programmer's mistake: this answer type has fields that nobody can name beforehand."""


@lru_cache(maxsize=256)
def response_format(answer: type[BaseModel]) -> dict[str, Any]:
    """The field of a chat's request that makes a server answer in the shape of *answer*."""
    return {"type": "json_schema", "json_schema": _named(answer)}


@lru_cache(maxsize=256)
def text_format(answer: type[BaseModel]) -> dict[str, Any]:
    """The same where the request is for a response."""
    return {"format": {"type": "json_schema", **_named(answer)}}


def _named(answer: type[BaseModel]) -> dict[str, Any]:
    name = "".join(c for c in answer.__name__ if c.isascii() and c.isalnum()) or "Answer"
    return {"name": name, "strict": True, "schema": strict(_rooted(schema_of(answer)))}


def strict(schema: Schema) -> dict[str, Any]:
    """
    *schema* with every object closed and every property required; raises `NoStrictForm`.

    What is dropped here (lengths, defaults, titles) is still checked when an answer is read.
    """
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}  # strict mode allows no neighbours here
    inlined = _only_child(schema)
    if inlined is not None:
        return strict(inlined)
    node = {key: value for key, value in schema.items() if key in _KEPT}
    if schema.get("format") in _FORMATS:
        node["format"] = schema["format"]
    if "$defs" in schema:
        node["$defs"] = _each(schema["$defs"])
    if "items" in schema:
        node["items"] = strict(schema["items"])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        node["anyOf"] = [strict(choice) for choice in choices]
    if schema.get("type") == "object":
        node |= _closed(schema)
    return node


def _rooted(schema: Schema) -> Schema:
    """A shape that holds itself comes as a reference, which strict mode refuses as the root."""
    if "$ref" not in schema:
        return schema
    definitions = schema["$defs"]
    return {**definitions[str(schema["$ref"]).rpartition("/")[2]], "$defs": definitions}


def _closed(schema: Schema) -> dict[str, Any]:
    if schema.get("additionalProperties"):
        raise NoStrictForm(f"{schema.get('title', 'an answer')} has fields of any name")
    properties = _each(schema.get("properties", {}))
    return {
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _each(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    return {name: strict(child) for name, child in schemas.items()}


def _only_child(schema: Schema) -> Schema | None:
    """`allOf` around one schema says nothing more than that schema."""
    children = cast("list[Schema]", schema.get("allOf", []))
    return children[0] if len(children) == 1 else None
