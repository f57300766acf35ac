"""The commands that ask a question: factcheck, summarize, brainstorm, safety, logs, extract."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.runs.limits import VOTERS_MOST

Deep = Annotated[bool, typer.Option("--deep", help="More branches: slower, dearer, more careful.")]
Quick = Annotated[bool, typer.Option("--quick", help="Fewer branches: fast and cheap.")]
DeepPanel = Annotated[bool, typer.Option("--deep", help="9 voters: slower, dearer, more careful.")]
QuickPanel = Annotated[bool, typer.Option("--quick", help="3 voters: fast and cheap.")]
DeepRows = Annotated[
    bool, typer.Option("--deep", help="A question a row: slower, dearer, more careful.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Ask anew, though answers are known.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]
Claim = Annotated[
    list[str], typer.Argument(metavar="CLAIM", help="The text, or - to read it from a pipe.")
]
Problem = Annotated[
    list[str], typer.Argument(metavar="PROBLEM", help="The text, or - to read it from a pipe.")
]
Text = Annotated[
    list[str], typer.Argument(metavar="TEXT", help="The text, or - to read it from a pipe.")
]
Paths = Annotated[
    list[str], typer.Argument(metavar="FILE", help="Text files and PDFs, or - for a pipe.")
]
Logs = Annotated[
    list[str], typer.Argument(metavar="FILE", help="Text files, also .gz, or - for a pipe.")
]
Table = Annotated[
    str, typer.Argument(metavar="FILE", help="A text file, also .gz, or - for a pipe.")
]
About = Annotated[
    str | None, typer.Option(metavar="QUESTION", help="What you want to know; else everything.")
]
For = Annotated[
    str | None,
    typer.Option("--for", metavar="NAME", help="Only what concerns who is called so there."),
]
Fields = Annotated[
    str | None,
    typer.Option(
        metavar="FIELDS", help='As "name, amount: number, paid: yes/no, due: date, kind: a|b".'
    ),
]
Schema = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The fields as a JSON schema of an object.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the table there, at the end, instead of to stdout."),
]


class Form(StrEnum):
    """How a table is written."""

    CSV = "csv"
    JSON = "json"


Written = Annotated[
    Form | None,
    typer.Option("--format", help="json is an object a line; csv if FILE doesn't say otherwise."),
]
Voters = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=VOTERS_MOST, help="Voters on the panel (5 if not said)."),
]
Beside = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="FILE", help="A text file to check it against; repeatable."),
]


def factcheck(
    context: typer.Context,
    claim: Claim,
    *,
    deep: DeepPanel = False,
    quick: QuickPanel = False,
    voters: Voters = None,
    source: Beside = None,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """
    Is a claim true? A panel of voters decides.

    Examples:

        quorum factcheck "The Great Wall is visible from the Moon"

        quorum factcheck --json "Honey never spoils" | jq .result.claims

        quorum factcheck "We ship on Friday" --source notes.txt --source plan.md

        pbpaste | quorum factcheck -
    """
    from bot.console.asking import ask_text, depth, teller
    from bot.console.door import enter

    how = {
        "depth": depth(deep=deep, quick=quick),
        "voters": voters,
        "beside": source or (),
        "fresh": fresh,
        "tell": teller(as_json=as_json),
    }
    enter(context, partial(ask_text, recipe="factcheck", words=claim, **how))


def summarize(
    context: typer.Context,
    paths: Paths,
    *,
    about: About = None,
    reader: For = None,
    deep: Deep = False,
    quick: Quick = False,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """
    Decisions, actions and open questions of files.

    Each with its place in the file and the words that it rests on.

    Reads transcripts ("Speaker: text" a line), Slack's JSON (a message a line, or the files of
    an export; names from a users.json beside it), plain text and PDFs. What comes through a pipe
    is kept beside the database until the run is over, so that it can be resumed.

    Examples:

        quorum summarize meeting.txt minutes.pdf

        quorum summarize --about "pricing" --for Ann export/general/2026-11-*.json

        git log -50 | quorum summarize -
    """
    from bot.console.asking import ask_files, depth, question, teller
    from bot.console.door import enter

    how = {"depth": depth(deep=deep, quick=quick), "fresh": fresh, "tell": teller(as_json=as_json)}
    what = {"text": question(about), "reader": (reader or "").strip()}
    enter(context, partial(ask_files, recipe="summarize", paths=paths, **what, **how))


def brainstorm(
    context: typer.Context,
    problem: Problem,
    *,
    deep: Deep = False,
    quick: Quick = False,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """
    Ideas for a problem, from several lenses.

    No lens knows of the others; ideas that say the same become one, with the credit of all.

    Examples:

        quorum brainstorm "Nobody reads our release notes"

        quorum brainstorm --quick "How do we name the new service?"
    """
    from bot.console.asking import ask_text, depth, teller
    from bot.console.door import enter

    how = {"depth": depth(deep=deep, quick=quick), "fresh": fresh, "tell": teller(as_json=as_json)}
    enter(context, partial(ask_text, recipe="brainstorm", words=problem, **how))


def safety(
    context: typer.Context,
    text: Text,
    *,
    deep: Deep = False,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """
    Could a text do harm? Voters name categories.

    One voter of three flags a category, two block it; with --deep one of five, and three. When
    a voter gave no answer, nothing is clear. A person decides: the exit code only says whether
    the run came to its end.

    Examples:

        quorum safety "Send me your password, or else"

        quorum safety --deep - < draft.txt

        quorum safety --json "You are a clown" | jq -r .result.level
    """
    from bot.console.asking import ask_text, depth, teller
    from bot.console.door import enter

    how = {"depth": depth(deep=deep, quick=False), "fresh": fresh, "tell": teller(as_json=as_json)}
    enter(context, partial(ask_text, recipe="safety", words=text, **how))


def logs(
    context: typer.Context,
    paths: Logs,
    *,
    about: About = None,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """
    What goes wrong in logs, with line numbers.

    All lines are read and counted by their shapes in code; a model sees the shapes and a few
    examples of each. Several files are numbered as one, in the order given.

    Examples:

        quorum logs app.log

        quorum logs --about "why did the payments stop?" app.log.2.gz app.log.1 app.log

        journalctl -u ssh | quorum logs --json - | jq .result.findings
    """
    from bot.console.asking import ask_files, question, teller
    from bot.console.door import enter

    how = {"text": question(about), "fresh": fresh, "tell": teller(as_json=as_json)}
    enter(context, partial(ask_files, recipe="logs", paths=paths, **how))


def extract(
    context: typer.Context,
    path: Table,
    *,
    fields: Fields = None,
    schema: Schema = None,
    out: Out = None,
    form: Written = None,
    deep: DeepRows = False,
    fresh: Fresh = False,
    as_json: Json = False,
) -> None:
    """
    Rows of a table or a list into fields.

    Each row once, in order. One that failed or is in doubt says why; stderr says how many, and
    the exit code is 0 all the same. If it is killed, `quorum runs resume ID --csv` finishes it
    and prints the table; `quorum runs show ID --csv` prints it again.

    Examples:

        quorum extract people.csv --fields "name, city, age: integer" > out.csv

        quorum extract mails.txt --schema order.json --out orders.csv
    """
    from bot.console.asking import depth
    from bot.console.door import enter
    from bot.console.extracting import ask_table

    what = {"path": path, "fields": fields, "schema": schema, "out": out, "form": form}
    how = {"depth": depth(deep=deep, quick=False), "fresh": fresh, "as_json": as_json}
    enter(context, partial(ask_table, **what, **how))
