"""Whom a clerk writes for when she types the citizen's name and telephone herself instead of forwarding a mail."""

import re

from channels.phones import number

PHONE = re.compile(
    r"(?<![\d/.-])(?:(?:\+|00)\d{2}[ .-]?)?[6-9]\d{2}(?:(?:[ .-]?\d{3}){2}|(?:[ .-]?\d{2}){3})(?![\d/-])"
)
_WORD = r"[A-ZÁÉÍÓÚÜÑÇ][a-záéíóúüñç'’-]+"
NAME = re.compile(
    r"(?:(?i:\b(?:vecin[oa]|ciudadan[oa]|señora?|doña|don|se llama|llamad[oa]|nombre(?: completo)?:?|de parte de|"
    r"en nombre de|interesad[oa]:?)|\bd(?:ñ?a)?\.ª?|\bsra?\.))\s+"
    rf"(?:(?i:don|doña|d\.|dña\.)\s+)?({_WORD}(?:\s+(?:(?:de|del|la|las|los|y)\s+){{0,2}}{_WORD}){{1,3}})"
)
SIGNATURE = re.compile(r"(?im)^(?:--|__+|un saludo|saludos|atentamente|cordialmente|gracias[ ,.]*$).*", re.MULTILINE)


def person(text: str, *, own: str | None, region: str) -> str | None:
    """«Luis Gil Sanz (600 123 123)», or whichever of the two is there; None if neither.

    What stands under the closing words is the clerk's own, and so is the telephone of her house (`own`).
    """
    closes = SIGNATURE.search(text)
    body = text[: closes.start()] if closes else text
    named = NAME.search(" ".join(body.split()))
    ours = number(own, region=region).e164 if own else None
    found = [number(match[0], region=region) for match in PHONE.finditer(body)]
    phone = next((one.shown for one in found if one.e164 and one.e164 != ours), None)
    if named is None:
        return phone
    return f"{named[1]} ({phone})" if phone else named[1]
