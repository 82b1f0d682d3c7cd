"""Counting in and out: what the wires handed over against the rows, and what the rows say against the wires."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import Update, func, select, update
from sqlalchemy.exc import OperationalError

from app import clock, config
from app.db import Database
from app.desk import badges, books
from app.desk.books import BookCase
from app.desk.queue_views import View
from app.models.arrival import Arrival, Line
from app.models.book import Counter as DayCounter
from app.models.book import Lease, Setting
from app.models.message import Direction, File, Message, MessageFile
from app.models.people import User
from app.models.ticket import Event, Ticket
from channels.message import Delivery
from tests.flows.desk_process import DeskProcess
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

ONCE = {Delivery.SENT, Delivery.DELIVERED, Delivery.READ}
PERHAPS = {Delivery.UNCERTAIN, Delivery.SENDING, Delivery.FAILED}
LEASED = (Arrival, Message, MessageFile)
UNDER_WAY = (Delivery.QUEUED, Delivery.SENDING)


class Count:
    """The rows of a desk, read beside it, and what its wires saw."""

    def __init__(self, desk: DeskProcess, twilio: Twilio, smtp: Smtp) -> None:
        self._twilio, self._smtp = twilio, smtp
        self._db = Database(desk.environ["DATABASE_URL"], threads=1)
        self._books = BookCase(self._db, config.ROOT / "provinces" / "segovia")

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    def kept(self) -> Counter[str]:
        """How often each message that came in is there, by the wire's own id."""
        with self._db.reading() as session:
            return Counter(
                session.scalars(select(Message.external_id).where(Message.direction == Direction.IN)).all()  # type: ignore[arg-type]  # those of the wires all have one
            )

    def tickets(self) -> int:
        """How many tickets there are."""
        with self._db.reading() as session:
            return session.scalar(select(func.count()).select_from(Ticket)) or 0

    def arrivals(self) -> int:
        """How many arrivals were kept."""
        with self._db.reading() as session:
            return session.scalar(select(func.count()).select_from(Arrival)) or 0

    def forged(self) -> int:
        """How many forged hooks were counted."""
        with self._db.reading() as session:
            return session.scalar(select(func.sum(DayCounter.count)).where(DayCounter.name == "hook_forged")) or 0

    def outgoing(self) -> list[Message]:
        """What the desk has to say or has said, oldest first."""
        with self._db.reading() as session:
            return list(session.scalars(select(Message).where(Message.direction == Direction.OUT).order_by(Message.id)))

    def incoming(self) -> list[Message]:
        """What was said to the desk, oldest first."""
        with self._db.reading() as session:
            return list(session.scalars(select(Message).where(Message.direction == Direction.IN).order_by(Message.id)))

    def stands(self) -> list[Delivery | None]:
        """How each message of ours stands."""
        return [message.delivery for message in self.outgoing()]

    def files(self) -> list[MessageFile]:
        """The attachments of all messages."""
        with self._db.reading() as session:
            return list(session.scalars(select(MessageFile).order_by(MessageFile.id)))

    def answered_elsewhere(self) -> Counter[str]:
        """How often each mail that a colleague wrote with another program is there, by its own id."""
        return Counter(str(message.external_id) for message in self.outgoing() if message.arrival_id is not None)

    def scanned(self) -> Counter[str | None]:
        """How many of the files stand how with the scanner."""
        with self._db.reading() as session:
            return Counter(session.scalars(select(File.scanned)))

    def hurry(self, setting: str) -> None:
        """The clock does something each second."""
        with self._db.transaction() as session:
            session.merge(Setting(key=setting, value=1))
            books.touch(session)

    def events(self, what: str) -> int:
        """How many events of a name were written."""
        with self._db.reading() as session:
            return session.scalar(select(func.count()).select_from(Event).where(Event.what == what)) or 0

    def failed_in_the_queue(self) -> int:
        """How many tickets stand under «Envíos fallidos»."""
        with self._db.reading() as session:
            found = badges.count(session, User(id=0), books=self._books.current(), now=clock.now()).views
        return found[View.FAILED]

    def waiting_for_room(self) -> int:
        """How many arrivals could not be filed for want of a disk."""
        with self._db.reading() as session:
            waits = Arrival.filed_at.is_(None) & Arrival.trouble.is_not(None)
            return session.scalar(select(func.count()).select_from(Arrival).where(waits)) or 0

    def troubles(self, channel: str) -> str | None:
        """What the line of a channel complains of."""
        with self._db.reading() as session:
            return session.scalar(select(Line.trouble).where(Line.channel == channel, Line.trouble.is_not(None)))

    def quiet(self) -> bool:
        """Whether every arrival is filed, every ticket sorted and nothing is on its way out."""
        with self._db.reading() as session:
            unfiled = session.scalar(select(func.count()).select_from(Arrival).where(Arrival.filed_at.is_(None)))
            unsorted = session.scalar(select(func.count()).select_from(Ticket).where(Ticket.sort_at.is_not(None)))
            going = session.scalar(select(func.count()).where(Message.delivery.in_(UNDER_WAY)))
        return not (unfiled or unsorted or going)

    def leases_run_out(self) -> None:
        """The minutes pass after which nobody believes in a dead worker any more."""
        now = clock.now()
        past = now - timedelta(seconds=1)
        self._change(
            *(update(rows).where(rows.leased_until.is_not(None)).values(leased_until=past) for rows in LEASED),
            update(Ticket).where(Ticket.sort_at > now + timedelta(seconds=30)).values(sort_at=past),
            update(Lease).values(until=past),
        )

    def wait_is_over(self) -> None:
        """The minutes pass after which the desk tries again what went wrong."""
        past = clock.now() - timedelta(seconds=1)
        self._change(
            update(Message).where(Message.due_at.is_not(None)).values(due_at=past),
            update(MessageFile).where(MessageFile.due_at.is_not(None)).values(due_at=past),
            update(Arrival).where(Arrival.filed_at.is_(None)).values(due_at=past),
            update(File).where(File.scan_due_at.is_not(None)).values(scan_due_at=past),
        )

    def files_are_in_backups(self) -> None:
        """The days pass after which a file that we keep need not lie at its wire."""
        self._change(update(File).values(stored_at=clock.now() - timedelta(days=9)))

    def deaths_are_not_theirs(self) -> None:
        """Whoever died while reading a message has died of our plan: it is not the message that nobody can read."""
        self._change(update(Arrival).where(Arrival.filed_at.is_(None)).values(attempts=0))

    def _change(self, *statements: Update) -> None:
        """Each by itself: the desk locks tickets before messages, and would wait for us as we for it."""
        for statement in statements:
            while not self._changed(statement):
                pass

    def _changed(self, statement: Update) -> bool:
        """Whether it is done; PostgreSQL ends one of two that each wait for rows of the other, and it may be us."""
        try:
            with self._db.transaction() as session:
                session.execute(statement)
        except OperationalError as error:
            if "deadlock" not in str(error.orig):
                raise
            return False
        return True

    def last_try(self) -> None:
        """The days pass in which a message of ours was tried again and again."""
        with self._db.transaction() as session:
            session.execute(update(Message).where(Message.delivery == Delivery.QUEUED).values(attempts=900))

    def check_out(self) -> None:
        """Each message of ours reached its wire as often as its row says: once, or perhaps, or never; none twice."""
        wires = self._on_the_wires()
        # What a colleague wrote elsewhere went by no wire of ours.
        ours = [message for message in self.outgoing() if message.arrival_id is None]
        wrong = {
            message.id: (message.delivery, wires[message.id])
            for message in ours
            if not _fits(message.delivery, wires[message.id])
        }
        assert wrong == {}, "rows and wires tell different stories"
        assert sum(wires.values()) == len(self._twilio.sent) + len(self._smtp.received)

    def _on_the_wires(self) -> Counter[int]:
        """How often each message of ours was taken by its wire."""
        ours = Counter(int(str(sent.callback).rsplit("/", 1)[1].split("-")[0]) for sent in self._twilio.sent)
        mails = Counter(mail["Message-ID"] for mail in self._smtp.received)
        for message in self.outgoing():
            if message.channel == "email":
                ours[message.id] += mails[message.external_id]
        return ours


def _fits(delivery: Delivery | None, times: int) -> bool:
    if delivery in ONCE:
        return times == 1
    return times <= 1 if delivery in PERHAPS else times == 0
