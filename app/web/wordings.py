"""The texts of the automatic messages: each with how it would read, and kept once it says all that it has to."""

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import rewording, wording
from app.desk.books import Books
from app.errors import Impossible
from app.house import house
from app.models.people import Role
from app.web import toast
from app.web.access import allow
from app.web.say import _

blueprint = Blueprint("wordings", __name__, url_prefix="/ajustes/mensajes")
Answer = Response | tuple[str, int]


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> str:
    """All of them by name."""
    with house().db.reading() as session:
        rows = [(row.key, row.language, name(row.key), row.edited_at) for row in rewording.rows(session)]
    return render_template("wordings/page.html", rows=rows)


@blueprint.get("/<key>/<language>")
@allow(Role.SUPERVISOR)
def one(key: str, language: str) -> Answer:
    """One of them, and how it reads."""
    return _one(key, language)


@blueprint.post("/<key>/<language>")
@allow(Role.SUPERVISOR)
def keep(key: str, language: str) -> Answer:
    """See how it would read, keep it, or take back the one that came with the province."""
    home, typed, act = house(), request.form.get("texto", ""), request.form.get("accion")
    books, model = home.books.current(), _model(key, language)
    if act == "completar" and (sentence := rewording.owed(typed, model, _phrases(books))):
        return _one(key, language, typed=rewording.completed(rewording.plain(typed), sentence))
    try:
        body = model if act == "original" else rewording.checked(key, typed, model, sample(books), _phrases(books))
    except Impossible as error:
        return _one(key, language, typed=typed, wrong=str(error), status=422)
    if act in {"ver", "completar"}:
        return _one(key, language, typed=body)
    with home.db.transaction() as session:
        row = rewording.find(session, key, language) or abort(404)
        rewording.keep(session, row, body, now=clock.now())
    toast.tell(_("Mensaje guardado: desde ahora se dice así."))
    return redirect(url_for("wordings.one", key=key, language=language), 303)


def name(key: str) -> str:
    """What a supervisor calls it; a province may have some of its own."""
    told = {
        "answer": _("Respuesta con un artículo, por WhatsApp"),
        "answer_email": _("Respuesta con un artículo, por correo"),
        "receipt": _("Acuse de recibo, por WhatsApp"),
        "receipt_email": _("Acuse de recibo, por correo"),
        "forward_citizen": _("Al interesado: su ayuntamiento nos la ha pasado"),
        "forward_clerk": _("Al ayuntamiento: recibida"),
        "forward_digest": _("Al ayuntamiento: resumen de la tarde"),
        "handed_clerk": _("Al ayuntamiento: le corresponde contestar"),
        "handed_again": _("Al ayuntamiento: recordatorio"),
        "handed_citizen": _("Al interesado: contesta su ayuntamiento"),
        "handed_still": _("Al interesado: seguimos pendientes"),
        "incident_answer": _("Avería: mientras dura"),
        "incident_over": _("Avería: ya funciona"),
        "rescue": _("El plazo acaba hoy"),
        "rescue_certificate": _("El plazo acaba hoy: falla el certificado"),
        "rescue_notification": _("El plazo acaba hoy: notificación"),
        "rescue_payment": _("El plazo acaba hoy: pago"),
        "rescue_tender": _("El plazo acaba hoy: licitación"),
        "emergency": _("Emergencia"),
        "filing": _("Cree que ha presentado un escrito"),
        "other_body": _("Le corresponde a otra entidad"),
        "stopped": _("Ha pedido no recibir avisos"),
        "call_missed": _("Dos llamadas sin contestar"),
        "reply_above": _("Correo: encima de qué línea se contesta"),
        "you_wrote": _("Correo: antes de lo que escribió la persona"),
        "greetings": _("Palabras que solo saludan"),
        "town_hall_unknown": _("Cuando no se sabe el ayuntamiento"),
        "ask_deadline": _("Pregunta por el plazo"),
        "ask_town_hall": _("Pregunta por el municipio"),
        "ask_device": _("Pregunta por el aparato"),
        "understood": _("Lo que se ha entendido"),
        "closed_now": _("Cuándo se abre"),
        "call_open": _("El plazo acaba hoy: cuándo llamar, con la oficina abierta"),
        "call_closed": _("El plazo acaba hoy: cuándo llamar, con la oficina cerrada"),
    }
    if key.startswith("foreign_"):
        return _("Dos líneas en otro idioma (%(language)s)", language=key.removeprefix("foreign_"))
    return told.get(key, key)


def sample(books: Books) -> dict[str, str]:
    """What the gaps could be filled with; people and places of it are invented."""
    home = house()
    url = home.config.public_url
    return {
        "entity": books.province.entity,
        "number": "C-10427-3",
        "privacy": f"{url}/datos",
        "opens": books.hours.people_in_words(clock.now()),
        "greeting": _("Buenos días:"),
        "reference": "",
        "title": _("No se ha podido conectar con AutoFirma"),
        "steps": wording.numbered((_("Abra el programa."), _("Cierre el navegador y vuelva a entrar."))),
        "images": _("Con imágenes (vídeo de %(film)s): %(link)s", film="1 min", link=f"{url}/19?t=42"),
        "feedback": f"{url}/respuesta/…",
        "ask": books.text("ask_town_hall"),
        "understood": wording.fill(books.text("understood"), {"category": "AutoFirma"}),
        "category": "AutoFirma",
        "quote": wording.quoted(_("No me deja firmar la solicitud.")),
        "substance": _("Se la contesta una persona."),
        "town_hall": _("el Ayuntamiento"),
        "the_town_hall": _("el Ayuntamiento"),
        "site": _("la sede del Ayuntamiento"),
        "contact": "ana@example.com",
        "said": _("Todavía no le hemos contestado."),
        "list": f"C-10427-3: {_('contestada')}",
        "follow": f"{url}/seguir/…",
        "link": f"{url}/entrega/…",
        **dict.fromkeys(("taken", "refused", "answered"), f"{url}/entrega/…"),
        "reached": "",
        "closed": wording.fill(books.text("closed_now"), {"opens": books.hours.people_in_words(clock.now())}),
        "call": books.text("call_closed"),
        "phone": books.province.phone,
        "register": "https://rec.redsara.es",
        "sede": "https://sede.example.es",
        "body": _("la Agencia Tributaria"),
    }


def _phrases(books: Books) -> Sequence[str]:
    """How a message of this province says that writing files nothing."""
    told: Sequence[str] = books.province.more.get("files_nothing", ())
    return told


def _model(key: str, language: str) -> str:
    return rewording.original(house().config.province_dir, key, language) or _now(key, language)


def _now(key: str, language: str) -> str:
    with house().db.reading() as session:
        row = rewording.find(session, key, language) or abort(404)
        return row.body


def _one(key: str, language: str, *, typed: str | None = None, wrong: str | None = None, status: int = 200) -> Answer:
    home, books = house(), house().books.current()
    body = _now(key, language) if typed is None else typed
    first = rewording.original(home.config.province_dir, key, language)
    shown = render_template(
        "wordings/one.html",
        here={"key": key, "language": language},
        name=name(key),
        body=body,
        gaps=sorted(set(rewording.GAP.findall(first or body))),
        preview=wording.fill(body, sample(books)),
        limit=wording.LIMIT,
        changed=first is not None and first != _now(key, language),
        wrong=wrong,
        owed=rewording.owed(body, _model(key, language), _phrases(books)),
        files_nothing=rewording.owed("", _model(key, language), _phrases(books)),
    )
    return shown, status
