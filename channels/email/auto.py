"""Whether a person or a machine wrote a mail. Pure; when in doubt, a person."""

import re

from channels.email import absence
from channels.email.headers import Headers

# At the start of the subject only: «Consulta sobre la respuesta automática» is a person's.
ABSENT = re.compile(
    r"^\W{0,3}(?:auto ?:|auto(?:matic)?[ -]?(?:reply|response|responder|matic reply)|autoreply|automatische antwort|"
    r"automatisch antwoord|"
    r"respuesta autom[áa]tica|contestaci[óo]n autom[áa]tica|contestador autom[áa]tico|autorrespuesta|auto-?respuesta|"
    r"mensaje autom[áa]tico de ausencia|aviso de ausencia|ausencia (?:(?:temporal )?de la oficina|temporal\b|"
    r"por (?:vacaciones|permiso|baja))|"
    r"acuse de recibo autom[áa]tico|"
    r"fuera de (?:la )?oficina|ausente de la oficina|estoy (?:fuera de la oficina|de vacaciones|ausente)|"
    r"estar[ée] (?:fuera de la oficina|ausente)|de vacaciones\W*(?:re:|$|hasta\b|del?\b|desde\b)|"
    r"resposta autom[àáa]tica|"
    r"f[oó]ra d(?:e l'|a )oficina|"
    r"erantzun automatikoa|"
    r"fora d[oa] (?:oficina|escrit[óo]rio)|r[ée]ponse automatique|absence du bureau|absent du bureau|"
    r"risposta automatica|"
    r"fuori sede|abwesenheitsnotiz|abwesend|afwezig|out of (?:the )?office|ooo\b|away from (?:my|the) (?:office|mail|"
    r"desk)|"
    r"on (?:annual )?(?:vacation|holiday|leave)\W*(?:re:|$|until|from)|vacation (?:reply|response|message)|"
    r"i am (?:away|out of (?:the )?office)|"
    r"automatiskt svar|"
    r"automatisk svar|автоответ)",
    re.IGNORECASE,
)
# «Fuera de la oficina no puedo firmar» goes on as a person does.
TITLE_ENDS = re.compile(
    r"(?<=:)|(?<!\w)|\s*(?:$|[^\w\s¿]|(?:re|rv|fwd?|aw|sv|hasta|desde|fins|ata|until|from|bis|till|arte|ab|to)\b|"
    r"(?:del?|por|para|per|for) (?:ausencia|vacaciones|vacances|vacacions|fuera|\d|\S+@|re:))",
    re.IGNORECASE,
)
BULK = {"auto_reply", "auto-reply", "autoreply", "bulk", "junk"}
RESPONDER = re.compile(r"(?i)\b(?:auto-?respond(?:er)?|vacation)\b")
MACHINES = (
    "x-autoreply",
    "x-autorespond",
    "x-autoreply-from",
    "x-autoresponder",
    "x-mail-autoreply",
    "x-auto-reply",
    "x-vacation",
    "x-out-of-office",
)


def is_absence(headers: Headers, said: str) -> bool:
    """Whether subject or words open as the notices of people who are away do, and nothing says that a person wrote."""
    if headers.raw("auto-submitted").lower().startswith("no"):
        return False
    subject = headers.text("subject")
    answers = bool(headers.raw("in-reply-to") or re.match(r"(?i)\s*(?:re|rv|aw|sv|tr)\s*:", subject))
    titled = ABSENT.match(subject)
    return bool(titled and TITLE_ENDS.match(subject, titled.end())) or (answers and absence.is_notice(said))


def is_stated(headers: Headers) -> bool:
    """Whether the headers say that nobody wrote this by hand for us."""
    submitted = headers.text("auto-submitted").lower().split(";")[0].strip()
    # A town hall's server that forwards by itself («auto-forwarded») passes on what a person wrote.
    if submitted.startswith(("auto-replied", "auto-notified", "auto-generated", "yes")):
        return True
    if submitted.startswith(("no", "auto-forwarded")):
        return False
    if any(headers.raw(name).strip().lower() in BULK for name in ("precedence", "preference", "x-precedence")):
        return True
    if any(RESPONDER.search(headers.raw(name)) for name in ("delivered-to", "x-mailer", "x-post-messageclass")):
        return True
    if any(headers.raw(name) and headers.text(name).lower() not in {"no", "false"} for name in MACHINES):
        return True
    suppressed = headers.text("x-auto-response-suppress").lower()
    if "all" in suppressed or "autoreply" in suppressed:
        return True
    return headers.raw("return-path").replace(" ", "") == "<>"
