"""The desk as people work at it: by keyboard, live, on a telephone, with nothing for axe to find."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app import clock
from app.desk.numbers import number
from app.models.message import Message
from app.models.ticket import Status, Ticket
from channels.message import Delivery
from tests.app.axe import faults, sideways
from tests.app.web_desk.conftest import Listening
from tests.app.web_desk.scenes import PASSWORD, Asked, ask, hear

pytestmark = pytest.mark.slow


def opened(browser: Browser, desk: Listening, *, width: int = 1280, who: str = "rosa", **more: Any) -> Page:
    """A page in which Rosa, or a colleague, is signed in; whatever a script complains about fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="es-ES", reduced_motion="reduce", **more
    )
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"a script broke: {error}"))
    page.goto(desk.url + "/entrar")
    page.fill("#email", f"{who}@mesa.example")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/consultas*")
    return page


def address(desk: Listening, ticket: Ticket) -> str:
    return f"{desk.url}/consultas/{number(ticket.id)}"


def pages(desk: Listening) -> dict[str, str]:
    return {
        "queue": f"{desk.url}/consultas?vista=abiertas",
        "filtered": f"{desk.url}/consultas?vista=abiertas&canal=correo&prioridad=P2",
        "empty": f"{desk.url}/consultas?vista=ventana",
        "search": f"{desk.url}/consultas?q=certificado",
        "ticket": address(desk, desk.desk.talk),
        "mail": address(desk, desk.desk.mail),
        "call": address(desk, desk.desk.tickets[-2]),
        "account": f"{desk.url}/cuenta",
        "keys": f"{desk.url}/cuenta/teclas",
        "missing": f"{desk.url}/nada",
    }


def test_axe_finds_nothing_at_any_width_or_theme(listening: Listening, browser: Browser) -> None:
    page, found = opened(browser, listening), {}
    for name, path in pages(listening).items():
        page.goto(path)
        found[name] = faults(page)
    page.context.clear_cookies()
    page.goto(listening.url + "/entrar")
    found["sign-in"] = faults(page)

    assert {name: told for name, told in found.items() if told} == {}


def test_nothing_scrolls_sideways_at_320(listening: Listening, browser: Browser) -> None:
    page, wide = opened(browser, listening, width=320), {}
    for name, path in pages(listening).items():
        page.goto(path)
        wide[name] = sideways(page)

    assert {name: width for name, width in wide.items() if width > 0} == {}


def test_lists_scroll_inside_and_the_page_keeps_its_head_in_sight(listening: Listening, browser: Browser) -> None:
    page, moved = opened(browser, listening), {}
    # What a desktop of 768 points at 125 % leaves of its height.
    page.set_viewport_size({"width": 1280, "height": 560})
    for name in ("queue", "ticket", "mail"):
        page.goto(pages(listening)[name] + "#ultimo")
        moved[name] = page.evaluate("document.documentElement.scrollHeight - innerHeight")

    assert moved == {"queue": 0, "ticket": 0, "mail": 0}


def test_no_page_is_told_off_by_its_own_policy(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    told: list[str] = []
    page.on("console", lambda line: told.append(line.text) if line.type in {"error", "warning"} else None)
    for name, path in pages(listening).items():
        if name != "missing":
            page.goto(path)
            page.evaluate("document.querySelectorAll('details.fold').forEach((one) => { one.open = true; })")
            page.wait_for_timeout(200)

    assert told == []


def test_every_button_shows_that_the_keyboard_is_on_it(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.talk))
    page.keyboard.press("Tab")
    seen = page.evaluate(
        """() => [...document.querySelectorAll(".btn")]
            .filter((button) => { button.focus(); return document.activeElement === button; })
            .map((button) => { button.focus(); return getComputedStyle(button).outlineStyle; })"""
    )

    assert len(seen) > 5 and set(seen) == {"solid"}


def test_a_ticket_is_found_answered_and_left_by_keyboard_alone(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(f"{listening.url}/consultas?vista=abiertas")
    wanted = page.locator(f"#c-{listening.desk.talk.id}")
    for _turn in range(12):
        if "is-here" in (wanted.get_attribute("class") or ""):
            break
        page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/consultas/C-*")
    page.keyboard.press("t")
    expect(page.locator("[data-toast]")).to_contain_text("Ha tomado 1 consulta")
    page.wait_for_load_state()
    page.keyboard.press("r")
    page.keyboard.type(" instalar la versión nueva.")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Respuesta en camino")
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.wait_for_url("**/consultas?vista=abiertas")

    with listening.house.db.reading() as session:
        sent = session.scalars(select(Message).where(Message.delivery == Delivery.QUEUED)).one()
        ticket = session.get_one(Ticket, listening.desk.talk.id)
    assert "puede instalar la versión nueva." in sent.text
    assert "«No se ha podido conectar con AutoFirma»" in sent.text
    assert ticket.owner_id == listening.desk.who["rosa"].id


def test_undo_takes_the_words_back_into_the_composer(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.mail))
    page.fill("#texto", "Se me ha escapado")
    page.press("#texto", "Control+Enter")
    page.locator("[data-toast] button").click()

    expect(page.locator("#texto")).to_have_value("Se me ha escapado")


def test_a_new_enquiry_waits_until_it_is_asked_for(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(f"{listening.url}/consultas?vista=abiertas")
    before = page.locator(".queue tbody tr").count()
    now, hours = clock.now(), listening.house.books.current().hours
    with listening.house.db.transaction() as session:
        ask(session, Asked(who="Recién Llegada", address="+34600000999", subject="Nueva"), now=now, hours=hours)
    line = page.locator(".fresh a")
    expect(line).to_be_visible(timeout=9000)
    assert page.locator(".queue tbody tr").count() == before
    line.click()

    expect(page.locator(".queue tbody tr")).to_have_count(before + 1)


def test_a_message_that_comes_while_one_writes_is_told_and_shown(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.talk))
    page.fill("#texto", "Estoy escribiendo")
    with listening.house.db.transaction() as session:
        hear(session, session.get_one(Ticket, listening.desk.talk.id), "Ya está, gracias", now=clock.now())
    banner = page.locator("[data-newer]")
    expect(banner).to_be_visible(timeout=9000)
    banner.locator("button").click()

    expect(page.locator("#ultimo")).to_contain_text("Ya está, gracias")
    expect(page.locator("#texto")).to_have_value("Estoy escribiendo")


def test_a_draft_outlives_the_page(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.mail))
    page.fill("#texto", "Lo dejo a medias")
    expect(page.locator("#guardado")).to_contain_text("Guardado", timeout=5000)
    page.reload()

    expect(page.locator("#texto")).to_have_value("Lo dejo a medias")


def test_several_are_chosen_and_solved_by_keyboard_and_given_back(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(f"{listening.url}/consultas?vista=sin-asignar")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("2 elegidas")
    page.keyboard.press("e")
    expect(page.locator("[data-toast]")).to_contain_text("2 consultas resueltas")
    page.wait_for_load_state()
    page.keyboard.press("z")
    expect(page.locator("[data-toast]")).to_contain_text("Deshecho")

    with listening.house.db.reading() as session:
        solved = session.scalars(select(Ticket).where(Ticket.status == Status.SOLVED)).all()
    assert len(solved) == 1


def test_letters_do_nothing_for_who_has_turned_them_off(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(f"{listening.url}/cuenta")
    page.uncheck("#shortcuts")
    page.get_by_role("button", name="Guardar", exact=True).click()
    page.goto(f"{listening.url}/consultas?vista=abiertas")
    page.keyboard.press("o")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("m")

    assert page.url.endswith("vista=abiertas")
    assert page.locator("dialog[open]").count() == 0


def test_the_keys_are_told_in_a_window_and_it_closes(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("Insertar el primer artículo")
    page.keyboard.press("Escape")

    expect(page.locator("dialog[open]")).to_have_count(0)


def test_everything_works_without_scripts(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening, java_script_enabled=False)
    page.goto(f"{listening.url}/consultas?vista=sin-asignar")
    page.locator(".queue input[type=checkbox]").first.check()
    page.get_by_role("button", name="Tomar").click()
    expect(page.locator("[data-toast]")).to_contain_text("Ha tomado 1 consulta")
    page.goto(address(listening, listening.desk.mail))
    page.fill("#texto", "Sin guiones también")
    page.get_by_role("button", name=re.compile("^Enviar Ctrl|^Enviar$")).first.click()

    expect(page.locator("[data-toast]")).to_contain_text("Respuesta en camino")


def test_the_first_load_of_the_queue_is_light(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    context = page.context.browser.new_context() if page.context.browser else page.context
    fresh = context.new_page()
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    session = context.new_cdp_session(fresh)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    fresh.goto(f"{listening.url}/consultas?vista=abiertas")
    fresh.wait_for_load_state("networkidle")

    assert 10_000 < sum(sizes) < 120_000
