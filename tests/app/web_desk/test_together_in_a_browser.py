"""Two people at one desk: they see each other, answer once, hear what they follow; what is joined is parted by keys."""

import base64
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import select

from app import clock
from app.desk import presence
from app.desk.numbers import number
from app.models.message import Direction, Message, MessageFile
from app.models.ticket import Status, Ticket
from tests.app.web_desk.conftest import Listening
from tests.app.web_desk.scenes import Asked, ask, hear
from tests.app.web_desk.test_desk_in_a_browser import address, opened
from tests.app.web_desk.test_morning_by_keyboard import enclose, photo

pytestmark = pytest.mark.slow


def reach(page: Page, selector: str) -> None:
    """Go on by Tab until something has the focus."""
    for _turn in range(40):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not come to {selector}")


def answers(desk: Listening) -> list[str]:
    """What people have answered in the long talk today."""
    with desk.house.db.reading() as session:
        wanted = select(Message.text).where(
            Message.ticket_id == desk.desk.talk.id, Message.direction == Direction.OUT, Message.client_key.is_not(None)
        )
        return list(session.scalars(wanted))


def test_two_technicians_on_one_ticket_see_each_other_and_one_of_them_answers(
    listening: Listening, browser: Browser
) -> None:
    rosa, tomas = opened(browser, listening), opened(browser, listening, who="tomas")
    rosa.goto(address(listening, listening.desk.talk))
    rosa.fill("#texto", "Instale la versión nueva y reinicie.")
    tomas.goto(address(listening, listening.desk.talk))
    tomas.fill("#texto", "Instale la versión nueva.")
    expect(rosa.locator(".ticket-head [data-looking]")).to_contain_text("Tomás lo está viendo", timeout=9000)
    tomas.keyboard.press("Control+Enter")
    expect(tomas.locator("[data-toast]")).to_contain_text("Respuesta en camino")
    expect(rosa.locator("[data-newer]")).to_be_visible(timeout=9000)
    # Rosa has not looked up from what she writes.
    rosa.press("#texto", "Control+Enter")
    stopped = rosa.locator(".composer [role=alert]")
    expect(stopped).to_contain_text("Tomás Yubero ha contestado mientras usted escribía. No se ha enviado nada.")
    expect(rosa.locator("#texto")).to_have_value("Instale la versión nueva y reinicie.")
    assert answers(listening) == ["Instale la versión nueva."]
    rosa.fill("#texto", "Y avísenos.")
    rosa.keyboard.press("Control+Enter")
    expect(rosa.locator("[data-toast]")).to_contain_text("Respuesta en camino")

    assert answers(listening) == ["Instale la versión nueva.", "Y avísenos."]


def test_the_head_says_who_looks_and_who_attends_without_running_under_its_buttons(
    listening: Listening, browser: Browser
) -> None:
    with listening.house.db.transaction() as session:
        ticket = session.get_one(Ticket, listening.desk.talk.id)
        ticket.owner_id, ticket.subject, ticket.status = listening.desk.who["ines"].id, "Firma", Status.WAITING
        for colleague in ("tomas", "jefa"):
            presence.look(session, ticket, by=listening.desk.who[colleague], writing=False, now=clock.now())
    page = opened(browser, listening)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(listening, listening.desk.talk))
    words = "[...document.querySelectorAll('.head-words p > *')].map((one) => one.getBoundingClientRect().right)"
    ends = page.evaluate(f"Math.max(...{words})")
    begins = page.evaluate("document.querySelector('.ticket-head .acts').getBoundingClientRect().left")

    expect(page.locator("[data-looking]")).to_contain_text("lo están viendo")
    assert ends <= begins


def test_who_follows_a_colleagues_ticket_hears_of_it_in_the_rail_until_she_has_looked(
    listening: Listening, browser: Browser
) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.talk))
    page.keyboard.press("f")
    expect(page.locator("[data-toast]")).to_contain_text("La sigue")
    page.keyboard.press("u")
    page.wait_for_url("**/consultas")
    expect(page.locator(".view .news")).to_have_count(0)
    with listening.house.db.transaction() as session:
        hear(session, session.get_one(Ticket, listening.desk.talk.id), "Sigue sin ir", now=clock.now())
    page.reload()
    expect(page.locator(".view .news")).to_contain_text("1 con novedades")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**vista=seguidas")
    expect(page.locator(".queue tbody tr")).to_contain_text("1 mensaje nuevo")
    with page.expect_response("**/presencia"):
        page.keyboard.press("o")
    page.goto(f"{listening.url}/consultas?vista=seguidas")

    expect(page.locator(".queue tbody tr")).not_to_contain_text("mensaje nuevo")
    expect(page.locator(".view .news")).to_have_count(0)


def test_two_consultas_are_joined_by_keyboard_a_late_word_follows_and_undo_parts_them(
    listening: Listening, browser: Browser
) -> None:
    desk, now, hours = listening.desk, clock.now(), listening.house.books.current().hours
    asked = Asked(who="Otra", address="+34600000777", subject="Sigo igual", text="Sigo igual que ayer")
    with listening.house.db.transaction() as session:
        twin = ask(session, asked, now=now, hours=hours)
        twin.contact_id = desk.talk.contact_id
    page = opened(browser, listening)
    page.goto(address(listening, desk.talk))
    page.keyboard.press(".")
    reach(page, "#fusionar")
    page.keyboard.type(number(twin.id))
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text(f"La consulta {number(twin.id)} queda unida a esta")
    expect(page.locator("[data-thread]")).to_contain_text("Sigo igual que ayer")
    page.keyboard.press("z")
    expect(page.locator("[data-toast]")).to_contain_text("Vuelven a ser dos consultas")

    expect(page.locator("[data-thread]")).not_to_contain_text("Sigo igual que ayer")
    page.goto(address(listening, twin))
    expect(page.locator("[data-thread]")).to_contain_text("Sigo igual que ayer")


def test_a_note_that_is_begun_and_left_is_a_note_when_she_comes_back(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.tickets[0]))
    page.keyboard.press("c")
    page.keyboard.type("Ojo: es el primo de la alcaldesa")
    expect(page.locator("#guardado")).to_contain_text("Guardado", timeout=9000)
    page.reload()

    expect(page.locator("#texto")).to_have_value("Ojo: es el primo de la alcaldesa")
    expect(page.locator("#way-nota")).to_be_checked()
    expect(page.locator("[data-send]")).to_have_text("Guardar la nota")


def test_copies_that_are_begun_come_back_with_the_mail(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.mail))
    page.fill("#texto", "Le contesto")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.fill("#copia", "ana@copias.example")
    expect(page.locator("#guardado")).to_contain_text("Guardado", timeout=9000)
    page.reload()

    expect(page.locator("#copia")).to_have_value("ana@copias.example")
    expect(page.locator("#copia")).to_be_visible()


DROPPED = """(told) => {
    const carried = new DataTransfer();
    const bytes = Uint8Array.from(atob(told.bytes), (one) => one.charCodeAt(0));
    carried.items.add(new File([bytes], told.name, { type: "image/png" }));
    const how = { bubbles: true, cancelable: true, dataTransfer: carried, clipboardData: carried };
    const event = told.paste ? new ClipboardEvent("paste", how) : new DragEvent("drop", how);
    document.getElementById("texto").dispatchEvent(event);
}"""


def test_pictures_that_are_dragged_and_pasted_go_with_the_answer(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.mail))
    picture = base64.b64encode(photo(4, 4)).decode()
    page.evaluate(DROPPED, {"name": "soltada.png", "bytes": picture, "paste": False})
    page.evaluate(DROPPED, {"name": "pegada.png", "bytes": picture, "paste": True})
    expect(page.locator("[data-picked] .file")).to_contain_text(["soltada.png", "pegada.png"])
    page.fill("#texto", "Le mando dos capturas")
    page.press("#texto", "Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Respuesta en camino")

    with listening.house.db.reading() as session:
        sent = select(Message.id).where(Message.text == "Le mando dos capturas").scalar_subquery()
        names = list(session.scalars(select(MessageFile.filename).where(MessageFile.message_id == sent)))
    assert names == ["soltada.png", "pegada.png"]


def test_rows_are_still_while_they_are_paused(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(f"{listening.url}/consultas?vista=abiertas")
    page.locator("[data-pause]").press("Enter")
    now, hours = clock.now(), listening.house.books.current().hours
    with listening.house.db.transaction() as session:
        ask(session, Asked(who="Recién Llegada", address="+34600000999", subject="Nueva"), now=now, hours=hours)
    page.wait_for_timeout(7000)
    quiet = page.locator(".fresh").is_hidden()
    page.locator("[data-pause]").press("Enter")

    assert quiet
    expect(page.locator(".fresh a")).to_be_visible(timeout=15_000)


def red_paper() -> bytes:
    """A PDF of one page that is red all over."""
    drawn = b"1 0 0 rg 0 0 600 800 re f"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    )
    return (
        b"%PDF-1.4\n"
        + b"".join(b"%d 0 obj\n%s\nendobj\n" % (place, one) for place, one in enumerate(objects, 1))
        + b"trailer << /Size 5 /Root 1 0 R >>\n%%EOF\n"
    )


RED = """async (picture) => {
    const image = new Image();
    image.src = "data:image/png;base64," + picture;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const {data} = canvas.getImageData(0, 0, image.width, image.height);
    let red = 0;
    for (let at = 0; at < data.length; at += 4) red += data[at] > 200 && data[at + 1] < 60 && data[at + 2] < 60;
    return red / (image.width * image.height);
}"""


def until(wanted: Callable[[], bool], page: Page) -> bool:
    """Whether it comes true within half a minute."""
    for _turn in range(60):
        if wanted():
            return True
        page.wait_for_timeout(500)
    return False


def test_a_pdf_is_drawn_in_its_place_by_the_browsers_own_reader(listening: Listening, browser: Browser) -> None:
    enclose(listening, paper=red_paper())
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.talk))
    page.locator(".paper summary").press("Enter")
    frame = page.locator(".paper iframe")
    frame.scroll_into_view_if_needed()

    def drawn() -> bool:
        return bool(page.evaluate(RED, base64.b64encode(frame.screenshot()).decode()) > 0.3)

    assert until(drawn, page)


def paper(name: str) -> FilePayload:
    """A file as somebody chooses it."""
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + name.encode()}


def test_files_chosen_for_an_answer_are_there_on_return_are_taken_out_by_keyboard_and_go_with_it(
    listening: Listening, browser: Browser
) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.mail))
    page.set_input_files("#archivos", [paper("uno.pdf"), paper("dos.pdf")])
    expect(page.locator("[data-drop]")).to_have_count(2)
    page.goto(f"{listening.url}/consultas")
    page.goto(address(listening, listening.desk.mail))
    expect(page.locator("[data-drop]")).to_have_count(2)
    page.locator("[data-drop]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-drop]")).to_have_count(1)
    page.fill("#texto", "Le mando la guía.")
    # Sent while the file is still on its way, it waits for it.
    page.set_input_files("#archivos", paper("más.pdf"))
    page.press("#texto", "Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Respuesta en camino")
    with listening.house.db.reading() as session:
        said = session.scalars(select(Message).where(Message.text == "Le mando la guía.")).one()
        names = [one.filename for one in said.attachments]

    assert names == ["dos.pdf", "más.pdf"]
    expect(page.locator("[data-drop]")).to_have_count(0)


def test_files_are_offered_only_by_the_ways_that_take_them(listening: Listening, browser: Browser) -> None:
    page = opened(browser, listening)
    page.goto(address(listening, listening.desk.talk))
    clip = page.locator("[data-with-files]")
    expect(page.locator("#way-whatsapp")).to_be_checked()
    expect(clip).to_be_hidden()
    page.locator("label[for=way-nota]").click()

    expect(clip).to_be_visible()
