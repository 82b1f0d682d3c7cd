"""What the README tells is all there, and all there is, is told."""

import re
from pathlib import Path

from app.cli.all import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
READ = re.compile(r"""(?:environ(?:\.get\(|\[)|_whole\(environ, |_flag\(environ, )["']([A-Z][A-Z0-9_]+)["']""")
# What the web server puts into a request is no setting.
REQUEST = {"QUERY_STRING", "REQUEST_URI", "RAW_URI"}


def variables_read() -> set[str]:
    found: set[str] = set()
    for folder in ("app", "channels", "triage", "kb"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= set(READ.findall(path.read_text(encoding="utf-8")))
    return found - REQUEST


def test_every_variable_that_is_read_is_told_in_the_readme_and_in_the_example() -> None:
    untold = {name for name in variables_read() if f"`{name}`" not in README or f"{name}=" not in EXAMPLE}

    assert untold == set()


def test_every_variable_of_the_example_is_read() -> None:
    told = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", EXAMPLE, flags=re.MULTILINE))
    code = "".join(p.read_text(encoding="utf-8") for d in ("app", "channels") for p in (ROOT / d).rglob("*.py"))

    assert {name for name in told if f'"{name}"' not in code} == set()


def test_every_command_is_told_and_says_in_a_sentence_what_it_does() -> None:
    untold = [command.name for command in COMMANDS if f"`{command.name}`" not in README]
    unsaid = [command.name for command in COMMANDS if not (command.help or "").strip().endswith(".")]

    assert untold == []
    assert unsaid == []


def test_every_command_of_make_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = set(re.findall(r"`?make ([a-z]+)`?", README)) - {"help"}

    assert {name for name in told if f"\n{name}:" not in makefile} == set()


def test_every_picture_that_the_readme_shows_is_there() -> None:
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)

    assert [path for path in shown if not (ROOT / path).is_file()] == []
