"""The command `paroleclinic poll`: a page in the room's network where people vote on their own screens."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Annotated

import typer

from paroleclinic.cli.folder import HERE, Folder, course_at
from paroleclinic.cli.showing import shown

if TYPE_CHECKING:
    from paroleclinic.poll.kept import Service

WHY = {
    errno.EADDRINUSE: "another program uses it",
    errno.EACCES: "this account may not use it",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


def poll(
    address: Annotated[
        str, typer.Option(help="The address of this machine to listen at; all of them, if not given.")
    ] = "0.0.0.0",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen at.")] = 8765,
    folder: Folder = HERE,
) -> None:
    """Let people vote on their own screens without a hub, until Ctrl-C. Ask from notebooks/instructor/poll.ipynb."""
    from paroleclinic.poll.service import FOLDER, Running, in_the_room

    root = course_at(folder).root
    try:
        kept = in_the_room(root / FOLDER, address, port, _ready)
    except Running as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        if error.errno not in WHY:
            raise
        other = port + 1 if port < 65_535 else 8765
        says = f"Port {port} of {shown(address)} cannot be used: {WHY[error.errno]}."
        typer.echo(f"{says} Try another, such as: paroleclinic poll --port {other}", err=True)
        raise typer.Exit(1) from None
    typer.echo("Stopped. The open question is kept: run the command again to go on." if kept else "Stopped.")


def _ready(service: Service) -> None:
    """Tell the instructor what to write on the board."""
    if service.says:
        typer.echo(service.says)
    typer.echo(
        f"People open  {service.address}\n"
        f"and type     {service.code}\n\n"
        "Ask from notebooks/instructor/poll.ipynb in JupyterLab; it shows the address and the code, too.\n"
        "The page is plain HTTP: use it in a network you trust. No names are asked. Ctrl-C stops it."
    )
