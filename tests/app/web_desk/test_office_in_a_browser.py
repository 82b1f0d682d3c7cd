"""The supervisor's pages in a browser: nothing for axe to find, nothing wider than the screen, deadlines that move."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app import clock
from app.desk import board, incidents
from app.desk.numbers import number
from app.models.ticket import Ticket
from app.models.work import Incident
from app.timed import Clock
from tests.app.axe import faults, sideways
from tests.app.web_desk.conftest import Listening
from tests.app.web_desk.scenes import PASSWORD, Asked, ask

pytestmark = pytest.mark.slow

PAGES = (
    "/cuadro",
    "/cuadro/canales",
    "/informes?dia=2026-11-24",
    "/informes/nota",
    "/personas",
    "/ajustes",
    "/ajustes/plazos",
    "/dia",
    "/cuenta/segundo-paso",
    "/accesibilidad/queja",
    "/incidencias",
    "/incidencias/1",
    "/incidencias/2",
)


@pytest.fixture(autouse=True)
def outages(listening: Listening) -> None:
    """One incident that is proposed and one that is open."""
    now, books = clock.now(), listening.house.books.current()
    with listening.house.db.transaction() as session:
        for place in ("Coca", "Cuéllar"):
            for at in range(3):
                asked = Asked(
                    who=f"Vecina de {place} {at}",
                    channel="email",
                    address=f"{place.lower()}{at}@example.com",
                    subject=f"La sede de {place} no abre",
                    town_hall=place,
                    category=incidents.OUTAGE,
                    ago=timedelta(),
                )
                ask(session, asked, now=now, hours=books.hours)
        incidents.propose(session, now=now)
        session.flush()
        incidents.confirm(session, session.get_one(Incident, 1), by=listening.desk.who["jefa"], now=now, books=books)


def opened(browser: Browser, desk: Listening, *, width: int = 1280, scheme: Any = "light") -> Page:
    """A page in which the supervisor is signed in."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="es-ES", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(desk.url + "/entrar")
    page.fill("#email", "carmen@mesa.example")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/consultas*")
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_axe_finds_nothing(listening: Listening, browser: Browser, width: int, scheme: str) -> None:
    page, found = opened(browser, listening, width=width, scheme=scheme), {}
    for path in PAGES:
        page.goto(listening.url + path)
        found[path] = faults(page)

    assert {path: told for path, told in found.items() if told} == {}


def test_nothing_scrolls_sideways_at_320(listening: Listening, browser: Browser) -> None:
    page, wide = opened(browser, listening, width=320), {}
    for path in PAGES:
        page.goto(listening.url + path)
        wide[path] = sideways(page)

    assert {path: width for path, width in wide.items() if width > 0} == {}


def reckoned(listening: Listening) -> int:
    """A ticket whose deadlines the desk itself has reckoned."""
    with listening.house.db.transaction() as session:
        one = session.get_one(Ticket, listening.desk.tickets[1].id)
        books = listening.house.books.current()
        board.change(session, one, by=listening.desk.who["jefa"], now=clock.now(), books=books, priority="P4")
        return one.id


def test_a_supervisor_changes_hours_and_sees_deadlines_move(listening: Listening, browser: Browser) -> None:
    ticket, page = reckoned(listening), opened(browser, listening)
    due = page.locator(f"#c-{ticket} .q-due")
    page.goto(f"{listening.url}/consultas?vista=abiertas")
    before = due.inner_text()
    page.goto(f"{listening.url}/ajustes")
    for day in ("mon", "tue", "wed", "thu", "fri"):
        page.fill(f"[name={day}-0-hasta]", "10:00")
    page.get_by_role("button", name="Guardar el horario", exact=True).click()
    expect(page.locator("main")).to_contain_text("de plazo:")
    page.get_by_role("button", name="Guardar y recalcular").click()
    expect(page.locator("[data-toast]")).to_be_visible()
    Clock().tick(listening.house, all_now=False)
    page.goto(f"{listening.url}/consultas?vista=abiertas")
    after = due.inner_text()
    page.goto(f"{listening.url}/consultas/{number(ticket)}")
    page.evaluate("document.querySelectorAll('details.fold').forEach((one) => { one.open = true; })")

    assert before != after
    expect(page.locator("[data-thread]")).to_contain_text("plazo")


def test_a_supervisor_changes_targets_once_she_has_seen_what_moves(listening: Listening, browser: Browser) -> None:
    reckoned(listening)
    page = opened(browser, listening)
    page.goto(f"{listening.url}/ajustes/plazos")
    page.fill("[name=P4-primera]", "1")
    page.get_by_role("button", name="Guardar los objetivos").click()
    expect(page.locator("main")).to_contain_text("de plazo:")
    page.get_by_role("button", name="Guardar y recalcular").click()

    expect(page.locator("[data-toast]")).to_contain_text("Guardados los objetivos")
    expect(page.locator("[name=P4-primera]")).to_have_value("1")
