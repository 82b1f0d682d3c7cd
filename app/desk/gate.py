"""The one gate: whether a machine may speak now, on every path. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

TURNS = 2
DAY_CAP = 6
PER_ADDRESS = 2
AGE = timedelta(hours=24)
QUIET_FROM, QUIET_TO = time(21), time(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the gate looks at: the line, the message that would be answered, and what was said before.

    `said_at` is when the person spoke (the earlier of sent and received), `window_until` None where there is none,
    `lately` how many automatic mails this address has been sent within the hour.
    """

    go_live: datetime | None
    said_at: datetime
    machine: bool
    turns: int
    today: int
    window_until: datetime | None
    opted_out: bool
    dead: bool
    person_answered: bool
    blocked: bool = False
    lately: int = 0
    age_limit: timedelta = AGE


@dataclass(frozen=True, slots=True)
class Caps:
    """What the settings allow now: automatic mails an hour to one address, whether automatic mail has been stopped.

    `off` is the switch on the board that silences every machine.
    """

    per_address: int = PER_ADDRESS
    stopped: bool = False
    off: bool = False


def may_answer(
    situation: Situation, *, now: datetime, zone: ZoneInfo, caps: Caps | None = None, proactive: bool = False
) -> str | None:
    """None if a machine may speak, else the code of the first reason why not."""
    caps = caps or Caps()
    reasons = (
        ("blocked", situation.blocked),
        ("before_go_live", situation.go_live is None or situation.said_at < situation.go_live),
        ("too_old", now - situation.said_at > situation.age_limit),
        ("machine", situation.machine),
        ("turns_spent", situation.turns >= TURNS),
        ("day_cap", situation.today >= DAY_CAP),
        ("mail_to_address", situation.lately >= caps.per_address),
        ("mail_breaker", caps.stopped),
        ("window_closed", situation.window_until is not None and now >= situation.window_until),
        ("opted_out", proactive and situation.opted_out),
        ("dead_address", situation.dead),
        ("person_answered", situation.person_answered),
        ("night", proactive and _night(now.astimezone(zone).time())),
        ("mode_off", caps.off),
    )
    return next((code for code, holds in reasons if holds), None)


def _night(at: time) -> bool:
    return at >= QUIET_FROM or at < QUIET_TO
