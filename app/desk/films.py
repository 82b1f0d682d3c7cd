"""The films of the articles: where their files lie, and what is said in them."""

from collections.abc import Iterable
from pathlib import Path

from kb import captions
from kb.article import Article
from kb.captions import Cue
from kb.shelf import HOME, with_film


def folders(province_dir: Path) -> tuple[Path, ...]:
    """Where films may lie: the province's own first, then those that come with the articles."""
    return (province_dir / "videos", HOME / "videos")


def attached(articles: Iterable[Article], where: Iterable[Path]) -> list[Article]:
    """The articles, each that names no film with the one of its own steps where there is one."""
    found = list(articles)
    for folder in where:
        found = [with_film(one, folder) for one in found]
    return found


def said(articles: Iterable[Article], where: Iterable[Path]) -> dict[tuple[str, str], tuple[Cue, ...]]:
    """The captions of every article whose film has some; a file that is none counts as no captions."""
    found = {}
    for one in articles:
        name = Path(one.video.captions).name if one.video and one.video.captions else None
        path = next((folder / name for folder in where if (folder / name).is_file()), None) if name else None
        if path is not None:
            found[one.slug, one.language] = captions.read(path.read_text(encoding="utf-8", errors="replace")).cues
    return found
