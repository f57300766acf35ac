"""Fills a JSON schema with plausible values taken from a text; the same text, the same values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

#: What a search of the web comes back with, where a script does not say otherwise.
PAGES = tuple(f"https://found.example/{n}" for n in (1, 2, 3))
_FENCED = re.compile("⟦([^⟦⟧]*)⟧")
_EDGE = re.compile("[⟦⟧]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LINE = re.compile(r"^\s*\[(\d+)\] ([^:\n]+): (.*\w.*)$", re.MULTILINE)
_NUMBER = re.compile(r"^\s*\[(\d+)\] ", re.MULTILINE)


def fill(schema: Schema, text: str) -> Any:
    """A value that meets *schema*, which is a subset of JSON Schema: OpenAI's strict one."""
    return _Filler(schema, text).value(schema, "")


class _Filler:
    def __init__(self, root: Schema, text: str) -> None:
        self._root = root
        self._text = text
        self._lines = _LINE.findall(text)
        self._passages = _LINE.findall(_EDGE.sub("\n", text))
        fenced = _FENCED.findall(text)
        parts = _SENTENCE.split(fenced[0] if fenced else text)
        #: What the first fence holds: a claim, or a text with claims in it.
        self._sentences = [part.strip() for part in parts if part.strip()]
        self._numbers = [int(number) for number in _NUMBER.findall(text)]

    def value(self, schema: Schema, path: str) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][self._roll(path) % len(schema["enum"])]
        if "anyOf" in schema:
            return self.value(schema["anyOf"][0], path)
        make = {
            "object": self._object,
            "array": self._array,
            "integer": self._integer,
            "number": self._number,
        }.get(schema.get("type", "string"))
        if make:
            return make(schema, path)
        return {"boolean": bool(self._roll(path) % 2), "null": None}.get(
            schema.get("type", ""), self._string(path)
        )

    def _object(self, schema: Schema, path: str) -> dict[str, Any]:
        fields = schema.get("properties", {})
        filled = {name: self.value(child, f"{path}.{name}") for name, child in fields.items()}
        if {"messages", "quote"} <= set(fields) and self._lines:
            number, _, said = self._lines[self._roll(path) % len(self._lines)]
            filled |= {"messages": [int(number)], "quote": said.strip(), "text": said.strip()}
        if {"evidence", "quote"} <= set(fields):
            filled |= {"evidence": [], "quote": ""}
            if self._passages:
                number, _, said = self._passages[self._roll(path) % len(self._passages)]
                filled |= {"evidence": [int(number)], "quote": said.strip()}
        elif {"claim", "quote"} <= set(fields) or {"category", "quote"} <= set(fields):
            said = self._sentences[self._index(path) % max(1, len(self._sentences)) :][:1]
            filled |= {name: "".join(said) for name in ("claim", "quote") if name in fields}
            if "claim" in fields and "kind" in fields:
                kinds = self._resolved(fields["kind"]).get("enum", [""])
                filled["kind"] = kinds[0]
        return filled

    def _index(self, path: str) -> int:
        """The place in the list that the path ends in."""
        found = re.search(r"\[(\d+)\]$", path)
        return int(found[1]) if found else 0

    def _array(self, schema: Schema, path: str) -> list[Any]:
        items = self._resolved(schema.get("items", {}))
        if items.get("type") == "integer":
            return self._numbers[:20]
        fields = set(items.get("properties", {}))
        if {"claim", "quote"} <= fields:
            return [self.value(items, f"{path}[{n}]") for n in range(len(self._sentences[:8]))]
        if {"category", "quote"} <= fields:
            return [self.value(items, f"{path}[0]")] if self._roll(path) % 2 else []
        wanted = max(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
        return [self.value(items, f"{path}[{index}]") for index in range(wanted)]

    def _integer(self, schema: Schema, path: str) -> int:
        if self._numbers:
            return self._numbers[self._roll(path) % len(self._numbers)]
        low = int(schema.get("minimum", 1))
        return min(low + self._roll(path) % 5, int(schema.get("maximum", low + 5)))

    def _number(self, schema: Schema, path: str) -> float:
        low, high = schema.get("minimum", 0), schema.get("maximum", 1)
        return low + (high - low) * (self._roll(path) % 100) / 100

    def _string(self, path: str) -> str:
        name = path.rpartition(".")[2]
        if name in {"url", "link"}:
            return PAGES[self._roll(path) % len(PAGES)]
        if name == "date":
            return "2026-11-02"
        words = self._text.split()
        start = self._roll(path) % max(1, len(words))
        return " ".join(words[start : start + 12]) or "nothing"

    def _roll(self, path: str) -> int:
        digest = hashlib.sha256(f"{self._text}\0{path}".encode(errors="replace")).digest()
        return int.from_bytes(digest[:6])

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
        return schema
