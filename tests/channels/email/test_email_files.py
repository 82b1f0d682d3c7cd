"""Every file under the name that its program gave it, and words in whatever charset; nothing twice, nothing lost."""

import pytest

from tests.channels.email.letters import flat, read

HEAD = b"From: Ana <ana@x.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
WORDS = b"Content-Type: text/plain; charset=utf-8\r\n\r\nhola"
PAGE = b'Content-Type: text/html; charset=utf-8\r\n\r\n<p>hola <img src="cid:logo@x"></p>'


def parts(kind: bytes, *each: bytes, mark: bytes = b"BB") -> bytes:
    """A multipart of these."""
    body = b"".join(b"--" + mark + b"\r\n" + one + b"\r\n" for one in each)
    return b"Content-Type: multipart/" + kind + b"; boundary=" + mark + b"\r\n\r\n" + body + b"--" + mark + b"--\r\n"


def file(kind: bytes, headers: bytes = b"") -> bytes:
    """A file of three bytes."""
    return b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n" + headers + b"\r\nQUJD"


def named(disposition: str | bytes) -> bytes:
    """A mail with a PDF that is named so."""
    written = disposition.encode() if isinstance(disposition, str) else disposition
    return parts(b"mixed", WORDS, file(b"application/pdf", b"Content-Disposition: attachment; " + written + b"\r\n"))


NAMED = [
    ("filename*=UTF-8''resoluci%C3%B3n%20de%20alcald%C3%ADa.pdf", "resolución de alcaldía.pdf"),
    ("filename*0*=UTF-8''resoluci%C3%B3n%20;\r\n filename*1=\"firmada.pdf\"", "resolución firmada.pdf"),
    ("filename*=iso-8859-1'es'a%F1o.pdf", "año.pdf"),
    ('filename="=?UTF-8?B?YcOxby5wZGY=?="', "año.pdf"),
    ('filename="=?iso-8859-1?Q?la_alcald=EDa?=\r\n =?iso-8859-1?Q?_mayor.pdf?="', "la alcaldía mayor.pdf"),
    ("filename=mi documento final.pdf", "mi documento final.pdf"),
    ('filename="a;b.pdf"', "a;b.pdf"),
    ('filename="año.pdf"', "año.pdf"),
    ('filename="año.pdf"'.encode("latin-1"), "año.pdf"),
    ('filename="a%20b.pdf"', "a%20b.pdf"),
    ('filename="C:\\Docs\\a.pdf"', "a.pdf"),
    ("", "adjunto-1.pdf"),
]  # fmt: skip
LOGO = file(b"image/png; name=logo.png", b"Content-ID: <logo@x>\r\nContent-Disposition: inline\r\n")
KEPT = {
    "a picture in the page": (parts(b"related", PAGE, LOGO), ["logo.png"]),
    "a text as a file": (parts(b"mixed", WORDS, file(b"text/plain; name=log.txt")), ["log.txt"]),
    "a page as a file": (parts(b"mixed", WORDS, file(b"text/html; name=recibo.html")), ["recibo.html"]),
    "a file beside two versions": (
        parts(b"mixed", parts(b"alternative", WORDS, PAGE, mark=b"CC"), file(b"application/pdf; name=a.pdf")),
        ["a.pdf"],
    ),
    "a file inside a version": (
        parts(b"alternative", WORDS, parts(b"mixed", PAGE, file(b"application/pdf; name=a.pdf"), mark=b"CC")),
        ["a.pdf"],
    ),
    "a calendar": (
        parts(b"alternative", WORDS, PAGE, b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR"),
        ["invitacion.ics"],
    ),
    "an invoice": (parts(b"mixed", WORDS, b"Content-Type: text/xml; name=f.xsig\r\n\r\n<a/>"), ["f.xsig"]),
    "two of one name": (parts(b"mixed", WORDS, *[file(b"application/pdf; name=a.pdf")] * 2), ["a.pdf", "a.pdf"]),
    "words with a name": (WORDS.replace(b"; charset", b"; name=mensaje.txt; charset"), []),
    "words shown under a name": (
        WORDS.replace(b"\r\n\r\n", b"\r\nContent-Disposition: inline; filename=m.txt\r\n\r\n"),
        [],
    ),
    "words called a file that have no name": (
        WORDS.replace(b"\r\n\r\n", b"\r\nContent-Disposition: attachment\r\n\r\n"),
        [],
    ),
    "versions with a name": (
        parts(b"alternative", WORDS.replace(b"; c", b"; name=b.txt; c"), PAGE.replace(b"; c", b"; name=b; c")),
        [],
    ),
    "a signature": (parts(b"signed", WORDS, file(b"application/pkcs7-signature; name=smime.p7s")), ["smime.p7s"]),
    "a picture that nothing points to": (parts(b"mixed", WORDS, file(b"image/png")), ["adjunto-1.png"]),
    "an invitation twice": (
        parts(
            b"mixed",
            parts(b"alternative", WORDS, b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR", mark=b"CC"),
            file(b"application/ics; name=invite.ics"),
        ),
        ["invitacion.ics", "invite.ics"],
    ),
    "two mails in a digest": (
        parts(b"mixed", WORDS, parts(b"digest", *[b"\r\nFrom: a@b.example\r\nSubject: s\r\n\r\ns"] * 2, mark=b"CC")),
        ["s.eml", "s.eml"],
    ),
    "an empty file": (parts(b"mixed", WORDS, b"Content-Type: application/pdf; name=v.pdf\r\n\r\n"), ["v.pdf"]),
    "no end": (parts(b"mixed", WORDS, file(b"application/pdf; name=a.pdf"))[:-8], ["a.pdf"]),
    "a version for watches": (parts(b"alternative", WORDS, b"Content-Type: text/watch-html\r\n\r\n<b>x</b>", PAGE), []),
    "an animated version": (parts(b"alternative", WORDS, b"Content-Type: text/x-amp-html\r\n\r\n<b>x</b>", PAGE), []),
    "both halves of a Mac's file": (
        parts(
            b"mixed",
            WORDS,
            parts(b"appledouble", file(b"application/applefile; name=a"), file(b"application/pdf; name=a"), mark=b"CC"),
        ),
        ["a"],
    ),
    "a forgotten semicolon": (
        parts(b"mixed", WORDS, file(b"image/png; name=a.png")).replace(b"mixed; boundary", b"mixed\r\n boundary"),
        ["a.png"],
    ),
    "a document without a name": (
        parts(b"mixed", WORDS, file(b"application/vnd.openxmlformats-officedocument.wordprocessingml.document")),
        ["adjunto-1.docx"],
    ),
    "written into the text": (b"Content-Type: text/plain\r\n\r\nhola\r\n\r\nbegin 644 a\r\n#86)C\r\n`\r\nend", ["a"]),
}  # fmt: skip
TEXTS = {
    "Latin without a charset": (b"text/plain", "mañana".encode("latin-1"), "mañana"),
    "Latin called UTF-8": (b"text/plain; charset=utf-8", "mañana sí".encode("latin-1"), "mañana sí"),
    "a charset that the page names": (
        b"text/html",
        '<html><head><meta charset="iso-8859-15"></head><body>5 €</body></html>'.encode("iso-8859-15"),
        "5 €",
    ),
    "an older way to name it": (
        b"text/html",
        '<meta http-equiv=Content-Type content="text/html; charset=koi8-r">да'.encode("koi8-r"),
        "да",
    ),
    "UTF-8 with a cut letter": (b"text/plain; charset=utf-8", "año niñ".encode()[:-1], "año ni\ufffd"),
}


@pytest.mark.parametrize(("written", "name"), NAMED)
def test_a_file_keeps_its_name_however_it_was_written(written: str | bytes, name: str) -> None:
    found = read(HEAD + named(written))

    assert [(one.filename, one.content) for one in found.attachments] == [(name, b"ABC")]


@pytest.mark.parametrize("name", list(KEPT))
def test_what_is_a_file_is_kept_and_what_is_none_is_not(name: str) -> None:
    raw, files = KEPT[name]
    found = read(HEAD + raw)

    assert [one.filename for one in found.attachments] == files
    assert flat(found.text) == "hola"


@pytest.mark.parametrize("name", list(TEXTS))
def test_words_are_read_in_whatever_charset_they_are(name: str) -> None:
    kind, content, words = TEXTS[name]

    assert read(HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + content).text == words


SHOWN = file(b"text/plain; name=nota.txt", b"Content-Disposition: inline\r\n")
OTHER = b"Content-Type: text/html\r\n\r\n<p>Aviso: este buz\xc3\xb3n es otro</p>"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (parts(b"mixed", WORDS, b"Content-Type: text/html\r\n\r\n<p>hola</p>"), "hola"),
        (parts(b"mixed", WORDS, OTHER), "hola Aviso: este buzón es otro"),
        (parts(b"mixed", b"Content-Type: text/plain\r\n\r\n", OTHER), "Aviso: este buzón es otro"),
        (parts(b"mixed", SHOWN, file(b"application/pdf; name=a.pdf")), "ABC"),
        (
            parts(b"mixed", WORDS, file(b"application/pdf; name=a.pdf"), WORDS.replace(b"hola", b"y esto")),
            "hola y esto",
        ),
    ],
)
def test_no_part_that_says_something_is_lost(raw: bytes, said: str) -> None:
    assert flat(read(HEAD + raw).text) == said


def test_words_that_came_as_a_file_are_shown_and_stay_a_file() -> None:
    found = read(HEAD + parts(b"mixed", SHOWN, file(b"application/pdf; name=a.pdf")))

    assert [one.filename for one in found.attachments] == ["nota.txt", "a.pdf"]
