"""What the page on voting shows is what comes out."""

from __future__ import annotations

from tests.patterns.pages import prints_what_it_shows


def test_every_example_on_the_page_prints_what_stands_below_it():
    assert prints_what_it_shows("voting.md") >= 10
