"""A Dovecot of our own: real IMAP over Maildirs in a temporary folder, with accounts made on the fly."""

import base64
import imaplib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

from tests.servers.dovecot_config import written
from tests.servers.process import Process, answers, folder, free_port, program, server_user

# Characters that a URL must escape.
PASSWORD = "clave:de/prueba@1"
USER = "consultas@example.es"


class Dovecot:
    """One IMAP server. Whoever signs in with PASSWORD has a mailbox; `deliver` puts mail in it byte for byte."""

    def __init__(self, *, introspection: str = "") -> None:
        """With `introspection` it takes XOAUTH2 too, and asks there whether a token is good."""
        self.introspection = introspection
        self.folder = folder("imap")
        self.port = free_port()
        self._owner = server_user("mail", "nobody")
        self._numbers = count(1)
        self._process: Process | None = None
        # The server's other users walk through here, and nobody else can read what lies deeper.
        self.folder.chmod(0o755)
        (self.folder / "homes").mkdir()
        self._own(self.folder / "homes")
        self.start()

    def start(self) -> None:
        """Start it on its address."""
        if self._process and self._process.alive:
            return
        dovecot = program("dovecot")
        version = subprocess.run([dovecot, "--version"], capture_output=True, text=True, check=True).stdout
        config = self.folder / "dovecot.conf"
        lines = written(version, self.folder, self.port, self._owner, PASSWORD, introspection=self.introspection)
        config.write_text(lines, encoding="utf-8")
        self._process = Process([dovecot, "-F", "-c", str(config)], cwd=self.folder)
        self._process.wait_until(lambda: answers(self.port))

    def stop(self) -> None:
        """End it and every session: from now on connections are refused."""
        if self._process:
            self._process.stop()

    def close(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, user: str = USER, mailbox: str = "INBOX", password: str = PASSWORD) -> str:
        """The IMAP_URL of a mailbox."""
        return f"imap://{quote(user, safe='')}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(mailbox)}"

    def deliver(self, raw: bytes, mailbox: str = "INBOX", *, user: str = USER) -> None:
        """A mail arrives, exactly these bytes, as a delivery agent writes it into the Maildir."""
        home = self._maildir(user, mailbox)
        number = next(self._numbers)
        name = f"{int(time.time())}.M{number:09d}P{os.getpid()}.example"
        waiting = home / "tmp" / name
        waiting.write_bytes(raw)
        self._own(waiting)
        waiting.rename(home / "new" / name)

    def append(self, raw: bytes, mailbox: str = "INBOX", *, user: str = USER, flags: str = "") -> None:
        """A mail program stores a mail by IMAP, such as a reply of a colleague in «Sent»."""
        with self.session(user) as imap:
            if imap.append(_quoted(mailbox), flags, imaplib.Time2Internaldate(time.time()), raw)[0] != "OK":
                raise ValueError(f"the mailbox {mailbox} does not take the mail")

    def messages(self, mailbox: str = "INBOX", *, user: str = USER) -> list[bytes]:
        """What lies in a mailbox, in the order of arrival; nothing is marked as read."""
        return [raw for _flags, raw in self._fetched(user, mailbox)]

    def flags(self, mailbox: str = "INBOX", *, user: str = USER) -> list[str]:
        """The flags of each mail of a mailbox, such as `\\Seen`, in the order of arrival."""
        return [flags for flags, _raw in self._fetched(user, mailbox)]

    def uidvalidity(self, mailbox: str = "INBOX", *, user: str = USER) -> int:
        """The number that changes when a mailbox is made anew."""
        with self.session(user) as imap:
            imap.select(_quoted(mailbox), readonly=True)
            return int(imap.response("UIDVALIDITY")[1][0] or 0)

    def recreate(self, mailbox: str = "INBOX", *, user: str = USER) -> None:
        """The mailbox is lost and made anew: empty, with another UIDVALIDITY, its UIDs counted from 1 again."""
        validity = self.uidvalidity(mailbox, user=user) + 1
        home = self._maildir(user, mailbox)
        inner = home.glob(".*") if mailbox == "INBOX" else ()
        kept = {path.name for path in inner if path.is_dir()} | {"subscriptions"}
        for path in home.iterdir():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._maildir(user, mailbox)
        ledger = home / "dovecot-uidlist"
        ledger.write_text(f"3 V{validity} N1\n", encoding="ascii")
        self._own(ledger)

    def empty(self) -> None:
        """Forget every account and its mail; sessions that are open see their mailbox vanish."""
        for home in (self.folder / "homes").iterdir():
            shutil.rmtree(home, ignore_errors=True)

    @contextmanager
    def session(self, user: str = USER) -> Iterator[imaplib.IMAP4]:
        """A plain IMAP session of that user."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as imap:
            imap.login(_quoted(user), PASSWORD)
            yield imap

    def _fetched(self, user: str, mailbox: str) -> list[tuple[str, bytes]]:
        with self.session(user) as imap:
            if imap.select(_quoted(mailbox), readonly=True)[1] == [b"0"]:
                return []
            parts = imap.fetch("1:*", "(FLAGS BODY.PEEK[])")[1]
            found = [part for part in parts if isinstance(part, tuple)]
            return [(head.decode().split("(FLAGS (", 1)[1].split(")")[0], raw) for head, raw in found]

    def _maildir(self, user: str, mailbox: str) -> Path:
        home = self.folder / "homes" / user
        box = home / "Maildir" if mailbox == "INBOX" else home / "Maildir" / f".{_imap_utf7(mailbox)}"
        for path in (home, home / "Maildir", box, *(box / part for part in ("cur", "new", "tmp"))):
            if not path.exists():
                path.mkdir()
                self._own(path)
        return box

    def _own(self, path: Path) -> None:
        os.chown(path, self._owner.pw_uid, self._owner.pw_gid)


@contextmanager
def running(*, introspection: str = "") -> Iterator[Dovecot]:
    """A Dovecot that is stopped whatever happens."""
    server = Dovecot(introspection=introspection)
    try:
        yield server
    finally:
        server.close()


def _quoted(value: str) -> str:
    escaped = _imap_utf7(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _imap_utf7(name: str) -> str:
    """The name of a mailbox as IMAP writes it: «Enviados» as it is, «Año» with its own base 64."""
    if name.isascii():
        return name
    out, run = "", ""
    for character in [*name, ""]:
        if character and not character.isascii():
            run += character
            continue
        if run:
            coded = base64.b64encode(run.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
            out, run = f"{out}&{coded}-", ""
        out += character
    return out
