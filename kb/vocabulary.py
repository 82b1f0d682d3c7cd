"""Where the features of a message stand among those that the model knows: words by heart, pairs of words by number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from kb.features import coded, pieces
from kb.known import Known
from kb.query import Query

Places = npt.NDArray[np.intp]


class Vocabulary:
    """Finds what `kb.features` names, without spelling out the names; they stand in the order in which they came."""

    def __init__(self, names: Sequence[str]) -> None:
        self.size = len(names)
        self.single: dict[str, int] = {}
        self.joint: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.numbers: dict[str, int] = {}
        pairs: dict[str, list[tuple[int, int]]] = {"p": [], "s": []}
        for place, name in enumerate(names):
            kind, _, told = name.partition(" ")
            if kind == "d":
                first, _, second = told.partition(" ")
                self.joint[first][second] = place
            elif kind in pairs:
                first, _, second = told.partition(" ")
                pairs[kind].append((self.number(first) << 32 | self.number(second), place))
            else:
                self.single[name] = place
        self.pairs, self.skips = _Pairs(pairs["p"]), _Pairs(pairs["s"])
        self.own = Known(self.of_stem)

    def number(self, stem: str) -> int:
        return self.numbers.setdefault(stem, len(self.numbers))

    def of_stem(self, stem: str) -> Places:
        """A stem alone and its pieces."""
        return self.places((f"w {stem}", *pieces(stem)))

    def places(self, names: Iterable[str]) -> Places:
        return np.array([self.single[name] for name in names if name in self.single], dtype=np.intp)

    def find(self, query: Query) -> Places:
        """Each once, in order."""
        get, own, said = self.numbers.get, self.own, set(query.concepts)
        row = np.array([get(stem, -1) for stem in query.stems], dtype=np.int64)
        together = chain.from_iterable(
            [with_first[second] for second in with_first.keys() & said]
            for with_first in [self.joint[first] for first in self.joint.keys() & said]
        )
        seen = np.zeros(self.size, dtype=np.bool_)
        found = (
            *[own[stem] for stem in set(query.stems)],
            self.pairs.find(row[:-1], row[1:]),
            self.skips.find(row[:-2], row[2:]),
            self.places(coded(query)),
            np.fromiter(together, dtype=np.intp),
        )
        seen[np.concatenate(found)] = True
        return np.flatnonzero(seen)


class _Pairs:
    """Pairs of numbers in one row in order, and the place of each."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        pairs.sort()
        # One more than all, so that what is greater than every pair has a neighbour to be compared with.
        self.keys = np.array([*(key for key, _ in pairs), np.iinfo(np.int64).max], dtype=np.int64)
        self.values = np.array([place for _, place in pairs], dtype=np.intp)

    def find(self, firsts: npt.NDArray[np.int64], seconds: npt.NDArray[np.int64]) -> Places:
        """The places of those that are known; a number below nothing is of a word that is in none."""
        asked = (firsts << 32 | seconds)[(firsts >= 0) & (seconds >= 0)]
        near = self.keys.searchsorted(asked)
        found: Places = self.values[near[self.keys[near] == asked]]
        return found
