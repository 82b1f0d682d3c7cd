"""People's words without what names somebody: numbers, addresses, names; for drafts that strangers will read. Pure."""

import re
from collections.abc import Iterable

from kb.words import fold

WORD = r"[A-ZÁÉÍÓÚÜÑ][\wáéíóúüñÁÉÍÓÚÜÑ'’-]+"
NAME = rf"{WORD}(?:\s+(?:(?:de|del|la|las|los|y)\s+){{0,2}}{WORD}){{0,4}}"
SELF = r"\b(?i:me llamo|mi nombre es)\s+[^\W\d]+(?:\s+[^\W\d]+){0,3}(?=\s*(?:[,.;\n]|$))"
STREET = (
    r"\b(?i:calle|c/|avda\.?|avenida|plaza|pza\.?|paseo|travesía|camino|carretera)\s+[^,.;\n]{2,40}"
    r"(?:,?\s*(?i:n\.?º?|número)?\s*\d{1,4}\w?)?"
)
KIN = (
    r"mi (?:madre|padre|marido|mujer|esposa|esposo|hij[oa]|herman[oa]|vecin[oa]|sueg?r[oa]|abuel[oa]|ti[oa]|prim[oa]"
    r"|compañer[oa]|jef[ea])"
)
CUES = rf"me llamo|mi nombre es|nombre:|soy|le habla|señora?|sra?\.?|dñ?a?\.|don|doña|fdo\.?:?|firmado:?|{KIN}"
# In this order: what is longer or surer first.
PATTERNS = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[correo]"),
    (re.compile(r"(https?://[^\s?#<>]+)[?#][^\s<>]*"), r"\1"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?\d{4}){5}\b", re.IGNORECASE), "[cuenta]"),
    (re.compile(r"\b(?:[XYZ][ .-]?)?\d{1,2}[. ]?\d{3}[. ]?\d{2,3}[ .-]?[A-Z]\b", re.IGNORECASE), "[DNI]"),
    (re.compile(r"\b[ABCDEFGHJNPQRSUVW][ .-]?\d{7}[ .-]?[0-9A-J]\b"), "[CIF]"),
    (re.compile(r"\bC[-‑]?\d{2,}[-‑]?\d\b"), "[consulta]"),
    (re.compile(r"\b\d{4} ?[BCDFGHJKLMNPRSTVWXYZ]{3}\b"), "[matrícula]"),
    (re.compile(r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{12,}\b"), "[código]"),
    (re.compile(r"(?<!\w)(?:\+|00)?\d(?:[ .-]?\d){8,13}(?!\w)"), "[teléfono]"),
    (re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b"), "[fecha]"),
    (re.compile(r"\b\d{1,6}/\d{4}\b"), "[expediente]"),
    (re.compile(r"\b\d{5,}\b"), "[número]"),
    (re.compile(STREET), "[domicilio]"),
    (re.compile(SELF), "me llamo [nombre]"),
    (re.compile(rf"(?<!\w)(?i:({CUES}))\s+{NAME}"), r"\1 [nombre]"),
)
BYE = re.compile(
    r"(?ims)^\s*(?:un (?:cordial )?saludo|saludos|atentamente|reciba|gracias y un saludo|muchas gracias)\b.*\Z"
)
HELLO = re.compile(r"(?i)^\s*(?:hola|buen[oa]s(?: d[ií]as| tardes| noches)?|estimad[oa]s?[^,:\n]*)[ ,.:!]*")


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The words with «[…]» in place of what names somebody; `names` are those that are known to stand in it."""
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    known = {fold(word) for name in names for word in re.findall(r"[^\W\d_]{3,}", name)}
    if not known:
        return text
    return re.sub(r"[^\W\d_]{3,}", lambda word: "[nombre]" if fold(word[0]) in known else word[0], text)


def bare(text: str) -> str:
    """The words between greeting and farewell, without whoever signed below."""
    return HELLO.sub("", BYE.sub("", text)).strip()
