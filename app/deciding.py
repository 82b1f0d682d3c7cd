"""What is decided about tickets that wait: triage, search, the plan. Pure but for the books; no transaction is open."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from app.desk.answering import choose
from app.desk.case import Case, Links
from app.desk.decided import Decision
from app.desk.tokens import secret
from app.house import House
from triage.policy import decide

log = structlog.get_logger()
Asked = tuple[Case, int, datetime]


def decisions(house: House, asked: Sequence[Asked]) -> list[Decision | None]:
    """One for each case with the version of the books to read it by and the moment; None where a rule stumbled."""
    return [_decision(house, case, version, now) for case, version, now in asked]


def _decision(house: House, case: Case, version: int, now: datetime) -> Decision | None:
    books = house.books.current(version)
    links = Links(feedback_token=secret(), follow_token=secret(), public_url=house.config.public_url)
    try:
        verdict = decide(case.enquiry, books.triage)
        language = books.spoken(verdict.language)
        found = books.search.find(case.enquiry.text, subject=case.enquiry.subject, language=language)
        plan = choose(case, verdict, found, books, links=links, now=now)
    except Exception:  # A rule that trips over one enquiry must not hold up the others; a person gets this one.
        log.exception("sort_failed", ticket=case.ticket_id)
        return None
    return Decision(case=case, verdict=verdict, plan=plan, links=links)
