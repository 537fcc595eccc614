"""Where a hub keeps things: everything in `.hub/` beside course.yaml, which only its owner can open."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

FOLDER = ".hub"
COURSE_ID = "paroleclinic"


@dataclass(frozen=True)
class Places:
    """The folders and files of a course's hub."""

    root: Path

    @property
    def hub(self) -> Path:
        return self.root / FOLDER

    @property
    def settings(self) -> Path:
        return self.hub / "settings.json"

    @property
    def people(self) -> Path:
        return self.hub / "people.json"

    @property
    def database(self) -> Path:
        return self.hub / "hub.sqlite"

    @property
    def log(self) -> Path:
        return self.hub / "hub.log"

    @property
    def kit(self) -> Path:
        return self.hub / "kit"

    @property
    def proxy(self) -> Path:
        return self.hub / "proxy"

    @property
    def certificate(self) -> Path:
        return self.hub / "certificate"

    @property
    def homes(self) -> Path:
        return self.hub / "homes"

    @property
    def given(self) -> Path:
        """What each learner was last given of the kit."""
        return self.hub / "given"

    @property
    def logs(self) -> Path:
        return self.hub / "logs"

    @property
    def backups(self) -> Path:
        return self.hub / "backups"

    @property
    def exchange(self) -> Path:
        """nbgrader's exchange, as the instructor sees it."""
        return self.hub / "exchange"

    @property
    def released(self) -> Path:
        """The units that were released."""
        return self.exchange / COURSE_ID / "outbound"

    def post(self, name: str, kind: str) -> Path:
        """A learner's own part of the exchange: `inbound` or `feedback`."""
        return self.hub / "post" / name / kind

    def home(self, name: str) -> Path:
        """A learner's home."""
        return self.homes / name

    def made(self) -> Places:
        """The same, with the folders that are always there."""
        self.hub.mkdir(mode=0o700, exist_ok=True)
        self.hub.chmod(0o700)
        for path in (self.homes, self.given, self.logs, self.backups, self.released):
            path.mkdir(parents=True, exist_ok=True)
        return self


@dataclass(frozen=True)
class Settings:
    """How a hub was started. `megabytes` (of memory), `processes` and `disk` (megabytes) are limits for each learner.

    `idle` and `backup_every` are in seconds.
    """

    address: str
    port: int
    hub_port: int
    proxy_port: int
    poll_port: int
    instructor: str
    units: tuple[str, ...]
    node: str
    run: str
    behind_proxy: bool = False
    hold: bool = False
    as_root: bool = False
    idle: int = 3600
    megabytes: int = 2048
    processes: int = 200
    disk: int = 500
    backup_every: int = 600
    slice: tuple[str, ...] = field(default=())

    def written(self, path: Path) -> None:
        """Keep them for the hub's own process."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def settings(path: Path) -> Settings:
    """The settings that were written."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Settings(**{**found, "units": tuple(found["units"]), "slice": tuple(found["slice"])})
