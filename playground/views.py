"""Forms and Home tabs: Slack's rules for them, and the methods `views.*`."""

from __future__ import annotations

import json
import secrets

from playground.arguments import Arguments
from playground.block_ids import identified
from playground.blocks import SCREEN_CHECKS, problems
from playground.context import Context
from playground.parsing import parsed
from playground.shape import Problems, is_list, is_object, optional, problem, text
from playground.values import Json, SlackError
from playground.wire import APP_ID, bot_id
from playground.workspace import Modal

BLOCKS_MOST, BYTES_MOST = 100, 250_000
TITLE_MOST, METADATA_MOST, ID_MOST = 24, 3_000, 255
FLAGS = ("clear_on_close", "notify_on_close", "submit_disabled")


def open_view(context: Context, args: Arguments) -> Json:
    person = context.workspace.triggers.use(args.need("trigger_id"))
    view = made(context, args.raw("view"), "modal")
    context.workspace.show_modal(person, view)
    return {"view": view}


def update(context: Context, args: Arguments) -> Json:
    modal = _found(context, args)
    _require_hash(args, modal.view)
    view = made(context, args.raw("view"), "modal", modal.view)
    context.workspace.show_modal(modal.person, view)
    return {"view": view}


def publish(context: Context, args: Arguments) -> Json:
    who = context.person(args.need("user_id"))
    before = context.workspace.homes.get(who.id)
    _require_hash(args, before)
    view = made(context, args.raw("view"), "home", before)
    context.workspace.show_home(who.id, view)
    return {"view": view}


def made(context: Context, value: object, kind: str, before: Json | None = None) -> Json:
    """
    The view of a call, checked, as Slack tells it to the app; *before* is what it replaces.

    Raises SlackError in Slack's words.
    """
    given = _given(value)
    found = list(broken(given, kind))
    if found:
        told = {"messages": [f"[ERROR] {said}" for said in found]}
        raise SlackError("invalid_arguments", response_metadata=told)
    before = before or {}
    view_id = before.get("id") or f"V{secrets.token_hex(5).upper()}"
    return {
        "id": view_id,
        "type": kind,
        "team_id": context.workspace.team,
        "app_id": APP_ID,
        "app_installed_team_id": context.workspace.team,
        "bot_id": bot_id(context.bot),
        "title": given.get("title"),
        "submit": given.get("submit"),
        "close": given.get("close"),
        "blocks": list(identified(given["blocks"], before.get("blocks") or ())),
        "private_metadata": given.get("private_metadata", ""),
        "callback_id": given.get("callback_id", ""),
        "external_id": given.get("external_id", ""),
        "state": {"values": {}},
        "hash": f"{context.workspace.stamp()}.{secrets.token_hex(4)}",
        "root_view_id": view_id,
        "previous_view_id": None,
        **{flag: bool(given.get(flag)) for flag in FLAGS},
    }


def broken(view: Json, kind: str) -> Problems:
    """Everything that Slack would refuse in *view*."""
    if view.get("type") != kind:
        yield problem(f"must be one of: {kind}", "/view/type")
    yield from optional(view, "private_metadata", "/view", most=METADATA_MOST, least=0)
    for name in ("callback_id", "external_id"):
        yield from optional(view, name, "/view", most=ID_MOST, least=0)
    if kind == "modal":
        yield from text(view.get("title"), "/view/title", most=TITLE_MOST, plain=True)
    for name in ("submit", "close"):
        if view.get(name) is not None:
            yield from text(view[name], f"/view/{name}", most=TITLE_MOST, plain=True)
    blocks = view.get("blocks")
    if not is_list(blocks):
        yield problem("must be an array", "/view/blocks")
        return
    fills = any(is_object(block) and block.get("type") == "input" for block in blocks)
    if kind == "modal" and fills and view.get("submit") is None:
        yield problem("submit is required when there is an input block", "/view/submit")
    yield from problems(blocks, SCREEN_CHECKS, most=BLOCKS_MOST, under="/view")


def _given(value: object) -> Json:
    try:
        view = parsed(value) if isinstance(value, str) else value
    except ValueError as err:
        raise SlackError("invalid_arguments") from err
    if not is_object(view):
        raise SlackError("invalid_arguments")
    if len(json.dumps(view)) > BYTES_MOST:
        raise SlackError("view_too_large")
    return view


def _found(context: Context, args: Arguments) -> Modal:
    modals, own = context.workspace.modals, args.text("external_id")
    if found := modals.get(args.text("view_id")):
        return found
    named = (m for m in modals.values() if own and m.view["external_id"] == own)
    if (modal := next(named, None)) is None:
        raise SlackError("not_found")
    return modal


def _require_hash(args: Arguments, view: Json | None) -> None:
    """An update that names the state it was made from is refused when that has changed."""
    if (wanted := args.text("hash")) and (view is None or wanted != view["hash"]):
        raise SlackError("hash_conflict")
