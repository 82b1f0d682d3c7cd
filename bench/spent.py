"""What processes have used of the processor, each with its children, the dead ones too."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def spent(pid: int) -> float:
    """Seconds of a process and all that it has started."""
    table = {
        int(entry.name): told for entry in Path("/proc").iterdir() if entry.name.isdecimal() and (told := _told(entry))
    }
    family = [pid]
    for parent in family:
        family += [child for child, told in table.items() if told[1] == str(parent)]
    # utime, stime, and both of the dead children.
    return sum(int(ticks) for one in family for ticks in table[one][11:15]) / TICKS


def _told(entry: Path) -> list[str]:
    """What /proc tells after a process's name, which may hold blanks; nothing if it has just ended."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
