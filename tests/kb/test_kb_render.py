"""Videos made from steps, and how a shelf gives them to their articles."""

import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from kb import captions
from kb.article import Article, Video, write
from kb.render import CLOSING, RenderError, cues, render, slides
from kb.shelf import load

ARTICLE = Article(
    slug="abrir-buzon",
    language="es",
    title="Abrir el buzón",
    number=7,
    category="notificaciones",
    body="Para leer.\n\n## Pasos\n1. Entre en **la sede** de {{ayuntamiento}}.\n2. Pulse «Buzón»: 100 % seguro.",
)


def test_a_video_has_a_slide_for_the_title_each_step_and_the_warning() -> None:
    shown = slides(ARTICLE, {"ayuntamiento": "Ayuntamiento de Prueba"})

    assert [slide.words for slide in shown] == [
        "Abrir el buzón",
        "Entre en la sede de Ayuntamiento de Prueba.",
        "Pulse «Buzón»: 100 % seguro.",
        CLOSING,
    ]
    assert [slide.head for slide in shown][1:3] == ["Paso 1 de 2", "Paso 2 de 2"]


def test_captions_follow_each_other_without_gaps_and_long_steps_stay_longer() -> None:
    said = cues(slides(replace(ARTICLE, body="1. Corto.\n2. " + "Un paso que lleva bastante más tiempo leer. " * 3)))

    assert all(before.end == after.start for before, after in pairwise(said))
    assert said[2].end - said[2].start > said[1].end - said[1].start


def test_an_article_without_steps_makes_no_video(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="pasos numerados"):
        render(replace(ARTICLE, body="Nada."), tmp_path)


@pytest.mark.slow
def test_a_rendered_video_plays_as_long_as_its_captions_say(tmp_path: Path) -> None:
    heard: list[float] = []
    made = render(ARTICLE, tmp_path, progress=heard.append)
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration:stream=codec_name", "-of", "csv=p=0"]
    told = subprocess.run([*probe, str(tmp_path / "abrir-buzon.mp4")], capture_output=True, text=True, check=True)
    codec, seconds = told.stdout.split()

    assert (made.file, made.captions, made.poster) == ("abrir-buzon.mp4", "abrir-buzon.vtt", "abrir-buzon.jpg")
    assert (tmp_path / "abrir-buzon.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    assert codec == "h264"
    assert float(seconds) == pytest.approx(
        captions.read((tmp_path / "abrir-buzon.vtt").read_text()).cues[-1].end, abs=0.2
    )
    assert (tmp_path / "abrir-buzon.mp4").stat().st_size < 1_500_000
    assert heard == sorted(heard) and heard[-1] <= 1


def shelf_of(folder: Path, article: Article) -> Path:
    file = folder / "articles" / "es" / f"{article.slug}.md"
    file.parent.mkdir(parents=True)
    file.write_text(write(article), encoding="utf-8")
    (folder / "videos").mkdir()
    (folder / "videos" / "abrir-buzon.mp4").write_bytes(b"film")
    (folder / "videos" / "abrir-buzon.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:09.000\nHola\n", encoding="utf-8")
    return folder


def test_an_article_that_names_no_video_gets_the_one_made_from_its_steps(tmp_path: Path) -> None:
    home = shelf_of(tmp_path, ARTICLE)
    shelf = load(home / "articles", home / "videos")

    assert shelf.articles[0].video == Video(file="abrir-buzon.mp4", captions="abrir-buzon.vtt", duration=9)
    assert shelf.said("abrir-buzon")[0].text == "Hola"


def test_an_article_keeps_the_video_that_somebody_recorded(tmp_path: Path) -> None:
    recorded = Video(address="https://video.ejemplo.es/1", duration=30)
    home = shelf_of(tmp_path, replace(ARTICLE, video=recorded))

    assert load(home / "articles", home / "videos").articles[0].video == recorded


def test_every_shipped_video_is_small_and_has_readable_captions() -> None:
    folder = Path(__file__).parents[2] / "kb" / "videos"

    for file in folder.glob("*.mp4"):
        assert file.stat().st_size <= 1_500_000
        assert captions.read(file.with_suffix(".vtt").read_text(encoding="utf-8")).error is None
