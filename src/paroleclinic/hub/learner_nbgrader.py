"""nbgrader's settings in a learner's sandbox: units are fetched into the kit's exercises, and handed in from there."""

from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "paroleclinic"
c.Exchange.root = "/srv/exchange"
c.Exchange.assignment_dir = str(Path.home() / "exercises")
c.ExchangeFetchAssignment.replace_missing_files = True
