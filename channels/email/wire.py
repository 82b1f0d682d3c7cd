"""The mailbox on its IMAP server: what waits there, what was sent, and news as it comes."""

import re
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError
from imapclient.imapclient import SENT, IMAPClient, SocketTimeout

from channels.channel import Fetched, Unreachable
from channels.email import housework, watch
from channels.email.client import Client
from channels.email.settings import Server

BIGGEST = 40 * 1024 * 1024
BATCH = 200
LIGHT = 500_000
NOT_FETCHED = (
    "Este correo ocupa {size} MB y no se ha descargado: es demasiado grande.\r\n"
    "Sigue entero en el buzón, en la carpeta «{folder}».\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A folder open for reading on a connection of its own."""

    client: IMAPClient
    validity: int
    next_uid: int
    folder: str


class Mailbox:
    """One folder of one mailbox. Reads with PEEK in a folder opened for reading: nobody's «read» marks change."""

    def __init__(
        self,
        server: Server,
        *,
        sent: str | None = None,
        connect: float = 10,
        step: float = 30,
        biggest: int = BIGGEST,
        batch: int = BATCH,
    ) -> None:
        """`sent` names the folder of sent mail; None asks the server for it."""
        self.server = server
        self.sent = sent
        self.timeout = SocketTimeout(connect=connect, read=step)
        self.biggest = biggest
        self.batch = batch
        # UIDVALIDITY and UIDNEXT as they were before the last whole poll.
        self.polled: tuple[int, int] | None = None
        # The same two when every mail below was known.
        self.settled: tuple[int, int] | None = None

    def poll(self, known: Callable[[str], bool]) -> Iterator[Fetched]:
        """Every mail that is not known by `<uidvalidity>:<uid>`, oldest first, one at a time."""
        with self._open(self.server.folder) as opened:
            uids = self._unsettled(opened)
            fetched = False
            for one in self._bodies(opened, "", uids, known):
                fetched = True
                yield one
            self.polled = opened.validity, opened.next_uid
            # Only what a poll has found to be known already need not be asked for again.
            self.settled = self.polled if not fetched else self.settled

    def since(self, moment: datetime) -> Iterator[Fetched]:
        """Every mail that the server took in since then."""
        with self._open(self.server.folder) as opened:
            yield from self._bodies(opened, "", self._uids_since(opened.client, moment), _nothing)

    def sent_since(self, moment: datetime, known: Callable[[str], bool]) -> Iterator[Fetched]:
        """What people wrote from this mailbox with their own programs, under `sent:<uidvalidity>:<uid>`."""
        with self._open(None) as opened:
            yield from self._bodies(opened, "sent:", self._uids_since(opened.client, moment), known)

    def holds_sent(self, message_id: str) -> bool:
        """Whether the folder of sent mail has a mail with this id; False also if there is no such folder."""
        with self._open(None) as opened:
            return bool(opened.client.search(["HEADER", "Message-ID", message_id]))

    def idle(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        """Wait until something comes, at most so long or until stopped; True if it is worth polling."""
        with self._open(self.server.folder) as opened:
            # What came between the last poll and now would never be announced.
            fresh = self.polled != (opened.validity, opened.next_uid)
            return fresh or watch.news(opened.client, seconds, stopped)

    def _unsettled(self, opened: _Opened) -> list[int]:
        """The mails that may be new: in a mailbox of many years these are few."""
        validity, first = self.settled or (opened.validity, 0)
        if validity != opened.validity or not 0 < first <= opened.next_uid:
            return list(opened.client.search("ALL"))
        if first == opened.next_uid:
            return []
        # «:*» brings the last mail even if it is an older one.
        return [uid for uid in opened.client.search(["UID", f"{first}:*"]) if uid >= first]

    def sent_names(self, moment: datetime) -> set[str]:
        """The Message-IDs in the folder of sent mail since then."""
        with self._open(None) as opened:
            return housework.named_since(opened.client, moment)

    def keep_sent(self, raw: bytes, at: datetime) -> None:
        """Put a copy into the folder of sent mail."""
        with self._open(None, writing=True) as opened:
            housework.append(opened.client, opened.folder, raw, at)

    def tidy(self, filed: Callable[[list[str]], Iterable[str]], done: str) -> int:
        """Flag or move what the desk has filed; how many mails that were."""
        with self._open(self.server.folder, writing=True) as opened:
            return housework.tidy(opened.client, opened.validity, filed, done)

    @contextmanager
    def _open(self, folder: str | None, *, writing: bool = False) -> Iterator[_Opened]:
        """A connection with the folder open, for reading only unless told; None means the folder of sent mail."""
        try:
            client = self._connected()
        except (IMAPClientError, OSError) as error:
            raise Unreachable(_sentence(error)) from error
        try:
            name = folder or self.sent or client.find_special_folder(SENT)
            if not name:
                raise Unreachable("El buzón no tiene carpeta de enviados")
            chosen = client.select_folder(name, readonly=not writing)
            validity, next_uid = (int(chosen.get(key, 0)) for key in (b"UIDVALIDITY", b"UIDNEXT"))
            yield _Opened(client=client, validity=validity, next_uid=next_uid, folder=str(name))
        except (IMAPClientError, OSError) as error:
            raise Unreachable(_sentence(error)) from error
        finally:
            _leave(client)

    def _connected(self) -> IMAPClient:
        server = self.server
        client = Client(server, self.timeout)
        try:
            if server.starttls:
                client.starttls(server.way.context())
            _sign_in(client, server)
        except (IMAPClientError, OSError, Unreachable):
            _leave(client)
            raise
        return client

    def _uids_since(self, client: IMAPClient, moment: datetime) -> list[int]:
        """The server searches by its own day only: one day earlier, then by the hour."""
        uids = list(client.search(["SINCE", (moment - timedelta(days=1)).date()]))
        client.normalise_times = False
        out: list[int] = []
        for start in range(0, len(uids), self.batch):
            taken = client.fetch(uids[start : start + self.batch], ["INTERNALDATE"])
            out.extend(uid for uid, data in sorted(taken.items()) if _utc(data.get(b"INTERNALDATE")) >= moment)
        return out

    def _bodies(self, opened: _Opened, prefix: str, uids: list[int], known: Callable[[str], bool]) -> Iterator[Fetched]:
        client, prefix = opened.client, f"{prefix}{opened.validity}:"
        wanted = [uid for uid in sorted(uids) if not known(f"{prefix}{uid}")]
        for start in range(0, len(wanted), self.batch):
            batch = wanted[start : start + self.batch]
            taken = client.fetch(batch, ["RFC822.SIZE"])
            # One that somebody deleted meanwhile has no size and no body.
            sizes = {uid: int(taken.get(uid, {}).get(b"RFC822.SIZE", 0)) for uid in batch}
            for group in _together(sizes, min(LIGHT, self.biggest)):
                for uid, raw in self._fetched(opened, group, sizes):
                    yield Fetched(wire_key=f"{prefix}{uid}", raw=raw)

    def _fetched(self, opened: _Opened, group: list[int], sizes: Mapping[int, int]) -> Iterator[tuple[int, bytes]]:
        """What is there of a few mails, whole, or the head of one that is too big."""
        if sizes[group[0]] > self.biggest:
            head = self._headers(opened, group[0], sizes[group[0]])
            yield from [(group[0], head)] if head is not None else []
            return
        taken = opened.client.fetch(group, ["BODY.PEEK[]"])
        bodies = ((uid, taken.get(uid, {}).get(b"BODY[]")) for uid in group)
        yield from ((uid, bytes(body)) for uid, body in bodies if body is not None)

    def _headers(self, opened: _Opened, uid: int, size: int) -> bytes | None:
        """The headers and a note, so that a mail too big to fetch is seen all the same."""
        taken = opened.client.fetch([uid], ["BODY.PEEK[HEADER]"]).get(uid, {}).get(b"BODY[HEADER]")
        if taken is None:
            return None
        kept = re.sub(rb"(?im)^(?:content-[a-z-]+|mime-version):[^\n]*\n(?:[ \t][^\n]*\n)*", b"", bytes(taken))
        note = NOT_FETCHED.format(size=round(size / 1024 / 1024), folder=opened.folder)
        mime = (
            b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        )
        return kept.rstrip(b"\r\n") + b"\r\n" + mime + note.encode()


def _sign_in(client: IMAPClient, server: Server) -> None:
    if server.tokens is None:
        client.login(server.user, server.password)
        return
    try:
        client.oauth2_login(server.user, server.tokens.current())
    except IMAPClientError:
        server.tokens.forget()
        raise


def _together(sizes: Mapping[int, int], light: int) -> Iterator[list[int]]:
    """Mails in their order, as many at once as are light together; a heavy one comes alone."""
    group: list[int] = []
    weight = 0
    for uid, size in sizes.items():
        if group and weight + size > light:
            yield group
            group, weight = [], 0
        group.append(uid)
        weight += size
    if group:
        yield group


def _nothing(_key: str) -> bool:
    return False


def _utc(moment: datetime | None) -> datetime:
    if moment is None:
        return datetime.max.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sentence(error: Exception) -> str:
    if isinstance(error, LoginError):
        return "El buzón no acepta el usuario o la clave (IMAP_URL, o el permiso de MAIL_OAUTH_CLIENT_ID)"
    if isinstance(error, ssl.SSLError):
        return "No se puede comprobar el certificado del servidor del buzón"
    if isinstance(error, CapabilityError):
        return "El servidor del buzón no ofrece lo que hace falta"
    if isinstance(error, TimeoutError):
        return "El servidor del buzón no responde a tiempo"
    if isinstance(error, (IMAPClientAbortError, OSError)):
        return "No hay conexión con el servidor del buzón"
    return "El servidor del buzón no ha podido atender la petición; compruebe la carpeta en IMAP_URL"


def _leave(client: IMAPClient) -> None:
    try:
        client.logout()
    except (IMAPClientError, OSError):
        client.shutdown()
