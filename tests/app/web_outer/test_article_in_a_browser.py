"""An article with its film as citizens meet it: line by line, by keyboard alone, and by the rules of access."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from app.desk import books
from app.models.book import ArticleRow
from tests.app.axe import faults
from tests.app.web_outer.conftest import FILM, Live
from tests.app.web_outer.test_outer_in_a_browser import opened

pytestmark = pytest.mark.slow

PATH = "/ayuda/restaurar-autofirma"
VARIANT = "\n## Pasos {esPublico Gestiona}\n1. Pulse «Firmar» abajo a la derecha.\n"
MOST_TABS, PATIENCE = 60, 600


def said(page: Page) -> str:
    """The captions that stand on the film now."""
    shown: str = page.evaluate(
        "[...document.querySelector('video').textTracks[0].activeCues || []].map((one) => one.text).join()"
    )
    return shown


def play(page: Page, at: float) -> None:
    """Wait until the film plays behind this second; the page's own policy lets no other script wait in it."""
    for _ in range(PATIENCE):
        if page.evaluate(f"(film => !film.paused && film.currentTime >= {at})(document.querySelector('video'))"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the film does not play from {at} on")


def tab_to(page: Page, words: str) -> None:
    """Go on with the tabulator until the link or button with these words is reached."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator("a:focus, button:focus", has_text=words).count():
            return
    raise AssertionError(f"«{words}» is not reached by keyboard")


def test_a_line_of_what_is_said_plays_from_its_second_with_captions_on(live: Live, browser: Browser) -> None:
    page = opened(browser)
    page.goto(live.url + PATH)
    page.locator(".cues a", has_text="Cierre el navegador").click()
    play(page, 5.6)

    assert page.evaluate("document.querySelector('video').textTracks[0].mode") == "showing"
    assert said(page) == "Cierre el navegador y vuelva a entrar."
    expect(page.locator(".cues [aria-current]")).to_contain_text("Cierre el navegador")
    assert page.url.endswith(PATH)


def test_somebody_without_a_mouse_plays_a_line_and_says_that_it_helped(live: Live, browser: Browser) -> None:
    page = opened(browser)
    page.goto(live.url + PATH)
    tab_to(page, "Elija «Restaurar instalación».")
    page.keyboard.press("Enter")
    play(page, 3)
    tab_to(page, "Sí, me ha servido")
    page.keyboard.press("Enter")
    page.wait_for_url("**gracias=si**")

    expect(page.get_by_text("Nos alegra que le haya servido")).to_be_visible()


def test_axe_finds_nothing_while_a_film_plays_beside_the_choice_of_ones_sede(live: Live, browser: Browser) -> None:
    with live.house.db.transaction() as session:
        session.execute(update(ArticleRow).where(ArticleRow.number == 901).values(source=FILM + VARIANT))
        books.touch(session)
    live.house.books.forget()
    page, found = opened(browser), {}
    for path in (PATH, PATH + "?m=40001"):
        page.goto(live.url + path)
        expect(page.get_by_text("Los pasos cambian según la sede")).to_be_visible()
        page.locator(".cues a").first.click()
        play(page, 0)
        found[path] = faults(page)

    assert found == {PATH: [], PATH + "?m=40001": []}
