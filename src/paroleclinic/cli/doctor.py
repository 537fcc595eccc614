"""The command `paroleclinic doctor`: a look at the whole course that changes nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import shown

LOOKS = {"fine": "green", "look at": "yellow", "broken": "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object instead of words.")] = False,
    folder: Folder = HERE,
) -> None:
    """Look at Python, packages, folders, disk, gradebook and backups: a line each, and what to do. Nothing is changed."""
    from paroleclinic.care.doctor import findings

    course = course_at(folder)
    found = list(findings(course, datetime.now(UTC)))
    bad = sum(one.state == "broken" for one in found)
    if as_json:
        print(json.dumps({"broken": bad, "findings": [asdict(one) for one in found]}))
    else:
        console = Console()
        for one in found:
            line = Text.assemble((f"{one.state:8}", LOOKS[one.state]), f"{one.what}: {shown(one.says)}")
            console.print(line, soft_wrap=True)
            if one.do:
                console.print(Text(f"{'':8}  {shown(one.do)}"), soft_wrap=True)
    raise typer.Exit(1 if bad else 0)
