"""A film made from the editor by the workers that serve everybody else: nobody waits for it, and it is made once."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from app import clock
from app.db import Database
from app.desk import books, film_jobs
from app.models.book import ArticleRow, ArticleStatus, Setting
from app.models.knowledge import ArticleVersion, Film
from app.models.people import Role
from tests.app.web_desk.scenes import PASSWORD, user
from tests.flows.desk_process import DeskProcess
from tests.flows.people import Technician, mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow
SLUG, NEXT = "autofirma-no-conecta", "codigos-dir3"
OVER = 101
STEP = "Abra el programa, busque en el menú la opción que dice «Herramientas» y pulse en ella sin cerrar el navegador."
CONFUSED = "no se ha podido conectar con autofirma al firmar"


class Editor:
    """A supervisor at the editor, in a browser."""

    def __init__(self, desk: DeskProcess) -> None:
        self._url, self._browser = desk.url, requests.Session()
        form = {"email": "elena@mesa.example", "password": PASSWORD, "csrf_token": self._token("/entrar")}
        answer = self._send("/entrar", form)
        assert answer.status_code == 200, answer.text[:500]

    def ask(self, slug: str) -> str:
        """Press the button; what the page says then."""
        return self._send(
            f"/conocimiento/{slug}/es/rodaje", {"csrf_token": self._token(f"/conocimiento/{slug}/es")}
        ).text

    def look(self, slug: str) -> str:
        """How far it is."""
        page = self._browser.get(
            f"{self._url}/conocimiento/{slug}/es/rodaje", headers={"HX-Request": "true"}, timeout=20
        )
        return page.text

    def note_call(self, words: str) -> str:
        """Write a telephone call down; the number of its consulta."""
        form = {"csrf_token": self._token("/llamadas/nueva"), "telefono": "600 333 444", "que": words, "fin": "cola"}
        told = re.search(r"consulta (C-\d+-\d)", self._send("/llamadas", form).text.replace("\u2011", "-"))
        assert told
        return told[1]

    def share(self, slug: str) -> int:
        """How far it is in hundredths; more than all of them when it is over."""
        told = re.search(r"Haciendo el vídeo: (\d+) %", self.look(slug))
        return int(told[1]) if told else OVER

    def _token(self, path: str) -> str:
        page = self._browser.get(f"{self._url}{path}", timeout=20).text
        return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    def _send(self, path: str, form: dict[str, str]) -> requests.Response:
        return self._browser.post(f"{self._url}{path}", form, headers={"Referer": self._url}, timeout=20)


@pytest.fixture
def db(desk: DeskProcess) -> Iterator[Database]:
    """The desk's database, beside the desk."""
    found = Database(desk.environ["DATABASE_URL"])
    yield found
    found.close()


@pytest.fixture
def editor(desk: DeskProcess, db: Database) -> Editor:
    """Somebody who may have films made; the first takes longer than to answer everybody else."""
    lengthen(db, SLUG, 20)
    lengthen(db, NEXT, 2)
    with db.transaction() as session:
        user(session, "Elena", "elena@mesa.example", role=Role.SUPERVISOR, now=clock.now())
        books.touch(session)
    return Editor(desk)


def lengthen(db: Database, slug: str, steps: int) -> None:
    """Give an article so many long steps."""
    written = "\n".join(f"{number}. {STEP} ({number})" for number in range(1, steps + 1))
    with db.transaction() as session:
        row = session.scalars(select(ArticleRow).where(ArticleRow.slug == slug, ArticleRow.language == "es")).one()
        head = row.source.split("---\n")[1]
        row.source = f"---\n{head}---\n{written}\n"


def made(db: Database, slug: str) -> tuple[list[ArticleStatus], list[str]]:
    """The versions that an article got, and the files of films made of it."""
    with db.reading() as session:
        kept = select(ArticleVersion.status).join(ArticleRow, ArticleRow.id == ArticleVersion.article_id)
        versions = session.scalars(kept.where(ArticleRow.slug == slug, ArticleVersion.by_id.is_not(None))).all()
        films = session.scalars(select(Film.name).where(Film.name.startswith(slug), Film.name.endswith(".mp4"))).all()
    return list(versions), list(films)


def films_on_the_page(desk: DeskProcess, slug: str) -> set[str]:
    """The films that citizens see beside an article."""
    page = requests.get(f"{desk.url}/ayuda/{slug}", timeout=20).text
    return set(re.findall(rf"/videos/{slug}-[0-9a-f]+\.mp4", page))


def watched(desk: DeskProcess, slug: str) -> bytes:
    """The film beside an article, once every process has heard of it."""
    desk.wait_for(lambda: films_on_the_page(desk, slug), "citizens to see the film")
    (path,) = films_on_the_page(desk, slug)
    return requests.get(f"{desk.url}{path}", timeout=20).content


def renderers(desk: DeskProcess) -> set[str]:
    """The programs that make films for this desk."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ours = f"DATA_DIR={desk.environ['DATA_DIR']}".encode() in (process / "environ").read_bytes().split(b"\0")
            if ours and (process / "comm").read_text().strip() == "ffmpeg":
                found.add(process.name)
    return found


def nobody_believes_in_the_dead(db: Database) -> None:
    """The minutes pass after which a film is somebody else's to make."""
    with db.transaction() as session:
        for one in session.scalars(select(Setting).where(Setting.key.startswith(film_jobs.RUNNING))):
            one.value = {**one.value, "until": clock.now().isoformat()}


def forward() -> bytes:
    """A clerk passes on what a citizen wrote to her."""
    words = (
        "Os lo paso.\n\n---------- Forwarded message ---------\nDe: Eusebio Ramos <eusebio@example.com>\n"
        "Date: lun, 23 nov 2026 a las 9:12\nSubject: No puedo abrir la notificación\n"
        "To: <ayuntamiento@aytomuestra.example>\n\nBuenos días, no consigo abrir la notificación que me ha llegado.\n"
    )
    sender = "Secretaría <secretaria@aytomuestra.example>"
    return mail(words, sender=sender, subject="Fwd: No puedo abrir la notificación").as_bytes()


def test_nobody_waits_for_films_that_are_being_made(
    desk: DeskProcess,
    editor: Editor,
    db: Database,
    twilio: Twilio,
    dovecot: Dovecot,
    smtp: Smtp,
    technician: Technician,
) -> None:
    desk.flask("town-halls", "allow", "40040", "secretaria@aytomuestra.example", "--confirmed")
    asked = [editor.ask(slug) for slug in (SLUG, NEXT)]
    desk.wait_for(lambda: editor.share(SLUG) > 0, "the first film to be begun")
    twilio.incoming(body=CONFUSED, sender="+34600111222")
    dovecot.deliver(mail("FACe nos rechaza la factura.", sender="rios@example.com", subject="Factura").as_bytes())
    dovecot.deliver(forward())
    called = editor.note_call("No le llega el SMS de la Cl@ve.")
    desk.wait_for(lambda: twilio.sent, "the answer by WhatsApp")
    desk.wait_for(lambda: len(smtp.received) >= 3, "the answers to the company, to the citizen and to the clerk")
    technician.reply(called, "Le llamamos en diez minutos.")
    twilio.incoming(body="2", sender="+34600111222")
    desk.wait_for(
        lambda: {one["status"] for one in technician.tickets()} >= {"open", "waiting"}, "a person to be asked for"
    )
    meanwhile = editor.share(SLUG)
    desk.wait_for(lambda: all(editor.share(slug) == OVER for slug in (SLUG, NEXT)), "both films", seconds=300)

    assert all("Haciendo el vídeo" in page for page in asked)
    assert meanwhile < OVER
    assert len(technician.tickets()) == 4
    for slug in (SLUG, NEXT):
        assert "El vídeo está hecho." in editor.look(slug)
        versions, films = made(db, slug)
        assert (versions, len(films)) == ([ArticleStatus.PUBLISHED], 1)
        assert watched(desk, slug)[4:8] == b"ftyp"


def test_a_film_whose_maker_died_is_made_by_another_and_half_a_film_is_seen_by_nobody(
    request: pytest.FixtureRequest, desk: DeskProcess, editor: Editor, db: Database
) -> None:
    maker = "serve" if desk.embedded else "worker"
    lengthen(db, SLUG, 8)
    editor.ask(SLUG)
    desk.wait_for(lambda: editor.share(SLUG) > 20, "a part of the film")
    before, dead = editor.share(SLUG), renderers(desk)
    desk.kill(maker)
    if desk.embedded:
        desk.begin(maker, "-m", "flask", "serve")
    else:
        desk.begin(maker, "-m", "flask", "work")
        desk.begin("another worker", "-m", "flask", "work")
        request.getfixturevalue("redis_server").empty()
    desk.wait_for(desk.answers, "the desk to answer again")
    seen = made(db, SLUG)
    desk.wait_for(lambda: not renderers(desk) & dead, "the program of the dead one to end")
    if not desk.embedded:
        nobody_believes_in_the_dead(db)
    desk.wait_for(lambda: editor.share(SLUG) < before, "it to be begun anew", seconds=60)
    desk.wait_for(lambda: editor.share(SLUG) == OVER, "the film", seconds=300)
    versions, films = made(db, SLUG)

    assert dead and seen == ([], [])
    assert (versions, len(films)) == ([ArticleStatus.PUBLISHED], 1)
    assert "El vídeo está hecho." in editor.look(SLUG)
    assert watched(desk, SLUG)[4:8] == b"ftyp"
