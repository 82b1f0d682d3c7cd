"""Where the words of a search stand in a passage, so that a page can mark them."""

from kb.query import SHORT
from kb.words import TOKEN, fold, stem, tokens

SMALL = frozenset(tokens("de la el en los las un una que por con para se me mi su lo al del es no si ya y o a le"))


def spans(passage: str, text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each word of the passage that shares its stem with a word of the text; small words aside."""
    asked = {stem(SHORT.get(token, token)) for token in tokens(text)} - SMALL
    found = []
    for match in TOKEN.finditer(passage):
        said = fold(match.group()).replace("@", "a")
        if stem(said) in asked and said not in SMALL:
            found.append(match.span())
    return tuple(found)
