"""Every page there is, read from the routes: axe, the keyboard's mark, stillness, width, each for who may open it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from playwright.sync_api import Browser, Page

from app.config import ROOT
from app.models.people import Role
from tests.app.axe import faults, hidden_marks, moving, sideways
from tests.app.web_desk.conftest import Mornings
from tests.app.web_desk.everything import FEEDBACK, Everything, furnish, listening
from tests.app.web_desk.scenes import PASSWORD
from tests.app.web_desk.tour import HALF, NOBODY, Visitor, show, stops

# The narrowest telephone, and a desk's 1366 × 768 at 125 %.
WIDTHS = (320, 1093)
TEMPLATES = ROOT / "app" / "templates"
# What does nothing by itself: a button without a form, a link without an address.
IDLE = "button:not(form button, [form]):visible, a:not([href]):visible"
FRAMES = {"base.html", "public.html", "ticket/mail.html"}


@pytest.fixture
def grand(desk_url: str, tmp_path: Path) -> Iterator[tuple[Flask, str]]:
    with listening(desk_url, tmp_path / "data") as found:
        yield found


@pytest.fixture
def app(grand: tuple[Flask, str]) -> Flask:
    return grand[0]


@pytest.fixture
def url(grand: tuple[Flask, str]) -> str:
    return grand[1]


@pytest.fixture
def told(app: Flask, mornings: Mornings) -> Everything:
    return furnish(app.extensions["ventanilla"], mornings.desk)


def test_the_tour_shows_every_template_that_is_a_page(app: Flask, told: Everything, url: str) -> None:
    shown: set[str] = set()

    def note(_app: Flask, template: Any, **_more: Any) -> None:
        shown.add(template.name)

    template_rendered.connect(note, app)
    visitors: dict[str, Visitor] = {}
    for stop in stops(app, told):
        if stop.who not in visitors:
            visitors[stop.who] = Visitor(url, stop.who)
        visitors[stop.who].see(stop)
    names = {str(one.relative_to(TEMPLATES)) for one in TEMPLATES.rglob("*.html") if not one.name.startswith("_")}

    assert names - FRAMES - shown == set()


@pytest.mark.slow
@pytest.mark.parametrize("who", [NOBODY, HALF, *(role.value for role in Role)])
def test_nothing_is_wrong_on_any_page(app: Flask, told: Everything, url: str, browser: Browser, who: str) -> None:
    visitor, page, found = Visitor(url, who), opened(browser), {}
    for stop in stops(app, told):
        if stop.who == who and (shown := visitor.see(stop)) is not None:
            show(page, visitor, stop, shown)
            found[str(stop)] = [*faults(page), *moving(page), *hidden_marks(page), *wide(page)]

    assert found and {stop: wrong for stop, wrong in found.items() if wrong} == {}


@pytest.mark.slow
def test_what_the_public_does_needs_no_script(app: Flask, told: Everything, url: str, browser: Browser) -> None:
    page = opened(browser, java_script_enabled=False)
    visitor, idle = Visitor(url, NOBODY), {}
    for stop in stops(app, told):
        if stop.who == NOBODY and not stop.form and visitor.see(stop) is not None:
            page.goto(url + stop.path)
            idle[str(stop)] = page.locator("main").locator(IDLE).evaluate_all("all => all.map((one) => one.outerHTML)")
    page.goto(f"{url}/accesibilidad/queja")
    page.fill("[name=contacto]", "ana@example.com")
    page.fill("[name=que]", "No puedo leer un documento con el lector de pantalla")
    page.locator("main form button").click()
    complained = page.locator("main").inner_text()
    page.goto(f"{url}/respuesta/{FEEDBACK}")
    page.locator("main form button").first.click()
    judged = page.url
    page.goto(f"{url}/entrega/{told.handed}")
    page.get_by_role("button", name="Lo tengo").click()
    taken = page.locator("main").inner_text()
    page.goto(f"{url}/entrar")
    page.fill("[name=email]", "secretaria@pueblo.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()

    assert {stop: found for stop, found in idle.items() if found} == {}
    assert "C-" in complained and "dicho=" in judged and "Anotado" in taken
    assert page.url == f"{url}/derivadas"


def opened(browser: Browser, **more: Any) -> Page:
    """A window for one visitor."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="es-ES", reduced_motion="reduce", **more
    )
    return context.new_page()


def wide(page: Page) -> list[str]:
    """At which of the other widths the page is wider than the screen."""
    told = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 614})
        if more := sideways(page):
            told.append(f"sideways at {width} by {more}")
    return told
