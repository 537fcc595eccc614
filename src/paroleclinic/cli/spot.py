"""The command `paroleclinic spot`: what the rules see in a client file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.course import NoSuchEntry

Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; else the day of the case.")]


def spot(
    case: Annotated[str | None, typer.Argument(help="A client file; leave it out to list every rule.")] = None,
    on: Day = None,
    course: Folder = HERE,
) -> None:
    """Show the issues that the rules spot in a typed client file, or every rule. They check keys; they never advise."""
    from paroleclinic.spotting import KIND_WORDS, RULES, spotted

    if case is None:
        for rule in RULES.values():
            held = "".join(f" {first} to {last}," for first, last in rule.earlier)
            held += f" from {rule.since}" * bool(rule.since) + f" to {rule.until}" * bool(rule.until)
            typer.echo(f"{rule.id} ({rule.kind}{held})\n    {rule.says}.\n    law: {', '.join(rule.law)}")
        return
    try:
        scenario = course_at(course).scenario(case)
    except NoSuchEntry as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    if scenario.file is None:
        typer.echo(f"{case} has no typed client file yet.", err=True)
        raise typer.Exit(1)
    day = on.date() if on else scenario.as_of
    typer.echo(f"{scenario.title}, on {day}")
    for one in sorted(spotted(scenario.file, day)):
        rule = RULES[one.issue]
        typer.echo(f"  {one.who}: {rule.says} ({one.issue}). {KIND_WORDS[rule.kind]}.")
