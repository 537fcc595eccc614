"""Everything that knows nbgrader: its configuration, its gradebook, and grading that runs nothing a learner sent."""

from paroleclinic.gradebook.setup import configure, release

__all__ = ["configure", "release"]
