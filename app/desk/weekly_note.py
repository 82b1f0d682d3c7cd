"""The weekly note: eight lines to copy, each with its definition, frozen on the day it is issued."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import reports, small_cells
from app.desk.books import Books
from app.desk.reports import Report
from app.errors import Impossible
from app.i18n import MONTHS, NBSP
from app.models.office import WeeklyNote
from app.models.people import User
from app.models.ticket import Outcome
from kb.words import fold

# What the platform of the town halls counts itself, by the key under which it is kept, and how lines of a file call it.
PLATFORM: Mapping[str, tuple[str, str]] = {
    "documents": ("documentos electrónicos", "document"),
    "files": ("expedientes abiertos", "expedient"),
    "entries": ("anotaciones de registro", "registr"),
    "notifications": ("notificaciones", "notificaci"),
    "accesses": ("accesos", "acces"),
    "signatures": ("firmas", "firma"),
}
TOP = 5
TOO_FAR = 10
HIGHEST = 1_000_000_000
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line to copy, and what exactly it counts."""

    text: str
    definition: str


def issued(session: Session, monday: date) -> WeeklyNote | None:
    """The note of a week as it was issued."""
    return session.scalar(select(WeeklyNote).where(WeeklyNote.week == monday))


def last_figures(session: Session, monday: date) -> dict[str, int]:
    """The platform's figures in the newest note before a week."""
    newest = select(WeeklyNote).where(WeeklyNote.week < monday).order_by(WeeklyNote.week.desc()).limit(1)
    note = session.scalar(newest)
    return dict(note.figures.get("platform", {})) if note else {}


def compose(
    session: Session,
    books: Books,
    monday: date,
    platform: Mapping[str, int],
    names: Mapping[str, str],
    *,
    now: datetime,
) -> list[Line]:
    """The eight lines as they would be issued now."""
    week, before = reports.week_of(monday), reports.week_of(monday - timedelta(days=1))
    told = reports.report(session, books, week, now=now)
    earlier = reports.report(session, books, before, now=now)
    return [
        _total(told, earlier, books),
        _channels(told),
        _places(told),
        _subjects(told, names),
        _speed(told),
        _outcome(told),
        Line(
            f"Al cierre quedaban {_few(reports.open_at_close(session))} consultas abiertas.",
            "Consultas nuevas, abiertas o en manos de otra entidad en el momento de emitir la nota.",
        ),
        _platform(platform),
    ]


def read(text: str) -> dict[str, int]:
    """The platform's figures as a file or a mail gives them: a name and a number in each line."""
    found: dict[str, int] = {}
    for place, line in enumerate(text.splitlines(), start=1):
        number = re.search(r"\d[\d.\s]*", line)
        if number is None:
            continue
        words = fold(line)
        key = next((key for key, (_, sign) in PLATFORM.items() if sign in words), None)
        if key is None:
            raise Impossible(f"Línea {place}: no se sabe qué cuenta. Ponga por ejemplo «accesos;1.700».")
        found[key] = whole(number.group(), PLATFORM[key][0])
    return found


def whole(typed: str, name: str) -> int:
    """A number of the platform as people write it: «1.700»."""
    plain = re.sub(r"[.\s]", "", typed)
    if not plain.isdecimal() or int(plain) > HIGHEST:
        raise Impossible(f"«{typed.strip()}» no es un número de {name}.")
    return int(plain)


def doubts(platform: Mapping[str, int], before: Mapping[str, int]) -> list[str]:
    """What looks wrong in the platform's figures beside those of the note before."""
    told = []
    for key, count in platform.items():
        earlier = before.get(key)
        if earlier and not earlier / TOO_FAR <= count <= earlier * TOO_FAR:
            told.append(f"{PLATFORM[key][0]}: {_grouped(count)}, y en la nota anterior {_grouped(earlier)}.")
    if platform and platform == before:
        told.append("Las cifras son las mismas que las de la nota anterior.")
    return told


def issue(
    session: Session,
    books: Books,
    monday: date,
    platform: Mapping[str, int],
    names: Mapping[str, str],
    *,
    by: User,
    now: datetime,
) -> WeeklyNote:
    """Freeze the note of a week; it never changes afterwards."""
    if now.astimezone(books.hours.zone).date() < monday + timedelta(days=FRIDAY):
        raise Impossible("La nota de una semana se emite desde su viernes.")
    if issued(session, monday) is not None:
        raise Impossible("La nota de esa semana ya está emitida y no se cambia.")
    lines = compose(session, books, monday, platform, names, now=now)
    note = WeeklyNote(
        week=monday,
        issued_at=now,
        issued_by_id=by.id,
        lines=[asdict(line) for line in lines],
        figures={"platform": dict(platform)},
    )
    session.add(note)
    return note


def frozen(note: WeeklyNote) -> list[Line]:
    """The lines of a note as it was issued."""
    return [Line(**line) for line in note.lines]


def _total(told: Report, before: Report, books: Books) -> Line:
    first, last = told.period.first, told.period.last
    begins = f"{first.day}" if first.month == last.month else f"{first.day} de {MONTHS[first.month - 1]}"
    week = f"{begins} al {last.day} de {MONTHS[last.month - 1]} de {last.year}"
    change = _change(told.total, before.total)
    return Line(
        f"Semana del {week}: la ayuda de administración electrónica de la {books.province.entity} recibió "
        f"{_few(told.total)} consultas{change}.",
        "Consultas por el día de su primer mensaje, de lunes a domingo; sin publicidad ni duplicadas.",
    )


def _channels(told: Report) -> Line:
    named = {"whatsapp": "por WhatsApp", "email": "por correo", "phone": "por teléfono"}
    cells = small_cells.suppress({named.get(key, "por otros medios"): count for key, count in told.by_channel.items()})
    parts = [f"{name}, {_shown(count)}" for name, count in cells.items()]
    text = "; ".join(parts) or "no hubo consultas"
    return Line(f"{text[:1].upper()}{text[1:]}.", "Canal del primer mensaje de cada consulta.")


def _places(told: Report) -> Line:
    return Line(
        f"Los ayuntamientos derivaron {_few(sum(told.forwarded.values()))} consultas; "
        f"se sabe el municipio en {_few(sum(told.by_hall.values()))}, de {_few(len(told.by_hall))} municipios.",
        "Derivadas: las que reenvió un ayuntamiento. Municipio: el que dijo la persona o quien derivó.",
    )


def _subjects(told: Report, names: Mapping[str, str]) -> Line:
    whole = sum(told.by_category.values())
    top = [(key, count) for key, count in told.by_category.items() if count >= small_cells.SMALLEST][:TOP]
    parts = [f"{names.get(key, key)} ({round(100 * count / whole)}{NBSP}%)" for key, count in top]
    return Line(
        f"Los asuntos más frecuentes: {', '.join(parts)}." if parts else "Ningún asunto llegó a cinco consultas.",
        "Categoría de la consulta; porcentaje sobre las que la tienen. Solo las de cinco o más.",
    )


def _speed(told: Report) -> Line:
    definition = "Horas de atención hasta la respuesta de una persona; las respuestas automáticas no cuentan."
    if told.first.median is None or told.first.count < small_cells.SMALLEST:
        return Line("Primera respuesta: sin consultas bastantes para dar una cifra.", definition)
    minutes = int(told.first.median.total_seconds() // 60)
    length = f"{minutes}{NBSP}minutos" if minutes < 90 else f"{round(minutes / 60)}{NBSP}horas"
    share = round(100 * told.same_day / told.answered)
    return Line(
        f"Una persona contestó en {length} (mediana), y el {share}{NBSP}% en el mismo día de atención.", definition
    )


def _outcome(told: Report) -> Line:
    helped = told.outcomes.get(Outcome.HELPED, 0)
    unknown = told.outcomes.get(Outcome.UNKNOWN, 0)
    return Line(
        f"Se resolvieron {_few(told.solved)}; en {_few(helped)} la persona dijo que le bastó un artículo, "
        f"y en {_few(unknown)} no dijo nada.",
        "Por un artículo: solo quien contestó «1» o «sí». El silencio se cuenta aparte y nunca como resuelto.",
    )


def _platform(platform: Mapping[str, int]) -> Line:
    parts = [f"{_grouped(platform[key])} {name}" for key, (name, _) in PLATFORM.items() if key in platform]
    return Line(
        f"En la plataforma: {', '.join(parts)}." if parts else "La plataforma no ha dado cifras esta semana.",
        "Cifras de la propia plataforma, copiadas tal como las da; no se comprueban aquí.",
    )


def _change(count: int, before: int) -> str:
    if before < small_cells.SMALLEST or count < small_cells.SMALLEST:
        return ""
    percent = round(100 * (count - before) / before)
    if percent == 0:
        return ", como la semana anterior"
    return f", un {abs(percent)}{NBSP}% {'más' if percent > 0 else 'menos'} que la semana anterior"


def _few(count: int) -> str:
    return f"menos de {small_cells.SMALLEST}" if count < small_cells.SMALLEST else _grouped(count)


def _shown(count: int | None) -> str:
    return "sin dato publicable" if count is None else _grouped(count)


def _grouped(count: int) -> str:
    """«1.700»."""
    return f"{count:,}".replace(",", ".")
