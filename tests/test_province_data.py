"""A province is data: what ships is whole and consistent, and a second, invented one is read by the same code."""

import csv
import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.desk import quoting
from app.desk.books import read_province
from app.desk.hours import read_week
from channels.email import reply
from kb.article import CATEGORIES, read
from triage.province import read_books

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "provinces" / "segovia"
INVENTED = ROOT / "tests" / "samples" / "province"
TEXTS = [path for folder in (SHIPPED, INVENTED) for path in sorted(folder.glob("texts/*.toml"))]
BOTH = pytest.mark.parametrize("folder", [SHIPPED, INVENTED], ids=["shipped", "invented"])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(folder: Path) -> set[str]:
    return {row["ine"] for row in rows(folder / "municipalities.csv")}


def samples() -> list[dict[str, Any]]:
    return list(yaml.safe_load((SHIPPED / "samples.yaml").read_text(encoding="utf-8"))["samples"])


def users() -> list[dict[str, Any]]:
    return list(yaml.safe_load((SHIPPED / "users.yaml").read_text(encoding="utf-8"))["users"])


def test_the_shipped_province_has_its_209_municipalities_and_17_minor_entities() -> None:
    kinds = Counter(row["tipo"] for row in rows(SHIPPED / "entities.csv"))

    assert len(codes(SHIPPED)) == 209
    assert kinds["entidad_local_menor"] == 17


@BOTH
def test_every_code_that_a_table_names_is_a_municipality(folder: Path) -> None:
    named = [row["municipio_ine"] for row in rows(folder / "entities.csv")]
    named += [row["ine"] for row in rows(folder / "town_hall_domains.csv")]
    named += [row["place"] for row in rows(folder / "holidays.csv")]
    for row in rows(folder / "gazetteer.csv"):
        named += row["ine"].split(";") if row["kind"] == "ambiguous" else []

    assert {code for code in named if code} <= codes(folder)


@BOTH
def test_the_gazetteer_says_each_thing_once_and_in_known_kinds(folder: Path) -> None:
    words = [row["words"].casefold() for row in rows(folder / "gazetteer.csv")]
    kinds = {row["kind"] for row in rows(folder / "gazetteer.csv")}

    assert [word for word, times in Counter(words).items() if times > 1] == []
    assert kinds <= {"ambiguous", "outside", "province", "street"}


def test_no_place_outside_has_the_name_of_one_inside() -> None:
    inside = {
        row["nombre"].casefold() for name in ("municipalities", "entities") for row in rows(SHIPPED / f"{name}.csv")
    }
    outside = {row["words"].casefold() for row in rows(SHIPPED / "gazetteer.csv") if row["kind"] == "outside"}

    assert inside & outside == set()


@BOTH
def test_days_off_are_dates_with_a_known_scope_and_state(folder: Path) -> None:
    days = rows(folder / "holidays.csv")

    assert [row["date"] for row in days] == sorted(date.fromisoformat(row["date"]).isoformat() for row in days)
    assert {row["scope"] for row in days} <= {"national", "region", "desk", "local"}
    assert {row["state"] for row in days} <= {"confirmado", "borrador", "falta"}
    assert all(bool(row["place"]) == (row["scope"] == "local") for row in days)


@BOTH
def test_both_provinces_are_read_by_the_desk_and_by_triage(folder: Path) -> None:
    province, books = read_province(folder), read_books(folder)
    week = read_week(province.more["week"])

    assert province.entity
    assert {place.ine for place in books.places} == codes(folder)
    assert str(books.zone) == province.more["time_zone"]
    assert week[0] and not week[6]


def test_the_invented_province_differs_in_all_that_code_might_take_for_granted() -> None:
    shipped, invented = read_province(SHIPPED), read_province(INVENTED)

    assert invented.languages == ("es", "gl")
    assert (invented.phone_region, invented.more["time_zone"]) != (shipped.phone_region, shipped.more["time_zone"])
    assert invented.more["week"] != shipped.more["week"]
    assert invented.register_url != shipped.register_url


def test_the_articles_of_the_invented_province_stand_in_both_languages() -> None:
    paths = sorted(INVENTED.glob("articles/*/*.md"))
    articles = [read(path.read_text(encoding="utf-8"), slug=path.stem, language=path.parent.name) for path in paths]
    texts = [tomllib.loads((INVENTED / "texts" / f"{one}.toml").read_text(encoding="utf-8")) for one in ("es", "gl")]

    assert Counter(article.slug for article in articles) == dict.fromkeys({path.stem for path in paths}, 2)
    assert texts[0].keys() == texts[1].keys()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_line_above_which_to_answer_is_known_again_in_every_language_of_every_province(path: Path) -> None:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    around = quoting.Frame(mark=f"## {told['reply_above']} ##", wrote=told["you_wrote"])
    ours = quoting.text("Ahora sí.", "¿Y ahora?", around)

    assert quoting.may_mark(told["reply_above"])
    assert reply.newly_said(f"Gracias.\n\n{ours}") == "Gracias."


def test_the_samples_are_a_week_of_all_channels_and_categories() -> None:
    told = samples()

    assert len(told) >= 45
    assert {one["channel"] for one in told} == {"whatsapp", "email", "phone"}
    assert {one["category"] for one in told} == set(CATEGORIES)
    assert {one.get("town_hall") for one in told} - {None} <= codes(SHIPPED)


def test_the_samples_name_only_people_who_exist_and_moments_that_can_be_read() -> None:
    people = {user["key"] for user in users()}
    acts = [act for one in samples() for act in one.get("follow_ups", [])]
    named = {act["by"] for act in acts if "by" in act}
    named |= {one[key] for one in samples() for key in ("owner", "forwarded_by") if key in one}
    moments = [one["at"] for one in samples()] + [act["at"] for act in acts]

    assert named <= people
    assert [at for at in moments if not re.fullmatch(r"-\d+m|-?\d \d\d:\d\d", at)] == []
    assert {act["kind"] for act in acts} <= {"reply", "note", "call", "said"}


def test_nobody_in_the_samples_can_be_reached() -> None:
    addresses = [one["from"]["address"] for one in samples()] + [user["email"] for user in users()]
    addresses += [address for user in users() for address in user.get("forwards_from", [])]
    addresses += [one["original"]["address"] for one in samples() if "original" in one]
    invented = re.compile(r"\+34600000\d{3}|[\w.]+@([\w-]+\.)*example\.(com|es)")

    assert [address for address in addresses if not invented.fullmatch(address)] == []
