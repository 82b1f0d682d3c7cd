"""The knowledge base carried out, in, and checked, by commands."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app import clock
from app.desk import articles, books, films, knowledge_files
from app.house import House
from app.models.book import ArticleRow, ArticleStatus, Setting
from app.models.knowledge import ArticleVersion, Film
from app.web import weblinks
from channels.abroad import Rule
from channels.way import Way

FILM = b"\x00\x00\x00\x18ftypmp42" + b"\x07" * 500


def run(app: Flask, *words: str, fails: bool = False) -> str:
    """What a command says."""
    told = app.test_cli_runner().invoke(args=["kb", *words])
    assert (told.exit_code != 0) is fails, told.output
    return told.output


def edit(house: House) -> None:
    """A base with a draft, a new article, a film and captions."""
    now = clock.now()
    with house.db.transaction() as session:
        row = articles.find(session, "leer-un-csv", "es") or session.scalars(select(ArticleRow)).first()
        assert row is not None
        told = articles.read(row.source, slug=row.slug, language="es")
        articles.save(session, told, ArticleStatus.DRAFT, by=None, now=now, source=row.source + "\nMás.\n")
        articles.translate(session, row, "en", by=None, now=now)
        sha256, size = house.files.put([FILM])
        films.enter(session, "uno.mp4", films.Taken(sha256=sha256, size=size, ending="mp4"), by=None, now=now)
        sha256, size = house.files.put([b"\xff\xd8\xff\xe0" + b"\x07" * 60])
        films.enter(session, "uno.jpg", films.Taken(sha256=sha256, size=size, ending="jpg"), by=None, now=now)
        films.enter_captions(session, "uno.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHola\n", by=None, now=now)


def base(house: House) -> tuple[object, ...]:
    with house.db.reading() as session:
        kept = session.execute(select(Film.name, Film.sha256, Film.captions).order_by(Film.name)).all()
        rows = session.execute(
            select(ArticleRow.number, ArticleRow.title, ArticleRow.category).order_by(ArticleRow.slug)
        )
        return knowledge_files.out(session), [tuple(one) for one in kept], [tuple(one) for one in rows]


def empty(house: House) -> None:
    with house.db.transaction() as session:
        for table in (ArticleVersion, Film, ArticleRow):
            session.execute(delete(table))


def test_the_whole_base_goes_out_and_comes_back_without_loss(app: Flask, house: House, tmp_path: Path) -> None:
    edit(house)
    before = base(house)
    run(app, "export", str(tmp_path / "base"))
    empty(house)
    told = run(app, "import", str(tmp_path / "base"))

    assert "63 artículos nuevos o cambiados de 63; 3 archivos de vídeo" in told
    assert base(house) == before


def test_a_base_that_is_there_already_changes_nothing(app: Flask, house: House, tmp_path: Path) -> None:
    edit(house)
    before = base(house)
    run(app, "export", str(tmp_path / "base"))

    assert run(app, "import", str(tmp_path / "base")).startswith("0 artículos nuevos")
    assert base(house) == before


def test_one_wrong_file_keeps_all_out_and_is_named(app: Flask, house: House, tmp_path: Path) -> None:
    before = base(house)
    run(app, "export", str(tmp_path / "base"))
    wrong = next((tmp_path / "base" / "articles" / "es").glob("autofirma-no*"))
    wrong.write_text(wrong.read_text(encoding="utf-8").replace("category: autofirma", "category: recetas"))
    other = next((tmp_path / "base" / "articles" / "es").glob("codigos-dir3*"))
    other.write_text(other.read_text(encoding="utf-8").replace("title:", "title: Nuevo"))
    told = run(app, "import", str(tmp_path / "base"), fails=True)

    assert "es/autofirma-no-conecta: Línea 4: «recetas» no es un valor posible" in told
    assert base(house) == before


def test_plain_files_without_an_index_come_in_as_published(app: Flask, house: House, tmp_path: Path) -> None:
    folder = tmp_path / "articles" / "es"
    folder.mkdir(parents=True)
    (folder / "nuevo.md").write_text("---\ntitle: Nuevo\nnumber: 700\ncategory: padron\n---\n1. Uno\n")
    run(app, "import", str(tmp_path))

    assert books.BookCase(house.db, house.config.province_dir).current().shelf.by_number(700) is not None


def test_nothing_is_written_over(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")

    assert "no está vacía" in run(app, "export", str(tmp_path), fails=True)


def test_a_film_is_made_of_the_steps_and_shown_at_once(app: Flask, house: House) -> None:
    with house.db.transaction() as session:
        session.execute(update(ArticleRow).where(ArticleRow.number == 19).values(source=SHORT))
        books.touch(session)
    run(app, "render", "autofirma-no-conecta")
    article = books.BookCase(house.db, house.config.province_dir).current().shelf.get("autofirma-no-conecta")

    assert article is not None and article.video is not None
    assert article.video.file is not None and article.video.file.startswith("autofirma-no-conecta-")


SHORT = "---\ntitle: No conecta\nnumber: 19\ncategory: autofirma\n---\n1. Uno\n"


@pytest.fixture
def web() -> Iterator[str]:
    """A server where some pages are and some are not."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response({"/bien": 200, "/otra": 302, "/robots": 403}.get(self.path, 404))
            self.send_header("Location", "/bien")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_told: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_addresses_that_do_not_answer_are_told_with_why(web: str) -> None:
    asked = [web + path for path in ("/bien", "/otra", "/robots", "/nada")]

    found = weblinks.broken(asked, way=Way(), rule=Rule(allows=lambda _address: True))

    assert found == {web + "/nada": "contesta con el error 404"}


def test_an_article_does_not_make_the_desk_knock_at_its_neighbours(web: str) -> None:
    assert weblinks.broken([web + "/bien"], way=Way()) == {web + "/bien": "no contesta, o no es una dirección pública"}


def test_what_is_known_of_other_links_stays(house: House) -> None:
    with house.db.transaction() as session:
        weblinks.keep(session, ["a", "b"], {"a": "x", "b": "x"}, now=clock.now())
        weblinks.keep(session, ["b"], {}, now=clock.now())

    with house.db.reading() as session:
        assert session.get_one(Setting, weblinks.KEY).value == {"a": "x"}
