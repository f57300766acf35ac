"""Small rooms stay small, have names that say what is in them, and a test each."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "migrations", "patterns", "playground")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
#: Listeners translate; they do not work.
LONGEST_LISTENER = 15
LISTENERS = (
    "bot/listeners/ballots.py",
    "bot/listeners/buttons.py",
    "bot/listeners/commands.py",
    "bot/listeners/events.py",
    "bot/listeners/forms.py",
    "bot/listeners/home.py",
    "bot/listeners/mentions.py",
    "bot/listeners/quorum.py",
    "bot/listeners/shortcuts.py",
)

#: Names under which anything could be kept.
NO_NAME = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common|logic|services?)$")

#: Modules whose test has another name than their own and reaches them through others.
TESTED_IN = {
    "bot/app.py": "tests/e2e",
    "bot/building.py": "tests/e2e",
    "bot/console/asking.py": "tests/console/test_recipes.py",
    "bot/console/demo.py": "tests/console/test_showcase.py",
    "bot/console/doctor.py": "tests/console/test_checkup.py",
    "bot/console/panel.py": "tests/console/test_taught.py",
    "bot/console/process.py": "tests/console/test_showcase.py",
    "bot/console/runs.py": "tests/console/test_records.py",
    "bot/console/serving.py": "tests/console/test_showcase.py",
    "bot/console/storing.py": "tests/console/test_carrying.py",
    "bot/console/usage.py": "tests/console/test_spent.py",
    "bot/listening.py": "tests/console/test_door.py",
    "bot/llm/posting.py": "tests/llm/test_openai.py",
    "bot/llm/wire.py": "tests/llm/test_openai.py",
    "bot/parts.py": "tests/e2e",
    "bot/reading/threads.py": "tests/reading/test_windows.py",
    "bot/store/ballots.py": "tests/store/test_people.py",
    "patterns/asking.py": "tests/patterns/test_fanout.py",
}

#: Paths of somebody's machine and hosts of package registries, which a mirror may replace.
FOREIGN = re.compile(
    r"(?<![\w.])/(work|home|Users|root)/\w"
    r"|\b(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|debian\.org|ubuntu\.com)\b"
)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def body_lines(function: Function) -> int:
    """Without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_module_is_longer_than_it_should_be():
    long = {named(p): n for p in MODULES if (n := len(p.read_text().splitlines())) > LONGEST_MODULE}

    assert long == {}


def test_no_function_is_longer_than_it_should_be():
    long = {
        f"{named(path)}:{function.name}": lines
        for path in MODULES
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }

    assert long == {}


@pytest.mark.parametrize("listeners", LISTENERS)
def test_a_listener_is_a_few_lines(listeners: str):
    """Async functions of these modules: the ones that Bolt calls, and what they share."""
    found = [f for f in functions(ROOT / listeners) if isinstance(f, ast.AsyncFunctionDef)]

    assert found
    assert {f.name: n for f in found if (n := body_lines(f)) > LONGEST_LISTENER} == {}


def test_names_say_what_is_inside():
    names = {path for path in MODULES if NO_NAME.search(path.stem)}
    rooms = {path.parent for path in MODULES if NO_NAME.search(path.parent.name)}

    assert sorted(map(named, names | rooms)) == []


def test_every_package_and_test_folder_can_be_imported():
    """A folder without `__init__.py` is left out of the wheel, and its tests may shadow others."""
    folders = {path.parent for path in [*MODULES, *TESTS]}

    assert [named(f) for f in sorted(folders) if not _importable(f)] == []


def _importable(folder: Path) -> bool:
    return (folder / "__init__.py").exists() or folder.name == "versions"


def test_every_module_says_its_purpose():
    silent = [
        named(path)
        for path in MODULES
        if path.read_text().strip()
        and "versions" not in path.parts
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_every_module_of_bot_and_patterns_has_a_test():
    """One of its name in the tests of its room, one that imports it, or the one named above."""
    imported = {name for path in TESTS for name in _imported(path)}
    untested = [
        named(path)
        for path in MODULES
        if path.is_relative_to(ROOT / "bot") or path.is_relative_to(ROOT / "patterns")
        if path.stem != "__init__"
        and not _tests_of(path)
        and named(path).removesuffix(".py").replace("/", ".") not in imported
        and named(path) not in TESTED_IN
    ]

    assert untested == []


def _tests_of(module: Path) -> list[Path]:
    room = module.parent.relative_to(ROOT).as_posix().removeprefix("bot").strip("/")
    return list((ROOT / "tests" / room).glob(f"test_{module.stem}*.py"))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_where_else_a_module_is_tested_is_up_to_date():
    assert [name for name in (*TESTED_IN, *TESTED_IN.values()) if not (ROOT / name).exists()] == []


def test_the_repository_speaks_of_nobodys_machine_and_of_no_registry():
    found = [
        f"{named(path)}:{number}: {line.strip()[:80]}"
        for path in _texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FOREIGN.search(line)
    ]

    assert found == []


def _texts() -> Iterator[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for path in (ROOT / name for name in listed.split("\0") if name):
        if path == Path(__file__) or not path.is_file():
            continue
        if b"\0" not in path.read_bytes()[:1024]:
            yield path
