"""One row out of what was said about it, once, twice or three times."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.fields import Wanted
from patterns.quotes import folded
from patterns.recipes.extract.checking import Told, shown
from patterns.recipes.extract.extraction import Extracted, RowStatus, Value
from patterns.rows import Row

#: Characters of a row that its result shows.
SOURCE_MOST = 300
_WHY_MOST = 500


def settled(row: Row, votes: Sequence[Told], fields: Sequence[Wanted], lost: str) -> Extracted:
    """
    A value of more than half of *votes*, by itself, as long as it stands in the row.

    *lost* is why there was no answer, for a row without votes.
    """
    source = _cut(row.source, SOURCE_MOST)
    if not votes:
        empty = (None,) * len(fields)
        return Extracted(
            row=row.number, source=source, values=empty, status=RowStatus.FAILED, why=lost
        )
    pairs = [_value([(v.values[n], v.faults[n]) for v in votes]) for n in range(len(fields))]
    why = [f"{field.name}: {each}" for field, (_, each) in zip(fields, pairs, strict=True) if each]
    if len(votes) == 1 and not votes[0].holds and not why:
        why = [f"the model was not sure: {votes[0].confidence} of 5"]
    return Extracted(
        row=row.number,
        source=source,
        values=tuple(value for value, _ in pairs),
        status=RowStatus.UNSURE if why else RowStatus.OK,
        why=_cut("; ".join(why), _WHY_MOST),
    )


def undecided(votes: Sequence[Told]) -> bool:
    """Could one more answer settle it? Not where two agree, in what is wrong as well."""
    if len(votes) == 1:
        return not votes[0].holds
    return any(len({_key(value) for value in each}) > 1 for each in zip(*_all(votes), strict=True))


def _all(votes: Sequence[Told]) -> list[tuple[Value, ...]]:
    return [vote.values for vote in votes]


def _value(said: Sequence[tuple[Value, str]]) -> tuple[Value, str]:
    """The value of most, and what is wrong with it, which leaves none."""
    keys = [_key(value) for value, _ in said]
    for key, (value, fault) in zip(keys, said, strict=True):
        if 2 * keys.count(key) > len(keys):
            return (None, fault) if fault else (value, "")
    answers = dict(zip(keys, (shown(value) for value, _ in said), strict=True))
    return None, f"answers differ: {', '.join(f'“{each}”' for each in answers.values())}"


def _key(value: Value) -> tuple[str, Value]:
    """Equal for values that say the same: 1 is 1.0, and is not true."""
    if isinstance(value, str):
        return "text", folded(value)
    return "yes/no" if isinstance(value, bool) else "number", value


def _cut(text: str, most: int) -> str:
    return f"{text[:most]}…" if len(text) > most else text
