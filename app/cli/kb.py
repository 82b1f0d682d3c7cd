"""The knowledge base: carried out and in as files, films made from steps, links checked."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app import clock, screening
from app.cli.door import ready_house
from app.desk import article_checks, articles, film_jobs, films, knowledge_files
from app.desk.knowledge_files import Parcel
from app.errors import DeskError, Impossible
from app.filming import kind_of, shoot
from app.house import House
from app.models.book import ArticleStatus
from app.models.knowledge import Film
from app.web import weblinks
from channels.message import Attachment
from channels.way import Way
from kb.render import RenderError

INDEX = "base.json"
HOW = click.Path(path_type=Path, file_okay=False)


@click.group("kb")
def kb_command() -> None:
    """Carry the articles out and in, make their films, check their links."""


@kb_command.command("export")
@click.argument("folder", type=HOW)
@with_appcontext
def export(folder: Path) -> None:
    """Write every article, draft and uploaded film into FOLDER, which must be new or empty."""
    home = ready_house()
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} no está vacía: elija una carpeta nueva.")
    with home.db.reading() as session:
        parcels, kept = knowledge_files.out(session), session.scalars(select(Film).order_by(Film.id)).all()
    for parcel in parcels:
        _write(folder / "articles" / parcel.language / f"{parcel.slug}.md", parcel.source)
        if parcel.draft is not None:
            _write(folder / "drafts" / parcel.language / f"{parcel.slug}.md", parcel.draft)
    for film in kept:
        _film_out(home, film, folder / "videos" / film.name)
    _write(folder / INDEX, json.dumps([_entry(parcel) for parcel in parcels], indent=1) + "\n")
    click.echo(f"{folder}: {len(parcels)} artículos y {len(kept)} archivos de vídeo")


@kb_command.command("import")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@with_appcontext
def import_(folder: Path) -> None:
    """Read what `flask kb export` wrote, or a folder of articles/LANGUAGE/SLUG.md; all of it comes or nothing."""
    home, now = ready_house(), clock.now()
    try:
        parcels = _parcels(folder)
        taken = [(path, _film_in(home, path)) for path in sorted((folder / "videos").glob("*"))]
        with home.db.transaction() as session:
            for path, film in taken:
                if film is None:
                    films.enter_captions(session, path.name, path.read_text(encoding="utf-8"), by=None, now=now)
                else:
                    films.enter(session, path.name, film, by=None, now=now)
            came = knowledge_files.into(session, parcels, now=now)
    except (DeskError, UnicodeDecodeError) as error:
        raise click.ClickException(f"No se ha traído nada.\n{error}") from error
    click.echo(f"{came} artículos nuevos o cambiados de {len(parcels)}; {len(taken)} archivos de vídeo")


@kb_command.command("render")
@click.argument("slug")
@click.option("--language", help="Código del idioma; por defecto, el primero de la entidad.")
@with_appcontext
def render(slug: str, language: str | None) -> None:
    """Make the captioned film of the steps of SLUG, one slide a step."""
    home = ready_house()
    books = home.books.current()
    article = books.shelf.get(slug, language or books.province.languages[0])
    if article is None:
        raise click.ClickException(f"No hay ningún artículo publicado «{slug}».")
    with click.progressbar(length=100, label=slug) as bar:
        try:
            shot = shoot(home, article, lambda share: bar.update(round(share * 100) - bar.pos))
        except RenderError as error:
            raise click.ClickException(str(error)) from error
    now = clock.now()
    with home.db.transaction() as session:
        shown = film_jobs.attached(session, article, shot, by=None, now=now)
        if shown != article:
            articles.save(session, shown, ArticleStatus.PUBLISHED, by=None, now=now)
    click.echo(f"{slug}: vídeo de {shot.duration} s con subtítulos")


@kb_command.command("links")
@with_appcontext
def links() -> None:
    """Ask every address that an article names; exit 1 if one does not answer."""
    home = ready_house()
    wanted = {one: found for found in home.books.current().shelf for one in article_checks.addresses(found)}
    broken = weblinks.broken(wanted, way=Way.from_env(home.config.environ))
    with home.db.transaction() as session:
        weblinks.keep(session, wanted, broken, now=clock.now())
    for address, why in broken.items():
        click.echo(f"{wanted[address].slug}\t{address}\t{why}")
    click.echo(f"{len(wanted)} direcciones, {len(broken)} sin respuesta")
    raise SystemExit(1 if broken else 0)


def _entry(parcel: Parcel) -> dict[str, str | None]:
    told = asdict(parcel)
    return {name: value for name, value in told.items() if name not in ("source", "draft")}


def _parcels(folder: Path) -> list[Parcel]:
    """What an index tells of the files, or, where there is none, every file as a published article."""
    index = folder / INDEX
    told = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else None
    if told is None:
        files = sorted((folder / "articles").glob("*/*.md"))
        told = [{"slug": one.stem, "language": one.parent.name, "status": "published"} for one in files]
    if not told:
        raise Impossible("En la carpeta no hay articles/IDIOMA/NOMBRE.md.")
    return [_parcel(folder, entry) for entry in told]


def _parcel(folder: Path, entry: dict[str, str]) -> Parcel:
    name = Path(entry["language"]) / f"{entry['slug']}.md"
    if not (folder / "articles" / name).is_file():
        raise Impossible(f"Falta el archivo articles/{name}.")
    draft, status = folder / "drafts" / name, entry.get("draft_status")
    return Parcel(
        slug=entry["slug"],
        language=entry["language"],
        status=ArticleStatus(entry["status"]),
        source=(folder / "articles" / name).read_bytes().decode("utf-8"),
        draft=draft.read_bytes().decode("utf-8") if status else None,
        draft_status=ArticleStatus(status) if status else None,
    )


def _film_out(home: House, film: Film, path: Path) -> None:
    if film.captions is not None:
        _write(path, film.captions)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with home.files.open(film.sha256 or "") as content, path.open("wb") as out:
        shutil.copyfileobj(content, out)


def _film_in(home: House, path: Path) -> films.Taken | None:
    """The film put away in the files; None for captions."""
    if path.suffix == ".vtt":
        return None
    with path.open("rb") as content:
        ending = kind_of(content.read(32))
        content.seek(0)
        attachment = Attachment(filename=path.name, content_type=films.TYPES[ending])
        kept = screening.admit(home, attachment, iter(lambda: content.read(65_536), b""))
    return films.Taken(sha256=kept.sha256 or "", size=kept.size, ending=ending)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
