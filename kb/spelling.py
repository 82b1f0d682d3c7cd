"""Words written badly, put right from the words that the knowledge base knows."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.words import sound

SHORTEST = 4
FAR = {4: 1, 5: 1, 6: 1, 7: 1}


class Spelling:
    """Knows words with their number of uses; corrects only what it does not know."""

    def __init__(self, uses: Iterable[tuple[str, int]]) -> None:
        self.uses = dict(uses)
        self.by_sound: dict[str, list[str]] = defaultdict(list)
        self.by_length: dict[int, list[str]] = defaultdict(list)
        self.by_size: dict[int, list[str]] = {}
        self.seen: dict[str, str] = {}
        for word in sorted(self.uses):
            if word.isalpha() and len(word) >= SHORTEST:
                self.by_sound[sound(word)].append(word)
                self.by_length[len(word)].append(word)

    def correct(self, token: str) -> str:
        """The known word that was meant, or the token as it came."""
        if token in self.uses or len(token) < SHORTEST or not token.isalpha():
            return token
        if token not in self.seen:
            # A flood of invented words must not grow the memory for ever.
            if len(self.seen) > 20_000:
                self.seen.clear()
            self.seen[token] = self.nearest(token)
        return self.seen[token]

    def about(self, size: int, far: int) -> list[str]:
        """The words of about this size."""
        if size not in self.by_size:
            lengths = range(size - far, size + far + 1)
            self.by_size[size] = [word for length in lengths for word in self.by_length.get(length, ())]
        return self.by_size[size]

    def nearest(self, token: str) -> str:
        if alike := self.by_sound.get(sound(token)):
            return max(alike, key=lambda word: (self.uses[word], word))
        if len(token) > 24:
            return token
        far = FAR.get(len(token), 2)
        found = process.extract(token, self.about(len(token), far), scorer=OSA.distance, score_cutoff=far, limit=8)
        # The first letter is the one that people get right.
        kept = [(distance, word) for word, distance, _ in found if word[0] == token[0] or (distance == 1 and far == 2)]
        return min(kept, key=lambda one: (one[0], -self.uses[one[1]], one[1]))[1] if kept else token
