"""A province's directory of data, read into books; a file that is not there leaves its part empty."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.books import Body, Books
from triage.library import Library
from triage.places import Place, Places, Word

ENTITY_LOCALITIES = ("entidad_local_menor", "localidad", "alias_localidad")
ENTITY_ALIASES = ("alias_municipio",)


def read_books(folder: Path) -> Books:
    """The books of the province whose directory this is."""
    return Books(
        library=Library(),
        places=Places(read_places(folder), read_words(folder)),
        holidays=frozenset(
            date.fromisoformat(row["date"]) for row in rows(folder / "holidays.csv") if row["scope"] != "local"
        ),
        directory=read_directory(folder),
        zone=read_zone(folder),
    )


def rows(file: Path) -> Iterator[Mapping[str, str]]:
    """The rows of a table, none if there is no such file."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            yield {key: (value or "").strip() for key, value in row.items() if key}


def read_places(folder: Path) -> Iterator[Place]:
    """The town halls with their localities, former names and hosts."""
    localities, aliases, domains = (defaultdict(list) for _ in range(3))
    for row in rows(folder / "entities.csv"):
        if row["tipo"] in ENTITY_LOCALITIES:
            localities[row["municipio_ine"]].append(row["nombre"])
        elif row["tipo"] in ENTITY_ALIASES:
            aliases[row["municipio_ine"]].append(row["nombre"])
    for row in rows(folder / "town_hall_domains.csv"):
        domains[row["ine"]].append(row["domain"].lower())
    for row in rows(folder / "municipalities.csv"):
        ine = row["ine"]
        also = (part.split("(")[0].strip() for part in row["alias"].split(";"))
        host = row["sede_url"].removeprefix("https://").removeprefix("http://").split("/")[0].lower()
        yield Place(
            ine=ine,
            name=row["nombre"],
            aliases=tuple(name for name in (row["nombre_ine"], *also, *aliases[ine]) if name and "," not in name),
            localities=tuple(localities[ine]),
            domains=tuple(one for one in (host, *domains[ine]) if one),
        )


def read_words(folder: Path) -> Iterator[Word]:
    """The gazetteer: ambiguous names, places outside, and what is no place though it sounds like one."""
    for row in rows(folder / "gazetteer.csv"):
        yield Word(words=row["words"], kind=row["kind"], ines=tuple(filter(None, row["ine"].split(";"))))


def read_directory(folder: Path) -> dict[str, Body]:
    """The other bodies, by key."""
    return {
        row["key"]: Body(
            key=row["key"],
            name=row["name"],
            words=tuple(part.strip() for part in row["words"].replace("|", ";").split(";") if part.strip()),
            phone=row["phone"] or None,
            web=row["web"] or None,
            note=row["note"] or None,
        )
        for row in rows(folder / "directory.csv")
    }


def read_zone(folder: Path) -> ZoneInfo:
    """Where the desk's clock hangs."""
    file = folder / "province.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return ZoneInfo(str(told.get("time_zone", "Europe/Madrid")))
