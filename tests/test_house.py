"""The house's own rules, read from its sources: arrows run down only, rooms are small, and nothing is forgotten."""

import ast
import csv
import inspect
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from channels import registry
from triage.policy import RULES

ROOT = Path(__file__).resolve().parent.parent
WINGS = ("app", "channels", "triage", "kb")
SOURCES = sorted(path for wing in WINGS for path in (ROOT / wing).rglob("*.py"))
LONGEST = 300
SHORTEST_NAME = 6

# From the cellar up. A room may use those below it, never one beside or above it.
FLOORS = (
    {"clock", "garbage", "errors", "forkserver"},
    {"config", "file_types", "db", "files", "process_pool", "i18n", "logs", "oidc", "scanner", "secret"},
    {"migrate", "models", "storage"},
    {"desk"},
    {"house"},
    {"backup", "mail_ledger", "screening"},
    {"deciding", "delivery", "filming", "intake", "privacy", "sealing", "rereading", "sent"},
    {"jobs", "tidying"},
    {"listening", "queue", "schedule"},
    {"web"},
    {"api", "demo"},
    {"cli"},
    {"factory"},
)
FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
# What a room outside the leaves may know of them, besides values, words, phones and what a leaf offers everybody.
WIRES = {
    "desk",
    "house",
    "delivery",
    "intake",
    "jobs",
    "listening",
    "sent",
    "tidying",
    "schedule",
    "web",
    "cli",
    "demo",
    "factory",
}
DECIDERS = {"deciding", "desk", "intake", "cli"}
ENVIRON = {"app/factory.py", "app/cli/setup.py", "triage/__main__.py"}


def name(path: Path) -> str:
    """How a source is called when something is wrong with it."""
    return str(path.relative_to(ROOT))


@cache
def imports(path: Path) -> tuple[tuple[str, str], ...]:
    """Every module of ours that a source imports, wherever in it, with the name taken from it."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_module = (ROOT / f"{whole.replace('.', '/')}.py").is_file() or (
                    ROOT / whole.replace(".", "/")
                ).is_dir()
                yield (whole, "") if is_module else (node.module, alias.name)


def arrows(wing: str) -> Iterator[tuple[Path, str, str]]:
    """Every import of something of ours by a source of a wing."""
    for path in SOURCES:
        if path.relative_to(ROOT).parts[0] == wing:
            for module, taken in imports(path):
                if module.split(".")[0] in WINGS:
                    yield path, module, taken


def room(path: Path) -> str:
    """The room of the desk that a source belongs to."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[1] != "__init__" else "factory"


def test_every_room_of_the_desk_has_its_floor() -> None:
    rooms = {room(path) for path in SOURCES if path.relative_to(ROOT).parts[0] == "app"}

    assert rooms - FLOOR.keys() == set()


def test_arrows_run_down_only() -> None:
    climbing = [
        f"{name(path)} → {module}"
        for path, module, _ in arrows("app")
        if module.startswith("app.")
        and module.split(".")[1] != room(path)
        and FLOOR[module.split(".")[1]] >= FLOOR[room(path)]
    ]

    assert climbing == []


def test_the_leaves_know_nothing_of_the_desk() -> None:
    allowed = {"channels": {"channels"}, "kb": {"kb"}, "triage": {"triage", "kb"}}
    strays = [
        f"{name(path)} → {module}"
        for wing, known in allowed.items()
        for path, module, _ in arrows(wing)
        if module.split(".")[0] not in known
    ]

    assert strays == []


def test_only_the_registry_takes_an_adapter() -> None:
    takers = {
        name(path)
        for wing in WINGS
        for path, module, taken in arrows(wing)
        if module.startswith("channels.") and module.endswith(".adapter") and taken[:1].isupper()
    }

    assert takers == {"channels/registry.py"}


def test_only_those_who_hand_over_and_take_in_know_the_wires() -> None:
    strays = {
        name(path) for path, module, _ in arrows("app") if module == "channels.channel" and room(path) not in WIRES
    }

    assert strays == set()


def test_only_the_desk_and_its_jobs_ask_triage() -> None:
    strays = {
        name(path) for path, module, _ in arrows("app") if module.startswith("triage") and room(path) not in DECIDERS
    }

    assert strays == set()


def test_no_room_needs_one_that_needs_it() -> None:
    needs: dict[str, set[str]] = {}
    for path in SOURCES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        needs[module] = {other for other, _ in imports(path)}
    circles = [one for one in needs if one in reached(needs, one)]

    assert circles == []


def reached(needs: dict[str, set[str]], start: str) -> set[str]:
    """Every module to which the arrows lead from one."""
    seen: set[str] = set()
    waiting = list(needs.get(start, ()))
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += needs.get(one, ())
    return seen


def test_the_registry_knows_every_adapter() -> None:
    adapters = {path.parent.name for path in (ROOT / "channels").glob("*/adapter.py")}
    listed = {channel.__module__.split(".")[1] for channel in registry.ALL if isinstance(channel, type)}

    assert listed == adapters and len(registry.ALL) == len(adapters)


def test_the_policy_lists_every_rule() -> None:
    found = set()
    for path in (ROOT / "triage" / "rules").glob("*.py"):
        module = import_module(f"triage.rules.{path.stem}")
        for title, thing in inspect.getmembers(module, inspect.isfunction):
            takes = tuple(inspect.signature(thing).parameters)
            if not title.startswith("_") and thing.__module__ == module.__name__ and takes == ("reading", "verdict"):
                found.add(thing)

    assert found == set(RULES)


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "__init__.py"], ids=name)
def test_importing_a_leaf_costs_the_leaf(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == ""


def test_rooms_are_small() -> None:
    large = {name(path): count for path in SOURCES if (count := len(path.read_text("utf-8").splitlines())) > LONGEST}

    assert large == {}


def test_every_module_says_in_one_sentence_what_it_is_for() -> None:
    silent = []
    for path in SOURCES:
        if path.name != "__init__.py":
            first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
            if not first or first[-1] not in ".?!":
                silent.append(name(path))

    assert silent == []


def test_what_leaves_with_no_person_behind_it_asks_the_gate() -> None:
    # What is spoken has been planned by `answering`, which asks the gate itself.
    asked = {"app.desk.proactive", "app.desk.gate"}
    by_itself = {path for path in SOURCES if any(map(queues_by_itself, ast.walk(ast.parse(path.read_text("utf-8")))))}
    forgetful = {name(path) for path in by_itself if asked.isdisjoint(module for module, _ in imports(path))}

    assert {name(path) for path in by_itself} >= {"app/desk/digest.py", "app/desk/handover.py"}
    assert forgetful == {"app/desk/automatic_messages.py"}


def queues_by_itself(node: ast.AST) -> bool:
    """Whether a message is made here that will leave, and that need not have an author among people."""
    if isinstance(node, ast.Call):
        given: dict[object, ast.expr] = {one.arg: one.value for one in node.keywords}
    elif isinstance(node, ast.Dict):
        named = zip(node.keys, node.values, strict=True)
        given = {key.value: value for key, value in named if isinstance(key, ast.Constant)}
    else:
        return False
    # Only a row that is made says which way it goes; a change of one does not.
    leaves = {"direction", "delivery"} <= given.keys() and "QUEUED" in ast.unparse(given["delivery"])
    return leaves and not isinstance(given.get("author_user_id"), ast.Attribute)


def test_no_provinces_names_are_in_the_code() -> None:
    names = set()
    for folder in (ROOT / "provinces").iterdir():
        if (folder / "province.toml").is_file():
            names.add(tomllib.loads((folder / "province.toml").read_text(encoding="utf-8"))["name"])
            with (folder / "municipalities.csv").open(encoding="utf-8", newline="") as rows:
                names |= {row["nombre"] for row in csv.DictReader(rows) if len(row["nombre"]) >= SHORTEST_NAME}
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)")
    told = {name(path): match[0] for path in SOURCES if (match := named.search(path.read_text(encoding="utf-8")))}

    assert told == {}


def test_settings_are_read_in_one_place() -> None:
    readers = {name(path) for path in SOURCES if re.search(r"\bos\.(?:environ|getenv)", path.read_text("utf-8"))}

    assert readers <= ENVIRON


def test_nobody_swallows_everything_without_saying_why() -> None:
    silent = []
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if re.match(r"\s*except Exception\b", line) and "#" not in line + lines[number - 1]:
                silent.append(f"{name(path)}:{number + 1}")

    assert silent == []
