"""What codes are called on the desk's pages: categories, channels, states, priorities."""

from dataclasses import dataclass

from app.desk.books import Books
from app.desk.categories import names
from app.models.ticket import Status
from app.web.say import _

PRIORITIES = ("P1", "P2", "P3", "P4")


@dataclass(frozen=True, slots=True)
class Sign:
    """A word with its icon."""

    word: str
    icon: str


@dataclass(frozen=True, slots=True)
class Pill:
    """A state or a deadline: its tone (late, soon, calm, fine, accent or none), icon and words."""

    tone: str
    icon: str
    words: str


def categories(books: Books) -> dict[str, str]:
    """Every category with its name, in the order of the taxonomy."""
    return names(books)


def channels() -> dict[str, Sign]:
    """The ways in and out."""
    return {
        "whatsapp": Sign("WhatsApp", "whatsapp"),
        "email": Sign(_("Correo"), "mail"),
        "phone": Sign(_("Teléfono"), "phone"),
        "form": Sign(_("Formulario"), "pen-line"),
        "api": Sign(_("Otro programa"), "link"),
    }


def channel(name: str) -> Sign:
    """One way in, known or not."""
    return channels().get(name) or Sign(name, "inbox")


def states() -> dict[Status, Pill]:
    """Whose turn it is, in words."""
    return {
        Status.NEW: Pill("accent", "", _("Nueva")),
        Status.OPEN: Pill("accent", "", _("Abierta")),
        Status.WAITING: Pill("", "pause", _("Espera respuesta")),
        Status.HELD: Pill("", "users", _("En manos de otro")),
        Status.SOLVED: Pill("fine", "check", _("Resuelta")),
        Status.CLOSED: Pill("", "", _("Cerrada")),
    }
