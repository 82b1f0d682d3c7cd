"""What became of the articles that were offered, counted over the latest offers so that it costs the same for ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.book import Counter
from app.models.message import Message
from app.models.ticket import Answer, Outcome
from channels.message import Delivery

LATEST = 20_000
UNSAID = (Delivery.PROPOSED, Delivery.DROPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """How often an article was offered; `silent` said nothing yet or never. `yes` and `no` are clicks on its page."""

    offered: int = 0
    helped: int = 0
    failed: int = 0
    silent: int = 0
    yes: int = 0
    no: int = 0


def credits(session: Session, *, since: date) -> Mapping[str, Credit]:
    """By slug; clicks since a day."""
    told: dict[str, dict[str, int]] = {}
    last = session.scalar(select(func.max(Answer.id))) or 0
    rows = session.execute(
        select(Answer.slug, Answer.outcome, func.count())
        .join(Message, Message.id == Answer.message_id)
        .where(Answer.id > last - LATEST, Message.delivery.not_in(UNSAID))
        .group_by(Answer.slug, Answer.outcome)
    )
    for slug, outcome, count in rows:
        one = told.setdefault(slug, {})
        one["offered"] = one.get("offered", 0) + count
        name = {Outcome.HELPED: "helped", Outcome.FAILED: "failed"}.get(outcome, "silent")
        one[name] = one.get(name, 0) + count
    clicks = session.execute(
        select(Counter.name, func.sum(Counter.count))
        .where(Counter.day >= since, Counter.name.startswith("article_"))
        .group_by(Counter.name)
    )
    for name, count in clicks:
        word, _, slug = name.removeprefix("article_").partition(":")
        if word in ("yes", "no"):
            told.setdefault(slug, {})[word] = int(count)
    return {slug: Credit(**counts) for slug, counts in told.items()}
