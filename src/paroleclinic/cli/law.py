"""`paroleclinic law`: what a rule said on a day, what changed, what is overdue for reading, who cites what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from paroleclinic.changes import changes, citing, overdue, resting
from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import count
from paroleclinic.course import NoSuchEntry
from paroleclinic.law import STATUS_WORDS, NotYetLaw, Version, long_day

app = typer.Typer(no_args_is_help=True, help="Look into the law register.")
Day = typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day; the day of the course when left out.")
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="ID")],
    on: Annotated[datetime | None, Day] = None,
    as_json: Json = False,
    folder: Folder = HERE,
) -> None:
    """What a rule said on a day, who says so, its other versions, and what in the course rests on it."""
    course = course_at(folder)
    day = on.date() if on else course.outline.as_of
    if rule_id not in course.law:
        _stop(str(NoSuchEntry("rule", rule_id, list(course.law))))
    rule = course.law[rule_id]
    try:
        held: Version | None = rule.at(day)
    except NotYetLaw:
        held = None
    rests = resting(course, rule_id).get(rule_id, ())
    if as_json:
        _json(
            {
                "on": day,
                "rule": rule.model_dump(mode="json"),
                "version": held and held.model_dump(mode="json"),
                "rests": rests,
            }
        )
        return
    console = Console()
    console.print(f"[bold]{rule.title}[/bold] ({rule.id})")
    if held is None:
        console.print(f"On {long_day(day)} it was not yet law; it begins {rule.versions[0].since}.")
    else:
        console.print(f"On {long_day(day)}: [bold]{STATUS_WORDS[held.status]}[/bold], since {held.since}")
        console.print(held.says.strip())
        _lines(console, [("Number", f"{held.value} {held.unit}" if held.value else ""), ("How sure", held.confidence)])
        known = long_day(held.known_on) if held.known_on else ""
        _lines(console, [("Vouched for up to", known), ("Take care", held.note or "")])
        _lines(console, [("Source", f"{source.cite} (read: {source.read})") for source in held.sources])
    table = _table("From", "Status", "What it said", title="All versions")
    for version in rule.versions:
        table.add_row(
            version.since, STATUS_WORDS[version.status], version.says.strip(), style="bold" if version is held else ""
        )
    console.print(table)
    _lines(console, [("Rests on it", ", ".join(rests) or "nothing in the course")])


@app.command()
def diff(
    first: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DAY1")],
    last: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DAY2")],
    as_json: Json = False,
    folder: Folder = HERE,
) -> None:
    """What changed after DAY1 and up to DAY2, and every lesson, question and case that rests on it."""
    if first > last:
        _stop(f"{first.date()} is after {last.date()}: name the earlier day first.")
    found = changes(course_at(folder), first.date(), last.date())
    if as_json:
        _json(
            [
                {
                    "rule": change.rule.id,
                    "from": change.after.starts,
                    "before": change.before and change.before.model_dump(mode="json"),
                    "after": change.after.model_dump(mode="json"),
                    "rests": change.rests,
                }
                for change in found
            ]
        )
        return
    console = Console()
    if not found:
        console.print(
            f"Nothing in the register changed after {long_day(first.date())} and up to {long_day(last.date())}."
        )
        return
    table = _table("From", "Rule", "Before", "After", "Rests on it")
    for change in found:
        before = _short(change.before) if change.before else "(not yet in the register)"
        rests = "\n".join(change.rests) or "nothing in the course"
        table.add_row(
            change.after.since, f"{change.rule.title}\n({change.rule.id})", before, _short(change.after), rests
        )
    console.print(table)
    places = {place for change in found for place in change.rests}
    console.print(f"{count(len(found), 'change')}; {count(len(places), 'place')} in the course to read again.")


@app.command("overdue")
def _overdue(on: Annotated[datetime | None, Day] = None, as_json: Json = False, folder: Folder = HERE) -> None:
    """Sources of the law of that day that nobody has read for more than 180 days, or ever."""
    course = course_at(folder)
    day = on.date() if on else course.outline.as_of
    found = overdue(course.law, day)
    if as_json:
        _json(
            [{"rule": one.rule.id, "cite": one.source.cite, "url": one.source.url, "days": one.days} for one in found]
        )
        return
    console = Console()
    table = _table("Rule", "Source", "Last read")
    for one in found:
        when = f"{one.source.read} ({one.days} days before)" if one.days is not None else "never for this course"
        table.add_row(one.rule.id, one.source.cite + (f"\n{one.source.url}" if one.source.url else ""), when)
    if found:
        console.print(table)
    console.print(f"{count(len(found), 'source')} to read again on {long_day(day)}.")


@app.command()
def cite(text: str, as_json: Json = False, folder: Folder = HERE) -> None:
    """Find rules by citation: `paroleclinic law cite "8 CFR 212.5"`."""
    found = citing(course_at(folder).law, text)
    if as_json:
        _json([{"rule": rule.id, "from": version.starts, "cite": source.cite} for rule, version, source in found])
        return
    console = Console()
    table = _table("Rule", "From", "Citation")
    for rule, version, source in found:
        table.add_row(f"{rule.title}\n({rule.id})", version.since, source.cite)
    console.print(table if found else f'No rule cites "{text}". Try a shorter piece of the citation.')


def _table(*heads: str, title: str | None = None) -> Table:
    table = Table(title=title, show_lines=True, title_justify="left")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _lines(console: Console, rows: Sequence[tuple[str, str]]) -> None:
    for name, text in rows:
        if text:
            console.print(f"[dim]{name}:[/dim] {text.strip()}", highlight=False)


def _short(version: Version) -> str:
    value = f"{version.value} {version.unit}\n" if version.value else ""
    return f"({STATUS_WORDS[version.status]})\n{value}{version.says.strip()}"


def _json(value: object) -> None:
    def text(one: object) -> str:
        return one.isoformat() if isinstance(one, date) else str(one)

    typer.echo(json.dumps(value, indent=2, default=text, ensure_ascii=False))


def _stop(says: str) -> NoReturn:
    typer.echo(says, err=True)
    raise typer.Exit(2)
