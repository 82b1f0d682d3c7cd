"""«Tomás lo está viendo»: told by the page of a ticket while somebody has it open, shown to everybody else."""

from flask import Blueprint, request

from app import clock
from app.desk import following, presence
from app.house import house
from app.models.people import Role
from app.web.access import allow, me
from app.web.ticket import found

blueprint = Blueprint("eyes", __name__)


@blueprint.post("/consultas/<number>/presencia")
@allow(Role.TECHNICIAN)
def look(number: str) -> tuple[str, int]:
    """Somebody looks, writes (`escribe`), or has gone (`fuera`)."""
    now = clock.now()
    with house().db.transaction() as session:
        ticket, by = found(session, number), me(session)
        if request.form.get("fuera"):
            presence.leave(session, ticket, by=by)
        else:
            presence.look(session, ticket, by=by, writing=bool(request.form.get("escribe")), now=now)
            following.seen(session, ticket, by=by)
    return "", 204
