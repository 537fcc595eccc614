"""What a notebook cell may call. The only package that imports ipywidgets and anywidget."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from paroleclinic.drawing import Drawing, tag
from paroleclinic.reading import Problems


def kindly(call: Callable[..., Any]) -> Callable[..., Any]:
    """The call, answering with a sentence where it would end in a traceback; tests set PAROLECLINIC_RAISE to see it."""

    @wraps(call)
    def answer(*args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except (Problems, LookupError, OSError, ValueError) as error:
            if os.environ.get("PAROLECLINIC_RAISE"):
                raise
            says = "This part of the page cannot be shown. Keep the page inside the folder of the course, or tell its author:"
            return Drawing(
                f'<div class="pc-verdict partly">{tag("p", says)}{tag("p", str(error))}</div>', f"{says} {error}"
            )

    return answer
