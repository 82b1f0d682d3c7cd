"""By when must something be done, as far as the text says?"""

import re
from datetime import date, timedelta

from triage.cues import Cue
from triage.dates import Day
from triage.day_names import NUMBERS
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "deadline"
NOTICE_DAYS = 10
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
END = (
    r"plazo|pla[sz]o|termin\w+|acab\w+|vence\w*|vens\w+|vencimiento|caduc\w+|cierr\w+|finaliz\w+|expir\w+"
    r"|concluy\w+|limite|tope|ultimo dia|ultim[oa]"
    r"|se (?:me|nos|le) (?:pasa|cierra|acaba|va)|cumplen?|deadline|due|delai|termen|prazo|frist|срок\w*|ends"
    r"|closes|expires|jusqu'au|until"
)
BEFORE = re.compile(
    r"(?:\b(?:" + END + r")\b[^.;!?\n]{0,60}"
    r"|\b(?:hasta|asta|antes de|antes d|antes|a mas tardar|como muy tarde|como tarde|de aqui a|para|pa"
    r"|entregar\w*|presentar\w*|firmar\w*|mandar\w*|pagar\w*|echar\w*|meter\w*|by)"
    r" ?(?:las \d{1,2}(?:[:.]\d\d)? ?(?:h\.?|horas)? ?)?(?:el|del|d?el dia|al|a|las|que|q)?"
    r" ?(?:proximo |este |mismo |dia |(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo),? )*)$"
)
AFTER = re.compile(r"^[^.;?!\n]{0,45}\b(?:" + END + r"|a mas tardar|como muy tarde|como tarde|sin falta|si o si)\b")
MUST = re.compile(
    r"\b(?:tengo que|tengo q|tengo cita|hay que|hay q|tenemos que|tenemos q|necesito|debo|urge|urgente"
    r"|sin falta|me obligan|me piden|tiene que|tiene q)\b[^.;\n]{0,60}$"
)
NOT_MINE = re.compile(
    r"\b(?:naci(?:do|da|miento)?|fecha de nacimiento|cumpleaños|factura(?: \S+)?(?: de fecha)?|fra\.?"
    r"|albaran|expedid[oa]|fallecio|murio|dni|nie|escritura|acta|ley|decreto|bop|bocyl|boe"
    r"|version|windows|android|ios|expediente|expte\.?|exp\.?|nº|numero|num|art\.?|articulo|telefono|tfno"
    r"|tlf|calle|movil|nif|cp)(?!\w)[^.;\n]{0,14}$"
)
FAREWELL = re.compile(r"\b(?:gracias|saludos?|adios|bueno|vale|ok)[,.! ]*hasta (?:el |la )?$")
OWN_END = re.compile(
    r"\b(?:certificad\w+|certificao|sertificado|dni\w*|carne|clave|codigo|contraseña|tarjeta"
    r"|itv)\b[^.;\n]{0,40}\b(?:caduc\w*|venc\w*|expir\w*|valid\w*)\b[^.;\n]{0,14}$"
)
HAPPENED = re.compile(
    r"\b(?:desde|llevo|me llego|nos llego|recib\w+|avis\w+|mande|presente|presentamos|presento|envie"
    r"|enviamos|hice|pedi|pedimos|fui|fue|intente|firme|pague|abri|lei|leimos|solicite|puse|entro|caduco"
    r"|acabo|cerro|saque|registr[eo]|me dieron|notificad\w+|publicad\w+|sali[oó])"
    r"\b[^.;\n]{0,25}$"
)
NOTICE = Cue(
    r"\b(?:avis\w+|notif\w*|notifi\w+|notici\w*|puesta a disposicion|dehu|requerimiento|carta|buzon"
    r"|notification|l'avis|уведомлен\w*|известие\w*)\b"
)
NOTICE_NEAR = re.compile(
    r"\b(?:avis\w+|notif\w*|puesta a disposicion|recib\w+|lleg\w+|mandaron|enviad\w+|entr[oó]|constan?"
    r"|pusieron|tengo|sms|correo|mensaje|date)\b[^.;!?\n]{0,60}$"
)
AGED = Cue(
    r"\b(?P<n>\d{1,2}|ocho|nueve|diez|siete|seis) dias? (?:con|desde|de) (?:el |la |que |q )*(?:aviso"
    r"|notif\w*)|\b(?:aviso|notif\w*)[^.\n]{0,40}\b(?:hace|ya hace|desde hace) (?:ya )?(?P<m>\d{1,2}|ocho"
    r"|nueve|diez|siete|seis) dias"
)
OPENED = Cue(
    r"(?<!no )(?<!sin )\b(?:la abri|lo abri|la lei|lo lei|abierta|leida|l[ao] h?e (?:abierto|leido)|(?:como|ya) "
    r"«?rechazad\w+|la descargue|firme|ya esta firme)\b"
)
ASKED_TERM = Cue(
    r"\b(?:diez|10|15|quince|20|veinte|cinco|5) dias?(?: habiles)?(?: \w+){0,3} (?:para|pa|de plazo"
    r"|habiles|desde)|\b(?:dan|dieron|dado|conceden|tengo|plazo de|acreditar\w*.{0,30} en) (?P<n>diez|10"
    r"|15|quince|20|veinte|cinco|5) dias"
)
PAID = ("recibo", "pago", "pagar", "ibi", "tasa", "contribucion")


def deadline(reading: Reading, verdict: Verdict) -> Verdict:
    """The earliest day that the text gives as an end; for a notification, ten calendar days after its notice."""
    named = reading.days
    ends = [day for day in (_end(reading, one) for one in named) if day and day >= reading.today - timedelta(days=1)]
    notice = notice_day(reading, named)
    limit = notice + timedelta(days=NOTICE_DAYS) if notice else None
    if notice and limit and limit <= min(ends, default=limit):
        age = (reading.today - notice).days
        return _say(verdict, limit, f"aviso del {spanish(notice)} (hace {age} días): diez días naturales")
    if ends:
        last = min(ends)
        return _say(verdict, last, f"{in_words(last, reading.today)}: vence el plazo")
    return _term(reading, verdict, named)


def notice_day(reading: Reading, named: list[Day]) -> date | None:
    """When the notice of a notification came; None if none is spoken of, it was opened, or it is long ago."""
    folded = reading.folded
    if not NOTICE.search(reading.said) or OPENED.search(reading.said) or "requerimiento" in folded:
        return None
    aged = AGED.search(reading.said)
    if aged:
        told = aged["n"] or aged["m"]
        return reading.today - timedelta(days=NUMBERS.get(told) or int(told))
    for one in named:
        day = one.past if one.past is not None else one.day
        before = folded[max(0, one.start - 75) : one.start]
        if one.kind in ("today", "tomorrow", "within", "end") or day > reading.today or NOT_MINE.search(before):
            continue
        after = folded[one.end : one.end + 60].split(".")[0]
        near = NOTICE_NEAR.search(before) or (NOTICE.compiled.search(after) and NOTICE_NEAR.search(after + " "))
        if (reading.today - day).days <= 12 and near:
            return day
    return None


def _end(reading: Reading, one: Day) -> date | None:
    """The day, if its neighbours make an end of it."""
    folded = reading.folded
    before, after = folded[max(0, one.start - 90) : one.start], folded[one.end : one.end + 60]
    if one.kind in ("ago", "yesterday", "before_yesterday") or NOT_MINE.search(before[-45:]):
        return None
    if (
        one.kind == "day"
        and folded[one.start : one.start + 2] not in ("di", "ha", "an")
        and not BEFORE.search(before)
        and not AFTER.match(after)
    ):
        return None
    if FAREWELL.search(before):
        return None
    if OWN_END.search(before[-60:]) and not re.search(r"\bplazo\b", before + after):
        return None
    if one.kind == "within" and re.match(r"qu?ed|falt|restan", folded[one.start :]):
        return one.day
    ended = BEFORE.search(before) or AFTER.match(after) or folded[one.start : one.start + 5] in ("hasta", "antes")
    if not ended:
        return (
            one.day
            if MUST.search(before) and one.kind in ("today", "tomorrow", "after_tomorrow", "weekday", "weekday_day")
            else None
        )
    if HAPPENED.search(before[-35:]) and not re.search(END, before[-25:]) and not AFTER.match(after):
        return None
    if one.kind == "within" and not re.search(END, before[-30:] + folded[one.start : one.end + 30]):
        return None
    return one.day


def _term(reading: Reading, verdict: Verdict, named: list[Day]) -> Verdict:
    """«Me dieron diez días el 9 de abril»: working days from the day on which it was received."""
    match = ASKED_TERM.search(reading.said)
    if not match:
        return verdict
    count = {"diez": 10, "quince": 15, "veinte": 20, "cinco": 5}
    told = re.search(r"diez|quince|veinte|cinco|\d+", match.group())
    size = count.get(told.group()) or int(told.group()) if told else 10
    starts = [one.past or one.day for one in named if (one.past or one.day) <= reading.today and one.kind != "today"]
    if not starts or (reading.today - max(starts)).days > 30:
        return verdict
    last = reading.books.after_working_days(max(starts), size)
    if last < reading.today:
        return verdict
    return _say(verdict, last, f"{size} días hábiles desde el {spanish(max(starts))}: fecha prudente, no oficial")


def _say(verdict: Verdict, last: date, reason: str) -> Verdict:
    return verdict.say(RULE, "deadline", last.isoformat(), reason, deadline=last)


def spanish(day: date) -> str:
    """«4 de diciembre»."""
    return f"{day.day} de {MONTHS[day.month - 1]}"


def in_words(day: date, today: date) -> str:
    """«mañana, 4 de diciembre»."""
    near = {0: "hoy, ", 1: "mañana, ", 2: "pasado mañana, ", -1: "ayer, "}
    return near.get((day - today).days, "") + spanish(day)
