"""Fills any answer shape from what a question holds, by the names and types of its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, cast

from bot.llm.ideas import Ideas
from bot.llm.material import Line, Material, excerpt, roll
from bot.llm.panels import LABELS, Part, cited, claimed, hazards, likely, relation
from bot.llm.wholes import whole_answer
from patterns.errors import AnswerUnusable

Schema = Mapping[str, Any]

_ITEM_WORDS = 30
_QUOTE_WORDS = 20
#: Out of ten seats, how many say what the claim's own hash says.
_FOLLOW = 7
_DEEP, _TOO_DEEP = 6, 40
_ASKED = re.compile(r"\b([1-9]|1[0-9]) \w+s\b")
_FORMATS = {
    "date": "2000-01-01",
    "date-time": "2000-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "PT1S",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "nobody@example.org",
    "uri": "https://example.org/",
}
_REASONS = {
    "reason": "Simulated vote: no model was asked.",
    "reasoning": "Simulated vote: no model was asked.",
    "common": "Simulated choice: no model was asked.",
}


class Filling:
    """*seat* is what makes one question of a panel another than its neighbour's."""

    def __init__(self, root: Schema, text: str, *, seat: str, title: str) -> None:
        self._root = root
        self._text = text
        self._material = Material(text)
        self._seat = seat
        #: Neighbouring fields that ask for a number get different ones.
        self._turns = count(roll(text, seat))
        self._ideas = Ideas(self._material.words, who=title or seat)
        self._kinds: dict[str, Callable[[Schema, str, Line | None, int], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
            "boolean": self._boolean,
        }

    def answer(self) -> Any:
        whole = whole_answer(self._root, self._material, self._text)
        return self._value(self._root, "", None, 0) if whole is None else whole

    def _value(self, schema: Schema, path: str, focus: Line | None, depth: int) -> Any:
        if depth > _TOO_DEEP:
            raise AnswerUnusable("the simulated model cannot fill in this answer")
        schema = self._resolved(schema, deep=depth > _DEEP)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._named(schema["enum"], path, focus)
        make = self._kinds.get(str(schema.get("type")))
        return make(schema, path, focus, depth + 1) if make else None

    def _resolved(self, schema: Schema, *, deep: bool) -> Schema:
        """Behind references and choices; in deep shapes the choice that ends soonest."""
        while True:
            if "$ref" in schema:
                schema = self._root["$defs"][str(schema["$ref"]).rsplit("/", 1)[-1]]
            elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                choices = cast("Sequence[Schema]", options)
                empty = [choice for choice in choices if choice.get("type") == "null"]
                full = [choice for choice in choices if choice.get("type") != "null"]
                schema = (empty or full)[0] if deep else (full or empty)[0]
            else:
                return schema

    def _named(self, options: Sequence[Any], path: str, focus: Line | None) -> Any:
        """How a passage stands to a claim must fit what most of the panel says of it."""
        if path.endswith(".label"):
            return self._chosen(likely(options, self._material), path, focus)
        if path.endswith(".relation"):
            labels = likely(LABELS, self._material)
            return relation(labels[self._shared(".label") % len(labels)], options)
        return self._chosen(options, path, focus)

    def _shared(self, path: str) -> int:
        return roll(self._material.claim, path)

    def _chosen(self, options: Sequence[Any], path: str, focus: Line | None) -> Any:
        """By the line's kind where there is one; else most seats agree and some do not."""
        if focus:
            return focus.kind if focus.kind in options else options[roll(focus.text) % len(options)]
        own = roll(self._material.claim, self._material.around, self._seat, path)
        shared = self._shared(path)
        return options[(shared if own % 10 < _FOLLOW else own // 10) % len(options)]

    def _object(self, schema: Schema, path: str, focus: Line | None, depth: int) -> dict[str, Any]:
        fields = cast("Mapping[str, Schema]", schema.get("properties", {}))
        filled = {
            name: self._value(child, f"{path}.{name}", focus, depth)
            for name, child in fields.items()
        }
        if {"evidence", "quote"} <= set(fields):
            number, quote = cited(self._material, self._seat) or (None, "")
            filled |= {"evidence": [number] if number is not None else [], "quote": quote}
        return filled

    def _array(self, schema: Schema, path: str, focus: Line | None, depth: int) -> list[Any]:
        if "prefixItems" in schema:
            parts = enumerate(cast("Sequence[Schema]", schema["prefixItems"]))
            return [self._value(part, f"{path}.{n}", focus, depth) for n, part in parts]
        items = self._resolved(schema.get("items", {}), deep=depth > _DEEP)
        low, high = int(schema.get("minItems", 0)), int(schema.get("maxItems", 99))
        parts = self._parts(items)
        if parts is not None:
            return parts[:high]
        if items.get("type") == "integer" and not low:
            return list(self._cited(focus))[:high]
        if "quote" in items.get("properties", {}) and not low:
            lines = self._material.telling()[:high]
            return [self._value(items, path, line, depth) for line in lines]
        wanted = max(low, min(high, 0 if depth > _DEEP else self._wanted()))
        filled = [self._value(items, f"{path}.{n}", focus, depth) for n in range(wanted)]
        return _distinct(filled) if schema.get("uniqueItems") else filled

    def _parts(self, items: Schema) -> list[dict[str, Any]] | None:
        """Of a text that is told apart, or looked through: None where neither is asked for."""
        fields = cast("Mapping[str, Schema]", items.get("properties", {}))
        ways: dict[str, Callable[[Material, Sequence[str]], Sequence[Part]]] = {
            "kind": claimed, "category": hazards
        }  # fmt: skip
        name = next((name for name in ways if name in fields and "quote" in fields), None)
        if name is None or (name == "kind" and "claim" not in fields):
            return None
        options = self._resolved(fields[name], deep=False).get("enum", [])
        found = ways[name](self._material, options) if options else ()
        return [self._part(fields, name, part) for part in found]

    def _part(self, fields: Mapping[str, Schema], name: str, part: Part) -> dict[str, Any]:
        said = {name: part.kind, "quote": part.text, "claim": part.text}
        return {
            field: said.get(field) or self._value(child, f".{field}", None, 1)
            for field, child in fields.items()
        }

    def _cited(self, focus: Line | None) -> Sequence[int]:
        if focus:
            return (focus.number,)
        numbers = self._material.numbers
        return numbers[: max(8, len(numbers) // 2)]

    def _wanted(self) -> int:
        asked = _ASKED.search(self._material.around)
        return int(asked[1]) if asked else 3

    def _string(self, schema: Schema, path: str, focus: Line | None, _: int) -> str:
        text = _FORMATS.get(str(schema.get("format"))) or self._words(path, focus)
        text = text[: schema.get("maxLength")]
        return text.ljust(int(schema.get("minLength", 0)), ".")

    def _words(self, path: str, focus: Line | None) -> str:
        name = path.rsplit(".", 1)[-1]
        if name in _REASONS:
            return _REASONS[name]
        if name == "answer":
            return self._chosen(("Yes", "No"), path, None)
        if name == "title":
            return self._ideas.title(path.rpartition(".")[0])
        if name == "pitch":
            return self._ideas.pitch(path.rpartition(".")[0])
        if focus:
            return excerpt(focus.sentence, _QUOTE_WORDS if name == "quote" else _ITEM_WORDS)
        return self._material.opening or "There is nothing to read."

    def _integer(self, schema: Schema, path: str, focus: Line | None, _: int) -> int:
        bounded = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} & set(schema)
        numbers = self._cited(focus)
        if numbers and not bounded:
            return numbers[next(self._turns) % len(numbers)]
        low, high = _bounds(schema, 1)
        return min(int(low) + roll(self._seat, path) % 5, int(high))

    def _number(self, schema: Schema, path: str, _line: Line | None, _depth: int) -> float:
        low, high = _bounds(schema, 0.01)
        return low + (min(high, low + 1) - low) * (roll(self._seat, path) % 100) / 100

    def _boolean(self, _schema: Schema, path: str, _line: Line | None, _depth: int) -> bool:
        return bool(self._chosen((False, True), path, None))


def _bounds(schema: Schema, step: float) -> tuple[float, float]:
    low = float(schema.get("minimum", float(schema.get("exclusiveMinimum", -step)) + step))
    high = float(schema.get("maximum", float(schema.get("exclusiveMaximum", low + 100)) - step))
    return low, high


def _distinct(values: Sequence[Any]) -> list[Any]:
    return [value for n, value in enumerate(values) if value not in values[:n]]
