"""The learned part of triage: how likely each category is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from triage.features import SIZE, Buckets

# How much another model counts beside this one, and what is never less likely.
OTHERS_WORD, LEAST = 0.4, 1e-6
FILE = Path(__file__).parent / "data" / "model.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """`categories` by their probability, the likeliest first."""

    categories: tuple[tuple[str, float], ...]

    @property
    def best(self) -> tuple[str, float]:
        return self.categories[0] if self.categories else ("otros-no-competencia", 0.0)

    def of(self, category: str) -> float:
        """The probability of one category."""
        return dict(self.categories).get(category, 0.0)

    def beside(self, other: Mapping[str, float]) -> "Opinion":
        """With another's word on the same, as their weighed geometric mean; one who says nothing changes nothing."""
        if not other:
            return self
        joined = {
            name: max(odds, LEAST) ** (1 - OTHERS_WORD) * max(other.get(name, 0.0), LEAST) ** OTHERS_WORD
            for name, odds in self.categories
        }
        whole = sum(joined.values())
        ranked = sorted(joined.items(), key=lambda one: -one[1])
        return Opinion(categories=tuple((name, odds / whole) for name, odds in ranked))


NOTHING = Opinion(categories=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Weights by bucket, a column for each of the `classes`."""

    classes: tuple[str, ...]
    rarity: Any
    weights: Any
    bias: Any

    def opinion(self, buckets: Buckets) -> Opinion:
        import numpy as np

        scores = self.bias
        if buckets.size:
            values = self.rarity.take(buckets)
            values = values / max(float(np.sqrt(values @ values)), 1e-6)
            scores = scores + values @ self.weights.take(buckets, axis=0)
        softened = np.exp(scores - scores.max())
        odds = (softened / softened.sum()).tolist()
        return Opinion(categories=tuple(sorted(zip(self.classes, odds, strict=True), key=lambda one: -one[1])))


@lru_cache(maxsize=1)
def load(file: Path = FILE) -> Model | None:
    """The model in the file, None where none has been trained yet."""
    if not file.is_file():
        return None
    import numpy as np

    with np.load(file, allow_pickle=False) as kept:
        weights = np.zeros((SIZE, kept["weights"].shape[1]), dtype=np.float32)
        weights[kept["rows"]] = (kept["weights"] * kept["scale"]).astype(np.float16)
        return Model(
            classes=tuple(str(name) for name in kept["classes"]),
            rarity=kept["rarity"].astype(np.float32),
            weights=weights,
            bias=kept["bias"],
        )


def save(file: Path, *, classes: Sequence[str], rarity: Any, weights: Any, bias: Any, share: float) -> None:
    """One byte a weight, without the rows that say nothing; `share` is what cross-validation found right."""
    import numpy as np

    rows = np.flatnonzero(np.abs(weights).max(axis=1) > 0.02)
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    np.savez_compressed(
        file,
        classes=np.array(classes),
        rows=rows.astype(np.int32),
        rarity=rarity.astype(np.float16),
        weights=np.rint(weights[rows] / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
        share=np.array(share, np.float32),
    )


def known_share(file: Path = FILE) -> float:
    """What cross-validation found right of the model in the file, 0 without one."""
    if not file.is_file():
        return 0.0
    import numpy as np

    with np.load(file, allow_pickle=False) as kept:
        return float(kept["share"])
