"""One person's data: found, handed over, taken away everywhere, and not brought back by an old backup."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select, text

from app import clock, privacy
from app.backup import ledger, pack, person, rows, unpack
from app.db import Database
from app.desk import data_subject, events, reply_drafts, retention, search, subject_access
from app.desk.data_subject import Scope
from app.desk.reply_drafts import Enclosure
from app.errors import Impossible
from app.files import Folder
from app.models.all import Base
from app.models.arrival import Arrival
from app.models.message import File
from app.models.people import Contact, Identity, Role
from app.models.ticket import Status, Ticket
from tests.app.desk.scenes import CONFUSED, Desk, callback, form, mail
from tests.app.operator.conftest import PNG, with_file
from tests.app_fixtures import environ

ANA, WORDS = "ana@example.com", "zarigüeya"


@pytest.fixture
def told(desk: Desk) -> Desk:
    """Ana wrote twice, once with a file; Blas wrote of her; Carla wrote of something else, with the same file."""
    desk.hear(with_file(mail(f"Soy Ana Ríos y mi {WORDS} caduca")))
    desk.hear(mail(f"Otra cosa de la {WORDS}", subject="Segunda", message_id="<dos@example.com>"))
    desk.hear(mail("Mi vecina Ana Ríos no puede", sender="Blas <blas@example.org>", message_id="<tres@example.org>"))
    desk.hear(form("SM1", CONFUSED))
    return desk


def contact(desk: Desk, address: str) -> int:
    return desk.identity(address).contact_id or 0


def traces(desk: Desk, *words: str) -> set[str]:
    """The tables in which a word still stands, in clear or in raw bytes."""
    found = set()
    with pack.snapshot(desk.house.db) as connection:
        # Tutorials speak of neighbours too.
        for table in (table for table in Base.metadata.sorted_tables if table.name != "article"):
            for line in rows.lines(connection, table):
                said = line.decode("ascii").encode().decode("unicode_escape").lower()
                if any(word.lower() in said for word in words):
                    found.add(table.name)
    if desk.house.db.sqlite:
        with desk.house.db.reading() as session:
            indexed = " ".join(session.scalars(text("SELECT words FROM message_fts")))
        found |= {"message_fts"} if any(word.lower() in indexed for word in words) else set()
    return found


def test_a_person_is_found_by_address_by_name_and_in_what_others_say(told: Desk) -> None:
    with told.house.db.reading() as session:
        by = {
            who: data_subject.find(session, who, region="ES") for who in ("ANA@example.com", "ana ríos", "600 111 222")
        }

    ana, citizen = contact(told, ANA), contact(told, "+34600111222")
    assert [one.id for one in by["ANA@example.com"].contacts] == [ana]
    assert [one.id for one in by["ana ríos"].contacts] == [ana]
    assert [ticket.contact_id for ticket in by["ana ríos"].mentions] == [contact(told, "blas@example.org")]
    assert [one.id for one in by["600 111 222"].contacts] == [citizen]


def test_what_is_handed_over_is_everything_of_that_person_and_nothing_of_others(told: Desk) -> None:
    with told.house.db.reading() as session:
        dossier = subject_access.dossier(session, Scope((contact(told, ANA),)), now=clock.now())
    missing = person.write(out := BytesIO(), dossier, told.house.files)
    with ZipFile(out) as archive:
        said = json.loads(archive.read("datos.json"))
        (file,) = [name for name in archive.namelist() if name.startswith("ficheros/")]
        assert archive.read(file) == PNG

    assert missing == [] and WORDS in json.dumps(said, ensure_ascii=False)
    assert "Blas" not in str(said) and "600111222" not in str(said) and "autofirma" not in str(said).lower()
    assert [one["direcciones"][0]["direccion"] for one in said["personas"]] == [ANA]


def test_erasing_a_person_leaves_no_word_of_theirs_anywhere(told: Desk) -> None:
    with told.house.db.reading() as session:
        before = data_subject.sizes(session, Scope((contact(told, ANA),)))
        sha256 = session.scalars(select(File.sha256)).one()
    by = told.user(role=Role.ADMIN)
    done = privacy.erase(told.house, Scope((contact(told, ANA),)), because="lo pide", by_id=by.id)
    with told.house.db.reading() as session:
        after = data_subject.sizes(session, Scope((contact(told, f"borrado-{_identity(told)}"),)))
        found = search.tickets(session, WORDS)

    assert before.contacts == 1 and before.messages >= 2 and before.files == 1
    assert (done.messages, after.messages, after.files, found) == (before.messages, 0, 0, [])
    assert traces(told, WORDS, "ana@example", "segunda", "error de ana") == set()
    with pytest.raises(FileNotFoundError):
        told.house.files.open(sha256)


def test_erasing_a_person_takes_what_was_begun_for_them_with_its_files(told: Desk) -> None:
    sha256, size = told.house.files.put([b"%PDF-1.7 para Ana"])
    guide = Enclosure(sha256=sha256, filename="para ana.pdf", content_type="application/pdf", size=size)
    by = told.user()
    with told.write() as session:
        session.add(File(sha256=sha256, size=size, type="application/pdf", stored_at=clock.now()))
        session.flush()
        ticket = session.scalars(select(Ticket).where(Ticket.contact_id == contact(told, ANA)).limit(1)).one()
        reply_drafts.save_draft(session, ticket, text="", by=by, now=clock.now(), files=[guide])
    privacy.erase(told.house, Scope((contact(told, ANA),)), because="lo pide", by_id=None)

    assert traces(told, "para ana") == set()
    with pytest.raises(FileNotFoundError):
        told.house.files.open(sha256)


def _identity(desk: Desk) -> int:
    with desk.house.db.reading() as session:
        ids = session.scalars(select(Contact.id).where(Contact.erased_at.is_not(None))).all()
        return session.scalars(select(Identity.id).where(Identity.contact_id.in_(ids))).one()


def test_those_who_only_spoke_of_her_keep_their_words_unless_they_are_chosen(told: Desk) -> None:
    privacy.erase(told.house, Scope((contact(told, ANA),)), because="lo pide", by_id=None)
    kept = traces(told, "mi vecina")
    with told.house.db.reading() as session:
        (mention,) = data_subject.find(session, "vecina", region="ES").mentions
    privacy.erase(told.house, Scope((), (mention.id,)), because="lo pide", by_id=None)

    assert "message" in kept and traces(told, "vecina", "ana ríos") == set()
    assert contact(told, "blas@example.org")


def test_histories_hold_after_an_erasure_and_say_that_there_was_one(told: Desk) -> None:
    privacy.erase(told.house, Scope((contact(told, ANA),)), because="lo pide", by_id=None)
    first = told.tickets()[0]
    with told.house.db.reading() as session:
        broken = {events.broken(session, ticket.id) for ticket in told.tickets()}

    assert broken == {None} and told.events(first)[-1].what == "erased"
    assert (first.status, first.close_reason, first.subject) == (Status.CLOSED, "erased", "")


def test_a_twin_that_comes_after_an_erasure_is_still_a_twin(told: Desk) -> None:
    count = len(told.tickets())
    privacy.erase(told.house, Scope((contact(told, "+34600111222"),)), because="lo pide", by_id=None)
    told.hear(form("SM1", CONFUSED))
    again = len(told.tickets())
    told.hear(form("SM2", "hola, soy nueva"))

    assert again == count and len(told.tickets()) == count + 1


def test_news_of_our_answers_loses_the_number_too(told: Desk) -> None:
    answer = next(message for message in told.said() if message.channel == "whatsapp")
    told.delivered(answer, "SMout")
    told.hear(callback("SMout", "delivered"))
    privacy.erase(told.house, Scope((contact(told, "+34600111222"),)), because="lo pide", by_id=None)
    with told.house.db.reading() as session:
        kept = session.scalars(select(Arrival.raw).where(Arrival.wire_key.startswith("SMout"))).all()

    assert kept == [None]


def test_bytes_that_somebody_else_sent_too_are_kept_for_them(told: Desk) -> None:
    told.hear(with_file(mail("Soy Carla", sender="Carla <carla@example.net>", message_id="<cuatro@example.net>")))
    privacy.erase(told.house, Scope((contact(told, ANA),)), because="lo pide", by_id=None)
    with told.house.db.reading() as session:
        sha256 = session.scalars(select(File.sha256)).one()
    with told.house.files.open(sha256) as kept:
        assert kept.read() == PNG


def test_nothing_is_erased_without_a_reason(told: Desk) -> None:
    with pytest.raises(Impossible):
        privacy.erase(told.house, Scope((contact(told, ANA),)), because=" ", by_id=None)

    assert traces(told, WORDS) != set()


@pytest.fixture
def restored(told: Desk, empty_database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A desk made of a backup that is older than an erasure."""
    house, archive = told.house, tmp_path / "copia.zip"
    pack.pack(house.db, house.files, archive, keys=("k",), now=clock.now())
    privacy.erase(house, Scope((contact(told, ANA),)), because="lo pide", by_id=None)
    db = Database(empty_database_url)
    unpack.restore(archive, db, Folder(tmp_path / "anew"))
    yield db
    db.close()


def test_an_old_backup_brings_nobody_back(told: Desk, restored: Database, tmp_path: Path) -> None:
    entries = list(ledger.read(told.house.config.data_dir / ledger.NAME, after=clock.now() - timedelta(minutes=5)))
    done = [privacy.again(restored, Folder(tmp_path / "anew"), tmp_path / "anew", entries) for _ in range(2)]
    with restored.reading() as session:
        found = search.tickets(session, WORDS)

    assert len(entries) == 1 and found == [] and done[0].messages >= 2 and done[1].messages == 0


def test_an_id_that_means_somebody_else_by_now_is_left_alone(told: Desk, restored: Database, tmp_path: Path) -> None:
    entries = list(ledger.read(told.house.config.data_dir / ledger.NAME, after=clock.now() - timedelta(minutes=5)))
    for entry in entries:
        entry.made_at += timedelta(seconds=1)
    done = privacy.again(restored, Folder(tmp_path / "anew"), tmp_path / "anew", entries)

    assert done.messages == 0


def close_all(desk: Desk, days: int) -> None:
    with desk.write() as session:
        for ticket in session.scalars(select(Ticket)):
            ticket.status, ticket.closed_at = Status.CLOSED, clock.now() - timedelta(days=days)


def keep(desk: Desk, **terms: int) -> None:
    with desk.write() as session:
        for name, days in terms.items():
            retention.set_term(session, channel=name, category="*", days=days, now=clock.now())


def test_words_outlive_their_ticket_by_the_term_of_their_channel(told: Desk) -> None:
    close_all(told, 40)
    keep(told, email=30, whatsapp=60)
    with told.house.db.reading() as session:
        due = retention.count(session, retention.terms(session), now=clock.now())
    done = privacy.retain(told.house)

    assert due == 3 and done >= 3 and privacy.retain(told.house) == 0
    assert traces(told, WORDS, ANA, "vecina") == set() and "message" in traces(told, "autofirma")


def test_the_closest_term_wins_and_without_one_words_stay(told: Desk) -> None:
    close_all(told, 40)
    with told.house.db.reading() as session:
        category = session.scalars(select(Ticket.category).where(Ticket.channel == "whatsapp")).one()
        many = {"*/*": 30, "whatsapp/*": 30, f"whatsapp/{category}": 365}
        counts = [retention.count(session, terms, now=clock.now()) for terms in ({}, many, {"*/*": 30})]

    assert counts == [0, 3, 4]


def test_a_term_shorter_than_a_month_is_refused(told: Desk) -> None:
    with pytest.raises(Impossible), told.write() as session:
        retention.set_term(session, channel="*", category="*", days=7, now=clock.now())


def test_somebody_with_a_living_ticket_keeps_name_and_address(told: Desk) -> None:
    close_all(told, 40)
    keep(told, email=30)
    told.change(told.tickets()[1], status=Status.OPEN, closed_at=None)
    privacy.retain(told.house)

    assert contact(told, ANA) and "contact" in traces(told, "ana ríos")


def test_the_commands_find_count_hand_over_and_erase(told: Desk, tmp_path: Path) -> None:
    from app.factory import create_app

    app = create_app(environ(told.house.db.url.render_as_string(hide_password=False), told.house.config.data_dir))
    run, ana = app.test_cli_runner(), str(contact(told, ANA))
    out = [
        run.invoke(args=["privacy", *words])
        for words in (
            ("find", "ana ríos"),
            ("export", str(tmp_path / "ana.zip"), "--contact", ana),
            ("erase", "--contact", ana, "--because", "lo pide"),
            ("retention", "--set", "email/*", "30"),
            ("erase", "--contact", ana, "--because", "lo pide", "--yes"),
            ("retention", "--yes"),
            ("ledger",),
            ("erase", "--because", "x"),
            ("erase", "--ticket", "C-1-1", "--because", "x"),
        )
    ]
    app.extensions["ventanilla"].db.close()

    assert [one.exit_code for one in out] == [0, 0, 0, 0, 0, 0, 0, 1, 1], [one.output for one in out]
    assert f"--contact {ana}" in out[0].output and "--ticket C-" in out[0].output
    assert "Se borrarían 1 fichas, 2 consultas" in out[2].output
    assert json.loads(out[6].output)["contact"] == int(ana)
    assert ZipFile(tmp_path / "ana.zip").namelist()[0] == "datos.json"


def test_a_database_without_the_person_is_told_so(desk: Desk) -> None:
    with desk.write() as session:
        session.execute(delete(Contact))
    with desk.house.db.reading() as session:
        found = data_subject.find(session, "nadie", region="ES")

    assert found == data_subject.Found((), ())
