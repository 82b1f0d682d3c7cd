"""The model of triage is made of what lies in the repository, and made again it is the same."""

import numpy as np

from kb.article import CATEGORIES
from triage import model
from triage.train import Example, gather, learn

FEW = [Example(category=name, text=f"palabra de {name} {place}") for name in ("padron", "clave") for place in range(9)]


def test_learning_twice_gives_the_same_model() -> None:
    first, second = learn(FEW), learn(FEW)

    assert first.classes == second.classes
    assert np.array_equal(first.weights, second.weights) and np.array_equal(first.bias, second.bias)


def test_every_category_has_examples_in_the_repository_and_a_place_in_the_shipped_model() -> None:
    shipped = model.load()

    assert shipped is not None and sorted(shipped.classes) == sorted(CATEGORIES)
    assert {one.category for one in gather()} == set(CATEGORIES)
    assert model.known_share() > 0.8
