"""Compare the locked packages with known advisories: `scripts/audit.py [LOCKFILE [more of pip-audit]]`.

An advisory that has a mended version fails; one without is told, since nobody can do anything yet. Where the advisories
cannot be asked, or the index has none (a mirror), nothing fails either, so that a network stops no release: the last
line says so, with the reason, or how many packages were really compared, and those that were not are named. A lock file
that cannot be read is no such trouble and fails.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / ".ci" / "accepted-advisories"
# How pip-audit's last line names a network, a proxy or an index that does not answer as it should.
AWAY = ("requests.exceptions.", "pip_audit._service.", "Could not connect", "is not redirecting")


def main(lock: str = "requirements.txt", *more: str) -> int:
    """Tell what is known; the exit code."""
    accepted = [line.split()[0] for line in ACCEPTED.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
    told = asked(lock, *more, *(word for one in accepted for word in ("--ignore-vuln", one)))
    if isinstance(told, str):
        away = any(sign in told for sign in AWAY)
        print(f"audit: {'the advisories could not be asked for' if away else 'failed'} ({told}); nothing was compared")
        return 0 if away else 2
    compared = [one for one in told if "vulns" in one]
    left = sorted(one["name"] for one in told if "vulns" not in one)
    if not compared:
        print(f"audit: the index tells of none of the {len(told)} locked packages; nothing was compared")
        return 0
    mended = 0
    for package in compared:
        for advisory in package["vulns"]:
            fixed = ", ".join(advisory["fix_versions"])
            mended += bool(fixed)
            print(f"audit: {package['name']} {package['version']}: {advisory['id']}, mended in {fixed or 'none yet'}")
    if left:
        print(f"audit: not compared, since the index does not tell of them: {', '.join(left)}")
    print(f"audit: {len(compared)} of {len(told)} locked packages were compared; {mended} must be brought up to date")
    return 1 if mended else 0


def asked(lock: str, *more: str) -> list[dict[str, Any]] | str:
    """What pip-audit says of each package, or why it could not ask."""
    program = Path(sys.executable).with_name("pip-audit")
    how = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json", "--timeout", "10")
    done = subprocess.run([program, "-r", lock, *how, *more], capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return (done.stderr.strip().splitlines() or ["pip-audit says nothing"])[-1]
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
