"""Delivery reports: whether a mail is one, of whom it speaks, and which mail of ours came back. Pure."""

import re

from channels.email import charsets, failures, headers, people
from channels.email.content import Content
from channels.email.headers import Headers
from channels.email.walk import Part
from channels.message import BouncedRecipient

DAEMON = re.compile(r"(?i)\b(?:mail(?:er)?[-_. ]?daemon|mail delivery (?:sub)?system|mdaemon)\b")
MACHINE = re.compile(
    r"(?i)\b(?:postmaster|mail[-_. ]?delivery|system ?administrator|administrador del sistema|mail[-_. ]?server|smtp|"
    r"ndr|"
    r"microsoft ?outlook|microsoftexchange\w*|exchange|imss|mmdf|uucp|mailsystem|bounces?|delivery|mail[-_. ]?admin|"
    r"root|"
    r"no-?reply)\b|anti-?virus|gateway|smtp_"
)
NO_REPLY = re.compile(r"(?i)\bno[-_.]?(?:reply|responder|contestar)")
POSTMASTER = re.compile(r"(?i)\b(?:postmaster|mail-?administrator|mailadmin)@")
SUBJECT = re.compile(
    r"^\W{0,3}(?:\[?[a-z]{3,20}\]\s*)?(?:(?:re|fwd?|failure notice|notice|aw)[: ]\s*)?(?:undeliver(?:able|ed)|"
    r"undelivered mail|non remis|"
    r"n[ãa]o entregue|"
    r"no es pot lliurar|no s.ha pogut lliurar|non se pode entregar|non se puido entregar|ezin (?:da|"
    r"izan da) (?:entregatu|bidali)|"
    r"n[ãa]o (?:é|foi) poss[íi]vel entregar|falha na entrega|non recapitabile|mancata consegna|impossibile recapitare|"
    r"nicht zustellbar|onbestelbaar|mensaje devuelto|(?:notificaci[óo]n|aviso|informe) de (?:no entrega|devoluci[óo]n)|"
    r"e-?mail delivery (?:fail|error|problem|status)|"
    r"no se puede entregar|no se ha podido entregar|no entregad[oa]|mensaje no entregado|correo no entregado|"
    r"error (?:de|en la) entrega|fallo (?:de|en la) entrega|notificaci[óo]n de (?:estado de )?entrega|"
    r"estado de la entrega|"
    r"devoluci[óo]n de correo|correo devuelto|devuelto al remitente|delivery (?:status notification|failure|failed|"
    r"has failed|"
    r"notification|problem|report|incomplete|delayed)|mail delivery (?:fail|system|error|problem|status|subsystem)|"
    r"mail (?:system error|could not be delivered|undeliverable|failure|returned|delivery)|message delivery|"
    r"returned mail|returned to sender|failure notice|failure delivery|failed mail|delivery attempt|message status|"
    r"unzustellbar|nicht zugestellt|mailbox (?:is )?full|message undeliverable|unable to deliver|"
    r"warning: (?:could not send|message .{1,60} delayed)|could not be delivered|"
    r"your message .{0,60}couldn'?t be delivered|"
    r"retrasad[oa]|delayed|nondeliverable|non[- ]delivery|nondelivery|delivery to .{1,80} failed|mensaje retrasado|"
    r"entrega retrasada|"
    r"notification d'[ée]chec|permanent delivery failure|problem delivering|mail not delivered|email delivery failure|"
    r"notificaci[óo]n sobre el estado de la entrega)",
    re.IGNORECASE,
)
# How programs without a name for it add the news to the subject that they return.
SUBJECT_ENDS = re.compile(
    r"[:(\[]\s*(?:non remis|undeliver(?:able|ed)|delivery (?:failed|failure)|not delivered|no entregado|returned mail)"
    r"[^\w]*(?:\(delivery failed\))?\W*$",
    re.IGNORECASE,
)
ADDRESSED = ("from", "to", "delivered-to")
OWN = (*ADDRESSED, "reply-to", "return-path", "sender", "x-original-to", "cc")
REPORT_PARTS = {"message/delivery-status", "message/global-delivery-status"}
RETURNED = {
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
}


def is_report(root: Part) -> bool:
    """A report by its form: a status part that tells of a failure or a delay, or the recipients in a header."""
    if any(part.content_type in REPORT_PARTS for part in root.each()) and _is_own(root):
        return not _positive(root)
    return bool(root.headers.raw("x-failed-recipients"))


def has_signs(root: Part, content: Content) -> bool:
    """Whether it looks like a report without being formed as one: two signs, one of them not of the words alone."""
    if _positive(root):
        return False
    top, subject = root.headers, root.headers.text("subject")
    who = f"{top.text('from')} {top.text('sender')}"
    empty = top.raw("return-path").replace(" ", "").upper() in {"<>", "<MAILER-DAEMON>"}
    machine = bool(MACHINE.search(who)) or empty or bool(DAEMON.search(top.raw("return-path")))
    returned = any(part.content_type in RETURNED for part in root.children)
    report = "delivery-status" in top.raw("content-type").lower()
    told = bool(SUBJECT.match(subject))
    # An office that tells of something delivered to it writes from such an address too.
    if machine and NO_REPLY.search(who) and not (empty or failures.SAID.search(content.text[:3000])):
        machine = False
    if DAEMON.search(who) and not subject.lower().startswith(("re:", "fwd:", "rv:")):
        return True
    if told and (machine or report or returned):
        return True
    if top.raw("in-reply-to"):
        return False
    if machine and (empty or returned or report):
        return bool(failures.SAID.search(content.text[:3000]))
    return bool(SUBJECT_ENDS.search(subject) or POSTMASTER.search(who)) and failures.names_somebody(content.text)


def read(root: Part, content: Content) -> tuple[BouncedRecipient, ...]:
    """Everybody of whom the report speaks, each once; a status of delivery is no failure and is left out."""
    ours, said = _named(root, OWN), _words(root, content)
    found = _from_report(root) or _from_header(root.headers) or failures.recipients(said, ours)
    # Some programs put the one who was not reached into the headers of the report itself.
    found = found or _from_returned(root, ours) or failures.recipients(said, _named(root, ADDRESSED))
    by_address: dict[str, BouncedRecipient] = {}
    for one in found:
        by_address.setdefault(one.address, one)
    if not by_address:
        by_address = {one.address: one for one in failures.returned(said, ours) or _bare(root, said)}
    return tuple(by_address.values())


def returned_id(root: Part) -> str | None:
    """The Message-ID of the mail that came back, from the copy inside it, or None."""
    for part in root.each():
        if part.content_type in RETURNED:
            inner = part.children[0].headers if part.children else headers.read(part.content)[0]
            if ids := inner.ids("message-id"):
                return ids[0]
    for part in root.each():
        if not part.children and part.main == "text":
            match = re.search(r"(?im)^[ \t>|]*message-id:\s*(<[^<>\s]{1,900}>)", part.text)
            if match:
                return match[1]
    answered = root.headers.ids("in-reply-to") or root.headers.ids("references")
    return answered[-1] if answered else None


def _is_own(root: Part) -> bool:
    """The status part belongs to this mail itself, not to a report that somebody attached."""
    kinds = {part.content_type for part in (root, *root.children, *(c for p in root.children for c in p.children))}
    return bool(kinds & REPORT_PARTS)


def _blocks(root: Part) -> list[Headers]:
    """The groups of fields in the status parts."""
    out: list[Headers] = []
    for part in root.each():
        if part.content_type in REPORT_PARTS:
            text = part.content.replace(b"\r\n", b"\n").strip(b"\n")
            out.extend(headers.read(group + b"\n")[0] for group in re.split(rb"\n[ \t]*\n", text)[:500])
    return out


def _positive(root: Part) -> bool:
    """A receipt that all went well is no bounce."""
    actions = {block.text("action").lower().split(" ")[0] for block in _blocks(root)} - {""}
    return bool(actions) and actions <= {"delivered", "relayed", "expanded"}


def _from_report(root: Part) -> list[BouncedRecipient]:
    out = []
    for block in _blocks(root):
        action = block.text("action").lower()
        if action.startswith(("delivered", "relayed", "expanded")):
            continue
        status = failures.status(block.text("status")) or failures.status(block.text("diagnostic-code"))
        permanent = not (action.startswith("delayed") or (status or "").startswith("4"))
        for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
            address = failures.address(block.text(name).rpartition(";")[2])
            if address:
                out.append(BouncedRecipient(address=address, status=status, permanent=permanent))
    return out


def _from_header(top: Headers) -> list[BouncedRecipient]:
    listed = [person for value in top.all("x-failed-recipients") for person in people.people(value)]
    return [BouncedRecipient(address=person.address, status=None, permanent=True) for person in listed]


def _from_returned(root: Part, ours: set[str]) -> list[BouncedRecipient]:
    """Nobody is named: then it is whom the returned mail was for."""
    for part in root.each()[1:]:
        if part.content_type in RETURNED:
            inner = part.children[0].headers if part.children else headers.read(part.content)[0]
            named = [person.address for value in inner.all("to") for person in people.people(value)]
            return [BouncedRecipient(address=one, status=None, permanent=True) for one in named if one not in ours]
    return []


def _bare(root: Part, said: str) -> list[BouncedRecipient]:
    """A server that names the mailbox alone means one of its own."""
    daemon = people.first(root.headers.raw("from"))
    local = failures.mailbox(said) if daemon and DAEMON.search(daemon.address) else None
    if daemon is None or local is None or "@" not in daemon.address:
        return []
    return [BouncedRecipient(address=f"{local}@{daemon.address.rpartition('@')[2]}", status=None, permanent=True)]


def _words(root: Part, content: Content) -> str:
    """The words of the report, before the returned mail."""
    if content.text:
        return content.text
    return charsets.clean(charsets.text(root.content))


def _named(root: Part, names: tuple[str, ...]) -> set[str]:
    """Addresses of the report's own headers: they did not fail."""
    top = root.headers
    return {person.address for name in names for value in top.all(name) for person in people.people(value)}
