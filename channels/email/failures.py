"""Of whom a delivery report speaks when it says so in plain words only. Pure."""

import re

from channels.message import BouncedRecipient

MAILBOX_FULL = "5.2.2"
FULL = re.compile(
    r"(?i)(?:mailbox|buz[óo]n|b[úu]stia|bo[îi]te|postfach|user)\b[^.\n]{0,60}\b(?:full|lleno|plena|pleine|voll)\b|"
    r"(?:over|exceed\w*|super\w*|excedid\w*)[^.\n]{0,30}\b(?:quota|cuota|l[íi]mite de (?:almacen|espacio))|"
    r"\b(?:quota|cuota)\b[^.\n]{0,30}(?:exceed|super|excedid)"
)
NO_MAILBOX = "5.1.1"
UNKNOWN = re.compile(
    r"(?i)\b(?:user|recipient|mailbox|account|usuario|destinatario|buz[óo]n|cuenta|direcci[óo]n)\b[^.\n]{0,40}"
    r"\b(?:unknown|not found|(?:does|did) not exist|doesn.t exist|desconocid[oa]|no existe)|"
    r"\b(?:no such|unknown|nonexistent) (?:user|recipient|mailbox|account|local part)"
)
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,250}[A-Za-z0-9]")
RETURNED = re.compile(
    r"(?i)^[\s>*|=]*+(?:-{2,}+.{0,40}(?:returned message|copy of|original message|mensaje original|message header|"
    r"headers of|"
    r"enclosed is|the body of|unsent message|undelivered message|your message|below this line).{0,60}|"
    r"(?:received: (?:from|by|\()|return-path: ).{0,300}|.{0,60}(?:original message follows|copy of (?:the|"
    r"your) message|"
    r"unsent message (?:below|follows)|text of (?:your )?message|encabezados del mensaje original|"
    r"your original message|message headers? follow|message text follows|the message that caused|"
    r"mensaje original).{0,60})$"
)
FAILS = re.compile(
    r"(?i)unknown|no such|not (?:exist|found|listed|available|known|valid|deliver|local|accept|have|be deliver)|fail|"
    r"reject|refus|"
    r"undeliver|unable|could ?n.t|cannot|can't|full|quota|exceed|disabled|inactive|suspend|invalid|bad |denied|"
    r"does not|doesn't|"
    r"unrout|over |error|5\d\d|no existe|desconocid|lleno|rechaz|no se (?:puede|ha podido|pudo)|inv[áa]lid|bloquead|"
    r"recipient|destinatari|delivered|permanent|giving up|following address|siguiente|unreachable"
)
SAID = re.compile(
    r"(?i)\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}|\b5\.\d\.\d\b|\b55\d\b|could not (?:be delivered|deliver)|"
    r"(?:was|has) not (?:been |yet been )?delivered|unable to deliver|couldn'?t be delivered|failed recipient|"
    r"did not reach the following|mail delivery software|no such user|user unknown|unknown user|rcpt to|quota exceeded|"
    r"automatically rejected|no se (?:ha podido|pudo|puede) entregar|"
    r"no ha podido (?:ser )?entregad|no (?:se ha|ha sido) entregad|not (?:been )?delivered|n'a pas pu"
)
TEMPORARY = re.compile(
    r"(?i)delayed|will (?:keep|retry|continue|be retried)|still being retried|not yet|warning|temporar|retras|"
    r"volver[áa]n? a intentar|problema temporal|reintentar|has been delayed|queued for|no need to (?:resend|retry)"
)


TO = re.compile(r"(?im)^[ \t>|]*(?:to|para): (.{3,300})$")


def status(written: str) -> str | None:
    """The RFC 3463 code in a text, or None."""
    match = STATUS.search(written[:2000])
    return match[0] if match else None


def _code(around: str) -> str | None:
    """The code that stands in the words, else that of a full mailbox or of none, where only words say so."""
    if code := status(around):
        return code
    return MAILBOX_FULL if FULL.search(around) else NO_MAILBOX if UNKNOWN.search(around) else None


def address(written: str) -> str | None:
    """The address in a field, lower-cased, or None."""
    match = ADDRESS.search(written[:2000])
    return match[0].strip(".'").lower() if match else None


def recipients(words: str, ours: set[str]) -> list[BouncedRecipient]:
    """The addresses next to a word of failure; if none, every address of the report that is not its own."""
    lines = _report(words)
    temporary = bool(TEMPORARY.search("\n".join(lines[:60]))) and not re.search(
        r"(?i)permanent|5\.\d{1,3}\.\d{1,3}|giving up|5\d\d[ -]", "\n".join(lines[:60])
    )
    near: dict[str, str] = {}
    anywhere: dict[str, str] = {}
    for place, line in enumerate(lines):
        addresses = ADDRESS.findall(line[:1000])
        around = " ".join(lines[max(0, place - 3) : place + 4]) if addresses else ""
        failed = bool(FAILS.search(around))
        for found in addresses:
            known = found.strip(".'").lower().rpartition("smtp=")[2]
            if known in ours or known.startswith(("postmaster@", "mailer-daemon@", "abuse@")) or known.endswith(".gif"):
                continue
            anywhere.setdefault(known, around)
            if failed:
                near.setdefault(known, around)
    chosen = near or anywhere
    return [
        BouncedRecipient(address=known, status=_code(around), permanent=not temporary)
        for known, around in list(chosen.items())[:100]
    ]


def returned(words: str, ours: set[str]) -> list[BouncedRecipient]:
    """Whom the returned mail was for, by its headers in the report's own words."""
    named = [address(match[1]) for match in TO.finditer(words[:20_000])]
    return [BouncedRecipient(address=one, status=None, permanent=True) for one in named[:1] if one and one not in ours]


def mailbox(words: str) -> str | None:
    """The name that stands alone on its line soon after a word of failure, or None."""
    lines = _report(words)[:30]
    for place, line in enumerate(lines):
        match = re.fullmatch(r"\s+([A-Za-z][\w.+-]{1,39})(?:\s{2,}\S.*|\s+\(.*)?", line)
        if match and FAILS.search(" ".join(lines[max(0, place - 3) : place])):
            return match[1].lower()
    return None


def names_somebody(words: str) -> bool:
    """Whether the words open with whom the mail did not reach."""
    said = SAID.search(words[:500])
    return bool(said and ADDRESS.search(words, said.start(), said.end() + 200))


def _report(words: str) -> list[str]:
    """The lines before the returned mail."""
    lines = words.split("\n")[:400]
    for place, line in enumerate(lines):
        if place > 1 and RETURNED.match(line[:400]) and any("@" in above for above in lines[:place]):
            return lines[:place]
    return lines
