"""An article cut into the passages that search looks through, each with its kind, its weight and its second."""

from dataclasses import dataclass

from kb import outline
from kb.article import Article
from kb.captions import Cue, at_words

WEIGHTS = {
    "title": 1.6,
    "question": 1.5,
    "error": 1.6,
    "words": 1.4,
    "intro": 0.8,
    "step": 0.6,
    "wrong": 0.7,
    "cue": 0.5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """`moment` is the second of the video at which it is said, None if the video does not say it."""

    slug: str
    kind: str
    text: str
    moment: float | None = None


def passages(article: Article, cues: tuple[Cue, ...] = ()) -> tuple[Passage, ...]:
    def cut(kind: str, text: str, moment: float | None = None) -> Passage:
        return Passage(slug=article.slug, kind=kind, text=text, moment=moment)

    told = (article, *map(article.on_sede_of, article.suppliers))
    wrongs = dict.fromkeys(b for one in told for section in one.sections for b in outline.bullets(section))
    steps = dict.fromkeys(step for one in told for step in one.steps)
    return (
        cut("title", article.title),
        *(cut("question", question) for question in article.questions),
        *(cut("error", error) for error in article.errors),
        *((cut("words", " · ".join(article.words)),) if article.words else ()),
        *((cut("intro", article.intro),) if article.intro else ()),
        *(cut("step", step, at_words(cues, step)) for step in steps),
        *(cut("wrong", wrong) for wrong in wrongs),
        *(cut("cue", cue.text, cue.start) for cue in cues),
    )
