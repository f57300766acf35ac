"""An answer that was searched for leads to pages that were found, and nowhere else."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.links import grounded
from bot.runs.citing import ADDRESSES

FOUND = ("https://news.example/a?id=7&utm_source=openai", "https://Paper.example/b/", "ftp://x/y")
ANY = st.text(st.characters(codec=None), max_size=60)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["url", "link", "text", "passages"]), inner, max_size=4)
    ),
    max_leaves=20,
)


def after(answer: Any, found: tuple[str, ...] = FOUND) -> Any:
    return json.loads(grounded(json.dumps(answer), found))


def passages(*urls: str) -> dict[str, Any]:
    return {"passages": [{"text": f"words {n}", "url": url} for n, url in enumerate(urls)]}


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/a?id=7",
        "https://news.example/a?id=7&utm_source=openai",
        "https://news.example/a?id=7#part",
        "HTTPS://NEWS.example:443/a/?id=7",
        "https://paper.example/b",
        "https://news.example/a?utm_source=what-you-told-me&id=7#and-more-of-it",
    ],
)
def test_a_page_that_was_found_stays_and_its_address_is_the_one_that_was_found(url: str) -> None:
    [written] = {found for found in FOUND if urlsplit(found).hostname == urlsplit(url).hostname}

    assert after(passages(url)) == passages(written)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://news.example/a",
        "https://news.example/a?id=8",
        "http://news.example/a?id=7",
        "https://news.example.evil.example/a?id=7",
        "https://news.example@evil.example/a?id=7",
        "https://evil.example/?https://news.example/a?id=7",
        "https://news.example:8443/a?id=7",
        "https://news.example/a?id=7\n",
        " https://news.example/a?id=7",
        "https://news.example/A?id=7",
        "javascript:alert(1)",
        "ftp://x/y",
        "//news.example/a?id=7",
        "https://[broken",
        "news.example/a?id=7",
    ],
)
def test_a_page_that_was_not_found_goes_with_its_words(url: str) -> None:
    good = "https://Paper.example/b/"

    assert after(passages(good, url)) == passages(good)


def test_a_link_that_is_in_no_list_is_emptied_and_the_rest_stays() -> None:
    answer = {"url": "https://evil.example/", "best": {"link": "https://x.example", "text": "t"}}

    assert after(answer) == {"url": "", "best": {"link": "", "text": "t"}}


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_whatever_may_be_shown_as_found_was_found(name: str) -> None:
    good, evil = "https://paper.example/b#secret", "https://evil.example/?q=secret"

    assert after({name: good}) == {name: FOUND[1]}
    assert after({name: evil}) == {name: ""}
    assert after({name: [evil, good, [evil]]}) == {name: [FOUND[1], []]}


def test_where_nothing_was_searched_nothing_leads_anywhere() -> None:
    assert after(passages("https://news.example/a?id=7"), found=()) == {"passages": []}


def test_marks_of_citations_are_taken_out_of_the_words() -> None:
    said = {"text": "It rained. \ue200cite\ue202turn1search0\ue201 A lot.\ue201"}

    assert after(said) == {"text": "It rained.  A lot."}


@given(VALUES, st.sets(st.sampled_from(["https://a.example/", "https://b.example/x"])))
def test_every_link_that_is_left_was_found(answer: Any, found: set[str]) -> None:
    def links(value: Any) -> list[str]:
        if isinstance(value, list):
            return [url for item in value for url in links(item)]
        if not isinstance(value, dict):
            return []
        own = [v for k, v in value.items() if k in {"url", "link"} and isinstance(v, str) and v]
        return own + [url for item in value.values() for url in links(item)]

    assert set(links(after(answer, tuple(found)))) <= found


@given(ANY)
def test_what_is_no_json_is_left_to_who_reads_it(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        assert grounded(text, FOUND) == text


@pytest.mark.parametrize("answer", ["[" * 100_000, "", "null", '{"url": 1}', "NaN"])
def test_odd_answers_do_no_harm(answer: str) -> None:
    assert isinstance(grounded(answer, FOUND), str)
