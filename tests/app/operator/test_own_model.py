"""The desk's own model of triage: kept where an upgrade leaves it, used while it fits, told of when it does not."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.cli import doctor
from app.desk import learned_model
from app.desk.books import touch
from app.house import House
from triage import model
from triage.enquiry import Enquiry
from triage.policy import decide
from triage.train import Example, learn, train

BEFORE = "triage-0123456789ab-20260101000000000000.npz"


def copied(_present: Path, into: Path) -> int:
    """A model that was learned well."""
    shutil.copy(model.FILE, into)
    return 0


def refused(_present: Path, into: Path) -> int:
    """A model that is worse."""
    shutil.copy(model.FILE, into)
    return 1


def test_the_shipped_model_is_used_until_the_desk_has_its_own(tmp_path: Path) -> None:
    before = learned_model.model(tmp_path)
    kept = learned_model.install(tmp_path, copied, now=clock.now())
    own = learned_model.model(tmp_path)

    assert (before, kept, own.parent) == (model.FILE, True, tmp_path / "models")


def test_a_worse_model_is_not_used_and_leaves_nothing_behind(tmp_path: Path) -> None:
    kept = learned_model.install(tmp_path, refused, now=clock.now())

    assert (kept, learned_model.model(tmp_path), list((tmp_path / "models").iterdir())) == (False, model.FILE, [])


def test_the_newest_counts_and_the_one_before_stays_for_who_has_not_heard(tmp_path: Path) -> None:
    seen = []
    for day in range(4):
        learned_model.install(tmp_path, copied, now=clock.now() + timedelta(days=day))
        seen.append(learned_model.model(tmp_path))

    assert seen == sorted(set(seen))
    assert sorted((tmp_path / "models").iterdir()) == seen[-2:]


def test_one_learned_with_another_shipped_model_is_out_of_use_and_the_doctor_says_so(house: House) -> None:
    folder = house.config.data_dir / "models"
    folder.mkdir(parents=True)
    copied(model.FILE, folder / BEFORE)
    told = {finding.name: finding for finding in doctor.look(house)}["modelo propio de clasificación"]

    assert learned_model.model(house.config.data_dir) == model.FILE
    assert not told.well and "flask triage train" in told.cure


@pytest.mark.parametrize("own", [True, False])
def test_the_doctor_is_content_without_an_own_model_and_with_a_new_one(house: House, own: bool) -> None:
    if own:
        learned_model.install(house.config.data_dir, copied, now=clock.now())
    told = {finding.name: finding for finding in doctor.look(house)}

    assert told["modelo propio de clasificación"].well


def test_the_desk_goes_by_what_it_learned_without_being_started_again(house: House) -> None:
    asked = Enquiry(channel="whatsapp", received_at=clock.now(), text="zxqv trasgo zurdo")
    before = house.books.current().triage.model
    taught = learn([Example(category="padron", text="zxqv trasgo zurdo"), Example(category="clave", text="otra cosa")])

    def teach(_present: Path, into: Path) -> int:
        values = {name: getattr(taught, name) for name in ("classes", "rarity", "weights", "bias")}
        model.save(into, **values, share=1)
        return 0

    learned_model.install(house.config.data_dir, teach, now=clock.now())
    with house.db.transaction() as session:
        touch(session)
    house.books.forget()
    books = house.books.current().triage

    assert before == model.FILE and books.model == learned_model.model(house.config.data_dir)
    assert decide(asked, books).category == "padron"


def test_teaching_writes_where_it_is_told_and_compares_with_the_present(tmp_path: Path) -> None:
    few = [Example(category=name, text=f"palabra {name} {place}") for name in ("padron", "clave") for place in range(8)]
    present, into = tmp_path / "present.npz", tmp_path / "into.npz"
    shipped = model.FILE.read_bytes()
    first = train(present=present, into=present, base=few)
    again = train(present=present, into=into, base=few)

    assert (first, again, into.is_file()) == (0, 0, True)
    assert model.FILE.read_bytes() == shipped


def test_corrections_that_only_teach_more_make_no_model_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = [Example(category=name, text=f"palabra {name} {place}") for name in ("padron", "clave") for place in range(8)]
    # Nobody can tell any of these from the others, and each was put right by a person.
    hard = [
        Example(category="dnie", text=word)
        for word in ["trasgo", "boina", "gaita", "zurdo", "tuerta", "coja", "hogaza", "leña"]
    ]
    present, into = tmp_path / "present.npz", tmp_path / "into.npz"
    train(present=present, into=present, base=few)
    taught = train(more=hard, present=present, into=into, base=few)

    assert (taught, into.is_file()) == (0, True)
    assert "validación cruzada: 5 de 5" in capsys.readouterr().err
