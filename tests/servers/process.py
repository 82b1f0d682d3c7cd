"""Servers as children that cannot outlive the test run, in folders that are swept away."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PREFIX = "ventanilla-"
# The C library is opened here and not between fork and exec, where only the system call itself is safe.
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


class ServerError(RuntimeError):
    """A server of the tests is missing or did not start; the text says how to mend it."""


def folder(name: str) -> Path:
    """A new folder of this run, with what dead runs left behind swept away first."""
    # Servers run as their own user and sockets have short paths, which TMPDIR does not promise; /tmp does.
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    for left in base.glob(f"{PREFIX}*-*-*"):
        owner = left.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-{name}-", dir=base))


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, *places: str) -> str:
    """The path of a program; Debian keeps servers where a plain user's PATH does not look."""
    for place in (*places, *os.get_exec_path(), "/usr/sbin", "/usr/local/sbin", "/sbin"):
        if os.access(path := Path(place) / name, os.X_OK):
            return str(path)
    raise ServerError(f"{name} is not installed; `make servers` installs it or says how.")


def server_user(*names: str) -> pwd.struct_passwd:
    """Whom a server runs as: ourselves, or for root the first of these users that exists."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerError(f"none of the users {', '.join(names)} exists.")


class Process:
    """One server process: started in its own session, killed with us, stopped by a signal and then for sure."""

    def __init__(self, command: Sequence[str], *, cwd: Path, user: pwd.struct_passwd | None = None) -> None:
        self._log = cwd / "output.log"
        who = user or pwd.getpwuid(os.geteuid())
        # The output goes to a file: a server that inherits ours keeps the test runner's pipe open for ever.
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                env={"PATH": os.defpath + ":/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(cwd)},
                user=who.pw_uid,
                group=who.pw_gid,
                # Only root may give groups up.
                extra_groups=[] if os.geteuid() == 0 else None,
            )

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 20) -> None:
        """Return as soon as it answers; raises ServerError with the end of its log."""
        limit = time.monotonic() + seconds
        while not ready():
            if not self.alive or time.monotonic() > limit:
                told = self._log.read_text(errors="replace")[-2000:]
                self.stop(signal.SIGKILL)
                raise ServerError(f"{self._child.args!r} does not answer:\n{told}")
            time.sleep(0.02)

    def stop(self, first: signal.Signals = signal.SIGTERM, *, seconds: float = 10) -> None:
        """End it: politely, then surely."""
        if self.alive:
            self._child.send_signal(first)
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()


def answers(port: int) -> bool:
    """Whether somebody accepts connections on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
