"""Who else looks at tickets, in words, and a mark of it for pages that ask whether anything has changed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.desk import presence
from app.desk.presence import Eyes
from app.models.people import User
from app.web.say import _


def words(session: Session, ids: Sequence[int], *, user: User, now: datetime) -> Mapping[int, str]:
    """«Tomás lo está viendo», by ticket."""
    return {one: told(eyes) for one, eyes in presence.others(session, ids, user=user, now=now).items()}


def mark(said: Mapping[int, str]) -> str:
    """Nothing while nobody else looks, else some letters that change with who does."""
    return "." + hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()[:8] if said else ""


def told(eyes: Sequence[Eyes]) -> str:
    """The same of one ticket; nothing when nobody looks."""
    if not eyes:
        return ""
    writing = next((one for one in eyes if one.writing), None)
    name = (writing or eyes[0]).name.split()[0]
    if writing is not None:
        return _("%(name)s está escribiendo", name=name)
    if len(eyes) > 1:
        return _("%(name)s y otras personas lo están viendo", name=name)
    return _("%(name)s lo está viendo", name=name)
