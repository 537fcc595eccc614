"""Reading content: every problem at once, with its file and line."""

from __future__ import annotations

from datetime import date

import pytest

from conftest import RULE
from paroleclinic.law import Register, Rule
from paroleclinic.reading import Problems, read


def problems_of(folder, text):
    path = folder / "a-rule.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Problems) as caught:
        read(path, Rule, "law/a-rule.yaml")
    return [(problem.line, str(problem)) for problem in caught.value.problems]


def test_a_good_file_is_read(tmp_path):
    (tmp_path / "a-rule.yaml").write_text(RULE)
    assert read(tmp_path / "a-rule.yaml", Rule).at(date(2026, 5, 1)).says == "It says so."


def test_a_repeated_key_is_refused_with_its_line(tmp_path):
    [(line, says)] = problems_of(tmp_path, RULE.replace("title: A rule\n", "title: A rule\ntitle: Another\n"))
    assert line == 3
    assert "duplicate key" in says


def test_a_tab_is_refused_with_its_line(tmp_path):
    [(line, says)] = problems_of(tmp_path, RULE.replace("    status:", "\tstatus:"))
    assert line == 5
    assert "tab" in says


def test_a_wrong_type_is_refused_with_its_line_and_a_cure(tmp_path):
    [(line, says)] = problems_of(tmp_path, RULE.replace("says: It says so.", "says: 12"))
    assert line == 6
    assert "quotation marks" in says


def test_all_problems_come_together(tmp_path):
    text = RULE.replace("title: A rule", "titel: A rule").replace("confidence: high", "confidence: sure")
    found = problems_of(tmp_path, text)
    assert len(found) == 3
    assert {line for line, _ in found} == {1, 2, 7}


def test_yes_is_a_word_and_not_a_truth_value(tmp_path):
    (tmp_path / "a-rule.yaml").write_text(RULE.replace("It says so.", "yes"))
    assert read(tmp_path / "a-rule.yaml", Rule).versions[0].says == "yes"


@pytest.mark.parametrize("text", [b"\xff\xfe\x00", "", "- a\n- list\n", "id: [unclosed\n", "a: b: c\n"])
def test_files_that_are_no_entry_are_named(tmp_path, text):
    assert problems_of(tmp_path, text)[0][1].startswith("law/a-rule.yaml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Problems, match="cannot be read"):
        read(tmp_path / "none.yaml", Rule)


def test_a_rule_whose_id_differs_from_its_file_is_refused(tmp_path):
    (tmp_path / "fees").mkdir()
    (tmp_path / "fees" / "other.yaml").write_text(RULE)
    with pytest.raises(Problems, match="differs from the file's name"):
        Register(tmp_path)["other"]
