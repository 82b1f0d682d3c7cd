"""Does somebody believe that this message files papers?"""

from triage.reading import Reading
from triage.rules.signs import BEGS, FORMAL, HAND, points
from triage.verdict import Verdict

RULE = "filing"
OTHER, REGISTER = "otros-no-competencia", "registro-instancia"
ENOUGH = 2.5


def filing(reading: Reading, verdict: Verdict) -> Verdict:
    """Papers handed over in words of filing, or an application made in the message itself; not a question about how."""
    if verdict.junk or verdict.courtesy or verdict.staff:
        return verdict
    if points(reading.signs) < ENOUGH:
        return verdict
    told = verdict.say(RULE, "filing", "true", reason(reading), filing=True)
    if told.category != OTHER:
        return told
    # Who files has business with the town hall, whatever it is about.
    return told.say("category", "category", REGISTER, "cree que está presentando algo", category=REGISTER)


def reason(reading: Reading) -> str:
    """Which words show it."""
    match = FORMAL.search(reading.said) or BEGS.search(reading.said) or HAND.search(reading.said)
    said = reading.text[match.start() : match.end()] if match else "entrega papeles"
    return f"cree que está presentando algo: «{said}»"
