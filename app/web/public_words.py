"""Small phrases that several public pages share: how long a film is, how many steps, a moment of it."""

from app.i18n import MONTHS, NBSP
from app.web.say import _, count_of
from kb.article import Article


def film(article: Article) -> str:
    """«Vídeo de 3 min 40 s y 5 pasos», «5 pasos»."""
    count = len(article.steps)
    steps = count_of("%(num)s paso", "%(num)s pasos", count)
    if article.video is None:
        return steps if count else ""
    told = _("Vídeo y %(steps)s", steps=steps)
    if article.video.duration is not None:
        told = _("Vídeo de %(length)s y %(steps)s", length=length(article.video.duration), steps=steps)
    return told


def length(seconds: int) -> str:
    """«3 min 40 s», «2 min», «45 s»."""
    minutes, rest = divmod(seconds, 60)
    parts = ([f"{minutes}{NBSP}min"] if minutes else []) + ([f"{rest}{NBSP}s"] if rest or not minutes else [])
    return NBSP.join(parts)


def moment(seconds: float) -> str:
    """«1:25»."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def reviewed(article: Article) -> str:
    """«12 de noviembre de 2026», or nothing."""
    when = article.reviewed
    return f"{when.day} de {MONTHS[when.month - 1]} de {when.year}" if when else ""
