"""What the doctor says of one thing that was looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: well or not, and what to do about it."""

    name: str
    well: bool
    cure: str = ""
