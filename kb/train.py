"""The search's model, learned anew from the examples and the articles; a worse one than the present is refused."""

import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kb import model
from kb.asked import FOLDER, asked, pairs
from kb.features import features
from kb.query import Reader
from kb.search import reader
from kb.shelf import Shelf, load

SEED, ASIDE, COPIES = 20, 5, 3
ROUNDS, BATCH, STEP, SHRINK = 14, 64, 0.05, 2e-6
WORSE = 0.01
Example = tuple[str, str]
HOLE = re.compile(r"\{(\w+)\}")


def train(
    force: bool = False,
    *,
    shelf: Shelf | None = None,
    own: Sequence[Example] | None = None,
    file: Path = model.FILE,
) -> int:
    """Writes the model and returns 0, or returns 1 and leaves the present one when the new is clearly worse."""
    shelf = load() if shelf is None else shelf
    own = asked() if own is None else own
    read, told = reader(shelf), from_articles(shelf)
    share, before = kept_aside(read, own, told), model.known_share(file)
    report(f"{len(own)} examples, {len(told)} passages")
    report(f"{share:.1%} right first on every fifth example, kept aside; before {before:.1%}")
    if share < before - WORSE and not force:
        report("worse than the present model: not installed")
        return 1
    kept = Learner(read).learn([*own, *told]).save(file, share)
    report(f"{kept} features kept, {file.stat().st_size // 1024} KiB")
    return 0


def report(line: str) -> None:
    sys.stderr.write(line + "\n")


def from_articles(shelf: Shelf) -> list[Example]:
    """What the articles themselves say: titles, questions, error texts, words; their prose is left to the index."""
    found = []
    for one in shelf:
        if one.language == "es":
            told = (one.title, *one.questions, *one.errors, *one.words, one.intro)
            found += [(one.slug, text) for text in told if text]
    return found


def kept_aside(read: Reader, own: Sequence[Example], told: Sequence[Example]) -> float:
    """The share of every fifth example found right first by a model that has not seen them."""
    meant: dict[str, set[str]] = defaultdict(set)
    for slug, text in own:
        meant[text].add(slug)
    texts = sorted(meant)
    kept = {texts[place] for place in np.random.default_rng(SEED).permutation(len(texts))[::ASIDE]}
    seen = [example for example in own if example[1] not in kept]
    learned = Learner(read).learn([*seen, *told])
    return sum(learned.best(text) in meant[text] for text in kept) / len(kept)


class Learner:
    """Softmax regression over named features, each with its rarity and a row of weights."""

    def __init__(self, read: Reader) -> None:
        self.read = read
        self.draw = np.random.default_rng(SEED)
        self.pads: dict[str, list[str]] = defaultdict(list)
        for name, text in pairs((FOLDER.parent / "padding.txt").read_text(encoding="utf-8")):
            self.pads[name].append(text)

    def learn(self, examples: Sequence[Example]) -> "Learner":
        grown = [(slug, spread) for slug, text in examples for spread in self.variants(text)]
        rows = [features(self.read.read(text)) for _, text in grown]
        self.classes = sorted({slug for slug, _ in grown})
        counts: dict[str, int] = defaultdict(int)
        for row in rows:
            for name in row:
                counts[name] += 1
        self.names = sorted(name for name, count in counts.items() if count >= 2)
        self.places = {name: place for place, name in enumerate(self.names)}
        total = len(rows)
        self.rarity = np.array([np.log(total / counts[name]) * worth(name) for name in self.names], dtype=np.float32)
        answers = np.array([self.classes.index(slug) for slug, _ in grown])
        self.fit([self.row(row) for row in rows], answers)
        return self

    def variants(self, text: str) -> list[str]:
        """The example as it is, and as it would come wrapped in greetings, villages, haste and slips of the finger."""
        return [self.filled(text), *(self.wrapped(text) for _ in range(COPIES))]

    def wrapped(self, text: str) -> str:
        before = self.one_of("before") if self.draw.random() < 0.5 else ""
        after = " ".join(self.one_of("after") for _ in range(self.draw.choice((0, 1, 1, 2))))
        words = [word for word in text.split() if self.draw.random() > 0.06] or text.split()
        words = [self.slipped(word) if self.draw.random() < 0.06 else word for word in words]
        return self.filled(f"{before} {' '.join(words)} {after}".strip())

    def one_of(self, pad: str) -> str:
        found = self.pads.get(pad)
        return found[int(self.draw.integers(len(found)))] if found else ""

    def slipped(self, word: str) -> str:
        place = int(self.draw.integers(len(word)))
        return word[:place] + word[place + 1 :] if len(word) > 4 else word

    def filled(self, text: str) -> str:
        return HOLE.sub(lambda hole: self.one_of(hole[1]), text)

    def row(self, names: Sequence[str]) -> tuple[Any, Any]:
        found = np.array([self.places[name] for name in names if name in self.places], dtype=np.int64)
        values = self.rarity[found]
        return found, values / max(1e-6, float(np.sqrt((values**2).sum())))

    def fit(self, rows: list[tuple[Any, Any]], answers: Any) -> None:
        """Adagrad in small batches, the classes weighted so that the rare ones are heard."""
        shape = (len(self.names), len(self.classes))
        self.weights, self.bias = np.zeros(shape, np.float32), np.zeros(shape[1], np.float32)
        speed, bias_speed = np.full(shape, 1e-3, np.float32), np.full(shape[1], 1e-3, np.float32)
        shares = np.bincount(answers, minlength=shape[1])
        heard = np.sqrt(shares.mean() / np.maximum(shares, 1)).astype(np.float32)
        for _ in range(ROUNDS):
            for batch in np.array_split(self.draw.permutation(len(rows)), len(rows) // BATCH + 1):
                used, table = dense([rows[place] for place in batch])
                error = softmax(table @ self.weights[used] + self.bias)
                error[np.arange(len(batch)), answers[batch]] -= 1
                error *= heard[answers[batch]][:, None] / len(batch)
                slope = table.T @ error + SHRINK * self.weights[used]
                speed[used] += slope**2
                self.weights[used] -= STEP * 4 * slope / np.sqrt(speed[used])
                pull = error.sum(axis=0)
                bias_speed += pull**2
                self.bias -= STEP * pull / np.sqrt(bias_speed)

    def best(self, text: str) -> str:
        found, values = self.row(features(self.read.read(self.filled(text))))
        return self.classes[int((values @ self.weights[found] + self.bias).argmax())]

    def save(self, file: Path, share: float) -> int:
        return model.save(
            file,
            classes=self.classes,
            names=self.names,
            rarity=self.rarity,
            weights=self.weights,
            bias=self.bias,
            share=share,
        )


def worth(name: str) -> float:
    """Pieces of words back up the words, they do not outvote them."""
    return {"g": 0.4, "s": 0.5, "p": 0.8, "c": 1.3, "d": 0.5}.get(name[0], 1.0)


def dense(rows: Sequence[tuple[Any, Any]]) -> tuple[Any, Any]:
    """The features that a batch uses, and the batch as a table of them."""
    used, places = np.unique(np.concatenate([found for found, _ in rows]), return_inverse=True)
    table = np.zeros((len(rows), len(used)), np.float32)
    lengths = [len(found) for found, _ in rows]
    table[np.repeat(np.arange(len(rows)), lengths), places] = np.concatenate([values for _, values in rows])
    return used, table


def softmax(scores: Any) -> Any:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
