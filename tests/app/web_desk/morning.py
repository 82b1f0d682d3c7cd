"""A whole morning's queue, as rich as the real one: for looking at the pages and for the browser's tests."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.desk import events, replies
from app.desk.hours import Hours
from app.models.people import Role, User
from app.models.ticket import Answer, Status, Ticket
from channels.message import Delivery
from tests.app.web_desk.scenes import Asked, ask, clerk_of, found, hear, note, say, user

MIN, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
People = dict[str, User]


def people(session: Session, *, now: datetime) -> People:
    """Who works here."""
    return {
        "rosa": user(session, "Rosa Matesanz", "rosa@mesa.example", now=now),
        "tomas": user(session, "Tomás Yubero", "tomas@mesa.example", now=now),
        "ines": user(session, "Inés Casado", "ines@mesa.example", now=now),
        "jefa": user(session, "Carmen Sanz", "carmen@mesa.example", role=Role.SUPERVISOR, now=now),
        "nieves": clerk_of(session, "Cantimpalos", now=now),
    }


def queue(session: Session, who: People, *, now: datetime, hours: Hours) -> list[Ticket]:
    """Twelve enquiries in every state."""
    return [ask(session, one, now=now, hours=hours) for one in (*chats(), *mails(who), *calls(who, now))]


def chats() -> tuple[Asked, ...]:
    """What came by WhatsApp."""
    return (
        Asked(
            who="Wenceslao Berzal",
            address="+34600000201",
            subject="Se me pasa el plazo del recibo de la basura",
            text="Mañana es el último día y la página no me deja pagar",
            category="pago-tributos",
            town_hall="Sepúlveda",
            priority="P2",
        ),
        Asked(
            who="Asunción Llorente Gil",
            address="+34600000202",
            subject="¿Dónde veo el justificante de lo que presenté?",
            text="Ya lo mandé el viernes pero no sé si llegó",
            category="registro-instancia",
            town_hall="Ayllón",
        ),
        Asked(
            who="Eutiquio Heras",
            address="+34600000203",
            subject="Comprobar un documento con su CSV",
            text="[audio]",
            category="verificacion-csv",
            town_hall="Prádena",
        ),
    )


def mails(who: People) -> tuple[Asked, ...]:
    """What came by e-mail."""
    mail = Asked(channel="email", due_in=4 * HOUR)
    return (
        replace(
            mail,
            who="Construcciones Pinarejo, S. L.",
            address="obra@empresa.example",
            subject="Error 403 al entrar en la sede con certificado",
            text="Hemos probado con Chrome y con Edge y sale lo mismo, adjunto captura",
            category="navegador-acceso",
            town_hall="Pinarnegrillo",
            priority="P2",
            due_in=-18 * MIN,
            owner=who["tomas"],
            ago=4 * HOUR,
        ),
        replace(
            mail,
            who="Felisa Otero Pascual",
            address="felisa@correo.example",
            subject="No me llega el SMS de Cl@ve",
            text="Buenos días, no me llega el código al móvil.",
            category="clave",
            town_hall="Cuéllar",
            priority="P2",
            forwarded=True,
            due_in=HOUR,
        ),
        replace(
            mail,
            who="Comunidad de Propietarios Los Tilos, 4",
            address="tilos@correo.example",
            subject="Certificado de representante de la comunidad",
            text="Soy el presidente y no sé si tengo que pedir otro certificado además del mío",
            category="representacion",
            town_hall="El Espinar",
            owner=who["ines"],
            status=Status.OPEN,
        ),
        replace(
            mail,
            who="Karim El Idrissi",
            address="karim@correo.example",
            subject="Volante de empadronamiento para el colegio",
            text="Gracias, así lo haré. ¿Me llegará al correo o tengo que ir a buscarlo?",
            category="padron",
            town_hall="Cantalejo",
            owner=who["ines"],
            forwarded=True,
        ),
        replace(
            mail,
            who="Transportes Duratón, S. L.",
            address="facturas@transporte.example",
            subject="Factura rechazada en FACe: código DIR3",
            text="No encontramos el órgano gestor del Ayuntamiento",
            category="factura-electronica",
            due_in=20 * HOUR,
        ),
        replace(
            mail,
            who="Club Deportivo Valdevacas",
            address="club@correo.example",
            subject="Subvención de deportes: adjuntar más de un archivo",
            text="Esperamos al Ayuntamiento desde el jueves",
            category="subvenciones-empleo",
            status=Status.HELD,
            due_in=None,
            owner=who["rosa"],
            ago=3 * DAY,
        ),
        replace(
            mail,
            who="Nuria Velasco de Frutos",
            address="nuria@correo.example",
            subject="Entré con el certificado de mi marido",
            text="Ayer me indicaron los pasos. Ya he podido",
            status=Status.WAITING,
            due_in=None,
            ago=2 * DAY,
        ),
    )


def calls(who: People, now: datetime) -> tuple[Asked, ...]:
    """What came by telephone."""
    return (
        Asked(
            who="Hipólito Sanz Matarranz",
            channel="phone",
            address="+34921000047",
            subject="Devolver llamada: notificación en el día 9",
            text="Pide que se le llame. Es la segunda vez que lo intentamos",
            category="notificaciones",
            town_hall="Riaza",
            priority="P1",
            due_in=12 * MIN,
            owner=who["rosa"],
            status=Status.OPEN,
        ),
        Asked(
            who="María Jesús Cubero",
            channel="phone",
            address="+34921000048",
            subject="No recuerda la contraseña del certificado",
            text="Se le explicó que hay que pedir uno nuevo",
            status=Status.SOLVED,
            due_in=None,
            ago=DAY,
            more={"solved_at": now - HOUR},
        ),
    )


def long_talk(session: Session, who: People, *, now: datetime, hours: Hours) -> Ticket:
    """One ticket with something of everything."""
    asked = Asked(
        who="Milagros Arranz Gozalo",
        subject="AutoFirma no conecta al presentar la solicitud de la bolsa",
        text="Buenas tardes, estoy intentando presentar la solicitud de la bolsa de auxiliar en el ayuntamiento de"
        " Cantimpalos y al firmar me sale que no se ha podido conectar. El plazo acaba el miércoles.",
        priority="P1",
        status=Status.OPEN,
        due_in=35 * MIN,
        ago=DAY,
    )
    ticket = ask(session, asked, now=now, hours=hours)
    _first_day(session, ticket, who, now - DAY)
    _second_day(session, ticket, who, now)
    return ticket


def _first_day(session: Session, ticket: Ticket, who: People, day: datetime) -> None:
    found(session, ticket, "autofirma-no-conecta", "instalar-autofirma", now=day)
    offered = say(
        session,
        ticket,
        "Respuesta automática a su consulta.\n1. Cierre todas las ventanas del navegador.\n2. Abra AutoFirma y elija"
        " «Herramientas» y «Restaurar instalación».\n3. Abra de nuevo la sede y firme.\n\nEscribir aquí no es presentar"
        " nada en el registro: su plazo sigue contando.",
        Delivery.READ,
        now=day + MIN,
    )
    answer = {"slug": "autofirma-no-conecta", "language": "es", "moment": 42, "score": 0.9, "confident": True}
    session.add(Answer(ticket_id=ticket.id, message_id=offered.id, at=day, **answer))
    at = day + 9 * MIN
    hear(session, ticket, "2", now=at)
    events.record(session, ticket, "answer_failed", now=at, article="autofirma-no-conecta")
    events.record(session, ticket, "sorted", now=at, rule="triage", category="autofirma", priority="P1")
    events.record(session, ticket, "changed", now=at + MIN, by=who["tomas"], priority="P1")


def _second_day(session: Session, ticket: Ticket, who: People, now: datetime) -> None:
    rosa, tomas = who["rosa"], who["tomas"]
    note(
        session,
        ticket,
        "La versión es antigua. Con restaurar no basta: hay que actualizar.",
        by=tomas,
        now=now - 90 * MIN,
    )
    asks = "Buenos días: en su captura vemos una versión antigua de AutoFirma. ¿El ordenador es suyo?"
    say(session, ticket, asks, Delivery.DELIVERED, by=rosa, now=now - 60 * MIN)
    link = "Le enviamos también el enlace para descargarla: https://firmaelectronica.example/"
    say(session, ticket, link, Delivery.FAILED, by=rosa, now=now - 58 * MIN).reason = "El teléfono no tiene WhatsApp"
    say(session, ticket, "¿Ha podido instalarla?", Delivery.UNCERTAIN, by=tomas, now=now - 40 * MIN)
    hear(session, ticket, "Es mío, el portátil. Ahora estoy en casa, pueden llamarme si quieren", now=now - 20 * MIN)
    draft = "Gracias, Milagros. Como el ordenador es suyo, puede"
    replies.save_draft(session, ticket, text=draft, by=rosa, now=now)


def mail_talk(session: Session, _who: People, *, now: datetime, hours: Hours) -> Ticket:
    """A mail with formatting, a quotation, and a proposal of the machine."""
    asked = Asked(
        who="Aserradero del Pirón, S. A.",
        channel="email",
        address="oficina@aserradero.example",
        subject="Cómo presentar una factura al Ayuntamiento",
        text="Buenas tardes:\n\nNo sabemos a qué códigos enviar la factura.\n\nUn saludo",
        category="factura-electronica",
        html="<p>Buenas tardes:</p><p>No sabemos a qué <b>códigos</b> enviar la factura.</p>"
        '<img src="https://rastro.example/punto.gif" alt="logotipo"><script>alert(1)</script>',
    )
    ticket = ask(session, asked, now=now, hours=hours)
    quoting = "Añado que es del mes pasado.\n\nEl lunes escribieron:\n> ¿Qué factura?"
    hear(session, ticket, quoting, now=now - 5 * MIN).reply = "Añado que es del mes pasado."
    offer = "Buenas tardes:\n\nLos códigos DIR3 están en la página del Ayuntamiento."
    say(session, ticket, offer, Delivery.PROPOSED, now=now - MIN).sent_at = None
    return ticket
