"""The file that JupyterHub reads."""

import os
from pathlib import Path

from paroleclinic.hub.config import configure
from paroleclinic.hub.places import Places, settings

places = Places(Path(os.environ["PAROLECLINIC_HUB"]))
configure(get_config(), places, settings(places.settings))  # type: ignore[name-defined]  # noqa: F821
