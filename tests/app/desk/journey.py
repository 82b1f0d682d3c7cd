"""A random journey over the desk: people write, wires stumble, colleagues act, clocks jump.

What must hold meanwhile stands in `promises.py`. The wires are the real stand-ins; a process that dies is one that
stops between two of its transactions.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import clock, jobs, schedule
from app.delivery import packed
from app.desk import board, merging, message_acts, outbox, replies
from app.desk.books import Books
from app.errors import Impossible, Stale
from app.house import House
from app.models.arrival import ArrivalKind
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import Status, Ticket
from app.models.work import TicketMerge
from channels.channel import ChannelError, Fetched, Pushed
from tests.app.desk import promises
from tests.app.desk.scenes import callback, form, mail
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio
from tests.servers.twilio_account import Fault

# The night in which the clocks of Madrid are put back, a quarter of an hour before they are.
BEGINS = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
WORDS = (
    "no se ha podido conectar con autofirma al firmar",
    "cómo renuevo el certificado digital",
    "muchas gracias",
    "2",
    "necesito hablar con una persona",
    "no puedo presentar la solicitud y el plazo acaba hoy",
)
SAID = ("Pruebe ahora.", "Le llamamos mañana.")
PASSES = tuple(timedelta(seconds=s) for s in (2, 50, 400, 3700, 25 * 3600, 16 * 86400))
FAULTS = ("none", "none", "later", "refused", "lost", "took")
TWILIO = {
    "later": [Fault(status=429, code=20429)],
    "refused": [Fault(status=400, code=63003)],
    "lost": [Fault(broken=True)],
    "took": [Fault(silent="after")],
}
SMTP = {"later": "451 4.7.1 Espere un poco", "refused": "554 5.7.1 No lo queremos"}
CHANNELS = st.sampled_from(("whatsapp", "email"))
NEWS = ("sent", "delivered", "read", "failed")
AFTER = (Status.WAITING, Status.SOLVED, Status.HELD, Status.OPEN)
NTH = st.integers(0, 7)


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Somebody of the desk at work in one transaction."""

    session: Session
    by: User
    now: datetime
    books: Books

    def told(self) -> dict[str, Any]:
        """Who and when, as every verb wants it."""
        return {"by": self.by, "now": self.now}


class Journey(RuleBasedStateMachine):
    """One desk that lives through whatever comes; `seen` is what its promises were last held against."""

    house: House
    twilio: Twilio
    smtp: Smtp
    by: User

    def __init__(self) -> None:
        super().__init__()
        self.true, self.off = BEGINS, timedelta()
        self.twilio.messages.clear()
        self.twilio.faults.clear()
        self.twilio.released.set()
        self.twilio.clock = lambda: self.true
        self.smtp.empty()
        promises.empty(self.house)
        self.handed: list[tuple[str, Pushed | Fetched]] = []
        self.seen = promises.Seen()
        self.number = 0

    @property
    def now(self) -> datetime:
        """What the desk's own clock shows."""
        return self.true + self.off

    @initialize(words=st.sampled_from(WORDS))
    def somebody_writes_first(self, words: str) -> None:
        self.whatsapp(0, words)
        self.letter(0, words, 0)
        self.time_passes(timedelta(minutes=1))
        self.work()

    # What comes in.

    def _hand(self, channel: str, *things: Pushed | Fetched) -> None:
        kind = ArrivalKind.PUSHED if channel == "whatsapp" else ArrivalKind.FETCHED
        line = self.house.channels[channel].line
        with clock.standing_at(self.now):
            jobs.take_in(self.house, channel, line, things, kind)
        self.handed += [(channel, thing) for thing in things]

    def _form(self, who: int, words: str) -> Pushed:
        message = self.twilio.take_in(body=words, sender=f"+3460000000{who}")
        self.seen.handed.add(message.sid)
        return form(
            message.sid, words, sender=f"+3460000000{who}", To=f"whatsapp:{self.house.channels['whatsapp'].line}"
        )

    @rule(who=st.integers(0, 1), words=st.sampled_from(WORDS))
    def whatsapp(self, who: int, words: str) -> None:
        self._hand("whatsapp", self._form(who, words))

    @rule(who=st.integers(0, 2), size=st.integers(2, 4), filed=st.booleans())
    def burst(self, who: int, size: int, filed: bool) -> None:
        """All at once or one after another, what one person writes in one breath is one ticket."""
        names = []
        for words in WORDS[:size]:
            said = self._form(who, words)
            names.append(said.wire_key)
            self._hand("whatsapp", said)
            if filed:
                self.file()
        self.file()
        promises.one_ticket(self.house, names)

    @rule(who=st.integers(0, 1), words=st.sampled_from(WORDS), to=NTH)
    def letter(self, who: int, words: str, to: int) -> None:
        """A mail, which answers one of ours if there is any."""
        self.number += 1
        name = f"<carta{self.number}@example.com>"
        ours = self._messages(Message.direction == Direction.OUT, Message.channel == "email")
        named = {"In_Reply_To": ours[to % len(ours)].external_id or ""} if ours and to % 2 else {}
        with clock.standing_at(self.now):
            raw = mail(words, sender=f"Ana <ana{who}@example.com>", message_id=name, **named)
        self.seen.handed.add(name)
        self._hand("email", Fetched(wire_key=f"7:{self.number}", raw=raw))

    @precondition(lambda self: self.handed)
    @rule(which=NTH)
    def twin(self, which: int) -> None:
        """The wire hands something over a second time: a hook under its id, a mailbox under a new number."""
        channel, thing = self.handed[-1 - which % len(self.handed)]
        if channel == "email":
            self.number += 1
            thing = Fetched(wire_key=f"7:{self.number}", raw=thing.raw)
        self._hand(channel, thing)

    # What the workers do.

    @rule()
    def file(self) -> None:
        with clock.standing_at(self.now):
            while jobs.file(self.house):
                pass

    def work(self) -> None:
        """Everything that is due now is filed and sorted."""
        with clock.standing_at(self.now):
            while jobs.file(self.house) or jobs.sort(self.house):
                pass

    @rule(channel=CHANNELS, fault=st.sampled_from(FAULTS))
    def deliver(self, channel: str, fault: str) -> None:
        """What is due is sent; the wire takes it, puts it off, refuses it, or falls silent before or after it."""
        self.work()
        self.twilio.faults += TWILIO.get(fault, [])
        if fault in {"took", "lost"}:
            self.smtp.close_at("body", keep=fault == "took")
        elif fault in SMTP:
            self.smtp.answer("rcpt", SMTP[fault])
        with clock.standing_at(self.now):
            jobs.deliver(self.house, channel)
        self.twilio.faults.clear()
        self.smtp.forget_plans()

    @rule(channel=CHANNELS, spoke=st.booleans())
    def die_while_sending(self, channel: str, spoke: bool) -> None:
        """Whoever claimed a message dies, before the wire had it or after."""
        with clock.standing_at(self.now):
            with self.house.db.transaction() as session:
                ids = outbox.claim(session, channel, now=self.now, limit=1)
            for message_id in ids if spoke else ():
                with suppress(ChannelError):
                    self.house.channels[channel].send(packed(self.house, message_id))

    @rule()
    def settle(self) -> None:
        """Ten minutes later somebody asks the wires about what is uncertain."""
        self.true += timedelta(minutes=11)
        with clock.standing_at(self.now):
            jobs.settle(self.house)

    @rule()
    def keep_up(self) -> None:
        with clock.standing_at(self.now):
            schedule.keep_up(self.house)

    @precondition(lambda self: self.twilio.sent)
    @rule(which=NTH, status=st.sampled_from(NEWS), named=st.booleans())
    def news(self, which: int, status: str, named: bool) -> None:
        """A callback: early, late, twice, in any order; it brings our key, or only the wire's id."""
        sent = self.twilio.sent[-1 - which % len(self.twilio.sent)]
        key = str(sent.callback).rsplit("/", 1)[1] if named else None
        sent.status = status
        self._hand("whatsapp", callback(sent.sid, status, key=key, code=63024 if status == "failed" else None))

    # What people do.

    def _ticket(self, which: int) -> int:
        with self.house.db.reading() as session:
            ids = session.scalars(select(Ticket.id).order_by(Ticket.id.desc())).all()
        return ids[which % len(ids)]

    def _messages(self, *where: ColumnElement[bool]) -> Sequence[Message]:
        with self.house.db.reading() as session:
            return session.scalars(select(Message).where(*where).order_by(Message.id.desc())).all()

    @contextmanager
    def _acting(self) -> Iterator[Acting]:
        """Somebody of the desk does something, which may be refused with a sentence."""
        with suppress(Impossible, Stale), clock.standing_at(self.now), self.house.db.transaction() as session:
            by = session.get_one(User, self.by.id)
            yield Acting(session=session, by=by, now=self.now, books=self.house.books.current())

    @rule(which=NTH, text=st.sampled_from(SAID), undo=st.sampled_from((0, 20)), then=st.sampled_from(AFTER))
    def reply(self, which: int, text: str, undo: int, then: Status) -> None:
        with self._acting() as a:
            ticket, told = a.session.get_one(Ticket, self._ticket(which)), a.told()
            replies.reply(a.session, ticket, text=text, undo=timedelta(seconds=undo), then=then, books=a.books, **told)

    @precondition(lambda self: self._messages(Message.direction == Direction.OUT))
    @rule(which=NTH, what=st.sampled_from(("undo", "retry", "approve", "drop")))
    def amend(self, which: int, what: str) -> None:
        ours = self._messages(Message.direction == Direction.OUT)
        with self._acting() as a:
            message, told = a.session.get_one(Message, ours[which % len(ours)].id), a.told()
            if what == "approve":
                message_acts.approve(a.session, message, text=message.text, books=a.books, **told)
            else:
                getattr(message_acts, what)(a.session, message, **told)
                self.seen.retried[message.id] += what == "retry"

    @rule(which=NTH, what=st.sampled_from(("take", "free", "solve", "reopen", "spam", "snooze", "wait", "close")))
    def act(self, which: int, what: str) -> None:
        with self._acting() as a:
            ticket, told = a.session.get_one(Ticket, self._ticket(which)), a.told()
            match what:
                case "take" | "free":
                    board.assign(a.session, ticket, to=a.by if what == "take" else None, **told)
                case "solve" | "reopen":
                    getattr(board, what)(a.session, ticket, books=a.books, **told)
                case "spam":
                    board.spam(a.session, ticket, **told)
                case "snooze":
                    board.snooze(a.session, ticket, until=a.now + timedelta(hours=1), **told)
                case "wait":
                    board.change(a.session, ticket, status=Status.WAITING, books=a.books, **told)
                case "close":
                    board.close(a.session, ticket, reason="done", **told)

    @rule(kept=NTH, gone=NTH)
    def merge(self, kept: int, gone: int) -> None:
        with self._acting() as a:
            one, other = (a.session.get_one(Ticket, self._ticket(n)) for n in (kept, gone))
            merging.merge(a.session, kept=one, gone=other, books=a.books, **a.told())

    @rule(which=NTH)
    def part(self, which: int) -> None:
        with self._acting() as a:
            merges = a.session.scalars(select(TicketMerge).order_by(TicketMerge.id.desc())).all()
            if merges:
                merging.part(a.session, merges[which % len(merges)], books=a.books, **a.told())

    # What time does.

    @rule(passes=st.sampled_from(PASSES))
    def time_passes(self, passes: timedelta) -> None:
        self.true += passes

    @rule(hours=st.sampled_from((-2, 0, 2)))
    def the_clock_is_wrong(self, hours: int) -> None:
        """The machine's clock jumps; the wires' clocks do not."""
        self.off = timedelta(hours=hours)

    @invariant()
    def what_always_holds(self) -> None:
        with self.house.db.reading() as session:
            promises.hold(session, self.seen, self.by, self.house.books.current(), now=self.now)
        promises.nothing_twice(self.house, self.twilio, self.smtp, self.seen)
