"""nbgrader's tables that are written and read in bulk."""

from __future__ import annotations

from typing import Any

from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook

STUDENT: Any = Student.__table__
SUBMISSION: Any = SubmittedAssignment.__table__
NOTEBOOK: Any = SubmittedNotebook.__table__
GRADE: Any = Grade.__table__
COMMENT: Any = Comment.__table__
