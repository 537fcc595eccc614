"""nbgrader's settings for this course; what they mean stands in paroleclinic.gradebook."""

from pathlib import Path

from paroleclinic.gradebook import configure

configure(get_config(), Path(__file__).resolve().parent)  # noqa: F821
