"""The learned part of the search: how likely each article is, from the features of a message."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.query import Query
from kb.vocabulary import Vocabulary

FILE = Path(__file__).parent / "data" / "model.npz"
NOTHING = "ninguno"
LEAST = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A softmax over articles; `NOTHING` is the class of messages that ask nothing that an article answers.

    A weight is a byte, worth so much as the `scale` of its class says.
    """

    classes: tuple[str, ...]
    vocabulary: Vocabulary
    rarity: Any
    weights: Any
    scale: Any
    bias: Any

    def log_odds(self, query: Query) -> dict[str, float]:
        """Natural logarithm of the probability of each class."""
        import numpy as np

        scores = self.bias
        found = self.vocabulary.find(query)
        if found.size:
            values = self.rarity.take(found)
            values = values / np.sqrt(values @ values)
            scores = scores + values @ self.weights.take(found, axis=0).astype(np.float32) * self.scale
        scores = scores - scores.max()
        scores = scores - np.log(np.exp(scores).sum())
        return dict(zip(self.classes, scores.tolist(), strict=True))


@lru_cache(maxsize=2)
def load(file: Path = FILE) -> Model | None:
    """The model in the file, None if there is no file."""
    if not file.is_file():
        return None
    import numpy as np

    with np.load(file, allow_pickle=False) as kept:
        names = json.loads(bytes(kept["names"]).decode())
        return Model(
            classes=tuple(names["classes"]),
            vocabulary=Vocabulary(names["features"]),
            rarity=kept["rarity"].astype(np.float32),
            weights=kept["weights"],
            scale=kept["scale"],
            bias=kept["bias"],
        )


def save(
    file: Path, *, classes: list[str], names: list[str], rarity: Any, weights: Any, bias: Any, share: float
) -> int:
    """Weights as one byte each; features that say next to nothing are left out. Returns how many were kept.

    Another processor adds up a little otherwise: what is kept is rounded, so that it shows nowhere.
    """
    import numpy as np

    kept = np.abs(weights).max(axis=1) >= LEAST
    scale = np.round(np.maximum(np.abs(weights).max(axis=0), 1e-3) / 127, 5)
    packed = {"classes": classes, "features": [name for name, keep in zip(names, kept, strict=True) if keep]}
    np.savez_compressed(
        file,
        names=np.frombuffer(json.dumps(packed, ensure_ascii=False).encode(), dtype=np.uint8),
        rarity=rarity[kept].astype(np.float16),
        weights=np.rint(weights[kept] / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=np.round(bias, 4).astype(np.float32),
        share=np.array(share, np.float32),
    )
    return int(kept.sum())


def known_share(file: Path = FILE) -> float:
    """The share of kept-aside examples that the installed model found right first when it was made, 0 without one."""
    if not file.is_file():
        return 0.0
    import numpy as np

    with np.load(file, allow_pickle=False) as kept:
        return float(kept["share"])
