"""What is decided about tickets that wait: triage, search, the plan. Pure but for the books; no transaction is open."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from app.desk import article_ranking
from app.desk.answering import choose
from app.desk.case import Case, Links, Plan
from app.desk.decided import Decision
from app.desk.tokens import secret
from app.house import House
from triage.policy import decide
from triage.verdict import Verdict

log = structlog.get_logger()
Asked = tuple[Case, int, datetime]
Found = tuple[Verdict, Plan, Links]


def decisions(house: House, cases: Sequence[Case], *, now: datetime) -> list[Decision]:
    """One for each case, decided here or beside; those that a rule stumbled over are left out."""
    version = house.books.current().version
    made = house.hands.all(house, findings, [(case, version, now) for case in cases])
    return [
        Decision(case=case, verdict=found[0], plan=found[1], links=found[2])
        for case, found in zip(cases, made, strict=True)
        if found is not None
    ]


def findings(house: House, asked: Sequence[Asked]) -> list[Found | None]:
    """What is found for each case with the version of the books to read it by and the moment; None for a stumble."""
    return [_found(house, case, version, now) for case, version, now in asked]


def _found(house: House, case: Case, version: int, now: datetime) -> Found | None:
    books = house.books.current(version)
    links = Links(feedback_token=secret(), follow_token=secret(), public_url=house.config.public_url)
    try:
        verdict = decide(case.enquiry, books.triage)
        language = books.spoken(verdict.language)
        hits = books.search.find(case.enquiry.text, subject=case.enquiry.subject, language=language)
        found = article_ranking.by_category(hits, verdict, books.shelf, language)
        plan = choose(case, verdict, found, books, links=links, now=now)
    except Exception:  # A rule that trips over one enquiry must not hold up the others; a person gets this one.
        log.exception("sort_failed", ticket=case.ticket_id)
        return None
    return verdict, plan, links
