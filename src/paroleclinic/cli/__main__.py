"""`python -m paroleclinic.cli`, for systems where the command is not on the PATH."""

from paroleclinic.cli import run

run()
