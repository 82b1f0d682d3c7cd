"""What protects the pages whoever opens them: forged forms, headers, errors that tell nothing, frames for mails."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import Headers

from app.desk.numbers import number
from app.house import House
from app.models.message import File, Message, MessageFile
from app.models.ticket import Ticket
from app.web.html_pieces import icon, options
from app.web.mailview import clean
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import HOME, post, token


def test_a_form_without_its_token_changes_nothing(rosa: FlaskClient, desk: Desk, house: House) -> None:
    path = f"/consultas/{number(desk.talk.id)}/acto"
    answer = rosa.post(path, data={"acto": "resolver"}, headers={"Referer": HOME})

    assert answer.status_code == 400
    with house.db.reading() as session:
        assert session.get_one(Ticket, desk.talk.id).status == desk.talk.status


def test_a_form_from_another_site_changes_nothing(rosa: FlaskClient, desk: Desk) -> None:
    form = {"acto": "resolver", "csrf_token": token(rosa, "/cuenta")}
    answer = rosa.post(
        f"/consultas/{number(desk.talk.id)}/acto",
        data=form,
        headers={"Referer": "https://malo.example/"},
        base_url="https://consultas.example.es",
    )

    assert answer.status_code in {303, 400}
    assert "/entrar" in answer.headers.get("Location", "/entrar")


def test_every_page_forbids_foreign_and_inline_scripts(rosa: FlaskClient, desk: Desk) -> None:
    for path in ("/consultas", f"/consultas/{number(desk.talk.id)}", "/cuenta", "/entrar"):
        headers = rosa.get(path).headers

        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_no_page_holds_inline_scripts_or_styles(rosa: FlaskClient, desk: Desk) -> None:
    for path in ("/consultas", f"/consultas/{number(desk.mail.id)}", "/cuenta", "/cuenta/teclas"):
        page = rosa.get(path).text

        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


def test_pages_of_the_desk_are_kept_by_nobody(rosa: FlaskClient) -> None:
    assert rosa.get("/consultas").headers["Cache-Control"] == "private, no-store"


def test_what_does_not_exist_is_told_in_the_frame(rosa: FlaskClient) -> None:
    answer = rosa.get("/consultas/C-99999-9")

    assert answer.status_code == 404
    assert "Esta página no existe" in answer.text


def test_a_script_gets_a_fragment_instead_of_a_page(rosa: FlaskClient) -> None:
    answer = rosa.get("/consultas/C-99999-9", headers={"HX-Request": "true"})

    assert answer.text.lstrip().startswith('<div class="banner is-bad"')


def test_a_live_page_of_somebody_signed_out_says_so(client: FlaskClient, desk: Desk) -> None:
    assert client.get("/consultas/vivo", headers={"X-Live": "1"}).status_code == 401


def test_a_number_with_a_wrong_digit_opens_nothing(rosa: FlaskClient, desk: Desk) -> None:
    right = number(desk.talk.id)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)

    assert rosa.get(f"/consultas/{wrong}").status_code == 404


def test_a_formatted_mail_is_shown_in_a_frame_that_can_do_nothing(rosa: FlaskClient, desk: Desk) -> None:
    page = rosa.get(f"/consultas/{number(desk.mail.id)}").text
    address = page.split('class="mail-frame"', 1)[1].split('src="', 1)[1].split('"', 1)[0]
    answer = rosa.get(address)

    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "<script" not in answer.text
    assert "rastro.example" not in answer.text
    assert "<b>códigos</b>" in answer.text
    assert "[logotipo]" in answer.text


def test_pictures_from_elsewhere_are_loaded_only_on_a_click(rosa: FlaskClient, desk: Desk, house: House) -> None:
    with house.db.reading() as session:
        mail = session.scalars(select(Message.id).where(Message.html.contains("rastro.example"))).first()
    first = rosa.get(f"/mensajes/{mail}/correo")
    link = first.text.split('<a href="/mensajes/', 1)[1].split('"', 1)[0]
    then = rosa.get(f"/mensajes/{link}")

    assert "rastro.example" not in first.text and "https:" not in first.headers["Content-Security-Policy"]
    policy = then.headers["Content-Security-Policy"]
    assert 'src="https://rastro.example' in then.text and "img-src data: https:;" in policy and "sandbox" in policy
    assert then.headers["Referrer-Policy"] == "no-referrer"


def test_a_mail_cannot_smuggle_anything_active() -> None:
    told = clean(
        '<a href="javascript:alert(1)" onclick="x()">a</a><a href="data:text/html,x">b</a><svg onload=x()></svg>'
        '<form action="https://malo.example"><input></form><style>*{}</style><img src="cid:1"><img src=x onerror=x()>'
        '<iframe src="https://malo.example"></iframe><base href="https://malo.example"><meta http-equiv=refresh>',
        {"1": "data:image/png;base64,AAAA"},
    )

    for bad in (
        "javascript:",
        "data:text",
        "onclick",
        "onload",
        "onerror",
        "<form",
        "<style",
        "<iframe",
        "<base",
        "<meta",
    ):
        assert bad not in told
    assert "data:image/png;base64,AAAA" in told


def test_the_description_of_a_picture_cannot_open_a_tag() -> None:
    told = clean(
        "<img alt='x><script>alert(1)</script>'><img alt='&quot;><b>no</b>' src='cid:1'>",
        {"1": "data:image/png;base64,AA"},
    )

    assert "<script" not in told
    assert "[x&gt;&lt;script&gt;" in told


def enclose(house: House, desk: Desk, name: str, kind: str, body: bytes) -> str:
    sha256, size = house.files.put([body])
    with house.db.transaction() as session:
        session.add(File(sha256=sha256, size=size, type=kind, stored_at=desk.talk.created_at))
        session.flush()
        row = MessageFile(
            message_id=desk.talk.last_message_id, filename=name, content_type=kind, size=size, sha256=sha256
        )
        session.add(row)
        session.flush()
        return f"/archivos/{row.id}/{name}"


def headers_of(client: FlaskClient, path: str) -> Headers:
    answer = client.get(path)
    answer.get_data()
    answer.close()
    assert answer.status_code == 200
    return answer.headers


def test_a_name_in_a_list_or_beside_a_sign_cannot_open_a_tag(app: Flask) -> None:
    evil = "\"><script>alert('x')</script>"
    with app.test_request_context():
        drawn = icon("mail", label=evil, extra=evil)
    chosen = options({evil: evil, "b": "B"}, chosen=evil, prefix=evil)

    assert evil not in drawn + chosen and "<script" not in drawn + chosen
    assert chosen.count(" selected>") == 1 and chosen.count("<option ") == 2


def test_only_pictures_and_sounds_are_shown_in_place(rosa: FlaskClient, desk: Desk, house: House) -> None:
    picture = headers_of(rosa, enclose(house, desk, "captura.png", "image/png", b"\x89PNG...."))
    page = headers_of(rosa, enclose(house, desk, "factura.html", "text/html", b"<script>alert(1)</script>"))
    drawing = headers_of(rosa, enclose(house, desk, "dibujo.svg", "image/svg+xml", b"<svg onload='x()'/>"))

    assert picture["Content-Disposition"].startswith("inline")
    assert page["Content-Disposition"].startswith("attachment")
    assert page["Content-Type"] == "application/octet-stream"
    assert drawing["Content-Disposition"].startswith("attachment")
    assert {h["X-Content-Type-Options"] for h in (picture, page, drawing)} == {"nosniff"}
    assert "sandbox" in drawing["Content-Security-Policy"]


def test_a_file_held_by_the_scanner_is_given_to_nobody(rosa: FlaskClient, desk: Desk, house: House) -> None:
    path = enclose(house, desk, "raro.zip", "application/zip", b"PK")
    with house.db.transaction() as session:
        session.scalars(select(File)).one().scanned = "refused"

    assert rosa.get(path).status_code == 404


def test_a_file_name_cannot_break_out_of_its_header(rosa: FlaskClient, desk: Desk, house: House) -> None:
    path = enclose(house, desk, "a.zip", "application/zip", b"PK")
    with house.db.transaction() as session:
        session.scalars(select(MessageFile)).one().filename = 'x"; filename="malo.exe'

    assert '"' not in headers_of(rosa, path)["Content-Disposition"]


def test_a_toast_is_shown_once(rosa: FlaskClient, desk: Desk) -> None:
    post(rosa, f"/consultas/{number(desk.talk.id)}/acto", {"acto": "tomar"})

    assert "Ha tomado 1 consulta" in rosa.get("/consultas").text
    assert "Ha tomado 1 consulta" not in rosa.get("/consultas").text
