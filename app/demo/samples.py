"""A week of invented enquiries, played through the same doors as real ones, each at its own moment."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock, jobs
from app.demo import letters
from app.demo.moments import moment
from app.desk import board, calls, replies
from app.desk.books import Books
from app.house import House
from app.models.arrival import ArrivalKind, Line
from app.models.message import Direction, Message
from app.models.people import Role, User, UserTownHall
from app.models.place import TownHall, TownHallWire, WireKind
from app.models.ticket import Status, Ticket
from channels.channel import Fetched, Pushed

Step = tuple[datetime, Callable[[], None]]
BETWEEN = timedelta(seconds=9)
QUIET = timedelta(seconds=45)
TOUCHED = {"open", "waiting", "held", "solved"}


def people(session: Session, folder: Path, password_hash: str) -> None:
    """Make the people who sign in to the demo, and the addresses from which its clerks forward."""
    if not (folder / "users.yaml").is_file():
        return
    halls = {hall.code: hall.id for hall in session.scalars(select(TownHall))}
    for one in _read(folder, "users.yaml")["users"]:
        ids = [halls[code] for code in one.get("town_halls", ()) if code in halls]
        user = User(
            name=one["name"],
            email=one["email"],
            role=Role(one["role"]),
            password_hash=password_hash,
            demo=True,
            created_at=clock.now(),
            town_halls=[UserTownHall(town_hall_id=hall_id) for hall_id in ids],
        )
        wires = [
            TownHallWire(
                kind=WireKind.ADDRESS if "@" in wire else WireKind.PHONE,
                value=wire.lower(),
                town_hall_id=hall_id,
                confirmed_at=clock.now(),
            )
            for wire in one.get("forwards_from", ())
            for hall_id in ids
        ]
        session.add_all([user, *wires])


def play(home: House, *, ended: Callable[[], bool]) -> None:
    """Play the week from its first moment to now, unless it is ended before."""
    folder = home.config.province_dir
    if not (folder / "samples.yaml").is_file():
        return
    who = _known(home)
    books, now = home.books.current(), clock.now()
    told = _read(folder, "samples.yaml")["samples"]
    steps = [step for one in told for step in Sample(home, books, who, one, now)]
    steps.sort(key=lambda step: step[0])
    with home.db.transaction() as session:
        session.execute(update(Line).values(go_live=min(at for at, _ in steps) - timedelta(days=1)))
    for at, act in steps:
        if ended():
            return
        with clock.standing_at(at):
            act()


class Sample:
    """One invented enquiry with what followed; iterating gives its steps with their moments."""

    def __init__(
        self, home: House, books: Books, people: Mapping[str, int], told: Mapping[str, Any], now: datetime
    ) -> None:
        self.home, self.books, self.people, self.told, self.now = home, books, people, told, now
        self.channel: str = told["channel"]
        self.ticket_id = 0

    def __iter__(self) -> Iterator[Step]:
        at = self._at(self.told["at"])
        texts = self.told.get("texts") or [self.told.get("text", "")]
        for place, text in enumerate(texts):
            yield at + place * BETWEEN, self._saying(text)
        at += (len(texts) - 1) * BETWEEN + QUIET
        yield at, self._settling
        for follow in self.told.get("follow_ups", ()):
            at = max(at + timedelta(seconds=1), self._at(follow["at"]))
            yield at, self._following(follow)
            if follow["kind"] == "said":
                yield at + QUIET, self._settling
                at += QUIET
        yield at + timedelta(seconds=1), self._ending

    def _at(self, written: str) -> datetime:
        return moment(written, self.books.hours, self.now)

    def _saying(self, text: str, *, again: bool = False) -> Callable[[], None]:
        def say() -> None:
            line = self.home.channels[self.channel].line
            if again and self.channel == "email":
                thing: Pushed | Fetched = letters.reply(
                    self.told, text, line=line, now=clock.now(), to=self._last_sent()
                )
            else:
                thing = letters.written(self.told, text, line=line, now=clock.now())
            kind = ArrivalKind.FETCHED if self.channel == "email" else ArrivalKind.PUSHED
            (arrival_id,) = jobs.take_in(self.home, self.channel, line, [thing], kind)
            found = jobs.file_now(self.home, arrival_id)
            self.ticket_id = self.ticket_id or found[0]

        return say

    def _settling(self) -> None:
        """What happens by itself after a word: triage, and the answer on its way."""
        while jobs.sort(self.home):
            pass
        while jobs.deliver(self.home, self.channel):
            pass

    def _following(self, follow: Mapping[str, Any]) -> Callable[[], None]:
        if follow["kind"] == "said":
            return self._saying(follow["text"], again=True)
        return lambda: self._by_us(follow)

    def _last_sent(self) -> str | None:
        """The Message-ID of what was last sent to whoever asked."""
        with self.home.db.reading() as session:
            return session.scalar(
                select(Message.external_id)
                .where(Message.ticket_id == self.ticket_id, Message.direction == Direction.OUT)
                .where(Message.audience == "contact")
                .order_by(Message.id.desc())
                .limit(1)
            )

    def _by_us(self, follow: Mapping[str, Any]) -> None:
        now, text = clock.now(), follow["text"]
        with self.home.db.transaction() as session:
            ticket, by = session.get_one(Ticket, self.ticket_id), session.get_one(User, self.people[follow["by"]])
            if follow["kind"] == "note":
                replies.note(session, ticket, text=text, by=by, now=now)
            elif follow["kind"] == "call":
                calls.answered(session, ticket, text=text, by=by, now=now, books=self.books)
            else:
                replies.reply(session, ticket, text=text, by=by, now=now, books=self.books)
        while jobs.deliver(self.home, self.channel):
            pass

    def _ending(self) -> None:
        """Leave the ticket as somebody of the desk left it."""
        outcome, owner, now = self.told.get("outcome"), self.told.get("owner"), clock.now()
        with self.home.db.transaction() as session:
            ticket = session.get_one(Ticket, self.ticket_id)
            by = session.get_one(User, self.people[owner or "rosa"])
            if owner:
                board.assign(session, ticket, to=by, by=by, now=now)
            if outcome is None:
                return
            wanted = _wanted(session, ticket, self.told)
            board.change(session, ticket, by=by, now=now, books=self.books, **wanted)
            if outcome == "closed":
                board.close(session, ticket, reason="silence", by=by, now=now)


def _wanted(session: Session, ticket: Ticket, told: Mapping[str, Any]) -> dict[str, Any]:
    hall = session.scalar(select(TownHall.id).where(TownHall.code == (told.get("town_hall") or "")))
    wanted: dict[str, Any] = {"category": told["category"], "town_hall_id": hall or ticket.town_hall_id}
    if told["outcome"] in TOUCHED:
        wanted["status"] = Status(told["outcome"])
    return wanted


def _known(home: House) -> Mapping[str, int]:
    """The demo's people by the names that the samples use."""
    told = _read(home.config.province_dir, "users.yaml")["users"]
    with home.db.reading() as session:
        ids = {user.email: user.id for user in session.scalars(select(User).where(User.demo))}
    return {one["key"]: ids[one["email"]] for one in told}


def _read(folder: Path, name: str) -> Mapping[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    told: Mapping[str, Any] = yaml.load((folder / name).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders
    return told
