"""What a town hall and a citizen are told of a matter handed over; never a note, never a clerk's comment."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import wording
from app.desk.books import Books
from app.desk.mail_threads import SAID
from app.desk.numbers import number
from app.models.message import Direction, Message
from app.models.people import Contact, Identity
from app.models.place import EntityKind, TownHall
from app.models.ticket import Ticket

LONGEST = 3000


def asked(session: Session, ticket: Ticket, hall: TownHall, books: Books, *, link: str) -> str:
    """The mail that hands over: the citizen's words and addresses, what we have said, three buttons."""
    return wording.fill(
        books.text("handed_clerk"),
        {
            **_holes(ticket, hall, books),
            "quote": wording.quoted(_heard(session, ticket), LONGEST),
            "contact": _contact(session, ticket),
            "said": _said(session, ticket),
            "taken": f"{link}?dicho=lo-tengo",
            "refused": f"{link}?dicho=no-es-mio",
            "answered": f"{link}?dicho=contestado",
        },
    )


def again(ticket: Ticket, hall: TownHall, books: Books, *, link: str) -> str:
    """The reminder."""
    return wording.fill(books.text("handed_again"), {**_holes(ticket, hall, books), "link": link})


def told(ticket: Ticket, hall: TownHall, books: Books) -> str:
    """To the citizen: who answers, its telephone and days."""
    return wording.fill(books.text("handed_citizen", ticket.language), _holes(ticket, hall, books))


def still(ticket: Ticket, hall: TownHall, books: Books) -> str:
    """To the citizen when the town hall is silent."""
    return wording.fill(books.text("handed_still", ticket.language), _holes(ticket, hall, books))


def call(ticket: Ticket, hall: TownHall) -> str:
    """To the desk: whom to call."""
    reached = f" al {hall.phone}" if hall.phone else ""
    return f"Llamar{reached} a {hall.name}: no ha dicho nada de la consulta {number(ticket.id)} que se le devolvió."


def subject(ticket: Ticket) -> str:
    """A subject that says nothing about anybody."""
    return f"Consulta {number(ticket.id)}"


def _holes(ticket: Ticket, hall: TownHall, books: Books) -> dict[str, str]:
    known = books.halls.get(hall.code)
    office = known.office if known else hall.name
    reached = [f"teléfono {hall.phone}" if hall.phone else "", hall.attendance or ""]
    return {
        "entity": books.province.entity,
        "number": number(ticket.id),
        "town_hall": office,
        "of_town_hall": f"del {office[3:]}" if hall.kind is EntityKind.MUNICIPALITY else f"de {office}",
        "reached": ": " + ", ".join(part for part in reached if part) if any(reached) else "",
        "phone": books.province.phone,
        "privacy": str(books.province.more.get("privacy_url", "")),
    }


def _heard(session: Session, ticket: Ticket) -> str:
    """The citizen's own words; those of clerks and colleagues who take part are not hers."""
    own = (
        select(Message.reply, Message.text)
        .join(Identity, Identity.id == Message.identity_id)
        .where(
            Message.ticket_id == ticket.id,
            Message.direction == Direction.IN,
            Identity.contact_id == ticket.contact_id,
            Message.erased_at.is_(None),
        )
        .order_by(Message.id)
    )
    return "\n\n".join((reply or text).strip() for reply, text in session.execute(own))


def _said(session: Session, ticket: Ticket) -> str:
    last = session.scalar(
        select(Message)
        .where(
            Message.ticket_id == ticket.id,
            Message.direction == Direction.OUT,
            Message.audience == "contact",
            Message.delivery.in_(SAID),
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return wording.quoted(last.text, LONGEST) if last else "Nada todavía."


def _contact(session: Session, ticket: Ticket) -> str:
    contact = session.get_one(Contact, ticket.contact_id)
    reached = [one.typed or one.address for one in contact.identities if one.kind in {"phone", "email"}]
    return ", ".join([contact.name or "Sin nombre", *dict.fromkeys(reached)])
