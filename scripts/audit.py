"""Compare the locked packages with known advisories: `scripts/audit.py [LOCKFILE [more of pip-audit]]`.

An advisory that has a mended version fails; one without is told, since nobody can do anything yet. Where the advisories
cannot be reached nothing fails either, and the last line says how many packages were really compared.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / ".ci" / "accepted-advisories"


def main(lock: str = "requirements.txt", *more: str) -> int:
    """Tell what is known; the exit code."""
    accepted = [line.split()[0] for line in ACCEPTED.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
    told = asked(lock, *more, *(word for one in accepted for word in ("--ignore-vuln", one)))
    if told is None:
        print("audit: the advisories could not be asked for; nothing was compared")
        return 0
    compared = [one for one in told if "vulns" in one]
    mended = 0
    for package in compared:
        for advisory in package["vulns"]:
            fixed = ", ".join(advisory["fix_versions"])
            mended += bool(fixed)
            print(f"audit: {package['name']} {package['version']}: {advisory['id']}, mended in {fixed or 'none yet'}")
    print(f"audit: {len(compared)} of {len(told)} locked packages were compared; {mended} must be brought up to date")
    return 1 if mended else 0


def asked(lock: str, *more: str) -> list[dict[str, object]] | None:
    """What pip-audit says of each package; None when it could not ask."""
    program = Path(sys.executable).with_name("pip-audit")
    how = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json", "--timeout", "10")
    done = subprocess.run([program, "-r", lock, *how, *more], capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)["dependencies"]
    except ValueError:
        sys.stderr.write(done.stderr[-500:])
        return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
