"""The model is made from examples, kept in a small file, and never replaced by a worse one."""

from pathlib import Path

import numpy as np

from kb.article import Article
from kb.model import known_share, load, save
from kb.search import Search, reader
from kb.shelf import shelve
from kb.train import Learner, train

BREAD = ["quiero cocer pan", "el horno del pueblo", "pan de hogaza", "a que hora se enciende el horno", "leña y pan"]
WATER = ["no sale agua de la fuente", "la fuente esta seca", "beber agua", "el caño de la fuente", "agua fresca"]
EXAMPLES = [*(("horno", text) for text in BREAD), *(("fuente", text) for text in WATER)]
SHELF = shelve(
    Article(slug=slug, language="es", title=slug, number=number, category="expedientes", body="1. Vaya allí.")
    for number, slug in ((1, "horno"), (2, "fuente"))
)


def test_a_model_tells_apart_what_it_was_taught() -> None:
    learned = Learner(reader(SHELF)).learn(EXAMPLES)

    assert learned.best("cocer pan en el horno") == "horno"
    assert learned.best("agua de la fuente") == "fuente"


def test_learning_twice_gives_the_same_model() -> None:
    first, second = (Learner(reader(SHELF)).learn(EXAMPLES) for _ in range(2))

    assert np.array_equal(first.weights, second.weights)


def test_what_another_processor_adds_up_otherwise_is_not_seen_in_the_file(tmp_path: Path) -> None:
    weights = np.array([[0.31, -0.27], [0.09, 0.4]], np.float32)
    for name, off in (("here", 0.0), ("there", 3e-7)):
        grown, bias = weights * (1 + off), np.array([0.0328, -0.2046], np.float32) + off
        names = {"classes": ["horno", "fuente"], "names": ["w pan", "w agua"]}
        save(tmp_path / name, **names, rarity=weights[0], weights=grown, bias=bias, share=0.8)

    assert (tmp_path / "here.npz").read_bytes() == (tmp_path / "there.npz").read_bytes()


def test_a_saved_model_is_read_back_and_used(tmp_path: Path) -> None:
    assert train(shelf=SHELF, own=EXAMPLES, file=tmp_path / "model.npz") == 0

    search = Search(SHELF, load(tmp_path / "model.npz"))
    assert search.find("que ganas de pan de hogaza").hits[0].slug == "horno"


def test_a_worse_model_is_not_installed_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    empty = np.zeros((1, 1), np.float32)
    save(file, classes=["horno"], names=["w pan"], rarity=empty[0], weights=empty, bias=empty[0], share=2.0)
    swapped = [("fuente" if place % 2 else "horno", text) for place, (_, text) in enumerate(EXAMPLES)]

    assert train(shelf=SHELF, own=swapped, file=file) == 1
    assert known_share(file) == 2.0
    assert train(force=True, shelf=SHELF, own=swapped, file=file) == 0
    assert known_share(file) <= 1.0


def test_without_a_file_there_is_no_model(tmp_path: Path) -> None:
    assert load(tmp_path / "none.npz") is None
    assert known_share(tmp_path / "none.npz") == 0
