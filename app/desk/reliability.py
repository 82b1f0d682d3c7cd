"""How well the machine's answers have done, by channel and category, and where it has earned to send them alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from math import sqrt
from statistics import mean

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.desk import desk_settings
from app.errors import Impossible
from app.models.arrival import Mode
from app.models.book import Setting
from app.models.knowledge import Fate, Proposal
from app.models.message import Message
from app.models.ticket import Answer, Outcome, Ticket
from channels.message import Delivery

LATEST = 20_000
ENOUGH, BOUND = 50, 0.95
# One-sided 95 %: how far below what was seen the truth may lie.
Z = 1.645
MODES = "modes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What people did with proposals, what became of those that went, and what went by itself."""

    sent: int = 0
    edited: int = 0
    dropped: int = 0
    spoilt: int = 0
    change: int = 0
    helped: int = 0
    failed: int = 0
    alone: int = 0

    @property
    def cases(self) -> int:
        """Every proposal that a person decided about."""
        return self.sent + self.edited + self.dropped

    @property
    def lower(self) -> float:
        """At least this share is right, as far as these cases tell: sent as proposed, and nobody said it failed."""
        return lower_bound(self.sent - self.spoilt, self.cases)

    @property
    def earned(self) -> bool:
        """Whether it may be left to send alone."""
        return self.cases >= ENOUGH and self.lower >= BOUND


def decided(session: Session, message: Message, ticket: Ticket, *, text: str | None, now: datetime) -> None:
    """Somebody sent a proposal with these words, or dropped it (None). Call it before the words are changed."""
    changed = 0 if text is None else distance(message.text.strip(), text.strip())
    fate = Fate.DROPPED if text is None else Fate.EDITED if changed else Fate.SENT
    session.add(
        Proposal(
            message_id=message.id,
            channel=message.channel,
            category=ticket.category,
            at=now,
            fate=fate,
            distance=changed,
        )
    )


def distance(before: str, after: str) -> int:
    """How much of a text was changed, in hundredths; at least one if anything was."""
    if before == after:
        return 0
    return max(1, round(100 * (1 - SequenceMatcher(None, before, after, autojunk=False).ratio())))


def lower_bound(right: int, cases: int) -> float:
    """The lower end of Wilson's interval."""
    if cases == 0:
        return 0.0
    share, square = right / cases, Z * Z
    middle = share + square / (2 * cases)
    spread = Z * sqrt(share * (1 - share) / cases + square / (4 * cases * cases))
    return (middle - spread) / (1 + square / cases)


def records(session: Session) -> Mapping[tuple[str, str], Record]:
    """By channel and category, over the latest proposals and answers."""
    told: dict[tuple[str, str], list[tuple[Fate, int, Outcome | None]]] = {}
    last = session.scalar(select(func.max(Proposal.id))) or 0
    rows = session.execute(
        select(Proposal.channel, Proposal.category, Proposal.fate, Proposal.distance, Answer.outcome)
        .outerjoin(Answer, Answer.message_id == Proposal.message_id)
        .where(Proposal.id > last - LATEST)
    )
    for channel, category, fate, changed, outcome in rows:
        told.setdefault((channel, category or ""), []).append((fate, changed, outcome))
    alone = _alone(session)
    return {key: _record(told.get(key, ()), alone.get(key, {})) for key in told.keys() | alone.keys()}


def set_modes(session: Session, wanted: Mapping[tuple[str, str], str], *, now: datetime) -> None:
    """How far the machine may go with a category on a channel; an empty word leaves it to the channel."""
    row = session.get(Setting, MODES)
    modes = dict(row.value) if row else {}
    for (channel, category), mode in wanted.items():
        if mode and mode not in set(Mode):
            raise Impossible("Elija uno de los modos de la lista.")
        modes.pop(f"{channel}:{category}", None)
        if mode:
            modes[f"{channel}:{category}"] = mode
    desk_settings.put(session, MODES, modes, now=now)


def _alone(session: Session) -> Mapping[tuple[str, str], Mapping[Outcome, int]]:
    """What the machine sent by itself, and what became of it."""
    last = session.scalar(select(func.max(Answer.id))) or 0
    rows = session.execute(
        select(Message.channel, Ticket.category, Answer.outcome, func.count())
        .join(Message, Message.id == Answer.message_id)
        .join(Ticket, Ticket.id == Answer.ticket_id)
        .where(
            Answer.id > last - LATEST,
            Message.author_user_id.is_(None),
            Message.delivery.not_in((Delivery.PROPOSED, Delivery.DROPPED)),
        )
        .group_by(Message.channel, Ticket.category, Answer.outcome)
    )
    told: dict[tuple[str, str], dict[Outcome, int]] = {}
    for channel, category, outcome, count in rows:
        told.setdefault((channel, category or ""), {})[outcome] = count
    return told


def _record(cases: Iterable[tuple[Fate, int, Outcome | None]], alone: Mapping[Outcome, int]) -> Record:
    rows = list(cases)

    def count(fate: Fate) -> int:
        return sum(one == fate for one, _, _ in rows)

    outcomes = [outcome for _, _, outcome in rows]
    changes = [changed for fate, changed, _ in rows if fate is Fate.EDITED]
    return Record(
        sent=count(Fate.SENT),
        edited=count(Fate.EDITED),
        dropped=count(Fate.DROPPED),
        spoilt=sum(fate is Fate.SENT and outcome is Outcome.FAILED for fate, _, outcome in rows),
        change=round(mean(changes)) if changes else 0,
        helped=outcomes.count(Outcome.HELPED) + alone.get(Outcome.HELPED, 0),
        failed=outcomes.count(Outcome.FAILED) + alone.get(Outcome.FAILED, 0),
        alone=sum(alone.values()),
    )
