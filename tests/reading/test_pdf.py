"""A PDF is read in a process of its own, which has little, and is not believed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from bot.reading import pdf
from bot.reading.pdf import BROKEN, LOCKED, PAGES_MOST, SLOW, PdfFailed, extracted, pages
from tests.reading.pdfs import locked, pdf_of

PLAN = pdf_of("We ship on Friday.", "Ann calls the customers.")


async def test_its_text_is_read_page_by_page() -> None:
    found = await pages(pdf_of("We ship on Friday.", pages=2))

    assert found.texts == ("We ship on Friday.", "We ship on Friday.")
    assert found.of == 2


async def test_of_many_pages_the_first_are_read() -> None:
    found = await pages(pdf_of("words", pages=PAGES_MOST + 5))

    assert (len(found.texts), found.of) == (PAGES_MOST, PAGES_MOST + 5)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-",
        b"%PDF-1.4\n" + b"\xff\x00(" * 10_000,
        PLAN[: len(PLAN) // 2],
        PLAN.replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]"),  # its own child
        PLAN.replace(b"/Length", b"/Nothing"),
    ],
)
async def test_what_is_broken_is_a_sentence_or_empty_and_never_an_error(content: bytes) -> None:
    try:
        found = await pages(content)
    except PdfFailed as err:
        assert str(err) == BROKEN
    else:
        assert len(found.texts) <= found.of


async def test_one_with_a_password_says_so() -> None:
    with pytest.raises(PdfFailed) as caught:
        await pages(locked(PLAN, "secret"))

    assert str(caught.value) == LOCKED


async def test_one_that_anybody_may_open_is_read() -> None:
    assert "We ship on Friday." in (await pages(locked(PLAN, ""))).texts[0]


async def test_one_that_has_no_end_is_given_up_and_its_process_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(PdfFailed) as caught:
        await pages(PLAN, seconds=0)

    assert str(caught.value) == SLOW


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b'"text"',
        b"[" * 100_000,
        json.dumps({"pages": 3, "of": 1}).encode(),
        json.dumps({"pages": ["a"], "of": "many"}).encode(),
    ],
)
def test_what_the_process_says_is_not_believed(said: bytes) -> None:
    with pytest.raises(PdfFailed):
        pdf._told(said)


def test_it_cannot_take_more_memory_or_time_than_it_is_given() -> None:
    asked = (
        "import resource, bot.reading.pdf as pdf; pdf._limited();"
        "print([resource.getrlimit(each)[0] for each in"
        " (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)])"
    )
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)

    assert json.loads(found.stdout) == [pdf.MEMORY, pdf.CPU_SECONDS, 0]


def test_the_process_itself_answers_in_json() -> None:
    def said(content: bytes) -> Any:
        program = [sys.executable, "-m", "bot.reading.pdf"]
        done = subprocess.run(program, input=content, capture_output=True, check=True)
        return json.loads(done.stdout)

    assert said(PLAN) == {"pages": ["We ship on Friday.\nAnn calls the customers."], "of": 1}
    assert said(b"garbage") == {"failed": "broken"}


def test_no_more_text_is_taken_than_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TEXT_MOST", 10)

    assert extracted(pdf_of("eight...", pages=3)) == {"pages": ["eight...", "ei"], "of": 3}
