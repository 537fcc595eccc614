"""Every attack and accident that grading is tried with: name -> what it is, how it is built, what is to come of it."""

from __future__ import annotations

import in_answers
import in_files
import in_names
import in_notebooks
from entries import Entry

CATALOGUE: dict[str, Entry] = {}
for group in (in_notebooks, in_answers, in_files, in_names):
    assert not CATALOGUE.keys() & group.ATTACKS.keys(), CATALOGUE.keys() & group.ATTACKS.keys()
    CATALOGUE |= group.ATTACKS
