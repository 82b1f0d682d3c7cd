"""How soon must a person look at it?"""

import re

from triage.cues import Cue
from triage.reading import Reading
from triage.rules.category import DOWN, MANY
from triage.rules.deadline import notice_day, spanish
from triage.verdict import Priority, Verdict

RULE = "priority"
SHORT = 170
PERSONAL = Cue(
    r"^(?:mama|papa|cariño|amor|hij[oa]|tia|tio|cari|nena)\b|\bme he equivocado de (?:chat|numero|telefono"
    r"|grupo)|\bfelices fiestas\b|\bfeliz (?:navidad|año)\b|\bya (?:os|les) (?:digo|cuento|dire|contare)\b"
)
URGENT = Cue(
    r"\b(?:urgent\w*|urge|urge[sn]?|me urge|urgencia|urg|ya mismo|cuanto antes|lo antes posible|ahora "
    r"mismo|inmediat\w+|no puedo esperar|corre prisa|mucha prisa|se me (?:pasa|cierra|acaba) el plazo|asap"
    r"|socorro)\b"
)
CALM = Cue(
    r"\b(?:por (?:curiosidad|saber|si acaso)|es por saber|solo (?:por )?curiosidad|no (?:corre|hay) prisa"
    r"|no urge|no (?:es|tiene"
    r"|tengo)(?: para)? (?:ningun tramite|nada pendiente|prisa|nada)|sin prisa|no tiene tramite|en general"
    r"|para el futuro|mas adelante|discutimos|es para informarme)\b"
)
PRAISE = Cue(
    r"\b(?:sugerencia\w*|sugier\w+|sugeri\w+|querria proponer|quiero proponer|propongo|propuesta de mejora|felicit\w+"
    r"|enhorabuena|(?:que|q) bien (?:lo )?(?:explic|esta|va)\w*|menuda verguenza|que verguenza|es una verguenza"
    r"|una tomadura de pelo|vaya (?:servicio"
    r"|verguenza|porqueria)|me quejo|quejarme|mi queja|estoy hart[oa]|es indignante|deberian|deberiais"
    r"|estaria bien que|por lo demas, el servicio)\b"
)
GENERAL = Cue(
    r"\b(?:atendeis|abris|a que hora (?:abr|cierr|atend)\w+|que horario|horario de (?:atencion|apertura)"
    r"|sois (?:una )?(?:maquina|robot|persona)|que es mas facil|q es mas facil|que diferencia hay|hay "
    r"ayudas|ai ayudas|que ayudas hay|estoy obligad[oa]|esta obligad[oa]|estamos obligad[oa]s|obligatorio "
    r"(?:para|hacerlo)|a la fuerza|cuentan? (?:como|los) (?:dias? )?(?:habil|sabado|festivo)|los sabados "
    r"cuentan|son habiles|que navegadores|con que navegadores|tamaño maximo permitido en general)\b"
)


def priority(reading: Reading, verdict: Verdict) -> Verdict:
    """P1 today or tomorrow, an old notice, a sede down for several; P2 within three working days; P4 what can wait."""
    found: tuple[Priority, str] = ("P3", "")
    for question in (_emergency, _idle, _down, _notice, _term, _urgent, _filing, _calm):
        told = question(reading, verdict)
        if told is not None:
            found = told
            break
    level, reason = found
    return verdict.say(RULE, "priority", level, reason or "sin fecha ni prisa en el texto", priority=level)


Told = tuple[Priority, str] | None


def _emergency(_: Reading, verdict: Verdict) -> Told:
    return ("P1", "hay un peligro: 112") if verdict.emergency else None


def _idle(_: Reading, verdict: Verdict) -> Told:
    return ("P4", "no pide nada") if verdict.junk or verdict.courtesy or verdict.stop or verdict.choice == 1 else None


def _down(reading: Reading, verdict: Verdict) -> Told:
    if verdict.category != "incidencia-sede":
        return None
    several = MANY.search(reading.said)
    if several and DOWN.search(reading.said):
        return "P1", f"avería para varias personas: «{several.group()}»"
    return None


def _notice(reading: Reading, verdict: Verdict) -> Told:
    if verdict.why("deadline") is None or "aviso del" not in (verdict.why("deadline") or ""):
        return None
    notice = notice_day(reading, reading.days)
    age = (reading.today - notice).days if notice else 0
    if age in (9, 10):
        return "P1", f"notificación avisada el {spanish(notice or reading.today)}: día {age} de 10"
    return ("P2", f"notificación: día {age} de 10") if 6 <= age <= 8 else None


def _term(reading: Reading, verdict: Verdict) -> Told:
    last = verdict.deadline
    if last is None or last < reading.today or "aviso del" in (verdict.why("deadline") or ""):
        return None
    left = (last - reading.today).days
    reason = verdict.why("deadline") or ""
    if left <= 1 or verdict.filing:
        return "P1", reason
    if reading.books.working_days(reading.today, last) <= 3 or (verdict.category == "licitaciones" and left <= 5):
        return "P2", reason
    return "P3", reason


def _urgent(reading: Reading, _: Verdict) -> Told:
    match = URGENT.search(reading.said)
    if not match or re.search(r"\bno (?:me |nos )?(?:es )?" + re.escape(match.group()), reading.folded):
        return None
    return "P2", f"dice «{match.group()}» sin dar la fecha"


def _filing(_: Reading, verdict: Verdict) -> Told:
    return ("P2", "cree que está presentando algo") if verdict.filing else None


def _calm(reading: Reading, _: Verdict) -> Told:
    short = len(reading.folded) <= SHORT
    for pattern in (PRAISE, CALM, PERSONAL, *((GENERAL,) if short else ())):
        match = pattern.search(reading.said)
        if match:
            return "P4", f"puede esperar: «{match.group()}»"
    return None
