"""What is found while somebody types in the search of the frame: a few consultas to choose from at once."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from app import clock
from app.desk import lists, search
from app.house import house
from app.models.people import Role
from app.web.access import allow
from app.web.queue_rows import rows

blueprint = Blueprint("finding", __name__, url_prefix="/consultas/buscar")
MOST, FEWEST = 7, 3


@blueprint.get("")
@allow(Role.TECHNICIAN)
def page() -> str:
    """The newest consultas in which these words, the last one begun, were said; nothing for words with an operator."""
    typed, books, now = request.args.get("q", "").strip()[:200], house().books.current(), clock.now()
    if len(typed) < FEWEST or ":" in typed:
        return render_template("queue/_hits.html", hits=[])
    with house().db.reading() as session:
        found = lists.load(session, search.tickets(session, typed, begun=True)[:MOST])
        hits = rows(found, {}, user=current_user.user, books=books, now=now)
    return render_template("queue/_hits.html", hits=hits)
