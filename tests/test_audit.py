"""The audit of the lock file, with the real program and a source of advisories on this machine."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = "flask==3.0.0 --hash=sha256:" + "0" * 64 + "\nrq==2.0.0 --hash=sha256:" + "1" * 64 + "\n"

pytestmark = pytest.mark.slow


class Advisories(ThreadingHTTPServer):
    """Knows one advisory of flask; `mended` is the version in which it is gone, if there is one."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.mended: str | None = None
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1/query"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class _Desk(BaseHTTPRequestHandler):
    server: Advisories

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        events = [{"introduced": "0"}, *([{"fixed": self.server.mended}] if self.server.mended else [])]
        package = {"name": "flask", "ecosystem": "PyPI"}
        known = {
            "id": "PYSEC-2026-1",
            "summary": "x",
            "published": "2026-01-01T00:00:00Z",
            "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}],
        }
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"vulns": [known]} if asked["package"]["name"] == "flask" else {}).encode())

    def log_message(self, *_told: object) -> None:
        return


@pytest.fixture
def advisories() -> Iterator[Advisories]:
    server = Advisories()
    yield server
    server.shutdown()
    server.server_close()


def audit(tmp_path: Path, url: str) -> tuple[int, str]:
    (tmp_path / "lock.txt").write_text(LOCK)
    command = [sys.executable, "scripts/audit.py", str(tmp_path / "lock.txt"), "-s", "osv", "--osv-url", url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout


def test_an_advisory_that_has_a_mended_version_fails_and_names_it(tmp_path: Path, advisories: Advisories) -> None:
    advisories.mended = "3.0.1"
    code, told = audit(tmp_path, advisories.url)

    assert code == 1 and "flask 3.0.0: PYSEC-2026-1, mended in 3.0.1" in told
    assert "2 of 2 locked packages were compared; 1 must" in told


def test_an_advisory_that_nobody_has_mended_is_told(tmp_path: Path, advisories: Advisories) -> None:
    code, told = audit(tmp_path, advisories.url)

    assert code == 0 and "PYSEC-2026-1, mended in none yet" in told


def test_advisories_that_are_away_are_said_to_be_and_fail_nothing(tmp_path: Path) -> None:
    code, told = audit(tmp_path, "http://127.0.0.1:9/v1/query")

    assert code == 0 and "nothing was compared" in told
