"""Foreign text drives no terminal, and is no Markdown of its own."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.views.escaping import escaped, one_line, web_link

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m \x9b2J [x](javascript:1) <b>&amp;</b> `a` *b* __c__ "
    "\u202eabc\u2066 \x08\x7f ~~d~~ ![i](http://evil.example/p.png)\n# heading\n- item"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\label\x1b]8;;\x1b\\", "label"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1bP1;2qdata\x1b\\after", "after"),
        ("a\x00b\x07c\x1b", "abc"),
        ("\x1b\x1b[31mred", "red"),
        ("two\nlines\tand\r\nmore", "two lines and more"),
        ("ab\u202e\U000e0041c\u061c", "abc"),
        ("family 👩‍👩‍👧", "family 👩‍👩‍👧"),
    ],
)
def test_no_text_drives_a_terminal(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(st.text())
def test_any_text_becomes_one_harmless_line(text: str) -> None:
    line = one_line(text)

    assert not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in line)
    assert one_line(line) == line


_MARKDOWN = MarkdownIt("commonmark").enable(["strikethrough", "table"])


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="ab1 \\`*_[]()<>#+-.!|~&;:/=\n"),
        st.sampled_from([HOSTILE, "1. a", "1) a", "- a", "+ a", "# a", "> a", "===", "---"]),
    )
)
def test_escaped_text_is_read_back_as_the_same_words(text: str) -> None:
    tokens = _MARKDOWN.parse(f"> {escaped(text)}\n")

    inline = [token for token in tokens if token.type == "inline"]
    children = [child for token in inline for child in token.children or ()]
    kinds = {token.type for token in tokens} | {child.type for child in children}
    shown = "".join(child.content for child in children)
    assert kinds <= {
        "blockquote_open",
        "blockquote_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    }
    assert shown.split() == one_line(text).split()


@pytest.mark.parametrize(
    "link", ["https://x.example/a b", "https://x.example/>", "http://[", "ftp://x.example/a"]
)
def test_only_clean_addresses_become_links(link: str) -> None:
    assert "<a" not in _MARKDOWN.render(web_link("source", link))
    assert "<a href" in _MARKDOWN.render(web_link("source", "https://x.example/a"))
