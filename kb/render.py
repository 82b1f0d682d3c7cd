"""A silent tutorial video made from an article's steps: one slide a step, readable on a phone, with captions."""

import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb import captions, page
from kb.article import Article, Video
from kb.captions import Cue
from kb.shelf import film

WIDTH, HEIGHT, FRAMES = 1280, 720, 10
PAPER, SHEET, INK, ACCENT = "0xf4f0e8", "0xfefcf8", "0x25211a", "0x1b4f6c"
FONT = "Liberation Sans"
# Seconds that an unhurried reader needs: a little to look, then thirteen letters a second.
LOOK, LETTERS, SHORTEST = 2.5, 13.0, 4.0
CLOSING = "Preguntar aquí no es presentar un escrito: su plazo sigue contando."


class RenderError(RuntimeError):
    """A Spanish sentence: why there is no video."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """`head` stands small above, `words` large below it."""

    head: str
    words: str
    seconds: float


def render(
    article: Article,
    folder: Path,
    *,
    places: Mapping[str, str] = page.NO_PLACES,
    progress: Callable[[float], None] | None = None,
) -> Video:
    """Writes <slug>.mp4, .vtt and .jpg into the folder; `progress` hears shares from 0 to 1. Raises RenderError."""
    if shutil.which("ffmpeg") is None:
        raise RenderError("Falta el programa ffmpeg en este servidor: instálelo para poder crear vídeos.")
    if not article.steps:
        raise RenderError("El artículo no tiene pasos numerados: no hay nada que mostrar en un vídeo.")
    shown = slides(article, places)
    said = cues(shown)
    name = film(article.slug, article.language)
    with tempfile.TemporaryDirectory() as work:
        made = Path(work) / "film.mp4"
        run(command(shown, Path(work), made), total=said[-1].end, progress=progress)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.move(made, folder / f"{name}.mp4")
    run(still(folder / f"{name}.mp4", folder / f"{name}.jpg"), total=1, progress=None)
    (folder / f"{name}.vtt").write_text(captions.write(said), encoding="utf-8")
    files = {"file": f"{name}.mp4", "captions": f"{name}.vtt", "poster": f"{name}.jpg"}
    return Video(**files, duration=round(said[-1].end))


def slides(article: Article, places: Mapping[str, str] = page.NO_PLACES) -> tuple[Slide, ...]:
    """The title, every step, and the sentence that no citizen may miss."""
    steps = [page.line(step, places) for step in article.steps]
    title = page.line(article.title, places)
    told = [("Ayuda con la sede electrónica", title)]
    told += [(f"Paso {number} de {len(steps)}", step) for number, step in enumerate(steps, 1)]
    told += [(title, CLOSING)]
    return tuple(Slide(head=head, words=words, seconds=reading(words)) for head, words in told)


def reading(words: str) -> float:
    """In whole frames, so that captions and pictures change together."""
    return round(max(SHORTEST, LOOK + len(words) / LETTERS) * FRAMES) / FRAMES


def cues(shown: tuple[Slide, ...]) -> tuple[Cue, ...]:
    found, start = [], 0.0
    for slide in shown:
        found.append(Cue(start=round(start, 3), end=round(start + slide.seconds, 3), text=slide.words))
        start += slide.seconds
    return tuple(found)


def command(shown: tuple[Slide, ...], work: Path, made: Path) -> list[str]:
    total, over, inputs, chains = sum(slide.seconds for slide in shown), 0.0, [], []
    for place, slide in enumerate(shown):
        over += slide.seconds
        source = f"color=c={PAPER}:s={WIDTH}x{HEIGHT}:r={FRAMES}:d={slide.seconds}"
        inputs += ["-f", "lavfi", "-i", source]
        chains.append(f"[{place}:v]{','.join(drawn(slide, place, over / total, work))}[s{place}]")
    joined = "".join(f"[s{place}]" for place in range(len(shown)))
    graph = ";".join([*chains, f"{joined}concat=n={len(shown)}:v=1:a=0[film]"])
    starts = ",".join(str(cue.start) for cue in cues(shown))
    coded = ["-c:v", "libx264", "-preset", "slow", "-tune", "stillimage", "-crf", "26", "-pix_fmt", "yuv420p"]
    return [
        *gently(),
        *("ffmpeg", "-nostdin", "-y", "-hide_banner", "-loglevel", "error", "-progress", "pipe:1"),
        *inputs,
        *("-filter_complex", graph, "-map", "[film]"),
        *coded,
        *("-force_key_frames", starts, "-movflags", "+faststart", "-an", str(made)),
    ]


def gently() -> list[str]:
    """What is said before ffmpeg: it yields to everybody else, and goes when this process is gone."""
    ways = (("setpriv", "--pdeathsig", "KILL"), ("nice", "-n", "10"))
    return [word for way in ways if shutil.which(way[0]) for word in way]


def still(made: Path, picture: Path) -> list[str]:
    """The film's first picture, which says what it is about."""
    return [
        *("ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-i", str(made), "-frames:v", "1", "-q:v", "6"),
        str(picture),
    ]


def drawn(slide: Slide, place: int, done: float, work: Path) -> list[str]:
    """The filters of one slide. The lowest fifth stays free for the captions."""
    size, width = (64, 32) if len(slide.words) <= 125 else (48, 44)
    texts = {"head": slide.head, "words": textwrap.fill(slide.words, width)}
    files = {name: work / f"{name}{place}.txt" for name in texts}
    for name, text in texts.items():
        files[name].write_text(text, encoding="utf-8")
    return [
        f"drawbox=x=60:y=50:w={WIDTH - 120}:h={HEIGHT - 190}:color={SHEET}:t=fill",
        f"drawbox=x=60:y=50:w=10:h={HEIGHT - 190}:color={ACCENT}:t=fill",
        f"drawbox=x=0:y={HEIGHT - 12}:w={max(1, round(WIDTH * done))}:h=12:color={ACCENT}:t=fill",
        written(files["head"], 34, ACCENT, "x=110:y=90"),
        written(files["words"], size, INK, f"x=110:y=165:line_spacing={size // 3}"),
    ]


def written(file: Path, size: int, colour: str, where: str) -> str:
    return f"drawtext=font={FONT}:textfile={file}:expansion=none:fontsize={size}:fontcolor={colour}:{where}"


def run(arguments: list[str], *, total: float, progress: Callable[[float], None] | None) -> None:
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=complaints, text=True) as ffmpeg,
    ):
        for line in ffmpeg.stdout or ():
            name, _, value = line.partition("=")
            if progress and name == "out_time_ms" and value.strip().isdigit():
                progress(min(1.0, int(value) / 1_000_000 / total))
        ffmpeg.wait()
        complaints.seek(0)
        told = complaints.read().strip().splitlines()
    if ffmpeg.returncode:
        raise RenderError(f"No se ha podido crear el vídeo: {told[-1] if told else 'ffmpeg no dice por qué'}")
