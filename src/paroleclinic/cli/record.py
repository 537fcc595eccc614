"""The command `paroleclinic record`: the record of study, and whether one was changed since it was made."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The record of study.")


@app.callback()
def main() -> None:
    """The record of study. It is made on the page My progress."""


@app.command()
def verify(file: Annotated[Path, typer.Argument(help="A record of study, as a page.")]) -> None:
    """Say whether a record of study was changed since it was made; exit status 0 when it was not."""
    from paroleclinic.drawing.recordpage import record_page
    from paroleclinic.record import NotARecord, checksum, opened

    try:
        page = file.read_text(encoding="utf-8")
        record, printed = opened(page)
    except (OSError, UnicodeDecodeError):
        typer.echo(f"{file} cannot be read.", err=True)
        raise typer.Exit(2) from None
    except NotARecord as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from None
    try:
        same = checksum(record) == printed and record_page(record) == page
    except (KeyError, TypeError, ValueError, AttributeError):
        same = False
    if same:
        typer.echo(f"Unchanged since {record['day']}: {record['name'] or 'no name'}, checksum {printed[:12]}…")
        typer.echo("This shows that the page is whole. It does not prove who studied.")
        return
    typer.echo("Changed: what the page says is not what its checksum was made from.", err=True)
    if record.get("version") != version("paroleclinic"):
        typer.echo(
            f"It was made by version {record.get('version')} of the course; verify it with that version.", err=True
        )
    raise typer.Exit(1)
