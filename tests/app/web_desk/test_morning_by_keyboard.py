"""A whole morning by keyboard alone: every open enquiry of every channel answered and left; photos and papers."""

import struct
import zlib

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app import clock
from app.models.message import Direction, File, Message, MessageFile
from app.models.ticket import Status, Ticket
from tests.app.axe import faults
from tests.app.web_desk.conftest import Listening
from tests.app.web_desk.test_desk_in_a_browser import address, opened

pytestmark = pytest.mark.slow

FEWEST = 12


def work(page: Page, turn: int) -> str:
    """Open the ticket where one stands, take it, say what is to be said, go back; which channel it was."""
    page.keyboard.press("o")
    page.wait_for_url("**/consultas/C-*")
    page.wait_for_load_state()
    way = page.locator("input[name=way]:checked").get_attribute("value") or ""
    if page.locator("button[value=tomar]").count():
        page.keyboard.press("t")
        expect(page.locator("[data-toast]")).to_contain_text("Ha tomado")
        page.wait_for_load_state()
    if way in {"whatsapp", "email"}:
        page.keyboard.press("r")
        page.keyboard.type(f" Contestada la {turn}.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-toast]")).to_contain_text("Respuesta en camino")
    else:
        page.keyboard.press("c")
        page.keyboard.type(f" Hablado por teléfono, la {turn}.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-toast]")).to_contain_text("Nota guardada")
        page.wait_for_load_state()
        page.keyboard.press("e")
        expect(page.locator("[data-toast]")).to_contain_text("resuelta")
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.wait_for_url("**/consultas?vista=abiertas")
    page.wait_for_load_state()
    return way


def test_a_technician_works_through_a_morning_of_all_channels_by_keyboard_alone(
    listening: Listening, browser: Browser
) -> None:
    page = opened(browser, listening)
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/consultas?vista=abiertas")
    page.wait_for_load_state()
    there = page.locator(".queue tbody tr").count()
    ways = [work(page, turn) for turn in range(there)]

    expect(page.locator(".empty")).to_contain_text("No hay consultas abiertas")
    assert there >= FEWEST and {"whatsapp", "email", "phone"} <= set(ways)
    with listening.house.db.reading() as session:
        mine = select(Ticket).where(Ticket.owner_id == listening.desk.who["rosa"].id)
        done = [ticket.status for ticket in session.scalars(mine)]
    assert len(done) >= there and set(done) <= {Status.WAITING, Status.SOLVED}


def photo(width: int, height: int) -> bytes:
    """A small picture as a telephone would send it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((30, 90, 120)) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def enclose(listening: Listening, *, paper: bytes = b"%PDF-1.4") -> None:
    """Two photos, a voice note and a paper in the long talk."""
    brought = (
        ("uno.png", "image/png", photo(300, 200)),
        ("dos.png", "image/png", photo(80, 200)),
        ("voz.ogg", "audio/ogg", b"OggS"),
        ("aviso.pdf", "application/pdf", paper),
    )
    kept = [(name, kind, *listening.house.files.put([content])) for name, kind, content in brought]
    with listening.house.db.transaction() as session:
        heard = select(Message).where(Message.ticket_id == listening.desk.talk.id, Message.direction == Direction.IN)
        message = session.scalars(heard.order_by(Message.id).limit(1)).one()
        for name, kind, sha256, size in kept:
            session.add(File(sha256=sha256, size=size, type=kind, stored_at=clock.now()))
            session.flush()
            session.add(MessageFile(message_id=message.id, filename=name, content_type=kind, size=size, sha256=sha256))


def test_a_photo_grows_and_turns_by_keyboard_and_gives_the_focus_back(listening: Listening, browser: Browser) -> None:
    enclose(listening)
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.talk))
    page.locator("[data-photo]").first.focus()
    page.keyboard.press("Enter")
    shown = page.locator("dialog.viewer img")
    expect(shown).to_have_attribute("alt", "Imagen adjunta: uno.png")
    before = shown.bounding_box()
    page.keyboard.press("r")
    turned = shown.bounding_box()
    page.keyboard.press("+")
    grown = shown.bounding_box()
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    expect(shown).to_have_attribute("alt", "Imagen adjunta: dos.png")
    page.keyboard.press("Escape")

    assert before and turned and grown
    assert (round(before["width"]), round(before["height"])) == (300, 200)
    assert (round(turned["width"]), round(turned["height"])) == (200, 300)
    assert round(grown["width"]) == 250
    expect(page.locator("[data-photo]").first).to_be_focused()


def test_a_voice_note_plays_at_the_speed_that_was_chosen_once(listening: Listening, browser: Browser) -> None:
    enclose(listening)
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.talk))
    page.locator("[data-rate='1.5']").focus()
    page.keyboard.press("Enter")
    page.reload()

    assert page.evaluate("document.querySelector('.voice audio').playbackRate") == 1.5
    expect(page.locator("[data-rate='1.5']")).to_have_attribute("aria-pressed", "true")


def test_axe_finds_nothing_on_attachments_and_the_printed_sheet(listening: Listening, browser: Browser) -> None:
    enclose(listening)
    page, found = opened(browser, listening), {}
    page.goto(address(listening, listening.desk.talk))
    found["attachments"] = faults(page)
    page.goto(address(listening, listening.desk.talk))
    page.locator("[data-photo]").first.press("Enter")
    found["viewer"] = faults(page)
    page.goto(address(listening, listening.desk.talk) + "/hoja")
    found["sheet"] = faults(page)

    assert {name: told for name, told in found.items() if told} == {}


def test_a_tag_is_put_on_two_by_keyboard_and_taken_back(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(f"{listening.url}/consultas?vista=abiertas")
    for key in "xjxl":
        page.keyboard.press(key)
    expect(page.locator("#etiqueta")).to_be_focused()
    page.keyboard.type("cobro")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Etiqueta puesta en 2 consultas")
    page.goto(f"{listening.url}/consultas?q=etiqueta:cobro")
    expect(page.locator(".queue tbody tr")).to_have_count(2)
    page.goto(f"{listening.url}/consultas?vista=abiertas")
    for key in "xl":
        page.keyboard.press(key)
    expect(page.locator("#etiqueta")).to_be_focused()
    page.keyboard.type("otro")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Etiqueta puesta")
    page.wait_for_load_state()
    page.keyboard.press("z")
    expect(page.locator("[data-toast]")).to_contain_text("Deshecho")
    page.goto(f"{listening.url}/consultas?q=etiqueta:otro")

    expect(page.locator(".empty")).to_be_visible()


def test_a_page_without_connection_says_so_and_keeps_what_was_written(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.mail))
    page.fill("#texto", "No se pierde")
    page.context.set_offline(True)
    expect(page.locator("#live-banner")).to_contain_text("Sin conexión")
    page.press("#texto", "Control+Enter")
    expect(page.locator("#texto")).to_have_value("No se pierde")
    page.context.set_offline(False)

    expect(page.locator("#live-banner .banner")).to_have_count(0)


def test_the_search_finds_while_one_types_and_opens_what_is_chosen(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.keyboard.press("/")
    page.keyboard.type("presentar la solicitud de la bol")
    expect(page.locator("#encontradas [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "e1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/consultas/C-*")

    expect(page.locator("h1")).to_contain_text("AutoFirma no conecta")
