"""A supervisor writes, publishes, compares and takes back articles."""

import io
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.desk.books import BookCase
from app.desk.films import LARGEST_PICTURE
from app.errors import Impossible
from app.house import House
from app.models.book import ArticleRow, ArticleStatus
from app.models.knowledge import ArticleVersion, Film
from app.models.people import Role
from app.web import film_uploads
from app.web.article_form import fields
from app.web.article_versions import Change, changes
from kb.article import read
from tests.app.web_outer.people import sign_in, token_of, worker

AT = "/conocimiento/autofirma-no-conecta/es"
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 200
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 60
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nAbra el menú secreto.\n\n00:03.000 --> 00:07.400\nCierre.\n"


@pytest.fixture
def supervisor(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        worker(session, role=Role.SUPERVISOR)
    sign_in(client)
    return client


def row(house: House, slug: str = "autofirma-no-conecta") -> ArticleRow:
    with house.db.reading() as session:
        return session.scalars(select(ArticleRow).where(ArticleRow.slug == slug)).one()


def filled(house: House, **told: object) -> dict[str, object]:
    """The form of the article as it stands, with these fields changed."""
    found = row(house)
    return {**fields(read(found.source, slug=found.slug, language="es")), "hacer": "publicar", **told}


def send(browser: FlaskClient, told: dict[str, object], path: str = AT) -> tuple[int, str]:
    answer = browser.post(path, data={**told, "csrf_token": token_of(browser, AT)})
    return answer.status_code, answer.text


def newest(house: House) -> int:
    with house.db.reading() as session:
        return session.scalars(select(ArticleVersion.id).order_by(ArticleVersion.id.desc())).first() or 0


def test_what_is_published_is_found_in_every_process_within_two_seconds(supervisor: FlaskClient, house: House) -> None:
    elsewhere, asked = BookCase(house.db, house.config.province_dir), "no conecta autofirma por el trasgo zurdo"
    elsewhere.current()
    send(supervisor, filled(house, questions=asked))
    until = time.monotonic() + 2
    while (found := elsewhere.current().search.find(asked).hits[0]).passage != asked:
        assert time.monotonic() < until
        time.sleep(0.05)

    assert found.slug == "autofirma-no-conecta"


def test_a_draft_leaves_what_citizens_read_as_it_is(supervisor: FlaskClient, house: House) -> None:
    before = row(house).source
    status, _page = send(supervisor, filled(house, title="Otro título", hacer="borrador"))

    assert (status, row(house).source, row(house).status) == (303, before, ArticleStatus.PUBLISHED)
    assert 'value="Otro título"' in supervisor.get(AT).text
    assert "con borrador" in supervisor.get("/conocimiento?ver=pendientes").text


def test_what_came_with_the_house_is_the_first_version_and_can_be_restored(
    supervisor: FlaskClient, house: House
) -> None:
    before = row(house).source
    send(supervisor, filled(house, title="Otro título"))
    page = supervisor.get(AT + "/versiones").text
    with house.db.reading() as session:
        first = session.scalars(select(ArticleVersion).order_by(ArticleVersion.id)).first()
    assert first is not None
    send(supervisor, {}, f"{AT}/versiones/{first.id}/restaurar")

    assert "Otro título" in page and "Tomás Yagüe" in page and "La que venía" in page
    assert first.source == before
    assert row(house).title == "Otro título"
    assert 'value="No se ha podido conectar con AutoFirma"' in supervisor.get(AT).text


def test_two_supervisors_do_not_write_over_each_other(supervisor: FlaskClient, house: House) -> None:
    send(supervisor, filled(house, title="Uno"))
    seen = newest(house)
    send(supervisor, filled(house, title="Dos", visto=seen))
    status, page = send(supervisor, filled(house, title="Tres", visto=seen))

    assert (status, row(house).title) == (409, "Dos")
    assert 'value="Tres"' in page


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": " "}, "Ponga un título."),
        ({"number": "0"}, "número entero"),
        ({"number": "1"}, "ya lo lleva"),
        ({"body": "Sin pasos."}, "lista numerada"),
        ({"reviewed": "ayer"}, "no se entiende"),
        ({"video_address": "http://x.example"}, "https://"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    supervisor: FlaskClient, house: House, wrong: dict[str, str], told: str
) -> None:
    before = row(house).source
    status, page = send(supervisor, filled(house, words="palabra única", **wrong))

    assert (status, told in page, "palabra única" in page) == (422, True, True)
    assert row(house).source == before


def test_the_preview_shows_the_town_halls_own_data_and_no_strangers_html(supervisor: FlaskClient, house: House) -> None:
    body = "En {{ayuntamiento}}.\n\n## Pasos\n1. Pulse **ya** <script>x</script>\n"
    _status, page = send(supervisor, filled(house, body=body, municipio="40041"), AT + "/vista")

    assert "En Ayuntamiento de Cantimpalos." in page and "<strong>ya</strong>" in page
    assert "<script>" not in page and "<html" not in page


def test_a_film_with_captions_is_kept_found_and_played_in_parts(supervisor: FlaskClient, house: House) -> None:
    files = {
        "film": (io.BytesIO(MP4), "mío.mp4"),
        "subtitulos": (io.BytesIO(VTT.encode()), "mío.vtt"),
        "imagen": (io.BytesIO(PNG), "mía.png"),
    }
    status, _page = send(supervisor, {**filled(house), **files})
    books = BookCase(house.db, house.config.province_dir).current()
    article = books.shelf.get("autofirma-no-conecta")
    assert article is not None and article.video is not None
    part = supervisor.get(f"/videos/{article.video.file}", headers={"Range": "bytes=4-7"})
    part.close()
    with supervisor.get(f"/videos/{article.video.poster}") as poster:
        picture = (poster.mimetype, poster.data)

    assert picture == ("image/png", PNG)
    assert (status, article.video.duration) == (303, 7)
    assert books.shelf.said("autofirma-no-conecta")[0].text == "Abra el menú secreto."
    assert (part.status_code, part.data) == (206, b"ftyp")
    assert supervisor.get(f"/videos/{article.video.captions}").text.startswith("WEBVTT")


def test_a_picture_alone_stands_before_the_film_that_is_there(supervisor: FlaskClient, house: House) -> None:
    before = read(row(house).source, slug="autofirma-no-conecta", language="es").video
    status, _page = send(supervisor, {**filled(house, video_file="uno.mp4"), "imagen": (io.BytesIO(PNG), "mía.png")})
    after = read(row(house).source, slug="autofirma-no-conecta", language="es").video

    assert (status, before) == (303, None)
    assert after is not None and (after.file, after.poster is None) == ("uno.mp4", False)
    assert f'poster="/videos/{after.poster}"' in supervisor.get("/ayuda/autofirma-no-conecta").text


@pytest.mark.parametrize(
    ("field", "content"),
    [
        ("film", b"MZ not a film"),
        ("subtitulos", b"no captions"),
        ("imagen", b"GIF89a"),
    ],
)
def test_what_is_no_film_no_captions_and_no_picture_is_refused(
    supervisor: FlaskClient, house: House, field: str, content: bytes
) -> None:
    status, page = send(supervisor, {**filled(house), field: (io.BytesIO(content), "x.mp4")})

    assert status == 422 and "tiene" in page
    with house.db.reading() as session:
        assert session.scalars(select(Film)).all() == []


def test_a_picture_larger_than_a_page_can_bear_is_refused(app: Flask) -> None:
    upload = FileStorage(io.BytesIO(PNG + bytes(LARGEST_PICTURE)), filename="grande.png")

    with app.test_request_context(), pytest.raises(Impossible, match="pasa de 1 MB"):
        film_uploads.picture(upload)


def test_a_translation_begins_beside_the_original_and_keeps_its_number(supervisor: FlaskClient, house: House) -> None:
    status, _page = send(supervisor, {"idioma": "en"}, AT + "/traducir")
    page = supervisor.get("/conocimiento/autofirma-no-conecta/en?junto=es").text

    assert status == 303
    assert "En «es»" in page and "Qué tiene que hacer" in page
    with house.db.reading() as session:
        made = session.scalars(select(ArticleRow).where(ArticleRow.language == "en")).one()
    assert (made.number, made.status) == (19, ArticleStatus.DRAFT)


def test_a_new_article_gets_an_address_and_the_next_number(supervisor: FlaskClient, house: House) -> None:
    status, _page = send(supervisor, {"titulo": "¿Qué es el código DIR3?"}, "/conocimiento/nuevo")
    made = row(house, "que-es-el-codigo-dir3")

    assert (status, made.number, made.status) == (303, 63, ArticleStatus.DRAFT)
    assert supervisor.get("/ayuda/que-es-el-codigo-dir3").status_code == 404


def test_a_withdrawn_article_is_offered_no_more(supervisor: FlaskClient, house: House) -> None:
    send(supervisor, {}, AT + "/retirar")
    books = BookCase(house.db, house.config.province_dir).current()

    assert books.shelf.get("autofirma-no-conecta") is None


def test_links_that_lead_nowhere_are_listed(supervisor: FlaskClient, house: House) -> None:
    send(supervisor, filled(house, related="no-existe", body="[a](/ayuda/nada) {{raro}}\n\n1. Uno\n"))
    page = supervisor.get(AT).text

    assert all(word in page for word in ("«no-existe»", "/ayuda/nada no lleva", "{{raro}}»"))


def test_articles_whose_review_is_due_are_listed(supervisor: FlaskClient, house: House) -> None:
    send(supervisor, filled(house, reviewed="2020-01-01"))
    page = supervisor.get("/conocimiento?ver=revision").text

    assert "Toca revisarlo" in page and page.count('<td class="num">19</td>') == 1
    assert "Códigos DIR3 para facturar" not in page


def test_an_address_that_does_not_answer_is_told_beside_the_article_until_it_does(
    supervisor: FlaskClient, house: House
) -> None:
    send(supervisor, filled(house, sources="http://127.0.0.1:9/x"))
    send(supervisor, {}, AT + "/enlaces")
    told = supervisor.get(AT).text
    send(supervisor, filled(house, sources="Ley 39/2015", visto=newest(house)))

    assert "http://127.0.0.1:9/x no responde: no contesta, o no es una dirección pública." in told
    assert "no responde:" not in supervisor.get(AT).text


def test_a_difference_shows_what_went_and_what_came() -> None:
    told = list(changes("a\nb\nc", "a\nB\nc"))

    assert told[1:] == [Change("same", "a"), Change("del", "b"), Change("ins", "B"), Change("same", "c")]


def test_technicians_do_not_edit(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        worker(session)
    sign_in(client)

    assert [client.get(path).status_code for path in ("/conocimiento", AT)] == [403, 403]
