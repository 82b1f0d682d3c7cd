"""What an article says in one short message: title, first steps, and the way to the rest with its second."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kb import page
from kb.article import Article

STEP_LENGTH = 110
SENTENCE = re.compile(r"(?<=[.;:])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`path` is what follows the public address («19?t=42»); `film` says how long the video is, None without one."""

    slug: str
    language: str
    title: str
    steps: tuple[str, ...]
    path: str
    film: str | None = None


def compose(
    article: Article,
    *,
    moment: float | None = None,
    steps: int = 3,
    places: Mapping[str, str] = page.NO_PLACES,
    longest: int = STEP_LENGTH,
) -> Answer:
    """The first `steps` steps as plain lines of at most `longest` characters."""
    lines = [shortened(page.line(step, places), longest) for step in article.steps[:steps]]
    has_film = article.video is not None
    second = f"?t={int(moment)}" if has_film and moment and moment >= 1 else ""
    return Answer(
        slug=article.slug,
        language=article.language,
        title=page.line(article.title, places),
        steps=tuple(line for line in lines if line),
        path=f"{article.number}{second}",
        film=length(article.video.duration) if article.video else None,
    )


def shorter(answer: Answer) -> Answer | None:
    """The answer with the next thing dropped: third step, second step, length of the video. None if nothing is left."""
    if len(answer.steps) > 1:
        return replace(answer, steps=answer.steps[:-1])
    return replace(answer, film=None) if answer.film else None


def fitting(answer: Answer, fits: Callable[[Answer], bool]) -> Answer:
    """The longest form of the answer that fits, or the shortest there is if none does."""
    while not fits(answer):
        less = shorter(answer)
        if less is None:
            break
        answer = less
    return answer


def shortened(line: str, longest: int) -> str:
    """Whole sentences if they fit, else whole words with an ellipsis."""
    if len(line) <= longest:
        return line
    kept = ""
    for sentence in SENTENCE.split(line):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > longest:
            break
        kept = longer
    if kept.endswith((".", ";", ":")):
        return kept.rstrip(";:") if kept.endswith((";", ":")) else kept
    cut = line[: longest - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:(«") + "…"


def length(seconds: int | None) -> str | None:
    """«1 min», «45 s», «2 min 10 s»; spaces do not break inside a quantity."""
    if seconds is None:
        return None
    minutes, rest = divmod(seconds, 60)
    told = [f"{minutes}\u00a0min"] if minutes else []
    told += [f"{rest}\u00a0s"] if rest or not minutes else []
    return " ".join(told)
