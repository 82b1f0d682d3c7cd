"""Files in a bucket: the promises of a folder, kept by something that can be away."""

import hashlib
import io
import json
import socket
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.backup import pack, unpack
from app.cli import doctor
from app.db import Database
from app.errors import ConfigError
from app.factory import create_app
from app.files import Files
from app.models.message import File, MessageFile
from app.storage import StoreAway, open_files
from tests.app.desk.scenes import Desk, mail
from tests.app.operator.conftest import PNG, with_file
from tests.app_fixtures import environ
from tests.servers.s3 import BUCKET, S3

pytestmark = pytest.mark.slow
AWS = {"AWS_REGION": "eu-south-2"}


@pytest.fixture
def bucket(s3: S3) -> Files:
    return open_files(s3.environ["FILES_URL"], s3.environ)


@pytest.fixture
def desk(desk_url: str, tmp_path: Path, s3: S3) -> Iterator[Desk]:
    """A desk that keeps its files in the bucket and has taken in a mail with a picture."""
    app: Flask = create_app(environ(desk_url, tmp_path / "data", **s3.environ))
    found = Desk(app.extensions["ventanilla"])
    found.hear(with_file(mail("No me deja firmar")))
    yield found
    found.house.db.close()


def hash_of(desk: Desk) -> str:
    with desk.house.db.reading() as session:
        return session.scalars(select(File.sha256)).one()


def test_what_is_kept_comes_back_under_its_hash_and_goes_for_good(bucket: Files, s3: S3) -> None:
    sha256, size = bucket.put([b"uno", b"dos"])
    with bucket.open(sha256) as kept:
        content = kept.read()
    names = s3.names()
    bucket.delete(sha256)
    bucket.delete(sha256)

    assert (content, size, sha256) == (b"unodos", 6, hashlib.sha256(b"unodos").hexdigest())
    assert names == [f"mesa/{sha256[:2]}/{sha256}"] and s3.names() == []
    with pytest.raises(FileNotFoundError):
        bucket.open(sha256)


def test_a_part_is_read_without_the_rest(bucket: Files) -> None:
    sha256, _ = bucket.put([bytes(range(256)) * 20_000])
    with bucket.open(sha256) as kept:
        kept.seek(-256, io.SEEK_END)
        end = kept.read()
        kept.seek(1)
        begin = kept.read(2)

    assert (end, begin) == (bytes(range(256)), b"\x01\x02")


def test_a_large_file_is_never_in_memory_whole(bucket: Files) -> None:
    piece, count = b"x" * 65_536, 800
    bucket.put([b"warm"])
    tracemalloc.start()
    sha256, size = bucket.put(piece for _ in range(count))
    with bucket.open(sha256) as kept:
        read = sum(len(some) for some in iter(lambda: kept.read(65_536), b""))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size == read == 65_536 * count
    # Parts of eight megabytes go out one after another.
    assert most < size / 2


def test_a_source_that_breaks_off_leaves_nothing(bucket: Files, s3: S3) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 100
        raise OSError("the wire broke")

    with pytest.raises(OSError, match="wire"):
        bucket.put(broken())

    assert s3.names() == []


def cut_after(port: int, limit: int) -> socket.socket:
    """A door to a port that slams in the middle of what is sent through it."""
    door = socket.create_server(("127.0.0.1", 0))

    def carry() -> None:
        left = limit
        with suppress(OSError):
            while True:
                near, _ = door.accept()
                with near, socket.create_connection(("127.0.0.1", port)) as far:
                    threading.Thread(target=back, args=(far, near), daemon=True).start()
                    while left > 0 and (piece := near.recv(65_536)):
                        far.sendall(piece)
                        left -= len(piece)

    def back(far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while piece := far.recv(65_536):
                near.sendall(piece)

    threading.Thread(target=carry, daemon=True).start()
    return door


def test_a_wire_that_breaks_in_the_middle_leaves_nothing(s3: S3) -> None:
    with closing(cut_after(s3.port, 12_000_000)) as door:
        through = f"http://127.0.0.1:{door.getsockname()[1]}"
        bucket = open_files(s3.environ["FILES_URL"], s3.environ | {"AWS_ENDPOINT_URL": through})
        with pytest.raises(StoreAway):
            bucket.put(b"x" * 65_536 for _ in range(300))

    assert s3.names() == []


def test_a_bucket_that_is_away_is_a_disk_that_takes_nothing(bucket: Files, s3: S3) -> None:
    s3.stop()

    with pytest.raises(StoreAway):
        bucket.put([b"x"])


def test_a_mail_whose_file_finds_no_place_waits_and_comes_in_whole(desk: Desk, s3: S3) -> None:
    s3.stop()
    desk.hear(with_file(mail("Otra cosa", sender="bea@example.com", message_id="<dos@example.com>")))
    waiting = len(desk.tickets())
    s3.start()
    desk.hurry_arrivals()
    desk.settle()

    assert (waiting, len(desk.tickets())) == (1, 2)
    with desk.house.db.reading() as session:
        assert all(one.sha256 for one in session.scalars(select(MessageFile)))


def test_a_desk_is_kept_and_restored_from_one_bucket_to_another_place(
    desk: Desk, s3: S3, empty_database_url: str, tmp_path: Path
) -> None:
    house, sha256 = desk.house, hash_of(desk)
    done = pack.pack(house.db, house.files, tmp_path / "copia.zip", keys=("k",), now=clock.now())
    anew = open_files(f"s3://{BUCKET}/otra", s3.environ)
    db = Database(empty_database_url)
    unpack.restore(tmp_path / "copia.zip", db, anew)
    db.close()
    with anew.open(sha256) as kept:
        content = kept.read()

    assert (done.missing, content) == ([], PNG)


def test_the_doctor_says_what_keeps_a_bucket_from_working(desk: Desk, s3: S3) -> None:
    def told() -> dict[str, str]:
        place = "almacén de ficheros"
        return {one.name: one.cure for one in doctor.look(desk.house) if one.name == place and not one.well}

    well = told()
    s3.stop()

    assert well == {}
    assert "FILES_URL" in told()["almacén de ficheros"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("FILES_URL", {"FILES_URL": "s3://"}),
        ("FILES_URL", {"FILES_URL": "ftp://x/y"}),
        ("AWS_REGION", {"FILES_URL": "s3://a", "AWS_REGION": ""}),
        ("AWS_ENDPOINT_URL", {"FILES_URL": "s3://a", "AWS_ENDPOINT_URL": "s3.ejemplo.es"}),
        ("AWS_SECRET_ACCESS_KEY", {"FILES_URL": "s3://a", "AWS_ACCESS_KEY_ID": "clave"}),
        ("HTTPS_PROXY", {"FILES_URL": "s3://a", "HTTPS_PROXY": "proxy:3128"}),
    ],
)
def test_a_wrong_setting_stops_the_start_by_its_name(name: str, told: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: "):
        open_files(told["FILES_URL"], AWS | told)


def test_the_library_is_not_opened_by_a_desk_that_does_not_use_it(tmp_path: Path) -> None:
    code = "import sys, json, app.factory; print(json.dumps([m for m in sys.modules if m.startswith(('boto', 's3'))]))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert json.loads(told) == []
