"""Answers whose parts cite each other: none of their fields can be filled in for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from bot.llm import findings, minutes, rowwise
from bot.llm.material import Material

Schema = Mapping[str, Any]
_NOTES, _DIGEST = frozenset({"overview", "items"}), frozenset({"overview", "same", "conflicts"})
_OVERVIEW, _COMBINED = frozenset({"overview"}), frozenset({"overview", "same"})
_FINDINGS, _ROWS = frozenset({"overview", "findings"}), frozenset({"rows"})


def whole_answer(schema: Schema, material: Material, text: str) -> Any:
    """By the names of its fields; None for any other shape."""
    fields = cast("Mapping[str, Schema]", schema.get("properties", {}))
    fills: Mapping[frozenset[str], Callable[[], Any]] = {
        _NOTES: lambda: minutes.notes(material, text),
        _DIGEST: lambda: minutes.digest(material),
        _OVERVIEW: lambda: {"overview": minutes.digest(material)["overview"]},
        _FINDINGS: lambda: findings.observations(material),
        _COMBINED: findings.combined,
        _ROWS: lambda: rowwise.rows(text, _row(schema)),
    }
    fill = fills.get(frozenset(fields))
    if fill and (frozenset(fields) != _OVERVIEW or fields["overview"].get("type") == "array"):
        return fill()
    return {"findings": []} if set(fields) == {"findings"} and _gives_reasons(schema) else None


def _gives_reasons(schema: Schema) -> bool:
    """Who checks a summary says why; whoever looks for hazards names categories."""
    return "why" in schema.get("$defs", {}).get("Finding", {}).get("properties", {})


def _row(schema: Schema) -> Schema:
    name = str(schema["properties"]["rows"]["items"]["$ref"]).rsplit("/", 1)[-1]
    return schema["$defs"][name]
