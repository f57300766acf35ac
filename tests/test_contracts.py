"""Every import contract is shown to bite: one offending import breaks it, by its name."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import grimp
import pytest
from click.testing import CliRunner
from importlinter.cli import lint_imports_command

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "migrations", "patterns", "playground")

#: (contract, the module that sins, the import that breaks the contract)
BREAKS = [
    ("bot stands on patterns", "patterns/fanout.py", "bot.runs.model"),
    (
        "Rooms of bot: imports go down, neighbours do not know each other",
        "bot/runs/model.py",
        "bot.views.message",
    ),
    (
        "Rooms of bot: imports go down, neighbours do not know each other",
        "bot/engine/tasks.py",
        "bot.store.runs",
    ),
    (
        "Rooms of bot: imports go down, neighbours do not know each other",
        "bot/app.py",
        "bot.console",
    ),
    (
        "Rooms of bot: imports go down, neighbours do not know each other",
        "bot/attic.py",
        "bot.runs.model",
    ),
    (
        "What comes in from Slack and what goes out never call each other",
        "bot/door/front_door.py",
        "bot.showing.publisher",
    ),
    (
        "Inside bot.llm: those who send do not know each other",
        "bot/llm/simulated.py",
        "bot.llm.openai",
    ),
    (
        "Inside bot.llm: those who send do not know each other",
        "bot/llm/material.py",
        "bot.llm.filling",
    ),
    (
        "Inside bot.llm: those who send do not know each other",
        "bot/llm/attic.py",
        "bot.llm.errors",
    ),
    *(
        ("Inside bot.calls: the way of a request, from question to turn", module, imported)
        for module, imported in [
            ("bot/calls/gate.py", "bot.calls.prices"),
            ("bot/calls/fair.py", "bot.calls.buckets"),
            ("bot/calls/attic.py", "bot.calls.port"),
        ]
    ),
    ("Inside bot.slack: the wire, and who speaks on it", "bot/slack/client.py", "bot.slack.asking"),
    ("Inside bot.slack: the wire, and who speaks on it", "bot/slack/attic.py", "bot.slack.wire"),
    (
        "Inside bot.door: the ways in do not know each other",
        "bot/door/signature.py",
        "bot.door.payloads",
    ),
    (
        "Inside bot.door: the ways in do not know each other",
        "bot/door/socket.py",
        "bot.door.front_door",
    ),
    (
        "Inside bot.door: the ways in do not know each other",
        "bot/door/attic.py",
        "bot.door.shapes",
    ),
    ("Inside bot.reading: rights before reading", "bot/reading/access.py", "bot.reading.sources"),
    ("Inside bot.reading: rights before reading", "bot/reading/attic.py", "bot.reading.names"),
    ("Inside bot.showing: one writer a message", "bot/showing/delivery.py", "bot.showing.lane"),
    ("Inside bot.showing: one writer a message", "bot/showing/attic.py", "bot.showing.steps"),
    ("Inside bot.store: one writer, shared by all", "bot/store/outbox.py", "bot.store.runs"),
    ("Inside bot.store: one writer, shared by all", "bot/store/attic.py", "bot.store.tables"),
    (
        "Inside a fact-check: who votes does not gather evidence",
        "patterns/recipes/factcheck/panel.py",
        "patterns.recipes.factcheck.gathering",
    ),
    (
        "Inside a fact-check: who votes does not gather evidence",
        "patterns/recipes/factcheck/attic.py",
        "patterns.recipes.factcheck.verdict",
    ),
    *(
        (contract, f"patterns/recipes/{module}.py", f"patterns.recipes.{imported}")
        for contract, module, imported in [
            (
                "Inside a summary: what is asked, what is made of it",
                "summarize/questions",
                "summarize.deeper",
            ),
            (
                "Inside a look through a log: counted before it is read",
                "logs/counting",
                "logs.choosing",
            ),
            (
                "Inside an extraction: who asks does not check",
                "extract/checking",
                "extract.questions",
            ),
        ]
    ),
    ("PDF files are opened in bot.reading", "bot/console/files.py", "pypdf"),
    ("Inside patterns", "patterns/fanout.py", "patterns.voting"),
    ("Inside patterns", "patterns/voting.py", "patterns.sectioning"),
    ("Inside patterns", "patterns/attic.py", "patterns.ports"),
    (
        "Recipes do not know each other",
        "patterns/recipes/summarize/recipe.py",
        "patterns.recipes.factcheck",
    ),
    ("Thinking needs the standard library and pydantic only", "patterns/voting.py", "openai"),
    ("Thinking needs the standard library and pydantic only", "bot/runs/desk.py", "sqlalchemy"),
    ("Thinking needs the standard library and pydantic only", "bot/views/message.py", "slack_sdk"),
    (
        "patterns has no clock, no environment, no files and no network",
        "patterns/fanout.py",
        "time",
    ),
    *(
        ("bot.runs has no clock, no environment, no files and no network", module, imported)
        for module, imported in [
            ("bot/runs/executor.py", "time"),
            ("bot/runs/model.py", "os"),
            ("bot/runs/ports.py", "pathlib"),
            ("bot/runs/branches.py", "random"),
            ("bot/runs/desk.py", "socket"),
            ("bot/runs/errors.py", "subprocess"),
        ]
    ),
    ("OpenAI lives in bot.llm", "bot/app.py", "openai"),
    ("SQL lives in bot.store", "bot/app.py", "sqlalchemy.orm"),
    ("SQL lives in bot.store", "bot/console/__init__.py", "alembic.command"),
    ("Encryption lives in bot.store", "bot/runs/workspace.py", "cryptography.fernet"),
    ("Slack is spoken at the doors only", "bot/store/runs.py", "slack_sdk"),
    ("The terminal lives in bot.console", "bot/engine/tasks.py", "rich.console"),
    ("Prometheus lives in bot.metrics", "bot/app.py", "prometheus_client"),
    ("Only the roots read settings", "bot/store/database.py", "bot.settings"),
    ("The playground knows only the wire", "playground/server.py", "bot.settings"),
    ("The playground knows only the wire", "playground/server.py", "slack_bolt"),
    ("Nobody knows the playground", "bot/console/__init__.py", "playground.server"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and their contracts, apart from the checkout."""
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def broken(copy: Path) -> Iterator[Callable[[], set[str]]]:
    """
    Tells the names of the contracts that are broken in the copy.

    One process asks the linter for all: it looks for packages that nobody has imported there.
    """
    context = get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=os.chdir, initargs=[copy]) as elsewhere:
        yield lambda: _broken(elsewhere.submit(_lint).result())


def _lint() -> str:
    return CliRunner().invoke(lint_imports_command, ["--no-cache", "pyproject.toml"]).output


def _broken(told: str) -> set[str]:
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", told, re.MULTILINE))
    assert verdicts, told
    assert set(verdicts) == contracts()
    return {name for name, verdict in verdicts.items() if verdict == "BROKEN"}


def contracts() -> set[str]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"] for contract in config["tool"]["importlinter"]["contracts"]}


def test_all_contracts_are_kept(broken: Callable[[], set[str]]):
    assert broken() == set()


@pytest.mark.parametrize(
    ("contract", "module", "imported"), BREAKS, ids=[f"{m} imports {i}" for _, m, i in BREAKS]
)
def test_a_wrong_import_breaks_its_contract(
    copy: Path, broken: Callable[[], set[str]], contract: str, module: str, imported: str
):
    sinner = copy / module
    before = sinner.read_text(encoding="utf-8") if sinner.exists() else None
    sinner.write_text(f"{before or ''}\nimport {imported}\n", encoding="utf-8")
    try:
        found = broken()
    finally:
        if before is None:
            sinner.unlink()
        else:
            sinner.write_text(before, encoding="utf-8")

    assert contract in found


def test_every_contract_is_shown_to_bite():
    assert {contract for contract, _, _ in BREAKS} == contracts()


@pytest.mark.parametrize("package", ["patterns", "bot.runs", "bot.views"])
def test_thinking_imports_the_standard_library_and_pydantic_and_nothing_else(package: str):
    """The contract names what is forbidden today; this one also meets what comes tomorrow."""
    graph = grimp.build_graph("bot", "patterns", include_external_packages=True)

    imported = {
        name.partition(".")[0]
        for module in graph.find_descendants(package) | {package}
        for name in graph.find_modules_directly_imported_by(module)
    }

    allowed = set(sys.stdlib_module_names) | {"bot", "patterns", "pydantic"}
    assert imported - allowed == set()
