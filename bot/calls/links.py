"""Links in answers that were searched for: of pages that were found, or gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic_core import from_json, to_json

from bot.runs.citing import ADDRESSES

#: How models mark in their words what they cite, for programs that show it as a footnote.
_MARKS = re.compile("\ue200[^\ue200\ue201]*\ue201|[\ue200-\ue206]")
_SCHEMES = frozenset({"http", "https"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def grounded(answer: str, found: Collection[str]) -> str:
    """
    The JSON of *answer* without what leads to pages that were not *found*.

    An address that is left is the one that was found, letter by letter: how a model writes it may
    say more than where it leads. What stands in a list goes with its link, also with an empty one:
    words without a page are nobody's. A link outside lists is emptied. What is no JSON is returned
    as it is; nobody takes it for an answer.
    """
    try:
        said = from_json(answer.encode(errors="replace"))
    except ValueError:
        return answer
    pages = {page: url for url in reversed([*found]) if (page := _page(url))}
    return to_json(_clean(said, pages)).decode()


def _clean(value: Any, pages: Mapping[str, str], field: str = "") -> Any:
    if isinstance(value, str):
        return pages.get(_page(value), "") if field in ADDRESSES else _MARKS.sub("", value)
    if isinstance(value, list):
        items = cast("list[Any]", value)
        kept = [_clean(item, pages, field) for item in items if not _leads_astray(item, pages)]
        return [item for item in kept if item != ""] if field in ADDRESSES else kept
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: _clean(child, pages, name) for name, child in fields.items()}
    return value


def _leads_astray(item: Any, pages: Mapping[str, str]) -> bool:
    if not isinstance(item, Mapping):
        return False
    fields = cast("Mapping[str, Any]", item)
    return any(_invented(name, child, pages) for name, child in fields.items())


def _invented(name: str, value: Any, pages: Mapping[str, str]) -> bool:
    return name in ADDRESSES and isinstance(value, str) and _page(value) not in pages


def _page(url: str) -> str:
    """
    What is the same for two ways to write the address of one page; empty for what is none.

    Servers mark links as coming from them, and models leave the mark out.
    """
    if not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.casefold(), parts.netloc.casefold()
        asked = [(key, said) for key, said in parse_qsl(parts.query, keep_blank_values=True)]
    except ValueError:
        return ""
    if scheme not in _SCHEMES or not host:
        return ""
    host = host.removesuffix(_DEFAULT_PORTS[scheme])
    query = urlencode([pair for pair in asked if pair[0] != "utm_source"])
    return f"{scheme}://{host}{parts.path.rstrip('/')}?{query}"
