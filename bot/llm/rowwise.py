"""Simulated rows: values that stand in their row, found by the names and types of the fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.llm.material import excerpt
from patterns.fence import CLOSE, OPEN

Json = dict[str, Any]
Schema = Mapping[str, Any]

_ROW = re.compile(rf"^\[(\d{{1,9}})\] {OPEN}([^{OPEN}{CLOSE}]*){CLOSE}", re.MULTILINE)
_FIELD = re.compile(rf"^{OPEN}?(v\d+\w*): ([^,\n]+), ", re.MULTILINE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_YES, _NO = (
    re.compile(r"\b(yes|true|paid|done|on)\b", re.I),
    re.compile(r"\b(no|false|off|open)\b", re.I),
)
_WORDS = 8
_SURE = 4


def rows(text: str, row: Schema) -> Json:
    """*row* is the schema of one of them."""
    names = dict(_FIELD.findall(text))
    return {"rows": list(_rows(text, row, names))}


def _rows(text: str, row: Schema, names: Mapping[str, str]) -> Iterator[Json]:
    for number, said in _ROW.findall(text):
        values = {
            key: _value(said, names.get(key, key), _kind(schema))
            for key, schema in row["properties"].items()
            if key not in {"row", "confidence"}
        }
        yield {"row": int(number), **values, "confidence": _SURE}


def _kind(schema: Schema) -> Schema:
    """Without the null that every field may be; a number need not be a whole one."""
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    return max(kinds, key=lambda kind: kind.get("type") == "number")


def _value(row: str, name: str, kind: Schema) -> Any:
    """By the column of that name where there is one, else by what anything in the row is."""
    cells = dict(line.split(": ", 1) for line in row.split("\n") if ": " in line)
    named = {key.strip().casefold(): cell for key, cell in cells.items()}
    cell = named.get(name.strip().casefold(), "" if cells else row)
    if options := kind.get("enum") or ([kind["const"]] if "const" in kind else []):
        return next((each for each in options if each.casefold() in row.casefold()), None)
    match kind.get("type"):
        case "boolean":
            return bool(_YES.search(cell)) if _YES.search(cell) or _NO.search(cell) else None
        case "integer" | "number":
            found = _NUMBER.search(cell.replace(",", ""))
            if not found:
                return None
            return int(float(found[0])) if kind["type"] == "integer" else float(found[0])
        case _:
            date = _DATE.search(cell)
            return (
                date[0] if date and "date" in name.casefold() else excerpt(cell, _WORDS)
            ) or None
