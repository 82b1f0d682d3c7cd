"""The supervisor's pages in a browser: deadlines that move before her eyes."""

import pytest
from playwright.sync_api import Browser, Page, expect

from app import clock
from app.desk import board
from app.desk.numbers import number
from app.models.ticket import Ticket
from app.schedule import Clock
from tests.app.web_desk.conftest import Listening
from tests.app.web_desk.scenes import PASSWORD

pytestmark = pytest.mark.slow


def opened(browser: Browser, desk: Listening) -> Page:
    """A page in which the supervisor is signed in."""
    page = browser.new_context(locale="es-ES", reduced_motion="reduce").new_page()
    page.goto(desk.url + "/entrar")
    page.fill("#email", "carmen@mesa.example")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/consultas*")
    return page


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
