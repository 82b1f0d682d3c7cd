"""Does it carry what should not travel by message: identity numbers, accounts, passwords, private keys?"""

import re

from triage.cues import Cue
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "sensitive"
DNI = re.compile(
    r"(?<!\w)(?P<front>[xyz]?)[ .-]?(?P<digits>\d{1,2}[. ]?\d{3}[. ]?\d{3}|\d{7,8})[ .-]?(?P<letter>[a-z])(?!\w)"
)
LETTERS = "trwagmyfpdxbnjzsqvhlcke"
IBAN = Cue(r"(?<!\w)es ?\d{2}(?:[ .-]?\d{4}){5}(?!\d)")
PASSWORD = Cue(
    r"\b(?:contraseña|contrasena|clave(?: permanente)?|password|pin|usuario y clave|codigo de "
    r"activacion)(?: (?:es|del?|mia?|actual|dni\w*|certificado|que tengo|que uso))*(?: es|:|=) "
    r"?(?P<told>[^\s,.;]*\d[^\s,;]*|[^\s,.;]{6,})"
)
INNOCENT = re.compile(
    r"^(?:caducad|incorrect|erron|bloquead|invalid|correct|obligator|necesari|\w+mente|siempre|distint"
    r"|diferent|la |el )"
)
PRIVATE_KEY = re.compile(r"-----begin (?:rsa |ec |encrypted )?private key-----")
NAMED = re.compile(r"\[documento: ?([^\]\n]+)\]")
KEY_FILE = re.compile(r"\.(?:p12|pfx|pem|key|jks)$", re.I)
NAMES = {
    "dni": "lleva un número de DNI o NIE",
    "iban": "lleva un número de cuenta",
    "password": "parece llevar una contraseña o un PIN",
    "private_key": "lleva la clave privada de un certificado",
}


def sensitive(reading: Reading, verdict: Verdict) -> Verdict:
    """Names the kinds, never the values."""
    folded = reading.folded
    checks = {
        "dni": bool(reading.said.digits) and any(map(_valid, DNI.finditer(folded))),
        "iban": any(_iban(match.group()) for match in IBAN.finditer(reading.said)),
        "password": any(not INNOCENT.match(match["told"]) for match in PASSWORD.finditer(reading.said)),
        "private_key": bool(PRIVATE_KEY.search(folded)) or any(map(KEY_FILE.search, _files(reading))),
    }
    for kind in (kind for kind, found in checks.items() if found):
        verdict = verdict.say(RULE, "sensitive", kind, NAMES[kind], sensitive=(*verdict.sensitive, kind))
    return verdict


def _files(reading: Reading) -> tuple[str, ...]:
    named = NAMED.findall(reading.folded) if "[documento" in reading.folded else ()
    return (*reading.enquiry.attachments, *named)


def _valid(match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match["digits"])
    front = {"x": "0", "y": "1", "z": "2", "": ""}[match["front"]]
    if len(front + digits) != 8:
        return False
    return LETTERS[int(front + digits) % 23] == match["letter"]


def _iban(told: str) -> bool:
    plain = re.sub(r"[ .-]", "", told).upper()
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1
