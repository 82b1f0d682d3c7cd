"""The audit of the lock file, with the real program and stand-ins on this machine for the two sources of advisories."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.servers.intercepting import Intercepting

ROOT = Path(__file__).resolve().parent.parent
LOCK = "flask==3.0.0 --hash=sha256:" + "0" * 64 + "\nrq==2.0.0 --hash=sha256:" + "1" * 64 + "\n"
UNKNOWN = "ours==1.0 --hash=sha256:" + "2" * 64 + "\n"
AWAY = "http://127.0.0.1:9/v1/query"

pytestmark = pytest.mark.slow


class Advisories(ThreadingHTTPServer):
    """Knows one advisory of flask, as OSV tells it and as PyPI does; `mended` is the version in which it is gone."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.mended: str | None = None
        self.known, self.status = {"flask", "rq"}, 200
        self.port: int = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1/query"
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
        self._tell(200, {"vulns": [known]} if asked["package"]["name"] == "flask" else {})

    def do_GET(self) -> None:
        name = self.path.split("/")[2]
        fixed = [self.server.mended] if self.server.mended else []
        known = {"id": "PYSEC-2026-1", "aliases": [], "summary": "x", "fixed_in": fixed, "withdrawn": None}
        status = self.server.status if name in self.server.known else 404
        self._tell(status, {"vulnerabilities": [known] if name == "flask" else []})

    def _tell(self, status: int, answer: dict[str, object]) -> None:
        told = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_told: object) -> None:
        return


@pytest.fixture
def advisories() -> Iterator[Advisories]:
    server = Advisories()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def pypi(advisories: Advisories, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables of somebody who reaches PyPI by a proxy, behind which stand our advisories."""
    with closing(Intercepting(tmp_path)) as proxy:
        proxy.leads["pypi.org"] = advisories.port
        yield {"HTTPS_PROXY": proxy.url, "REQUESTS_CA_BUNDLE": str(proxy.authority)}


def audit(tmp_path: Path, *more: str, lock: str = LOCK, environ: dict[str, str] | None = None) -> tuple[int, str]:
    (tmp_path / "lock.txt").write_text(lock)
    command = [sys.executable, "scripts/audit.py", str(tmp_path / "lock.txt"), "--cache-dir", str(tmp_path / "cache")]
    told = {**os.environ, **(environ or {})}
    done = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, env=told)
    return done.returncode, done.stdout


def osv(url: str) -> tuple[str, ...]:
    return "-s", "osv", "--osv-url", url


def test_an_advisory_that_has_a_mended_version_fails_and_names_it(tmp_path: Path, advisories: Advisories) -> None:
    advisories.mended = "3.0.1"
    code, told = audit(tmp_path, *osv(advisories.url))

    assert code == 1 and "flask 3.0.0: PYSEC-2026-1, mended in 3.0.1" in told
    assert "2 of 2 locked packages were compared; 1 must" in told


def test_what_pypi_tells_by_a_proxy_fails_and_names_it(
    tmp_path: Path, advisories: Advisories, pypi: dict[str, str]
) -> None:
    advisories.mended = "3.0.1"
    code, told = audit(tmp_path, environ=pypi)

    assert code == 1 and "flask 3.0.0: PYSEC-2026-1, mended in 3.0.1" in told
    assert "2 of 2 locked packages were compared; 1 must" in told


def test_packages_that_the_index_does_not_tell_of_are_named(
    tmp_path: Path, advisories: Advisories, pypi: dict[str, str]
) -> None:
    advisories.mended = "3.0.1"
    code, told = audit(tmp_path, lock=LOCK + UNKNOWN, environ=pypi)

    assert code == 1 and "not compared, since the index does not tell of them: ours" in told
    assert "2 of 3 locked packages were compared" in told


def test_an_index_without_advisories_is_said_to_be_one_and_fails_nothing(
    tmp_path: Path, advisories: Advisories, pypi: dict[str, str]
) -> None:
    advisories.known.clear()
    code, told = audit(tmp_path, environ=pypi)

    assert code == 0 and "tells of none of the 2 locked packages; nothing was compared" in told


def test_an_index_that_stumbles_is_said_to_and_fails_nothing(
    tmp_path: Path, advisories: Advisories, pypi: dict[str, str]
) -> None:
    advisories.status = 503
    code, told = audit(tmp_path, environ=pypi)

    assert code == 0 and "could not be asked for (" in told and "nothing was compared" in told


def test_an_advisory_that_nobody_has_mended_is_told(tmp_path: Path, advisories: Advisories) -> None:
    code, told = audit(tmp_path, *osv(advisories.url))

    assert code == 0 and "PYSEC-2026-1, mended in none yet" in told


def test_advisories_that_are_away_are_said_to_be_and_why_and_fail_nothing(tmp_path: Path) -> None:
    code, told = audit(tmp_path, *osv(AWAY))

    assert code == 0 and "could not be asked for (" in told and "refused" in told and "nothing was compared" in told


def test_a_lock_that_cannot_be_read_fails(tmp_path: Path) -> None:
    code, told = audit(tmp_path, *osv(AWAY), lock="flask==\n")

    assert code == 2 and "failed" in told
