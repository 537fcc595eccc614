"""nbgrader's settings in every server of the cluster: units are fetched through ngshare into the kit's exercises.

It is /etc/jupyter/nbgrader_config.py in the image. An instructor's own nbgrader_config.py is read after it.
"""

import os
from pathlib import Path

from ngshare_exchange import configureExchange

NGSHARE = os.environ.get("NGSHARE_URL", "http://ngshare:8080/services/ngshare")

c = get_config()  # noqa: F821

configureExchange(c, NGSHARE)
c.CourseDirectory.course_id = "paroleclinic"
c.Exchange.assignment_dir = str(Path.home() / "exercises")
c.ExchangeFetchAssignment.replace_missing_files = True
