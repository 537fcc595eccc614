"""The files around the course agree with each other."""

from __future__ import annotations

import json
import re
import tomllib

from ruamel.yaml import YAML

from conftest import ROOT


def plain(requirements):
    return {re.sub(r"\s", "", text).lower() for text in requirements}


def test_environment_yml_names_the_dependencies_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = plain([*project["project"]["dependencies"], *project["dependency-groups"]["dev"]])
    listed = YAML(typ="safe").load((ROOT / "environment.yml").read_text())["dependencies"]
    (from_pip,) = [entry["pip"] for entry in listed if isinstance(entry, dict)]
    named = plain([entry for entry in listed if isinstance(entry, str)] + from_pip)
    assert named - {"python>=3.11", "pip", "-e.[hub,scale]"} == wanted - {"paroleclinic[hub,scale]"}
    assert f"python{project['project']['requires-python']}" in named


def test_the_readme_names_the_commands_and_shows_the_pictures():
    text = (ROOT / "README.md").read_text()
    for words in ("make lab", "make test", "not legal advice", "conda", "LICENSE"):
        assert words in text
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(pictures) >= 3
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_relative_links_of_lessons_lead_somewhere():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            for link in re.findall(r"\]\(([^)#:]+)[^):]*\)", "".join(cell["source"])):
                assert (path.parent / link).exists(), (path.name, link)


def test_the_settings_of_the_lab_are_valid_json():
    settings = json.loads((ROOT / "src/paroleclinic/lab/overrides.json").read_text())
    assert settings["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]["notebook"] == "specta"
