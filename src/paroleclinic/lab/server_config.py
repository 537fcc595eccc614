"""JupyterLab's server for the course. The file browser lists what a learner needs; the rest stays where it is."""

from paroleclinic.lab import EXTENSIONS

c = get_config()  # noqa: F821

c.LabApp.extra_labextensions_path = [str(EXTENSIONS)]

c.ContentsManager.hide_globs = [
    "__pycache__", "*.jsonl", "*.pyc", "*.py", "*.toml", "*.lock", "*.yml", "*.yaml", "*.db", "*.egg-info", "Makefile", "LICENSE*",
    "CONTRIBUTING.md", "node_modules", "benchmarks", "docs", "law", "questions", "glossary", "specimens", "screenshots", "scenarios", "solutions", "src", "teaching", "tests",
    "build", "dist", "gradebook.*", "start", "start.bat", "start.command",
]  # fmt: skip
c.ServerApp.terminals_enabled = False
c.ServerApp.log_level = "WARN"
