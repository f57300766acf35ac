"""How else a message can be shown where Slack refuses its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.slack.errors import Invalid
from bot.views.classic import classic
from bot.views.message import SlackMessage

BARE_CHARS_MOST = 3_900
#: Too much, whatever the blocks: says nothing about their kinds.
_TOO_LONG = frozenset(["msg_too_long", "msg_blocks_too_long"])


class Plainer:
    """
    Of one workspace: where its Slack does not know the newer blocks, it is not asked again.

    The first way is the best: newer blocks, then blocks that every Slack knows, then text alone.
    """

    def __init__(self) -> None:
        self._newer = True

    def ways(self, message: SlackMessage) -> list[dict[str, Any]]:
        bare: dict[str, Any] = {"text": cut(message.text, BARE_CHARS_MOST), "blocks": []}
        new, old = list(message.blocks), list(classic(message.blocks))
        rich = [new, old] if self._newer and new != old else [old]
        return [*({"text": message.text, "blocks": blocks} for blocks in rich), bare]

    def learn(self, message: SlackMessage, refused: Sequence[Invalid]) -> None:
        """*refused* are the ways that Slack did not take before it took one."""
        by_kind = [err for err in refused if err.code not in _TOO_LONG]
        if len(refused) == len(by_kind) == 1 and len(self.ways(message)) > 2:  # noqa: PLR2004
            self._newer = False


def cut(text: str, most: int) -> str:
    """Cut at a blank, so that neither an escaped character nor a link is cut in two."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return head[: max(head.rfind(" "), head.rfind("\n"), 0)].rstrip() + "…"
