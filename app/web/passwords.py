"""Passwords: kept as argon2id, checked two at a time at most, and never inside a transaction."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.web.say import _

SHORTEST, LONGEST = 10, 200
TOO_COMMON = frozenset(
    {"contraseña", "contrasena", "ventanilla", "1234567890", "0123456789", "qwertyuiop", "password12"}
)

_hasher = PasswordHasher()
# One check takes 64 MB and a quarter of a second on purpose; more than two at once would be a gift to an attacker.
_turns = BoundedSemaphore(2)
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$8C6ZD2LIP3/eQx7nAAx+WA$GVu4lE50NWiRbnjX3woBwsPiqhdNWZPjPHBnh7FQaZM"


def keep(password: str) -> str:
    """What is kept of a password."""
    with _turns:
        return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password; takes its time for nobody's too, so that guessing names is not quicker."""
    with _turns:
        try:
            return _hasher.verify(kept or _NOBODY, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def trouble(password: str, again: str) -> str | None:
    """What is wrong with a new password, in a sentence; None if nothing."""
    if len(password) < SHORTEST:
        return _(
            "La contraseña debe tener al menos %(count)s caracteres. Una frase de tres palabras vale.", count=SHORTEST
        )
    if len(password) > LONGEST:
        return _("La contraseña no puede pasar de %(count)s caracteres.", count=LONGEST)
    if password.casefold() in TOO_COMMON or len(set(password)) < 4:
        return _("Esa contraseña es demasiado fácil de adivinar.")
    if password != again:
        return _("Las dos contraseñas no son iguales.")
    return None
