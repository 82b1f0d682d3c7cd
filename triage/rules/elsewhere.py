"""Is it another body's business, and whose?"""

import re
from functools import lru_cache

from kb.words import fold
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "elsewhere"
OTHER = "otros-no-competencia"


def elsewhere(reading: Reading, verdict: Verdict) -> Verdict:
    """The body of the directory most of whose words are said; only for what is none of our categories."""
    if (
        verdict.category != OTHER
        or verdict.junk
        or verdict.courtesy
        or verdict.emergency
        or verdict.choice
        or verdict.stop
    ):
        return verdict
    scores = {
        body.key: [word for word in body.words if _whole(word).search(reading.folded)]
        for body in reading.books.directory.values()
    }
    best = max(scores, key=lambda key: (len(scores[key]), sum(map(len, scores[key]))), default=None)
    if best is None or not scores[best]:
        return verdict
    name = reading.books.directory[best].name
    return verdict.say(RULE, "out_of_scope", best, f"es de {name}: «{scores[best][0]}»", out_of_scope=best)


@lru_cache(maxsize=4096)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(fold(word))}\b")
