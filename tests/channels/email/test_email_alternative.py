"""The HTML beside the plain text of a mail: the same words, and nothing of theirs that acts."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.email import html
from channels.email.alternative import html as made
from channels.email.alternative import page
from channels.email.compose import compose
from tests.channels.email.email_channel import ADDRESS, outbound
from tests.channels.email.letters import flat, letter, read

ANSWER = """\
Buenos días:

Esta es una respuesta automática a su consulta C-10427-3 («¿Cómo firmo?»).

«No se ha podido conectar con AutoFirma»:
1. Abra el programa.
2. Cierre el navegador y vuelva a entrar.
Con imágenes (vídeo de 1 min): https://consultas.example.es/19?t=42&x=1.

Díganos si ha servido:
- Sí: https://consultas.example.es/respuesta/abc
- No: consultas@example.es

Usted escribió:
> No me deja <b>firmar</b>
>
> Mire https://malo.example
>> Antes funcionaba
"""
OURS = "## Escriba su respuesta por encima de esta línea ##\n\n" + ANSWER
SAID = "Ya funciona.\n\nMuchas gracias,\nAna Peña"
WHEN = "El lun, 23 nov 2026 a las 12:30, Consultas de la Diputación (&lt;consultas@example.es&gt;) escribió:"
# How programs answer a mail that has HTML: her words («{said}»), their own line, and our page inside («{ours}»).
PROGRAMS = {
    "gmail": '<div dir="ltr">{said}</div><br><div class="gmail_quote gmail_quote_container">'
    f'<div dir="ltr" class="gmail_attr">{WHEN}<br></div>'
    '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{ours}</blockquote></div>',
    "outlook": '<html><body lang="ES"><div class="WordSection1"><p class="MsoNormal">{said}<o:p></o:p></p>'
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>De:</b> Consultas '
    "&lt;consultas@example.es&gt; <br><b>Enviado el:</b> lunes, 23 de noviembre de 2026 12:30<br><b>Para:</b> Ana "
    "&lt;ana@correo.example&gt;<br><b>Asunto:</b> Re: ¿Cómo firmo?<o:p></o:p></p></div></div>{ours}"
    "</div></body></html>",
    "outlook_new": '<div class="elementToProof">{said}</div><div id="appendonsend"></div><hr style="width:98%">'
    '<div id="divRplyFwdMsg" dir="ltr"><b>De:</b> Consultas &lt;consultas@example.es&gt;<br><b>Enviado:</b> lunes, 23 '
    "de noviembre de 2026 12:30<br><b>Para:</b> Ana<br><b>Asunto:</b> Re: ¿Cómo firmo?</div><div>{ours}</div>",
    "iphone": '<div>{said}</div><div><br><blockquote type="cite">El 23 nov 2026, a las 12:30, '
    "Consultas &lt;consultas@example.es&gt; escribió:<br><br></blockquote></div>"
    '<blockquote type="cite"><div>{ours}</div></blockquote>',
    "thunderbird": '<p>{said}</p><div class="moz-cite-prefix">El 23/11/2026 a las 12:30, Consultas escribió:<br></div>'
    '<blockquote type="cite" cite="mid:7.1@example.es">{ours}</blockquote>',
    "nothing_but_our_line": "<div>{said}</div><div>{ours}</div>",
}
# A person's words with all that means something in a page, in an address or at the beginning of a line.
SIGNS = st.sampled_from(
    ("\n", "\n\n", " ", "<", ">", "&", '"', "'", "=", "`", "<b>", "</p>", "</div>", "<!--", "-->", "<![CDATA[", "&lt;",
     "&#60;", "https://", "http://a.es/", "javascript:", "mailto:", "a@b.es", "\n> ", "\n>> ", "\n1. ", "\n2. ", "\n- ",
     "\n* ", "<script>", "onload=", "x", "ñ", "()", "«", "»", ".", "\\")
)  # fmt: skip
PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cf", "Zl", "Zp", "Zs")), max_size=12)
WORDS = st.lists(SIGNS | PLAIN, max_size=40).map("".join)
KNOWN = {"html", "head", "meta", "title", "style", "body", "div", "p", "br", "ol", "ul", "li", "blockquote", "a"}


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def links(self) -> list[str | None]:
        return [held["href"] for tag, held in self.seen if tag == "a"]


def written(**changes: Any) -> EmailMessage:
    raw = compose(outbound(**changes), address=ADDRESS, name="Consultas")
    return message_from_bytes(raw, policy=policy.default)


def half(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def bare(words: str) -> str:
    """The words alone: without the signs of points and quotes at the beginning of lines, and without blanks."""
    lines = (re.sub(r"^[>\s]*(?:[-*•](?: |$))?", "", line) for line in words.split("\n"))
    return "".join("".join(lines).split()).replace(">", "")


def test_every_mail_has_its_words_as_html_too_in_the_language_in_which_they_are() -> None:
    mail = written(text=ANSWER, language="gl")

    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert half(mail, "plain") == ANSWER
    assert '<html lang="gl">' in half(mail, "html") and "<title>Re: ¿Cómo firmo?</title>" in half(mail, "html")
    assert bare(html.text(half(mail, "html"))) == bare(ANSWER)


def test_steps_are_a_list_addresses_are_links_and_what_is_quoted_stands_apart() -> None:
    told = made(ANSWER)

    assert "<ol>\n<li>Abra el programa.</li>\n<li>Cierre el navegador y vuelva a entrar.</li>\n</ol>" in told
    assert '<a href="https://consultas.example.es/19?t=42&amp;x=1">' in told and "x=1</a>.</p>" in told
    assert '<li>No: <a href="mailto:consultas@example.es">consultas@example.es</a></li>' in told
    assert "<blockquote>\n<p>No me deja &lt;b&gt;firmar&lt;/b&gt;</p>" in told
    assert "<blockquote>\n<p>Antes funcionaba</p>\n</blockquote>\n</blockquote>" in told


def test_what_somebody_else_wrote_is_shown_and_never_made_a_link() -> None:
    assert "malo.example" not in str(Tags(made(ANSWER)).links())


def test_numbers_that_are_no_list_stay_as_they_were_written() -> None:
    told = made("3. Cierre\n\n2. Abra\n1. Uno\n1. Otra vez\n2024. Un año")

    assert "<p>3. Cierre</p>\n<p>2. Abra</p>" in told
    assert "<ol>\n<li>Uno</li>\n</ol>\n<p>1. Otra vez<br>\n2024. Un año</p>" in told


def test_the_page_fetches_nothing_runs_nothing_has_no_colours_and_is_small() -> None:
    whole = half(written(text=ANSWER, language="es"), "html")

    assert not re.search(
        r"<(?:img|link|script|iframe|form|table|object)|src=|url\(|@import|#[0-9a-f]{3}|\bon\w+=", whole
    )
    assert "color-scheme:light dark" in whole
    assert len(whole) < len(ANSWER) + 1500


def test_words_that_a_technician_has_formatted_keep_their_form_inside_the_same_page() -> None:
    whole = half(
        written(text="Entre con **certificado**", html="<p>Entre con <strong>certificado</strong></p>"), "html"
    )

    assert "<p>Entre con <strong>certificado</strong></p>" in whole and whole.startswith("<!DOCTYPE html>")


def test_a_mail_with_html_and_files_is_the_same_bytes_at_every_attempt() -> None:
    first, again = (compose(outbound(attempt=n), address=ADDRESS, name=None) for n in (1, 2))

    assert first == again


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("kept", ["the whole page", "what a program keeps of it"])
def test_of_an_answer_to_such_a_mail_only_what_is_newly_said_is_read(program: str, kept: str) -> None:
    whole = half(written(text=OURS, language="es"), "html")
    ours = whole if kept == "the whole page" else re.sub(r"(?s).*<body>|</body>.*", "", whole)
    answer = PROGRAMS[program].replace("{ours}", ours).replace("{said}", SAID.replace("\n", "<br>"))

    assert flat(read(letter(html=answer, In_Reply_To="<7.1@example.es>")).reply) == flat(SAID)


@given(WORDS)
@example("<" * 40)
@example("> " * 30 + "x")
@example('https://a.es/"onmouseover="alert(1)')
@example("1. <b>\n2. </li><script>")
def test_nothing_of_a_persons_words_opens_a_tag_or_an_attribute(said: str) -> None:
    whole = page(made(said), language="es", title=said)
    tags = Tags(whole)

    assert {tag for tag, _ in tags.seen} <= KNOWN
    for tag, held in tags.seen:
        if tag in {"p", "br", "ol", "ul", "li", "blockquote"}:
            assert not held
    for link in tags.links():
        assert link is not None and re.match(r"https?://|mailto:", link) and link.removeprefix("mailto:") in said


@given(WORDS)
def test_the_text_of_the_page_is_the_words(said: str) -> None:
    assert bare(html.text(page(made(said), language="es", title="x"))) == bare(said)
