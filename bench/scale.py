"""Whether size and many at once change anything: hooks, pages, mail while technicians work, and hours of posts.

Run: python -m bench.scale [COUNT ...] [--soak MINUTES]; the counts are of tickets. It takes an hour with a million and
the soak; each part can be run by itself.
"""

import argparse
import subprocess
import sys


def main() -> None:
    """Run every part, one after the other, and stop at the first that does not hold what it counts."""
    asked = argparse.ArgumentParser()
    asked.add_argument("counts", nargs="*", default=["1000", "100000", "1000000"])
    asked.add_argument("--soak", default="20", metavar="MINUTES")
    told = asked.parse_args()
    parts = (
        ("bench.hooks", "15", "--soak", told.soak),
        ("bench.intake", "1000", "--technicians", "10"),
        ("bench.desk", *told.counts, "--technicians", "10"),
    )
    for part in parts:
        print("python -m", *part, flush=True)
        subprocess.run([sys.executable, "-m", *part], check=True)


if __name__ == "__main__":
    main()
