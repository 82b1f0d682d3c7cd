"""What files are is read from their bytes: documents and pictures pass, what runs does not, keys are known."""

import io
import random
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from app import file_types
from app.file_types import Content, inside, look, named


def zipped(**entries: str) -> io.BytesIO:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    out.seek(0)
    return out


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"#!AMR\n", "audio/amr"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\n\n%PDF-1.4\n", "application/pdf"),
        (b"{\\rtf1", "application/rtf"),
        (b"Muy se\xf1ores m\xedos:\r\n", "text/plain"),
        ("Señores: ¿qué tal?".encode("utf-16"), "text/plain"),
        (b"<?xml version='1.0'?><factura/>", "text/plain"),
        (b"BMW y otras marcas", "text/plain"),
        (b"", "text/plain"),
    ],
)
def test_what_offices_and_telephones_send_is_taken(head: bytes, kind: str) -> None:
    assert look(head) == Content(kind)


@pytest.mark.parametrize(
    "head",
    [
        b"MZ\x90\x00\x03",
        b"MZ something that reads like text",
        b"\x7fELF\x02\x01\x01\x00",
        b"#!/bin/sh\nrm -rf /",
        b"<!DOCTYPE html><p>Factura</p>",
        b"  <svg xmlns='http://www.w3.org/2000/svg'>",
        b"<?xml version='1.0'?><!-- x --><svg/>",
        b"7z\xbc\xaf\x27\x1c\x00\x04",
        b"Rar!\x1a\x07\x00",
        bytes(range(256)),
    ],
)
def test_what_runs_or_nobody_knows_is_not_taken(head: bytes) -> None:
    assert look(head) == Content(None)


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        (
            {"[Content_Types]_dot_xml": "", "word__document_dot_xml": ""},
            f"{file_types.OFFICE}.wordprocessingml.document",
        ),
        ({"[Content_Types]_dot_xml": "", "xl__workbook_dot_xml": ""}, f"{file_types.OFFICE}.spreadsheetml.sheet"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "application/vnd.oasis.opendocument.text"),
        ({"foto_dot_jpg": "x", "dni_dot_pdf": "y"}, file_types.ZIP),
    ],
)
def test_archives_are_known_by_what_lies_in_them(entries: dict[str, str], kind: str) -> None:
    assert inside(zipped(**entries)) == Content(kind)


@pytest.mark.parametrize(
    "name", ["setup_dot_exe", "factura_dot_pdf_dot_js", "word__vbaProject_dot_bin", "a__b_dot_LNK"]
)
def test_an_archive_with_something_that_runs_is_not_taken(name: str) -> None:
    assert inside(zipped(**{"[Content_Types]_dot_xml": "", name: "x"})) == Content(None)


def test_an_archive_with_a_key_in_it_is_a_key() -> None:
    assert inside(zipped(certificado_dot_P12="x")) == Content(None, secret=True)


def test_an_archive_that_is_broken_is_not_taken() -> None:
    assert inside(io.BytesIO(b"PK\3\4 and then nothing")) == Content(None)


MADE = {
    "p12": "openssl pkcs12 -export -inkey k.pem -in c.pem -passout pass:x -out {}",
    "old-p12": "openssl pkcs12 -export -legacy -inkey k.pem -in c.pem -passout pass:x -out {}",
    "pkcs8-der": "openssl pkcs8 -topk8 -nocrypt -in k.pem -outform DER -out {}",
    "pkcs8-secret-der": "openssl pkcs8 -topk8 -passout pass:x -in k.pem -outform DER -out {}",
    "pkcs1-der": "openssl rsa -traditional -in k.pem -outform DER -out {}",
    "pem": "cp k.pem {}",
    "secret-pem": "openssl rsa -aes256 -passout pass:x -in k.pem -out {}",
    "curve-der": "openssl ecparam -name prime256v1 -genkey -noout -outform DER -out {}",
    "curve-pem": "openssl ecparam -name prime256v1 -genkey -noout -out {}",
}
PUBLIC = {
    "certificate": ("openssl x509 -in c.pem -outform DER -out {}", "application/pkix-cert"),
    "certificate-pem": ("cp c.pem {}", "text/plain"),
    "signed": ("openssl cms -sign -signer c.pem -inkey k.pem -in c.pem -outform DER -out {}", "application/pkcs7-mime"),
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key and its certificate."""
    folder = tmp_path_factory.mktemp("keys")
    run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Ana -keyout k.pem -out c.pem", folder)
    return folder


def run(command: str, folder: Path) -> None:
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("kind", MADE)
def test_a_private_key_is_known_in_whatever_wrapping(kind: str, keys: Path) -> None:
    run(MADE[kind].format(kind), keys)

    assert look((keys / kind).read_bytes()[: file_types.HEAD]) == Content(None, secret=True)


@pytest.mark.parametrize("kind", PUBLIC)
def test_what_is_public_of_a_certificate_is_taken(kind: str, keys: Path) -> None:
    command, told = PUBLIC[kind]
    run(command.format(kind), keys)

    assert look((keys / kind).read_bytes()[: file_types.HEAD]) == Content(told)


@pytest.mark.parametrize(("name", "does"), [("a.js", True), ("f.PDF.html", True), ("x.csv", False), ("js", False)])
def test_a_text_whose_name_makes_a_computer_run_it_is_known(name: str, does: bool) -> None:
    assert file_types.runs(name) is does


def test_a_mail_that_holds_a_page_is_still_a_mail() -> None:
    assert look(b"From: a@x.es\r\nContent-Type: text/html\r\n\r\n<html><p>Hola</p></html>") == Content("text/plain")


def test_no_archive_however_damaged_breaks_the_reading(tmp_path: Path) -> None:
    whole = zipped(mimetype="application/vnd.oasis.opendocument.text", uno_dot_txt="x" * 200).getvalue()
    chance = random.Random(7)
    for _ in range(600):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        (tmp_path / "broken.zip").write_bytes(broken)
        with (tmp_path / "broken.zip").open("rb") as archive:
            inside(archive)


def test_the_senders_word_counts_only_where_bytes_cannot_tell() -> None:
    assert named("text/plain", "text/csv; charset=utf-8") == "text/csv"
    assert named("text/plain", "text/html") == "text/plain"
    assert named("image/png", "application/pdf") == "image/png"
