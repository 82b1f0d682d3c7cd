"""The knowledge base as supervisors meet it in a browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app import clock
from app.desk import film_jobs
from tests.app.axe import faults
from tests.app.web_outer.conftest import CAPTIONS, Live
from tests.app.web_outer.test_outer_in_a_browser import opened, sign_in

pytestmark = pytest.mark.slow

AT = "/conocimiento/restaurar-autofirma/es"


@pytest.fixture
def page(live: Live, browser: Browser) -> Page:
    """A browser in which a supervisor has signed in."""
    page = opened(browser)
    sign_in(page, live, "admin@mesa.example")
    return page


def test_supervisors_pages_are_accessible_and_the_preview_follows_what_is_typed(live: Live, page: Page) -> None:
    found = {}
    page.goto(live.url + AT)
    page.fill("#body", "## Pasos\n1. Pulse **Enviar** en {{ayuntamiento}}.\n")
    expect(page.locator("#vista")).to_contain_text("Pulse Enviar en su ayuntamiento.")
    page.get_by_role("button", name="Guardar el borrador").click()
    expect(page.get_by_text("Publicado, con borrador")).to_be_visible()
    for path in ("/conocimiento", AT, AT + "/versiones", "/conocimiento/faltan", "/conocimiento/fiabilidad"):
        page.goto(live.url + path)
        found[path] = faults(page)

    assert {path: told for path, told in found.items() if told} == {}


def test_an_article_goes_from_the_editor_to_citizens_and_back_to_what_it_was(
    live: Live, page: Page, province: Path, tmp_path: Path
) -> None:
    (tmp_path / "nuevos.vtt").write_text(CAPTIONS.replace("Abra AutoFirma", "Busque AutoFirma"), encoding="utf-8")
    page.goto(live.url + AT)
    picture = page.screenshot(path=tmp_path / "imagen.png")
    page.fill("#title", "Poner AutoFirma como nuevo")
    page.set_input_files("#film", province / "videos" / "restaurar.mp4")
    page.set_input_files("#subtitulos", tmp_path / "nuevos.vtt")
    page.set_input_files("#imagen", tmp_path / "imagen.png")
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("Publicado: se encuentra y se ofrece desde ahora.")).to_be_visible()
    page.goto(live.url + "/901")
    poster = page.request.get(live.url + (page.locator("video").get_attribute("poster") or ""))

    assert poster.body() == picture
    expect(page.get_by_role("heading", level=1)).to_have_text("Poner AutoFirma como nuevo")
    expect(page.locator(".cues")).to_contain_text("Busque AutoFirma")

    page.goto(live.url + AT + "/versiones")
    page.get_by_role("button", name="Restaurar").last.click()
    page.goto(live.url + AT)
    expect(page.locator("#title")).to_have_value("Restaurar AutoFirma")
    page.get_by_role("button", name="Publicar").click()
    page.goto(live.url + "/901")
    expect(page.get_by_role("heading", level=1)).to_have_text("Restaurar AutoFirma")
    expect(page.locator(".cues")).to_contain_text("Abra AutoFirma")


def test_a_film_in_work_and_one_that_failed_are_shown_to_everybody(live: Live, page: Page) -> None:
    page.goto(live.url + AT)
    page.get_by_role("button", name="Hacer un vídeo de los pasos").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    working = faults(page)
    with live.house.db.transaction() as session:
        task = film_jobs.claim(session, now=clock.now())
        assert task is not None
        film_jobs.progress(session, task, 0.4, now=clock.now())
    expect(page.get_by_text("Haciendo el vídeo: 40 %")).to_be_visible()
    with live.house.db.transaction() as session:
        film_jobs.fail(session, task, "Falta ffmpeg.", now=clock.now())
    expect(page.get_by_text("Falta ffmpeg.")).to_be_visible()

    assert (working, faults(page)) == ([], [])
