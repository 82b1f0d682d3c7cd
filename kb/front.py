"""The block of facts at the head of an article's file, each asked for with a complaint that a person can act on."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)


class ArticleError(ValueError):
    """A Spanish sentence that says in which line something is wrong, and what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The facts as YAML gave them; every question returns the type it promises or raises ArticleError."""

    facts: Mapping[str, object]
    source: str

    def wrong(self, name: str, what: str) -> ArticleError:
        return ArticleError(f"Línea {self.line(name)}: {what}.")

    def line(self, name: str) -> int:
        found = re.search(rf"^[ \t]*{re.escape(name)}[ \t]*:", self.source, re.MULTILINE)
        return self.source.count("\n", 0, found.start()) + 2 if found else 1

    def refuse_others(self, known: Collection[str]) -> None:
        for name in self.facts:
            if name not in known:
                raise self.wrong(str(name), f"no se conoce el dato «{name}»")

    def text(self, name: str) -> str:
        found = self.maybe_text(name)
        if not found:
            raise self.wrong(name, f"falta «{name}»")
        return found

    def maybe_text(self, name: str) -> str | None:
        value = self.facts.get(name)
        if value is None:
            return None
        if isinstance(value, dict | list):
            raise self.wrong(name, f"«{name}» tiene que ser un texto")
        return str(value).strip() or None

    def number(self, name: str) -> int:
        found = self.maybe_number(name)
        if found is None:
            raise self.wrong(name, f"falta «{name}»")
        return found

    def maybe_number(self, name: str) -> int | None:
        value = self.facts.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.wrong(name, f"«{name}» tiene que ser un número entero mayor que cero")
        return value

    def one_of(self, name: str, allowed: Collection[str]) -> str:
        found = self.text(name)
        if found not in allowed:
            raise self.wrong(name, f"«{found}» no es un valor posible de «{name}»")
        return found

    def day(self, name: str) -> date | None:
        value = self.facts.get(name)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.wrong(name, f"«{name}» tiene que ser una fecha como 2026-11-23")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.facts.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.wrong(name, f"«{name}» tiene que ser una lista")
        for entry in value:
            # YAML takes «no», «1.10» or a bare date for something else than the words that were written.
            if isinstance(entry, bool) or not isinstance(entry, str | int):
                raise self.wrong(name, f"una entrada de «{name}» no es un texto; póngala entre comillas")
        return tuple(str(entry) for entry in value)

    def inner(self, name: str) -> "Front | None":
        value = self.facts.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(name, f"«{name}» tiene que llevar debajo sus datos, sangrados")
        return Front(facts={str(key): fact for key, fact in value.items()}, source=self.source)


def split(text: str) -> tuple[Front, str]:
    """The facts and the Markdown below them."""
    import yaml

    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    opening = FENCE.match(text)
    closing = FENCE.search(text, opening.end()) if opening else None
    if not opening or not closing:
        raise ArticleError("Línea 1: el archivo tiene que empezar por sus datos, entre dos líneas «---».")
    source = text[opening.end() + 1 : closing.start()]
    try:
        # The same safe loader, in C where it was built: sixty articles are read at every start.
        facts = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise ArticleError(f"Línea {line}: los datos no se entienden ({error.problem}).") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ArticleError("Línea 1: los datos no se entienden.") from error
    if not isinstance(facts, dict):
        raise ArticleError("Línea 2: los datos tienen que ser «nombre: valor», uno por línea.")
    return Front(facts={str(name): fact for name, fact in facts.items()}, source=source), text[closing.end() :].strip()


def dump(facts: Mapping[str, object], body: str) -> str:
    import yaml

    head = yaml.safe_dump(dict(facts), allow_unicode=True, sort_keys=False, width=110)
    return f"---\n{head}---\n{body.strip()}\n"
