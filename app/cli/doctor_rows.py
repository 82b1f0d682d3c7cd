"""What the rows tell the doctor: people, lines, calendar, waiting work, backups, tokens about to end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.finding import Finding
from app.desk import arrivals, backups, channel_health
from app.models.arrival import Line
from app.models.book import CalendarDay, Lease, Setting
from app.models.people import ApiToken, Role, User

BACKUP = timedelta(hours=26)
PATIENCE = timedelta(minutes=5)
SOON = timedelta(days=14)
# Next year's days off are published in autumn; to miss them in spring is no fault of anybody's.
PUBLISHED_IN = 10


def look(session: Session, *, demo: bool, now: datetime, zone: ZoneInfo) -> Iterator[Finding]:
    """Every check of the rows in turn."""
    yield from _people(session, demo=demo)
    yield from _calendar(session, now.astimezone(zone))
    yield from _lines(session, now)
    yield from _work(session, now)
    if not demo:
        yield from _backup(session, now)
    yield from _tokens(session, now)


def _people(session: Session, *, demo: bool) -> Iterator[Finding]:
    samples = session.scalar(select(func.count()).select_from(User).where(User.demo, User.active)) or 0
    admin = select(User.id).where(User.role == Role.ADMIN, User.active, User.password_hash.is_not(None)).limit(1)
    yield Finding(
        "usuarios de muestra", demo or not samples, "hay cuentas de la demostración: `flask people stop CORREO`"
    )
    yield Finding(
        "administración",
        session.scalar(admin) is not None,
        "nadie que administre ha entrado aún: abra el enlace de `flask init` o haga otro con `flask people invite`",
    )


def _calendar(session: Session, today: datetime) -> Iterator[Finding]:
    year = today.year + (today.month >= PUBLISHED_IN)
    days = session.execute(
        select(CalendarDay.state, func.count())
        .where(func.extract("year", CalendarDay.day) == year, CalendarDay.scope != "desk")
        .group_by(CalendarDay.state)
    ).all()
    open_ = sum(count for state, count in days if state != "confirmado")
    cure = "faltan: cópielos del boletín oficial" if not days else f"quedan {open_} sin confirmar con el boletín"
    yield Finding(f"festivos de {year}", bool(days) and not open_, f"{cure} (página Ajustes)")


def _lines(session: Session, now: datetime) -> Iterator[Finding]:
    row = session.get(Setting, "mail_silence_minutes")
    patience = channel_health.patience({"mail_silence_minutes": row.value if row else None})
    for line in session.scalars(select(Line).order_by(Line.id)):
        dead = "no está en servicio: `flask lines mode` con --go-live" if line.go_live is None else ""
        unread = "hace rato que no se puede leer el buzón" if channel_health.silent(line, patience, now=now) else ""
        told = line.trouble or dead or unread
        yield Finding(f"línea {line.channel} {line.address}", not told, told)


def _work(session: Session, now: datetime) -> Iterator[Finding]:
    oldest = arrivals.oldest_unfiled(session)
    waiting = oldest is not None and now - oldest > PATIENCE
    cure = "hay mensajes sin leer hace rato: ¿están en marcha `flask serve`, o `flask work` y `flask clock`?"
    yield Finding("mensajes por leer", not waiting, cure)
    until = session.scalar(select(Lease.until).where(Lease.name == "clock"))
    # A desk that never ran has no clock yet, and needs none.
    stopped = until is not None and now - until > PATIENCE
    yield Finding("reloj del servicio", not stopped, "está parado: arranque `flask serve`, o `flask clock`")


def _backup(session: Session, now: datetime) -> Iterator[Finding]:
    last = backups.last(session)
    if last is None:
        yield Finding("copia de seguridad", False, "no hay ninguna: `flask backup FICHERO` cada noche")
        return
    hours = int((now - last.at).total_seconds() // 3600)
    yield Finding("copia de seguridad", now - last.at < BACKUP, f"la última es de hace {hours} horas: `flask backup`")
    yield Finding("copia en otro disco", last.elsewhere, "está en el disco del servicio: escríbala en otro o llévela")


def _tokens(session: Session, now: datetime) -> Iterator[Finding]:
    ending = session.scalars(
        select(ApiToken.name).where(ApiToken.revoked_at.is_(None), ApiToken.expires_at.between(now, now + SOON))
    ).all()
    cure = f"caducan en menos de {SOON.days} días: {', '.join(ending)}; haga otros con `flask token add`"
    yield Finding("tokens de la API", not ending, cure)
