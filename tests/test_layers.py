"""The engine's layers: arrows point down only, and a learner's page starts fast."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from conftest import ROOT

PACKAGE = ROOT / "src" / "paroleclinic"
MAY_IMPORT = {
    "reading": {"wording"},
    "estimates": set(),
    "pseudonyms": set(),
    "realdata": set(),
    "scores": set(),
    "states": {"scores"},
    "cells": set(),
    "whole": set(),
    "wording": set(),
    "holding": set(),
    "lines": set(),
    "answers": {"lines"},
    "fingerprint": {"answers"},
    "progress": {"lines"},
    "sittings": {"lines"},
    "handin": {"answers", "lines", "progress", "realdata", "sittings"},
    "archives": set(),
    "reach": set(),
    "inbox": {"reach", "answers", "collecting", "filing"},
    "hub": {"reach", "answers", "progress", "collecting", "course", "kit", "lab"},
    "collecting": {"archives", "answers", "lines", "handin", "sittings", "stamps"},
    "stamps": set(),
    "filing": {"answers", "handin", "collecting", "holding", "progress", "sittings"},
    "law": {"reading"},
    "questions": {"reading"},
    "criteria": {"questions"},
    "comments": {"reading", "questions"},
    "clientfile": {"reading"},
    "interview": {"reading"},
    "content": {"reading", "questions", "clientfile", "interview"},
    "sealed": {"reading", "questions", "interview", "content"},
    "edition": {"reading", "law", "questions", "content"},
    "consultation": {"reading", "content"},
    "review": {"progress"},
    "standing": {"answers", "content", "progress"},
    "record": {"content", "lines", "progress", "standing"},
    "reference": {"reading", "law"},
    "teaching": {"reading"},
    "flow": {"teaching"},
    "notebook": set(),
    "pdf": set(),
    "glimpses": set(),
    "course": {
        "edition",
        "glimpses",
        "reading",
        "law",
        "questions",
        "content",
        "sealed",
        "consultation",
        "reference",
        "teaching",
    },
    "grading": {"law", "questions", "content", "sealed"},
    "drawing": {
        "sittings",
        "edition",
        "comments",
        "criteria",
        "law",
        "questions",
        "interview",
        "content",
        "sealed",
        "consultation",
        "reference",
        "grading",
        "spotting",
        "progress",
        "review",
        "standing",
        "record",
        "scores",
        "teaching",
        "flow",
    },
    "instructor": {"questions", "reference", "teaching", "course", "drawing", "notebook"},
    "handouts": {"course", "drawing", "instructor", "pdf"},
    "widgets": {
        "wording",
        "whole",
        "realdata",
        "report",
        "gradebook",
        "reading",
        "law",
        "questions",
        "interview",
        "content",
        "sealed",
        "consultation",
        "reference",
        "course",
        "grading",
        "lines",
        "answers",
        "progress",
        "review",
        "standing",
        "record",
        "handin",
        "sittings",
        "drawing",
        "poll",
        "lab",
    },
    "poll": {"whole", "cells", "reading", "lines", "law", "questions", "teaching", "course", "drawing"},
    "marking": {"realdata", "law", "questions", "content", "grading", "answers", "drawing"},
    "gradebook": {
        "fingerprint",
        "holding",
        "pseudonyms",
        "realdata",
        "collecting",
        "filing",
        "inbox",
        "reading",
        "comments",
        "drawing",
        "questions",
        "content",
        "course",
        "grading",
        "answers",
        "marking",
        "scores",
        "states",
        "cells",
    },
    "cohort": {
        "fingerprint",
        "holding",
        "states",
        "cells",
        "law",
        "questions",
        "content",
        "course",
        "grading",
        "answers",
        "scores",
        "marking",
        "gradebook",
        "drawing",
    },
    "report": {
        "fingerprint",
        "filing",
        "sittings",
        "states",
        "answers",
        "lines",
        "progress",
        "pseudonyms",
        "estimates",
        "standing",
        "cells",
        "questions",
        "content",
        "course",
        "grading",
        "gradebook",
        "cohort",
        "drawing",
    },
    "memos": {
        "cohort",
        "course",
        "criteria",
        "drawing",
        "estimates",
        "gradebook",
        "pseudonyms",
        "questions",
    },
    "build": {"edition", "content", "consultation", "course", "drawing", "gradebook", "instructor", "notebook"},
    "testwise": {"law", "questions"},
    "spotting": {"clientfile"},
    "leaks": {"questions", "content", "course"},
    "care": {
        "archives",
        "course",
        "pseudonyms",
        "answers",
        "collecting",
        "handin",
        "filing",
        "holding",
        "cohort",
        "gradebook",
        "hub",
    },
    "kit": {"edition", "law", "sealed", "course", "leaks"},
    "check": {
        "realdata",
        "edition",
        "comments",
        "marking",
        "leaks",
        "reading",
        "law",
        "questions",
        "clientfile",
        "interview",
        "content",
        "consultation",
        "course",
        "grading",
        "spotting",
        "testwise",
        "build",
        "skeleton",
        "teaching",
        "flow",
        "instructor",
    },
    "lab": set(),
    "skeleton": {"course", "edition"},
    "effect": {"whole", "law", "questions", "content", "course"},
    "changes": {"law", "questions", "course", "check"},
    "cli": {
        "wording",
        "holding",
        "hub",
        "inbox",
        "pseudonyms",
        "answers",
        "realdata",
        "effect",
        "scores",
        "comments",
        "memos",
        "estimates",
        "poll",
        "report",
        "care",
        "kit",
        "handouts",
        "pdf",
        "reading",
        "law",
        "course",
        "changes",
        "check",
        "build",
        "lab",
        "spotting",
        "skeleton",
        "progress",
        "review",
        "standing",
        "record",
        "drawing",
        "collecting",
        "filing",
        "cohort",
        "gradebook",
        "marking",
        "grading",
        "cells",
    },
    "__init__": set(),
}


def imports(module):
    paths = (
        [PACKAGE / f"{module}.py"] if (PACKAGE / f"{module}.py").exists() else sorted((PACKAGE / module).glob("*.py"))
    )
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            yield from names


def test_every_module_has_its_layer():
    there = {path.stem for path in PACKAGE.glob("*.py")} | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert there == set(MAY_IMPORT)


@pytest.mark.parametrize("module", sorted(MAY_IMPORT))
def test_arrows_point_down_only(module):
    used = {name.split(".")[1] for name in imports(module) if name.startswith("paroleclinic.")}
    assert used - {module} <= MAY_IMPORT[module]


@pytest.mark.parametrize(
    ("library", "owners"),
    [("nbgrader", {"gradebook"}), ("ipywidgets", {"widgets"}), ("anywidget", {"widgets"})],
)
def test_one_module_knows_each_big_library(library, owners):
    users = {module for module in MAY_IMPORT if any(name.split(".")[0] == library for name in imports(module))}
    assert users <= owners


def test_a_lesson_loads_neither_pandas_nor_nbgrader_nor_a_database():
    code = (
        "import sys; from paroleclinic import quiz, case, rule, title, timeline, key, home, daily_review, meet, consultations, my_progress\n"
        "print([name for name in ('pandas', 'numpy', 'nbgrader', 'sqlalchemy', 'nbconvert') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
