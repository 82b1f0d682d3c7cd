"""A supervisor has a film made of an article's steps, and sees how far it is and why there is none."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock, jobs
from app.desk import articles, books, film_jobs, films
from app.house import House
from app.models.book import ArticleRow, ArticleStatus, Setting
from app.models.knowledge import ArticleVersion
from app.models.people import Role
from kb.article import Article
from tests.app.web_outer.people import sign_in, token_of, worker

AT = "/conocimiento/autofirma-no-conecta/es"
SHORT = "---\ntitle: No conecta\nnumber: 19\ncategory: autofirma\n---\n1. Uno\n"


@pytest.fixture
def supervisor(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        worker(session, role=Role.SUPERVISOR)
        session.execute(update(ArticleRow).where(ArticleRow.number == 19).values(source=SHORT))
        books.touch(session)
    sign_in(client)
    return client


def press(browser: FlaskClient) -> str:
    answer = browser.post(f"{AT}/rodaje", data={"csrf_token": token_of(browser, AT)}, headers={"HX-Request": "true"})
    return answer.text


def look(browser: FlaskClient) -> str:
    return browser.get(f"{AT}/rodaje", headers={"HX-Request": "true"}).text


def newest(house: House) -> tuple[Article, ArticleStatus, int]:
    with house.db.reading() as session:
        row = session.scalars(select(ArticleRow).where(ArticleRow.number == 19)).one()
        kept = session.scalars(select(ArticleVersion).where(ArticleVersion.article_id == row.id)).all()
        source, status = (kept[-1].source, kept[-1].status) if kept else (row.source, row.status)
        return articles.read(source, slug=row.slug, language="es"), status, len(kept)


def write(house: House, source: str, status: ArticleStatus) -> None:
    with house.db.transaction() as session:
        told = articles.read(source, slug="autofirma-no-conecta", language="es")
        articles.save(session, told, status, by=None, now=clock.now())


def test_the_button_makes_a_film_that_citizens_see_at_once(supervisor: FlaskClient, house: House) -> None:
    asked, waiting = press(supervisor), look(supervisor)
    jobs.run(house, "film")
    house.books.forget()
    article, status, _count = newest(house)
    page = supervisor.get("/ayuda/autofirma-no-conecta").text

    assert "Haciendo el vídeo: 0 %" in asked and "Haciendo el vídeo" in waiting
    assert "El vídeo está hecho." in look(supervisor)
    assert article.video is not None and status is ArticleStatus.PUBLISHED
    files = [article.video.file, article.video.captions, article.video.poster]
    answers = [supervisor.get(f"/videos/{name}", buffered=True) for name in files]
    assert all(f"/videos/{name}" in page for name in files)
    assert [answer.mimetype for answer in answers] == ["video/mp4", "text/vtt", "image/jpeg"]


def test_pressing_twice_makes_one_film_and_pressing_again_later_changes_nothing(
    supervisor: FlaskClient, house: House
) -> None:
    press(supervisor)
    press(supervisor)
    done = [jobs.run(house, "film"), jobs.run(house, "film")]
    before = newest(house)
    press(supervisor)
    jobs.run(house, "film")

    assert done == [1, 0]
    assert newest(house) == before


def test_a_draft_gets_its_film_and_stays_a_draft(supervisor: FlaskClient, house: House) -> None:
    write(house, SHORT + "2. Dos\n", ArticleStatus.DRAFT)
    press(supervisor)
    jobs.run(house, "film")
    article, status, _count = newest(house)

    assert article.video is not None and status is ArticleStatus.DRAFT


def test_why_there_is_no_film_is_said(supervisor: FlaskClient, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    press(supervisor)
    jobs.run(house, "film")
    told = look(supervisor)

    assert "No hay vídeo." in told and "Falta el programa ffmpeg" in told
    assert newest(house)[0].video is None and "Hacer un vídeo de los pasos" in told


def test_an_article_without_steps_gets_no_film(supervisor: FlaskClient, house: House) -> None:
    write(house, SHORT.replace("1. Uno", "Nada."), ArticleStatus.DRAFT)

    assert "lista numerada" in press(supervisor)
    assert jobs.run(house, "film") == 0


def test_steps_that_changed_meanwhile_do_not_get_the_film_of_the_old_ones(
    supervisor: FlaskClient, house: House
) -> None:
    press(supervisor)
    with house.db.transaction() as session:
        task = film_jobs.claim(session, now=clock.now())
    assert task is not None
    write(house, SHORT.replace("Uno", "Otra cosa"), ArticleStatus.PUBLISHED)
    with house.db.transaction() as session:
        film = films.Taken(sha256="0" * 64, size=1, ending="mp4")
        shot = film_jobs.Shot(film=film, poster=film, captions="WEBVTT\n", duration=1)
        film_jobs.finish(session, task, shot, now=clock.now())

    assert "Los pasos han cambiado" in look(supervisor)
    assert newest(house)[0].video is None


def test_a_worker_that_died_is_followed_by_another_and_not_for_ever(supervisor: FlaskClient, house: House) -> None:
    press(supervisor)
    taken = []
    for turn in range(5):
        with house.db.transaction() as session:
            taken.append(film_jobs.claim(session, now=clock.now() + turn * timedelta(minutes=3)) is not None)

    assert taken == [True, True, True, False, False]
    assert "Se ha interrumpido varias veces" in look(supervisor)


def test_a_film_in_work_is_nobody_elses(supervisor: FlaskClient, house: House) -> None:
    press(supervisor)
    with house.db.transaction() as session:
        first = film_jobs.claim(session, now=clock.now())
        assert first is not None
        film_jobs.progress(session, first, 0.42, now=clock.now())
    with house.db.transaction() as session:
        second = film_jobs.claim(session, now=clock.now())

    assert second is None and "Haciendo el vídeo: 42 %" in look(supervisor)


def test_a_browser_without_scripts_comes_back_to_the_article(supervisor: FlaskClient, house: House) -> None:
    answer = supervisor.post(f"{AT}/rodaje", data={"csrf_token": token_of(supervisor, AT)})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{AT}#rodaje")
    with house.db.reading() as session:
        assert session.scalars(select(Setting.key).where(Setting.key.startswith("film:"))).all()
