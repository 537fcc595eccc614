"""The end of an instructor's nbgrader_config.py on the cluster. Append it to the one of the course:

    cat deploy/nbgrader_instructor.py >> ~/course/nbgrader_config.py

The exchange comes from /etc/jupyter/nbgrader_config.py; the gradebook is in PostgreSQL (docs/scale.md), at the address that the
hub gives to instructors' servers alone.
"""

import os

c = get_config()  # noqa: F821

if address := os.environ.get("GRADEBOOK_URL"):
    c.CourseDirectory.db_url = address
