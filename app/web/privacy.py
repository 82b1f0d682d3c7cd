"""What people may ask about their own data: the administrator finds it, hands it over, erases it, and sets terms."""

import tempfile

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app import clock, privacy
from app.backup import person
from app.desk import data_subject, retention, subject_access
from app.desk.data_subject import Found, Scope
from app.desk.numbers import number
from app.house import house
from app.models.people import Role
from app.web import labels
from app.web.access import allow
from app.web.say import _, count_of
from app.web.toast import tell

blueprint = Blueprint("privacy", __name__, url_prefix="/ajustes/privacidad")


@blueprint.get("")
@allow(Role.ADMIN)
def page() -> str:
    """Look for somebody; how long words are kept."""
    return _page("", None)


@blueprint.post("/buscar")
@allow(Role.ADMIN)
def search() -> str:
    """Who was found. By POST, since addresses of pages end in logs and names must not."""
    who, home = request.form.get("quien", "").strip(), house()
    with home.db.reading() as session:
        found = data_subject.find(session, who, region=home.books.current().province.phone_region)
    return _page(who, found)


@blueprint.get("/revisar")
@allow(Role.ADMIN)
def review() -> str:
    """How much these contacts and tickets hold, before anything is handed over or erased."""
    scope = _scope(request.args.getlist("ficha"), request.args.getlist("consulta"))
    with house().db.reading() as session:
        sizes = data_subject.sizes(session, scope)
    return render_template("privacy/review.html", scope=scope, sizes=sizes)


@blueprint.get("/datos.zip")
@allow(Role.ADMIN)
def data() -> Response:
    """Everything of theirs in one archive."""
    scope = _scope(request.args.getlist("ficha"), request.args.getlist("consulta"))
    with house().db.reading() as session:
        dossier = subject_access.dossier(session, scope, now=clock.now())
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the answer reads it and closes it
    person.write(out, dossier, house().files)
    out.seek(0)
    answer = send_file(out, mimetype="application/zip", as_attachment=True, download_name="datos.zip")
    answer.call_on_close(out.close)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/borrar")
@allow(Role.ADMIN)
def erase() -> AnyResponse:
    """Take it all away for good."""
    scope = _scope(request.form.getlist("ficha"), request.form.getlist("consulta"))
    if "seguro" not in request.form:
        tell(_("Marque que lo ha comprobado: lo borrado no se puede recuperar."))
        return redirect(url_for("privacy.review", ficha=scope.contact_ids, consulta=scope.ticket_ids), 303)
    done = privacy.erase(house(), scope, because=request.form.get("motivo", "")[:200], by_id=current_user.user.id)
    tell(
        count_of(
            "Borrado %(num)s mensaje con sus ficheros.", "Borrados %(num)s mensajes con sus ficheros.", done.messages
        )
    )
    return redirect(url_for("privacy.page"), 303)


@blueprint.post("/plazos")
@allow(Role.ADMIN)
def term() -> AnyResponse:
    """How long words of one channel and category outlive their ticket; no days at all is for ever."""
    told = request.form
    days = told.get("dias", "").strip()
    if days and not days.isdecimal():
        tell(_("Escriba el plazo en días, con cifras."))
        return redirect(url_for("privacy.page") + "#plazos", 303)
    with house().db.transaction() as session:
        retention.set_term(
            session,
            channel=told.get("canal") or retention.ANY,
            category=told.get("categoria") or retention.ANY,
            days=min(int(days), 36500) if days else None,
            now=clock.now(),
        )
    tell(_("Guardado. Lo que haya vencido se borra en la próxima hora."))
    return redirect(url_for("privacy.page") + "#plazos", 303)


def _page(who: str, found: Found | None) -> str:
    with house().db.reading() as session:
        terms = retention.terms(session)
        due = retention.count(session, terms, now=clock.now())
    channels = {name: sign.word for name, sign in labels.channels().items()}
    categories = labels.categories(house().books.current())
    split = [(name.partition("/"), days) for name, days in sorted(terms.items())]
    rows = [
        (channel, category, channels.get(channel, _("Todos")), categories.get(category, _("Todas")), days)
        for (channel, _slash, category), days in split
    ]
    return render_template(
        "privacy/page.html",
        who=who,
        found=found,
        number=number,
        terms=rows,
        due=due,
        channels=channels,
        categories=categories,
        shortest=retention.SHORTEST,
    )


def _scope(contacts: list[str], tickets: list[str]) -> Scope:
    if not (contacts or tickets) or not all(one.isdecimal() and len(one) < 16 for one in (*contacts, *tickets)):
        abort(400)
    return Scope(tuple(map(int, contacts)), tuple(map(int, tickets)))
