"""What one question should be put, and why may a machine not answer the substance alone?"""

import re

from triage.cues import Cue
from triage.phrases import phrases
from triage.reading import Reading
from triage.verdict import Ask, Verdict

ASK, WITHHELD = "ask", "withheld"
TERM = Cue(r"\b(?:plazo|termino|caduca|vence|se me pasa|ultimo dia|urgente|urge|acaba)\b")
# How long somebody has, though no day is named: «me piden los planos en diez días».
LASTS = Cue(
    r"\b(?:en|dan|dado|dieron|conceden|tengo|quedan|qedan|faltan|plazo de) (?:solo |unos |otros )?(?:\d{1,2}|dos|tres"
    r"|cuatro|cinco|seis|siete|ocho|nueve|diez|quince|veinte|treinta) dias\b"
)
NEEDS_TOWN = phrases("needs_town")
NEEDS_DEVICE = frozenset(["navegador-acceso", "autofirma", "dnie"])
DEVICE = Cue(
    r"\b(?:windows|win ?\d+|w1[01]|mac\w*|iphone|ipad|android|linux|ubuntu|movil|telefono|tablet|ordenador"
    r"|portatil|pc|chrome|crome|firefox|mozil\w+|edge|safari|brave|xiaomi|samsung)\b"
)
PRESS = Cue(
    r"\b(?:periodista|periodico|redaccion|prensa|medio de comunicacion|reportaje|emisora|partido politico"
    r"|grupo municipal|concejal de la oposicion|diputad[oa] provincial)\b"
)
COMPLAINT = Cue(
    r"\b(?:queja|quejarme|me quejo|denuncia\w*|verguenza|indignante|hoja de reclamaciones|defensor del "
    r"pueblo|procurador del comun|os voy a denunciar|inaceptable|tomadura de pelo|hart[oa])\b"
)
BECAUSE = {
    "deadline": "hay un plazo",
    "notification": "trata de una notificación",
    "payment": "trata de un pago",
    "filing": "cree que está presentando algo",
    "complaint": "es una queja",
    "emergency": "es una emergencia",
    "press": "prensa o política",
    "language": "otra lengua",
    "staff": "personal municipal",
    "other-body": "es de otro organismo",
}


def ask(reading: Reading, verdict: Verdict) -> Verdict:
    """In this order: date of the end or notice; town hall, if the answer depends on it; device."""
    question = _question(reading, verdict)
    if question is None:
        return verdict
    return verdict.say(
        ASK,
        "ask",
        question,
        {
            "deadline": "falta el día en que acaba el plazo",
            "town_hall": "falta el municipio",
            "device": "falta el aparato",
        }[question],
        ask=question,
    )


def _question(reading: Reading, verdict: Verdict) -> Ask | None:
    if verdict.junk or verdict.courtesy or verdict.emergency or verdict.choice or verdict.stop or verdict.out_of_scope:
        return None
    notified = verdict.category == "notificaciones" and re.search(
        r"\b(?:aviso|notif\w*|llego|llegado)\b", reading.folded
    )
    ends = TERM.search(reading.said) or LASTS.search(reading.said) or notified
    if verdict.deadline is None and verdict.priority != "P4" and ends:
        return "deadline"
    if verdict.town_hall_state == "ambiguous" or (verdict.town_hall_state == "none" and verdict.category in NEEDS_TOWN):
        return "town_hall"
    return "device" if verdict.category in NEEDS_DEVICE and not DEVICE.search(reading.said) else None


def withheld(reading: Reading, verdict: Verdict) -> Verdict:
    """Every reason that holds, in the order of the list."""
    holds = {
        "deadline": verdict.deadline is not None
        or (verdict.priority in ("P1", "P2") and bool(TERM.search(reading.said)))
        or bool(LASTS.search(reading.said)),
        "notification": verdict.category == "notificaciones",
        "payment": verdict.category == "pago-tributos",
        "filing": verdict.filing,
        "complaint": bool(COMPLAINT.search(reading.said)),
        "emergency": verdict.emergency,
        "press": bool(PRESS.search(reading.said)),
        "language": verdict.language not in reading.enquiry.languages,
        "staff": verdict.staff,
        "other-body": verdict.out_of_scope is not None or verdict.town_hall_state == "outside",
    }
    found = tuple(name for name, held in holds.items() if held)
    for name in found:
        verdict = verdict.say(WITHHELD, "withheld", name, f"no contesta una máquina sola: {BECAUSE[name]}")
    return verdict.say(WITHHELD, "withheld", None, "contesta una persona", withheld=found) if found else verdict
