"""What triage says of an enquiry: one finding a rule, all of them together in a verdict."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

Priority = Literal["P1", "P2", "P3", "P4"]
State = Literal["given", "ambiguous", "outside", "none"]
Ask = Literal["deadline", "town_hall", "device"]
Choice = Literal[1, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule's word. `reason` is a Spanish sentence for technicians."""

    field: str
    value: str | None
    reason: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All findings together. Town halls and `candidates` are INE codes, `language` is ISO 639-1.

    `emergency` is for 112, `staff` a clerk's own question, `out_of_scope` the key of the other body in the directory,
    `choice` and `stop` say that the whole message is that answer, `ask` is the one question to put,
    `withheld` names why a machine may not answer the substance alone.
    """

    category: str = "otros-no-competencia"
    category_confidence: float = 0.0
    town_hall: str | None = None
    town_hall_state: State = "none"
    candidates: tuple[str, ...] = ()
    priority: Priority = "P3"
    deadline: date | None = None
    language: str = "es"
    filing: bool = False
    courtesy: bool = False
    emergency: bool = False
    junk: bool = False
    staff: bool = False
    out_of_scope: str | None = None
    sensitive: tuple[str, ...] = ()
    choice: Choice | None = None
    stop: bool = False
    ask: Ask | None = None
    withheld: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def say(self, rule: str, field: str, value: str | None, reason: str, **changes: Any) -> "Verdict":
        """The verdict with one finding more, and with the fields that it changes."""
        told = Finding(field=field, value=value, reason=reason, rule=rule)
        return replace(self, findings=(*self.findings, told), **changes)

    def why(self, field: str) -> str | None:
        """The reason given last for a field, None if no rule spoke of it."""
        return next((one.reason for one in reversed(self.findings) if one.field == field), None)
