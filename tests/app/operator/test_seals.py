"""Nightly seals: a past that somebody rewrote, with all its hashes, no longer fits its seal."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app import clock, sealing
from app.desk import events, seals
from app.factory import create_app
from app.models.ledger import Seal
from app.models.ticket import Event
from tests.app.desk.scenes import CONFUSED, Desk, form
from tests.app_fixtures import environ

KEYS = ("key-of-the-tests",)


@pytest.fixture
def sealed(desk: Desk) -> Desk:
    """Two nights' seals over some histories."""
    desk.hear(form("SM1", CONFUSED), form("SM2", "2"))
    with clock.standing_at(clock.now() + timedelta(days=1)):
        sealing.seal(desk.house)
    desk.hear(form("SM3", "otra persona", sender="+34600999888"))
    with clock.standing_at(clock.now() + timedelta(days=2)):
        sealing.seal(desk.house)
    return desk


def broken(desk: Desk, *keys: str) -> int:
    with desk.house.db.reading() as session:
        return len(seals.broken(session, keys or KEYS))


def test_seals_hold_as_long_as_nobody_touches_the_past(sealed: Desk) -> None:
    with sealed.house.db.reading() as session:
        first, second = session.scalars(select(Seal).order_by(Seal.id))

    assert broken(sealed) == 0 and first.events > 0 and second.events > 0 and second.before_seal == first.seal


def test_a_history_rewritten_with_all_its_hashes_is_found(sealed: Desk) -> None:
    with sealed.write() as session:
        ticket_id, before = sealed.tickets()[0].id, events.FIRST
        for event in session.scalars(select(Event).where(Event.ticket_id == ticket_id).order_by(Event.id)):
            event.what, event.before_hash = "noted", before
            before = event.hash = events.digest(vars(event))
    with sealed.house.db.reading() as session:
        chain = events.broken(session, ticket_id)

    assert chain is None and broken(sealed) == 1


def test_an_end_that_was_cut_off_is_found(sealed: Desk) -> None:
    with sealed.write() as session:
        newest = session.scalars(select(Event.id).order_by(Event.id.desc()).limit(1)).one()
        session.execute(delete(Event).where(Event.id == newest))

    assert broken(sealed) == 1


def test_a_seal_made_without_the_key_is_found_and_an_older_key_still_holds(sealed: Desk) -> None:
    assert broken(sealed, "another") == 2 and broken(sealed, "another", *KEYS) == 0


def test_one_night_has_one_seal(sealed: Desk) -> None:
    with clock.standing_at(clock.now() + timedelta(days=2)):
        assert sealing.seal(sealed.house) is False


def test_the_command_checks_histories_seals_and_their_copy(sealed: Desk) -> None:
    told = environ(sealed.house.db.url.render_as_string(hide_password=False), sealed.house.config.data_dir)
    app = create_app(told)
    copy = str(sealed.house.config.data_dir / sealing.NAME)
    run = app.test_cli_runner()
    well = run.invoke(args=["audit", "verify", "--seals", copy])
    with sealed.write() as session:
        session.execute(update(Seal).where(Seal.id == 1).values(seal="0" * 64))
    wrong = run.invoke(args=["audit", "verify", "--seals", copy])
    app.extensions["ventanilla"].db.close()

    assert (well.exit_code, wrong.exit_code) == (0, 1) and "2 sellos" in well.output
    assert "no vale el sello" in wrong.output and "no es el guardado" in wrong.output
