"""Every page there is, read from the routes: who opens it, what fills its address, what its forms answer."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import requests
from flask import Flask
from lxml import html  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Page, Route

from app import clock
from app.desk import totp
from app.models.people import Role
from app.web.access import decision_of
from tests.app.web_desk.everything import ADMIN, FEEDBACK, FOLLOW, HALFWAY, Everything
from tests.app.web_desk.scenes import PASSWORD

NOBODY, HALF = "nobody", "halfway"
EMAILS = {
    Role.CLERK.value: "secretaria@pueblo.example",
    Role.TECHNICIAN.value: "rosa@mesa.example",
    Role.SUPERVISOR.value: "carmen@mesa.example",
    Role.ADMIN.value: ADMIN,
    HALF: HALFWAY,
}
# What gives bytes away, talks to another server, or is somebody else's mail in a frame that no script may look into.
NO_PAGES = {
    "static",
    "article.video",
    "files.download",
    "files.mail",
    "filming.progress",
    "provider.enter",
    "provider.back",
}
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A page as somebody meets it; with `form`, what comes back when the form of that action is sent from there."""

    who: str
    path: str
    form: str = ""
    typed: Fields | Callable[[str], Fields] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who} {self.path}" + (f" → {self.form}" if self.form else "")


def stops(app: Flask, told: Everything) -> Iterator[Stop]:
    """Every route that answers GET, with every look that is worth seeing; then what forms answer."""
    looks = looks_of(told)
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            decision = decision_of(app, rule.endpoint)
            if "GET" not in (rule.methods or ()) or rule.endpoint in NO_PAGES or decision is None or decision.token:
                continue
            who = next((role.value for role in Role if role in decision.roles), NOBODY)
            for values in looks.get(rule.endpoint, [{}]):
                # A page with a gap that the table does not fill stops here, by its name.
                yield Stop(who=who, path=adapter.build(rule.endpoint, values))
    yield from answers(told)


def looks_of(told: Everything) -> dict[str, list[Mapping[str, object]]]:
    """What fills the gaps of an address, and what is asked of it beside; other pages are taken as they are."""
    article: dict[str, object] = {"slug": "autofirma-no-conecta"}
    varied: dict[str, object] = {"slug": "entrar-en-la-sede", "language": "es"}
    return {
        "article.page": [article, {**article, "gracias": "no"}, {"slug": "entrar-en-la-sede"}],
        "article.short": [{"number": 19}],
        "auth.invitation": [{"token": told.invited}, {"token": "abc"}],
        "complaint.page": [{}, {"numero": told.mail}],
        "editor.page": [varied, {**article, "language": "es"}],
        "feedback.page": [{"token": FEEDBACK}, {"token": FEEDBACK, "dicho": "resuelto"}],
        "follow.page": [{"token": FOLLOW}, {"token": "abc"}],
        "handing.page": [{"token": told.handed}],
        "help.search": [{"q": "no conecta autofirma"}, {"q": "☃"}, {}],
        "help.topic": [{"key": "autofirma"}],
        "incidents.one": [{"incident_id": 1}, {"incident_id": 2}],
        "printing.page": [{"number": told.talk}],
        "privacy.data": [{"ficha": 1}],
        "privacy.review": [{"ficha": 1, "consulta": 1}],
        "queue.page": [
            {"vista": "abiertas"},
            {"vista": "abiertas", "canal": "correo", "prioridad": "P2"},
            {"vista": "ventana"},
            {"q": "certificado"},
            {"q": "☃"},
        ],
        "reasons.page": [{"number": told.colleagues}],
        "reports.page": [{}, {"dia": "2026-11-24"}, {"periodo": "mes"}],
        "ticket.live": [{"number": told.talk}],
        "ticket.page": [{"number": one} for one in (told.talk, told.mail, told.call)],
        "versions.page": [varied],
        "wordings.one": [{"key": "answer", "language": "es"}, {"key": "answer_email", "language": "es"}],
    }


def answers(told: Everything) -> tuple[Stop, ...]:
    """What forms answer without leaving, and what people see who are lost."""
    nobody, technician, supervisor = NOBODY, Role.TECHNICIAN.value, Role.SUPERVISOR.value
    call, step = {"telefono": "921 000 062", "que": "no me conecta autofirma al firmar"}, "/cuenta/segundo-paso"
    return (
        Stop(who=nobody, path="/no-existe"),
        Stop(who=technician, path="/no-existe"),
        Stop(who=Role.CLERK.value, path="/cuadro"),
        Stop(who=nobody, path="/entrar", form="/entrar", typed={"email": "nadie@mesa.example", "password": "no"}),
        Stop(who=nobody, path=f"/invitacion/{told.invited}", form="/invitacion/", typed={"password": "a"}),
        Stop(who=nobody, path="/accesibilidad/queja", form="/queja"),
        Stop(who=nobody, path=f"/entrega/{told.handed}", form="/entrega/", typed={"dicho": "contestado"}),
        Stop(who=HALF, path="/entrar/codigo"),
        Stop(who=HALF, path="/entrar/codigo", form="/codigo", typed={"code": "000000"}),
        Stop(who=Role.CLERK.value, path="/derivadas/nueva", form="/derivadas"),
        Stop(who=technician, path="/llamadas/nueva", form="/llamadas", typed={"accion": "guardar"}),
        Stop(who=technician, path="/llamadas/nueva", form="/llamadas", typed={**call, "accion": "buscar"}),
        Stop(who=technician, path=step, form=step, typed={"code": "000000"}),
        Stop(who=technician, path=step, form=step, typed=digits),
        Stop(who=technician, path=step),
        Stop(who=supervisor, path="/ajustes/plazos", form="/objetivos", typed={"P3-primera": "1"}),
        Stop(who=supervisor, path="/ajustes/plazos", form="/2027", typed={"lista": "no es una lista"}),
        Stop(who=supervisor, path="/ajustes/mensajes/rescue/es", form="/rescue", typed={"texto": "Sin huecos"}),
        Stop(who=supervisor, path="/informes/nota", form="/nota", typed={"pegado": "accesos;x"}),
        Stop(
            who=supervisor,
            path="/personas",
            form="/personas",
            typed={"nombre": "Eva", "correo": "eva@mesa.example", "puesto": "technician"},
        ),
        Stop(who=Role.ADMIN.value, path="/ajustes/privacidad", form="/buscar", typed={"quien": "Milagros"}),
    )


def digits(page: str) -> Fields:
    """The digits of now for the secret that the page shows."""
    secret = re.findall(r"[A-Z2-7]{32}", page)[0]
    return {"code": totp.code(secret, int(clock.now().timestamp()) // totp.STEP)}


class Visitor:
    """Somebody who goes about by plain requests, and whose session a browser can take over."""

    def __init__(self, url: str, who: str) -> None:
        self.url, self.who = url, who
        self.session = requests.Session()
        if who != NOBODY:
            answer = self.send("/entrar", "/entrar", {"email": EMAILS[who], "password": PASSWORD})
            assert answer.status_code == 303, answer.status_code

    def see(self, stop: Stop) -> str | None:
        """The whole page that is shown there; None where it is none, or leads elsewhere."""
        if stop.form:
            answer = self.send(stop.path, stop.form, stop.typed)
        else:
            answer = self.session.get(self.url + stop.path, timeout=30, allow_redirects=False)
        assert answer.status_code < 500, f"{stop}: {answer.status_code}"
        markup = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.is_redirect
        return answer.text if markup and "<html" in answer.text else None

    def send(self, path: str, action: str, typed: Fields | Callable[[str], Fields]) -> requests.Response:
        """Send a form of a page as it stands there, with what is typed into it."""
        page = self.session.get(self.url + path, timeout=30).text
        forms = html.fromstring(page).forms
        form = next((one for one in forms if one.method == "POST" and action in one.action), None)
        assert form is not None, f"{path} has no form that goes to {action}"
        fields = {**dict(form.form_values()), **(typed(page) if callable(typed) else typed)}
        token = re.findall(r'csrf[-_]token" (?:value|content)="([^"]+)"', page)[0]
        headers = {"Referer": self.url + path}
        to = form.action if form.action.startswith("http") else self.url + form.action
        data = {"csrf_token": token, **fields}
        return self.session.post(to, data=data, headers=headers, timeout=30, allow_redirects=False)


def show(page: Page, visitor: Visitor, stop: Stop, shown: str) -> None:
    """Open a page in the browser; what a form has answered is put there in place of the form's page."""
    cookies = [{"name": one.name, "value": one.value, "url": visitor.url} for one in visitor.session.cookies]
    page.context.add_cookies(cookies)  # type: ignore[arg-type]

    def answer(route: Route) -> None:
        route.fulfill(body=shown, content_type="text/html; charset=utf-8")

    if stop.form:
        page.route(visitor.url + stop.path, answer)
    page.goto(visitor.url + stop.path, wait_until="load")
    if stop.form:
        page.unroute(visitor.url + stop.path)
