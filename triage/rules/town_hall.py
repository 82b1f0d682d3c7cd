"""Which town hall is it about?"""

import re

from kb.words import tokens
from triage.mentions import Mention, mentions
from triage.phrases import phrases
from triage.places import Meaning
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "town_hall"
CORRECTION = re.compile(r"\b(?:perdon|huy|uy|digo|quiero decir|mejor dicho|me he equivocado|no,)\b[^\n.]{0,20}$")
UNKNOWN = re.compile(
    r"\b(?:[Aa]yuntamiento|[Aa]yto\.?|AYUNTAMIENTO|[Ss]ede(?: electrónica)?|[Pp]adrón) de "
    r"(?P<name>(?:(?:El|La|Los|Las|San|Santa|Santo) )?"
    r"[A-ZÁÉÍÓÚÑ][a-záéíóúñü]{3,}(?: (?:de |del |de la |de los |la )*[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+)*)"
)
NO_TOWN = phrases("other_bodies")
KINDS = ("place", "locality", "prefix")


def town_hall(reading: Reading, verdict: Verdict) -> Verdict:
    """The one named; several that share the name; one outside the province; the forwarder's; or none."""
    found = mentions(reading)
    inside = [one for one in found if one.meaning.kind in KINDS]
    outside = [one for one in found if one.meaning.kind == "outside"]
    shared = [one for one in found if one.meaning.kind == "ambiguous"]
    settled = [one for one in (_settled(reading, mention) for mention in shared) if one]
    best = _best(reading, inside + settled)
    far = max(outside, key=lambda one: one.weight, default=None)
    if far and far.weight >= 3 and (best is None or best.weight < 3):
        return _outside(verdict, far.meaning.name)
    if best:
        return _given(reading, verdict, best)
    if shared and (far is None or far.weight < max(one.weight for one in shared)):
        return _ambiguous(reading, verdict, max(shared, key=lambda one: one.weight))
    unknown = _unknown(reading, found)
    if far or unknown:
        return _outside(verdict, far.meaning.name if far else unknown or "")
    return _forwarder(reading, verdict)


def _best(reading: Reading, inside: list[Mention]) -> Mention | None:
    for one in reversed(inside):
        if CORRECTION.search(reading.folded[max(0, one.start - 40) : one.start]):
            return one
    return max(inside, key=lambda one: (one.weight, not one.guessed, one.size, -one.start), default=None)


def _settled(reading: Reading, mention: Mention) -> Mention | None:
    """A shared name that the text itself makes clear: by its full form nearby, or as the town hall's own name."""
    places, ines = reading.books.places, mention.meaning.ines
    said = reading.folded[mention.start : mention.end].strip()
    for ine in ines:
        own = places.get(ine)
        if own is None:
            continue
        sure = len(ines) > 1 or (mention.weight >= 3 and _by_town_hall(reading, mention))
        if sure and tokens(own.name) == tokens(said):
            return _as(mention, ine, own.name)
    following = reading.folded[mention.end : mention.end + 50]
    near = set() if re.search(r"\bno\b", following) else set(tokens(following))
    fits = [ine for ine in ines if (rest := _rest(places.name(ine), said)) and rest <= near]
    return _as(mention, fits[0], places.name(fits[0])) if len(fits) == 1 else None


def _by_town_hall(reading: Reading, mention: Mention) -> bool:
    return bool(re.search(r"\b(?:ayuntamiento|ayto\.?|ayunta) de $", reading.folded[: mention.start]))


def _as(mention: Mention, ine: str, name: str) -> Mention:
    meaning = Meaning(kind="place", ines=(ine,), name=name)
    return Mention(start=mention.start, end=mention.end, meaning=meaning, weight=max(mention.weight, 1))


def _rest(name: str, said: str) -> set[str]:
    return {word for word in tokens(name) if len(word) > 3} - set(tokens(said))


def _unknown(reading: Reading, found: list[Mention]) -> str | None:
    """The name of a town hall that no book knows, which therefore is not in the province."""
    for match in UNKNOWN.finditer(reading.text):
        name = match.group("name")
        words = tokens(name)
        if words[0] in NO_TOWN or reading.books.places.sounding["".join(words)][0]:
            continue
        if not any(one.start < match.end() and match.start("name") < one.end for one in found):
            return name if not _province(reading, words) else None
    return None


def _province(reading: Reading, words: list[str]) -> bool:
    known = reading.books.places.meaning(words) or reading.books.places.meaning(words[:1])
    return known is not None


def _given(reading: Reading, verdict: Verdict, best: Mention) -> Verdict:
    ine = best.meaning.ines[0]
    said, name = reading.text[best.start : best.end], reading.books.places.name(ine)
    reason = f"nombra «{said}»" if said == name else f"nombra «{said}»: {name}"
    return verdict.say(RULE, "town_hall", ine, reason, town_hall=ine, town_hall_state="given")


def _ambiguous(reading: Reading, verdict: Verdict, mention: Mention) -> Verdict:
    ines = mention.meaning.ines
    if reading.enquiry.forwarded_by in ines:
        return _forwarder(reading, verdict)
    names = ", ".join(reading.books.places.name(ine) for ine in ines)
    said = reading.text[mention.start : mention.end]
    return verdict.say(
        RULE,
        "town_hall_state",
        "ambiguous",
        f"«{said}» puede ser {names}",
        town_hall_state="ambiguous",
        candidates=ines,
    )


def _outside(verdict: Verdict, name: str) -> Verdict:
    return verdict.say(RULE, "town_hall_state", "outside", f"«{name}» no es de la provincia", town_hall_state="outside")


def _forwarder(reading: Reading, verdict: Verdict) -> Verdict:
    ine = reading.enquiry.forwarded_by
    if ine is None:
        return verdict
    reason = f"lo reenvía el ayuntamiento: {reading.books.places.name(ine)}"
    return verdict.say(RULE, "town_hall", ine, reason, town_hall=ine, town_hall_state="given")
