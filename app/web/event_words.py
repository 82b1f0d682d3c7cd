"""What an event of a ticket's history says in a sentence."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.desk.numbers import number
from app.i18n import moment
from app.models.ticket import Event, Status
from app.web import labels
from app.web.say import _

# Events that the conversation itself shows: the message stands there.
SHOWN = {"template_sent", "opened", "heard", "replied", "answered_elsewhere", "noted", "proposal_sent", "snooze_ended"}
SILENCES = {
    "before_go_live": "llegó antes de abrir el servicio",
    "too_old": "el mensaje es de hace más de un día",
    "machine": "lo escribió una máquina",
    "turns_spent": "ya ha habido dos respuestas automáticas",
    "day_cap": "ya ha recibido bastantes hoy",
    "mail_to_address": "esa dirección ya ha recibido correos automáticos hace menos de una hora",
    "mail_breaker": "han salido demasiados correos automáticos y se han parado durante una hora",
    "window_closed": "la ventana de WhatsApp está cerrada",
    "opted_out": "pidió la baja",
    "dead_address": "su dirección devuelve los mensajes",
    "person_answered": "ya la atiende una persona",
    "night": "es de noche",
    "staff": "es personal de un ayuntamiento",
    "junk": "parece publicidad",
    "blocked": "la persona está bloqueada",
    "unreadable": "el mensaje no se ha podido leer",
    "mode_off": "las respuestas automáticas están paradas",
    "courtesy": "solo daba las gracias",
}


def sentence(
    event: Event, *, people: Mapping[int, str], halls: Mapping[int, str], categories: Mapping[str, str], zone: ZoneInfo
) -> str:
    """«Rosa Matesanz la asignó a Tomás Yubero», «Ventanilla la clasificó: AutoFirma, P3»."""
    data = event.data
    who = event.user.name if event.user else "Ventanilla"
    match event.what:
        case "forwarded" | "forward_accepted":
            hall = halls.get(_id(data.get("town_hall")), _("un ayuntamiento"))
            return _("La derivó el Ayuntamiento de %(hall)s", hall=hall)
        case "clerk_registered":
            hall = halls.get(_id(data.get("town_hall")), _("un ayuntamiento"))
            return _("%(who)s añadió a quien escribe al registro de %(hall)s", who=who, hall=hall)
        case "handed" | "recalled" | "hall_taken" | "hall_refused" | "hall_answered" | "hall_reminded" | "hall_call":
            return _handed(event.what, who, halls.get(_id(data.get("town_hall")), _("un ayuntamiento")))
        case "sorted":
            return _sorted(data, categories)
        case "assigned":
            to = people.get(_id(data.get("to")))
            if event.user and event.user.name == to:
                return _("%(who)s la tomó", who=who)
            return _("%(who)s la asignó a %(to)s", who=who, to=to) if to else _("%(who)s la dejó sin dueño", who=who)
        case "changed":
            return _changed(data, who, halls, categories)
        case "snoozed":
            until = data.get("until")
            if not until:
                return _("%(who)s la despertó", who=who)
            when = moment(datetime.fromisoformat(str(until)), event.at, zone)
            return _("%(who)s la pospuso hasta %(when)s", who=who, when=when)
        case "called":
            return _called(str(data.get("outcome")), who)
        case "erased":
            return _("%(who)s borró sus textos y ficheros", who=who)
        case "merged" | "merged_into" | "parted" | "split" | "split_from" | "related":
            return _joined(event.what, who, _id(data.get("other")))
        case "closed":
            return _("%(who)s la cerró", who=who) if event.user else _("Se cerró sola")
    plain = {
        "reopened": _("Se abrió de nuevo: escribió otra vez"),
        "reply_undone": _("%(who)s deshizo un envío antes de que saliera", who=who),
        "reread": _("Se volvió a leer el correo original con un lector mejor"),
        "retried": _("%(who)s pidió repetir un envío", who=who),
        "proposal_dropped": _("%(who)s descartó la respuesta propuesta", who=who),
        "delivery_failed": _("Un envío no llegó (código %(code)s)", code=data.get("code") or "—"),
        "delivery_uncertain": _("No se sabe si un envío salió"),
        "answer_helped": _("Le sirvió el artículo"),
        "answer_failed": _("No le sirvió el artículo: pasa a una persona"),
        "answer_unknown": _("No dijo si le sirvió el artículo: la mira una persona"),
        "call_promised": _("%(who)s prometió una llamada", who=who),
        "sort_failed": _("No se pudo clasificar: la mira una persona"),
        "deadline_moved": _("Cambió el plazo: cambiaron el calendario o los objetivos"),
        "given_back": _("Volvió a quedar sin dueño: la llevaba una persona que está ausente"),
        "woken": _("Volvió a la lista: terminó la espera"),
        "incident_proposed": _("Parece de una incidencia: se ha propuesto"),
        "incident_dismissed": _("%(who)s descartó la incidencia propuesta", who=who),
        "incident_joined": _("%(who)s la unió a la incidencia %(num)s", who=who, num=data.get("incident")),
        "incident_left": _("%(who)s la sacó de la incidencia", who=who),
        "incident_answered": _telling(data, _("%(who)s contestó a todas las de la incidencia", who=who)),
        "incident_over": _telling(data, _("%(who)s dio por terminada la incidencia", who=who)),
        "file_released": _("%(who)s dejó abrir un archivo que el antivirus no mira por su tamaño", who=who),
        "transcribed": _("%(who)s escribió lo que dice una nota de voz", who=who),
        "code_made": _("%(who)s dio un código para escribir por WhatsApp", who=who),
        "code_used": _("Escribió por WhatsApp con el código: es la misma persona"),
        "call_missed_told": _("Tras dos llamadas sin respuesta, se le dijo por escrito"),
        "contact_blocked": _("%(who)s bloqueó a la persona", who=who),
        "contact_unblocked": _("%(who)s desbloqueó a la persona", who=who),
        "followed": _("%(who)s empezó a seguirla", who=who),
        "unfollowed": _("%(who)s dejó de seguirla", who=who),
        "contact_changed": _("%(who)s la pasó a otra persona", who=who),
        "contact_merged": _("%(who)s unió dos fichas de la misma persona", who=who),
        "contact_parted": _("%(who)s separó las dos fichas", who=who),
    }
    return plain.get(event.what) or _("%(who)s: %(what)s", who=who, what=event.what.replace("_", " "))


def _sorted(data: Mapping[str, object], categories: Mapping[str, str]) -> str:
    category = categories.get(str(data.get("category")), str(data.get("category") or "—"))
    told = _("Ventanilla la clasificó: %(category)s, %(priority)s", category=category, priority=data.get("priority"))
    silence = SILENCES.get(str(data.get("silence")))
    return _("%(told)s; no contestó sola: %(why)s", told=told, why=_(silence)) if silence else told


def _changed(data: Mapping[str, object], who: str, halls: Mapping[int, str], categories: Mapping[str, str]) -> str:
    states = {state.value: pill.words.lower() for state, pill in labels.states().items()}
    parts = []
    if "category" in data:
        parts.append(_("categoría %(name)s", name=categories.get(str(data["category"]), str(data["category"]))))
    if "priority" in data:
        parts.append(_("prioridad %(name)s", name=data["priority"]))
    if "town_hall_id" in data:
        parts.append(_("municipio %(name)s", name=halls.get(_id(data["town_hall_id"]), _("ninguno"))))
    if "status" in data:
        known = data["status"] in {state.value for state in Status}
        parts.append(_("estado %(name)s", name=states[str(data["status"])] if known else data["status"]))
    parts += [
        word
        for name, word in (("subject", _("asunto")), ("on_behalf_of", _("en nombre de")), ("tags", _("etiquetas")))
        if name in data
    ]
    return _("%(who)s la cambió: %(what)s", who=who, what=", ".join(parts) or _("otros datos"))


def _handed(what: str, who: str, hall: str) -> str:
    told = {
        "handed": _("%(who)s la devolvió a %(hall)s", who=who, hall=hall),
        "recalled": _("%(who)s la recuperó de %(hall)s", who=who, hall=hall),
        "hall_taken": _("%(hall)s dice que la tiene", hall=hall),
        "hall_refused": _("%(hall)s dice que no es suya", hall=hall),
        "hall_answered": _("%(hall)s dice que está contestada", hall=hall),
        "hall_reminded": _("Se le recordó a %(hall)s", hall=hall),
        "hall_call": _("%(hall)s sigue sin decir nada: hay que llamar", hall=hall),
    }
    return told[what]


def _joined(what: str, who: str, other_id: int) -> str:
    other = number(other_id)
    told = {
        "merged": _("%(who)s unió a esta la consulta %(other)s", who=who, other=other),
        "merged_into": _("%(who)s unió esta consulta a la %(other)s", who=who, other=other),
        "parted": _("%(who)s volvió a separarla de la consulta %(other)s", who=who, other=other),
        "split": _("%(who)s separó un mensaje como consulta %(other)s", who=who, other=other),
        "split_from": _("%(who)s la separó de la consulta %(other)s", who=who, other=other),
        "related": _("%(who)s la relacionó con la consulta %(other)s", who=who, other=other),
    }
    return told[what] if other_id else _("%(who)s quitó la relación con otra consulta", who=who)


def _telling(data: Mapping[str, object], told: str) -> str:
    return told if data.get("told") else _("%(told)s; a esta persona no se le pudo escribir", told=told)


def _called(outcome: str, who: str) -> str:
    told = {
        "reached": _("%(who)s llamó y habló con la persona", who=who),
        "no_answer": _("%(who)s llamó y no contestan", who=who),
        "wrong_number": _("%(who)s llamó y el número no es de esta persona", who=who),
    }
    return told.get(outcome, _("%(who)s llamó", who=who))


def _id(value: object) -> int:
    return value if isinstance(value, int) else 0
