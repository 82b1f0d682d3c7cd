"""The outer pages as people meet them: by eye, by keyboard, on a telephone, without script."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.models.message import Message
from app.models.ticket import Ticket
from channels.message import Delivery
from tests.app.axe import faults
from tests.app.web_outer.conftest import Live
from tests.app.web_outer.people import PASSWORD

pytestmark = pytest.mark.slow

# What people who are no typists take for one key (Card, Moran and Newell's keystroke-level model): a busy machine's
# clock says nothing of a technician's.
SECONDS_A_KEY = 0.28


class Hands:
    """Somebody at the keyboard, whose keys are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes = page, 0

    def type(self, words: str) -> None:
        self.strokes += len(words)
        self.page.keyboard.type(words)

    def press(self, keys: str) -> None:
        self.strokes += len(keys.split("+"))
        self.page.keyboard.press(keys)

    def press_until(self, keys: str, there: str) -> None:
        for _ in range(30):
            if self.page.evaluate(there):
                return
            self.press(keys)


def opened(browser: Browser, *, width: int = 1280, **more: Any) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="es-ES", reduced_motion="reduce", **more
    )
    return context.new_page()


def sign_in(page: Page, live: Live, email: str) -> None:
    page.goto(live.url + "/entrar")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/entrar" not in url)


def test_axe_finds_nothing_on_the_call_form_and_the_clerks_pages(live: Live, browser: Browser) -> None:
    page, found = opened(browser), {}
    sign_in(page, live, "tomas@mesa.example")
    page.goto(live.url + "/llamadas/nueva")
    found["empty call"] = faults(page)
    page.locator("#que").press_sequentially("no me conecta autofirma al firmar")
    page.get_by_text("Puede decirle").wait_for()
    found["call with articles"] = faults(page)
    page.fill("#que", "")
    page.keyboard.press("Control+Enter")
    page.locator("#que-mal").wait_for()
    found["call with a trouble"] = faults(page)
    page = opened(browser)
    sign_in(page, live, "admin@mesa.example")
    page.goto(live.url + "/ajustes")
    found["settings"] = faults(page)
    page = opened(browser)
    sign_in(page, live, "secretaria@pueblo.example")
    page.goto(live.url + "/derivadas")
    found["clerk, empty"] = faults(page)
    page.goto(live.url + "/derivadas/nueva")
    page.locator("main form button.btn-primary").click()
    page.locator("#que-mal").wait_for()
    found["clerk's form with troubles"] = faults(page)
    page.fill("#contacto", "ana@example.com")
    page.fill("#que", "No puede firmar")
    page.locator("main form button.btn-primary").click()
    page.locator(".clerk-table").wait_for()
    found["clerk, one enquiry"] = faults(page)

    assert {name: told for name, told in found.items() if told} == {}


def test_a_call_is_logged_by_keyboard_alone_in_less_than_thirty_seconds(live: Live, browser: Browser) -> None:
    page = opened(browser)
    sign_in(page, live, "tomas@mesa.example")
    page.goto(live.url + "/llamadas/nueva")
    hands = Hands(page)
    hands.type("921 000 062")
    hands.press("Tab")
    hands.type("Hipólito Sanz")
    hands.press("Tab")
    hands.type("Riaza")
    hands.press_until("Tab", "document.activeElement.id === 'que'")
    hands.type("no me conecta autofirma al firmar")
    page.get_by_text("Puede decirle").wait_for()
    hands.press("Alt+1")
    expect(page.locator("#art1")).to_be_checked()
    hands.press("Tab")
    hands.press_until("ArrowRight", "document.activeElement.value === 'llamar'")
    hands.press("Control+Enter")
    page.wait_for_url("**/consultas/**")

    assert hands.strokes * SECONDS_A_KEY < 30
    with live.house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        said = session.scalars(select(Message).where(Message.delivery == Delivery.BY_HAND)).one()
        assert (ticket.contact.name, ticket.town_hall and ticket.town_hall.name) == ("Hipólito Sanz", "Riaza")
        assert "AutoFirma" in said.text


def test_somebody_who_called_before_is_picked_with_the_arrows(live: Live, browser: Browser) -> None:
    page = opened(browser)
    sign_in(page, live, "tomas@mesa.example")
    for name in ("Hipólito Sanz", ""):
        page.goto(live.url + "/llamadas/nueva")
        page.locator("#telefono").press_sequentially("921 000 062")
        if name:
            page.fill("#nombre", name)
        else:
            page.locator("#hallados").wait_for()
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            expect(page.locator("#nombre")).to_have_value("Hipólito Sanz")
        page.fill("#que", "Pregunta por su recibo")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/consultas/**")

    with live.house.db.reading() as session:
        assert len({one.contact_id for one in session.scalars(select(Ticket))}) == 1


def test_a_chapter_of_the_film_begins_at_its_second(live: Live, browser: Browser) -> None:
    page = opened(browser)
    page.goto(live.url + "/ayuda/restaurar-autofirma")
    page.locator(".chapters a", has_text="Elija").click()
    page.wait_for_function("document.querySelector('video').currentTime >= 3")

    assert page.url.endswith("/ayuda/restaurar-autofirma")
    expect(page.locator(".cues [aria-current]")).to_contain_text("Restaurar instalación")


def test_a_link_into_the_film_opens_it_there_with_its_captions(live: Live, browser: Browser) -> None:
    page = opened(browser)
    page.goto(live.url + "/901?t=5")
    page.wait_for_function("document.querySelector('video').currentTime >= 4.9")

    assert page.evaluate("document.querySelector('video').textTracks[0].kind") == "captions"


def test_a_film_is_served_in_the_parts_that_a_player_asks_for(live: Live, browser: Browser) -> None:
    page = opened(browser)
    answer = page.request.get(live.url + "/videos/restaurar.mp4", headers={"Range": "bytes=0-99"})

    assert (answer.status, len(answer.body())) == (206, 100)


def test_answers_appear_while_a_citizen_types(live: Live, browser: Browser) -> None:
    page = opened(browser)
    page.goto(live.url)
    page.locator("#q").press_sequentially("no conecta autofirma")

    expect(page.locator("#hallados .asked li").first).to_contain_text("No se ha podido conectar con AutoFirma")


def test_without_script_a_citizen_searches_reads_and_says_whether_it_helped(live: Live, browser: Browser) -> None:
    page = opened(browser, width=390, java_script_enabled=False)
    page.goto(live.url)
    page.fill("#q", "no conecta autofirma")
    page.press("#q", "Enter")
    page.get_by_role("link", name="No se ha podido conectar con AutoFirma").click()
    page.get_by_role("button", name="Sí, me ha servido").click()

    expect(page.get_by_role("heading", name="Nos alegra que le haya servido")).to_be_visible()


def test_a_page_carries_no_script_and_no_style_that_its_policy_forbids(live: Live, browser: Browser) -> None:
    page, told = opened(browser), []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for path in ("/", "/ayuda/restaurar-autofirma", "/buscar?q=certificado"):
        page.goto(live.url + path)
        page.wait_for_load_state("networkidle")

    assert told == []


def test_the_simulator_is_as_accessible_as_the_rest(demo: Live, browser: Browser) -> None:
    page = opened(browser)
    page.goto(demo.url + "/simulador")
    page.fill("#texto", "hola, no me conecta autofirma")
    page.keyboard.press("Enter")
    page.get_by_text("Respuesta automática").first.wait_for()

    assert faults(page) == []
