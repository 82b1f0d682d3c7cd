"""Puts the clock of the process into which it is loaded wrong, by the seconds in the file that CLOCK_OFF names.

Python loads a module of this name at every start. A clock that can be set is the whole machine's; this one is not.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path


def put_wrong(path: Path) -> None:
    """From now on the desk's clock is as wrong as the file says at that moment."""
    from app import clock

    right = clock.now

    def wrong() -> datetime:
        return right() + timedelta(seconds=float(path.read_text()))

    clock.now = wrong


if "CLOCK_OFF" in os.environ:
    put_wrong(Path(os.environ["CLOCK_OFF"]))
