"""The model of triage, learned anew from the examples in the repository; a worse one than the present is refused."""

import random
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kb.asked import asked
from kb.shelf import load as load_shelf
from kb.words import fold, tokens
from triage import model
from triage.cues import Said
from triage.features import SIZE, Buckets, features
from triage.rules.filing import ENOUGH
from triage.rules.signs import points, signs

EXAMPLES = Path(__file__).parent / "data" / "examples"
OTHER = "otros-no-competencia"
SEED, FOLDS, COPIES = 11, 5, 2
ROUNDS, BATCH, STEP, SHRINK = 10, 64, 0.06, 3e-6
WORSE = 0.01
HOLE = re.compile(r"\{(\w+)\}")
VILLAGES = (
    "Villarejo",
    "Robledillo",
    "Fuentelmonte",
    "Pinarejo del Valle",
    "La Hiruela",
    "Campolargo",
    "Peñarroya",
    "Valdeolmos",
)
TYPOS = (
    ("que", "q"),
    ("para", "pa"),
    ("por", "x"),
    ("qu", "k"),
    ("b", "v"),
    ("v", "b"),
    ("ll", "y"),
    ("h", ""),
    ("ción", "sion"),
    ("ado", "ao"),
    ("ce", "se"),
    ("ci", "si"),
    ("ha ", "a "),
    ("he ", "e "),
    ("g", "j"),
    ("de ", "d "),
    ("ayuntamiento", "ayto"),
    ("también", "tb"),
    ("m", "n"),
)
OPENINGS = (
    "Buenos días: ",
    "Buenas tardes, ",
    "hola buenas ",
    "Hola, ",
    "Llama una señora. ",
    "Os reenvío esto de un vecino. ",
    "Estimados señores: ",
    "buenas ",
    "perdone q le moleste ",
    "Ciudadano pregunta: ",
    "RV: consulta // Os paso lo de este señor. // ",
)
CLOSINGS = (
    " Gracias",
    " gracias de antemano",
    " Un saludo",
    " Muchas gracias y un saludo",
    " q hago??",
    " me podeis ayudar?",
    " No dice municipio.",
    " soy de {pueblo}",
    " Es en {pueblo}.",
    " Quedo a la espera. Un saludo, // Servicios {pueblo}, S.L.",
    " mañana acaba el plazo",
    " ayto de {pueblo}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text with its category, and whether its writer believes to be filing."""

    category: str
    text: str
    attachments: tuple[str, ...] = ()
    filing: bool = False


def train(
    force: bool = False,
    more: Sequence[Example] = (),
    *,
    present: Path = model.FILE,
    into: Path = model.FILE,
    base: Sequence[Example] = (),
) -> int:
    """Writes the model and returns 0, or returns 1 and writes nothing when it is clearly worse than the present one.

    `base` are the repository's examples unless others are given, and cross-validation asks for them alone: `more`, what
    people have corrected, is what a model has got wrong, and the more of it there is the worse any would look. A fifth
    of it is kept aside to compare the new model with the present one.
    """
    kept = list(more[::FOLDS])
    known, put_right = list(base or gather()), [one for at, one in enumerate(more) if at % FOLDS]
    examples = [*known, *put_right]
    share, (meant, seen, wrongly) = cross_validated(known, put_right), filings(own())
    before = model.known_share(present)
    report(f"{len(examples)} ejemplos; categoría {share:.1%} por validación cruzada, antes {before:.1%}")
    report(f"presentaciones: vistas {seen} de {meant}, {wrongly} de más")
    learned = learn(examples)
    now, then = right_of(learned, kept), right_of(model.load(present), kept)
    if kept:
        report(f"correcciones apartadas: {now} de {len(kept)} bien, antes {then}")
    if (share < before - WORSE or now < then) and not force:
        report("peor que el modelo actual: no se instala")
        return 1
    model.save(
        into,
        classes=learned.classes,
        rarity=learned.rarity,
        weights=learned.weights,
        bias=learned.bias,
        share=share,
    )
    model.load.cache_clear()
    report(f"{into.stat().st_size // 1024} KiB")
    return 0


def report(line: str) -> None:
    sys.stderr.write(line + "\n")


def gather() -> Iterator[Example]:
    """The examples of this leaf, those of the knowledge base, and what its articles say of themselves."""
    yield from own()
    categories = {article.slug: article.category for article in load_shelf()}
    for slug, text in asked():
        yield Example(category=categories.get(slug, OTHER), text=text)
    for article in load_shelf():
        if article.language == "es":
            for text in (article.title, *article.questions, *article.errors):
                yield Example(category=article.category, text=text)


def own(folder: Path = EXAMPLES) -> Iterator[Example]:
    """A line «== category» or «== category filing» opens a part; each line below is a text; [a.pdf] are attachments."""
    for file in sorted(folder.glob("*.txt")):
        category, filing = OTHER, False
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("== "):
                category, _, mark = line[3:].partition(" ")
                filing = mark.strip() == "filing"
            elif line.strip() and not line.startswith("#"):
                text, attachments = _parted(line.strip())
                yield Example(category=category, text=text, attachments=attachments, filing=filing)


def _parted(line: str) -> tuple[str, tuple[str, ...]]:
    text, mark, rest = line.partition(" @@ ")
    return text.replace(" // ", "\n"), tuple(rest.split()) if mark else ()


def noisy(example: Example, draw: random.Random) -> Example:
    """The same thing said by somebody else: other openings, misspelt, without accents."""
    text = example.text
    if len(text) < 260:
        text = (draw.choice(OPENINGS) if draw.random() < 0.45 else "") + text
        text += draw.choice(CLOSINGS) if draw.random() < 0.45 and not example.filing else ""
    text = HOLE.sub(lambda _: draw.choice(VILLAGES), text).replace(" // ", "\n")
    if draw.random() < 0.5:
        text = fold(text)
        for right, wrong in draw.sample(TYPOS, 4):
            if draw.random() < 0.5:
                text = text.replace(right, wrong, 1 if draw.random() < 0.7 else -1)
    return Example(category=example.category, text=text, attachments=example.attachments, filing=example.filing)


def plain(example: Example) -> Example:
    text = HOLE.sub(lambda _: VILLAGES[0], example.text)
    return Example(category=example.category, text=text, attachments=example.attachments, filing=example.filing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    classes: tuple[str, ...]
    rarity: Any
    weights: Any
    bias: Any

    def opinion(self, buckets: Buckets) -> model.Opinion:
        told = model.Model(classes=self.classes, rarity=self.rarity, weights=self.weights, bias=self.bias)
        return told.opinion(buckets)


def right_of(known: "Learned | model.Model | None", examples: Iterable[Example]) -> int:
    """How many categories a model finds right, none without a model."""
    return sum(known is not None and known.opinion(seen(one)).best[0] == one.category for one in examples)


def seen(example: Example) -> Buckets:
    """What the model sees of it."""
    return features(example.text, tokens(example.text), handed(example))


def handed(example: Example) -> list[str]:
    """Its signs of filing."""
    return list(signs(Said(fold(example.text)), example.attachments))


def learn(examples: Sequence[Example]) -> Learned:
    """Softmax over the categories, by Adagrad on small batches."""
    draw = random.Random(SEED)  # noqa: S311 - noise that can be repeated, not a secret
    told = [plain(one) for one in examples] + [noisy(one, draw) for one in examples for _ in range(COPIES)]
    many = [one for one in told if seen(one).size]
    classes = tuple(sorted({one.category for one in many}))
    rows = [seen(one).astype(np.int32) for one in many]
    rarity = _rarity(rows)
    values = [_unit(rarity[row]) for row in rows]
    wanted = np.zeros((len(many), len(classes)), dtype=np.float32)
    for at, one in enumerate(many):
        wanted[at, classes.index(one.category)] = 1
    weights, bias = _descend(rows, values, wanted)
    return Learned(classes=classes, rarity=rarity, weights=weights, bias=bias)


def _rarity(rows: Iterable[Any]) -> Any:
    seen = np.zeros(SIZE, dtype=np.float32)
    count = 0
    for row in rows:
        seen[row] += 1
        count += 1
    return np.log((1 + count) / (1 + seen)).astype(np.float32)


def _unit(values: Any) -> Any:
    return (values / max(float(np.sqrt((values**2).sum())), 1e-6)).astype(np.float32)


def _descend(rows: Sequence[Any], values: Sequence[Any], wanted: Any) -> tuple[Any, Any]:
    weights = np.zeros((SIZE, wanted.shape[1]), dtype=np.float32)
    moved = np.full((SIZE, wanted.shape[1]), 1e-4, dtype=np.float32)
    bias = np.zeros(wanted.shape[1], dtype=np.float32)
    order = np.random.default_rng(SEED)
    for turn in range(ROUNDS):
        step = STEP * 5 / (1 + turn * 0.3)
        for batch in np.array_split(order.permutation(len(rows)), max(1, len(rows) // BATCH)):
            joined = np.concatenate([rows[at] for at in batch])
            ends = np.cumsum([len(rows[at]) for at in batch])
            share = np.concatenate([values[at] for at in batch])
            parts = np.add.reduceat(weights[joined] * share[:, None], np.r_[0, ends[:-1]], axis=0)
            wrong = _guess(parts + bias) - wanted[batch]
            slope = np.repeat(wrong, np.diff(np.r_[0, ends]), axis=0) * share[:, None]
            named, places = np.unique(joined, return_inverse=True)
            total = np.zeros((len(named), weights.shape[1]), dtype=np.float32)
            np.add.at(total, places, slope)
            total += SHRINK * len(rows) * weights[named] / 100
            moved[named] += total**2
            weights[named] -= step * total / np.sqrt(moved[named])
            bias -= 0.01 * wrong.mean(axis=0)
    return weights, bias


def _guess(scores: Any) -> Any:
    softened = np.exp(scores - scores.max(axis=1, keepdims=True))
    return softened / softened.sum(axis=1, keepdims=True)


def cross_validated(examples: Sequence[Example], more: Sequence[Example] = ()) -> float:
    """The share of categories found right by a model that has not seen them, but always `more`."""
    shuffled = [examples[at] for at in np.random.default_rng(SEED).permutation(len(examples))]
    right = 0
    for part in range(FOLDS):
        learned = learn([*(one for at, one in enumerate(shuffled) if at % FOLDS != part), *more])
        right += right_of(learned, map(plain, shuffled[part::FOLDS]))
        report(f"validación cruzada: {part + 1} de {FOLDS}")
    return right / len(shuffled)


def filings(examples: Iterable[Example]) -> tuple[int, int, int]:
    """Of the papers handed over: how many there are, how many the signs see, and how many they see wrongly."""
    told = [(one.filing, points(handed(one)) >= ENOUGH) for one in examples]
    wrongly = sum(seen and not meant for meant, seen in told)
    return sum(meant for meant, _ in told), sum(meant and seen for meant, seen in told), wrongly
