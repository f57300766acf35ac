"""Fields are filled by their names and types."""

from __future__ import annotations

from typing import Any

from bot.llm.filling import Filling


def filled(schema: dict[str, Any], text: str, *, seat: str = "s") -> Any:
    return Filling(schema, text, seat=seat, title="").answer()


def shape(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


INTEGER = {"type": "integer"}


def test_neighbouring_numbers_are_numbers_of_the_input_and_differ() -> None:
    text = "\n".join(f"[{n}] Title: pitch number {n}" for n in (4, 7, 9))

    found = filled(shape(safe=INTEGER, bold=INTEGER, cheap_to_test=INTEGER), text)

    assert sorted(found.values()) == [4, 7, 9]


def test_a_list_of_numbers_keeps_half_of_many_and_all_of_few() -> None:
    few = "\n".join(f"[{n}] fact: a b c d" for n in range(1, 6))
    many = "\n".join(f"[{n}] fact: a b c d" for n in range(1, 41))
    keep = shape(keep={"type": "array", "items": INTEGER})

    assert filled(keep, few)["keep"] == [1, 2, 3, 4, 5]
    assert len(set(filled(keep, many)["keep"])) == 20


def test_seven_of_ten_seats_say_what_the_claim_says() -> None:
    label = shape(label={"enum": ["a", "b", "c"]})

    votes = [filled(label, "Bats are blind", seat=f"voter-{n}")["label"] for n in range(300)]

    most = max(votes.count(option) for option in "abc")
    assert 200 < most < 270


def test_strings_are_real_sentences_of_the_input() -> None:
    text = shape(overview={"type": "string"})

    assert filled(text, "Bats see well. Owls too. Moles less.") == {
        "overview": "Bats see well. Owls too."
    }
    assert filled(text, "") == {"overview": "There is nothing to read."}


def test_what_is_of_no_known_type_is_left_empty() -> None:
    assert filled(shape(thing={}), "text") == {"thing": None}


def test_a_ballot_cites_a_passage_where_there_is_one() -> None:
    ballot = shape(
        evidence={"type": "array", "items": INTEGER},
        quote={"type": "string"},
        label={"enum": ["supported", "refuted"]},
    )

    assert filled(ballot, "Claim: ⟦Bats are blind⟧ ⟦[4] A page: Bats see well.⟧") | {
        "label": ""
    } == {"evidence": [4], "quote": "Bats see well.", "label": ""}
    assert filled(ballot, "Claim: ⟦Bats are blind⟧")["evidence"] == []


def test_a_list_of_claims_is_the_sentences_of_the_text() -> None:
    claim = shape(
        claim={"type": "string"},
        quote={"type": "string"},
        kind={"enum": ["checkable", "question"]},
    )
    claims = shape(claims={"type": "array", "items": claim})

    assert filled(claims, "⟦Bats see. Do owls?⟧")["claims"] == [
        {"claim": "Bats see.", "quote": "Bats see.", "kind": "checkable"},
        {"claim": "Do owls?", "quote": "Do owls?", "kind": "question"},
    ]


def test_a_list_of_harms_is_empty_where_no_plain_word_is() -> None:
    harm = shape(category={"enum": ["violence"]}, quote={"type": "string"}, reason={})
    harms = shape(findings={"type": "array", "items": harm})

    assert filled(harms, "⟦Bats see.⟧") == {"findings": []}
    (found,) = filled(harms, "⟦Bats see. I will stab you.⟧")["findings"]
    assert (found["category"], found["quote"]) == ("violence", "I will stab you.")
