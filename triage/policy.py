"""The order in which the rules are asked, and the one door of triage: an enquiry goes in, a verdict comes out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from triage.books import Books
from triage.enquiry import Enquiry
from triage.places import Places
from triage.reading import Reading
from triage.rules.address import address
from triage.rules.asking import ask, withheld
from triage.rules.category import category
from triage.rules.deadline import deadline
from triage.rules.elsewhere import elsewhere
from triage.rules.emergency import emergency
from triage.rules.filing import filing
from triage.rules.junk import junk
from triage.rules.language import language
from triage.rules.priority import priority
from triage.rules.sensitive import sensitive
from triage.rules.staff import staff
from triage.rules.town_hall import town_hall
from triage.verdict import Verdict

Rule = Callable[[Reading, Verdict], Verdict]

# Each rule sees what those before it have said.
RULES: tuple[Rule, ...] = (
    language,
    emergency,
    sensitive,
    address,
    junk,
    staff,
    town_hall,
    category,
    filing,
    deadline,
    elsewhere,
    priority,
    ask,
    withheld,
)
NOWHERE = Books(places=Places())
ANY_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


def decide(enquiry: Enquiry, books: Books) -> Verdict:
    """What is to be thought of an enquiry, with the reasons. Never raises, whatever the text."""
    own = enquiry.languages[0] if enquiry.languages else "es"
    reading, verdict = Reading(enquiry=enquiry, books=books), replace(Verdict(), language=own)
    for rule in RULES:
        verdict = rule(reading, verdict)
    return verdict


def pressing(text: str) -> bool:
    """Whether it speaks of danger or of an end today or tomorrow, so that nobody waits for the rest of a burst."""
    reading = Reading(enquiry=Enquiry(channel="whatsapp", received_at=ANY_DAY, text=text), books=NOWHERE)
    verdict = Verdict()
    for rule in (emergency, deadline):
        verdict = rule(reading, verdict)
    near = verdict.deadline is not None and (verdict.deadline - reading.today).days in (0, 1)
    return verdict.emergency or (near and any(word in reading.folded for word in ("hoy", "mañana", "esta noche")))
