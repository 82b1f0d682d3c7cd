"""When a quoted mail was written, from the many ways in which programs write it. Pure; None rather than a guess."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from channels.email import headers

# Programs write the hour of their owner, and the owners live here; an offset in the text wins.
HOME = ZoneInfo("Europe/Madrid")
MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "ene enero jan january gener xaneiro urtarrila janvier janv",
            "feb febrero february febrer febreiro otsaila février fév",
            "mar marzo march març martxoa mars",
            "abr abril apr april apirila avril avr",
            "may mayo maig maio maiatza mai",
            "jun junio june juny xuño ekaina juin",
            "jul julio july juliol xullo uztaila juillet juil",
            "ago agosto aug august agost abuztua août",
            "sep sept septiembre september setembre setembro iraila septembre setiembre",
            "oct octubre october outubro urria octobre",
            "nov noviembre november novembre novembro azaroa",
            "dic diciembre dec december desembre decembro abendua décembre déc",
        ),
        start=1,
    )
    for month in names.split()
}
NAMED = re.compile(r"\b(\d{1,2})(?:\s+de|\.|º|st|nd|rd|th)?[\s/-]+([^\W\d_]{3,12})\.?,?(?:\s+de[l]?)?[\s/,-]+(\d{4})\b")
# «2026(e)ko azaroaren 18a»
BASQUE = re.compile(r"\b(\d{4})\(?e?\)?ko ([^\W\d_]{4,12})ren (\d{1,2})", re.IGNORECASE)
AMERICAN = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
EUROPEAN = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
CLOCK = re.compile(r"\b(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?\s*([ap])?\.?\s?m?\b", re.IGNORECASE)
OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+-])(\d{1,2}):?(\d{2})\b")


def moment(written: str) -> datetime | None:
    """The moment in UTC, or None if no day can be read."""
    written = written[:200].strip()
    if not written:
        return None
    if re.search(r"\d{2}:\d{2}(:\d{2})? [+-]\d{4}", written) and (found := headers.moment(written)):
        return found
    day = _day(written)
    if day is None:
        return None
    (year, month, number), end = day
    hour, minute, second, clock_end = _clock(written, end)
    zone = _zone(written[clock_end:])
    try:
        return datetime(year, month, number, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(written: str) -> tuple[tuple[int, int, int], int] | None:
    for match in NAMED.finditer(written):
        if (month := MONTHS.get(match[2].lower())) is not None:
            return (int(match[3]), month, int(match[1])), match.end()
    for match in AMERICAN.finditer(written):
        if (month := MONTHS.get(match[1].lower())) is not None:
            return (int(match[3]), month, int(match[2])), match.end()
    for match in BASQUE.finditer(written):
        if (month := MONTHS.get(match[2].lower())) is not None:
            return (int(match[1]), month, int(match[3])), match.end()
    if iso := ISO.search(written):
        return (int(iso[1]), int(iso[2]), int(iso[3])), iso.end()
    if european := EUROPEAN.search(written):
        year = int(european[3]) + (2000 if len(european[3]) == 2 else 0)
        first, second = int(european[1]), int(european[2])
        # Day first, as written here; a month above twelve shows an American.
        return ((year, first, second) if second > 12 else (year, second, first)), european.end()
    return None


def _clock(written: str, after: int) -> tuple[int, int, int, int]:
    match = CLOCK.search(written, after) or CLOCK.search(re.sub(r"\d{1,2}\.\d{1,2}\.\d{2,4}", " " * 8, written))
    if not match:
        return 0, 0, 0, len(written)
    hour = int(match[1])
    half = (match[4] or "").lower()
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return hour, int(match[2]), int(match[3] or 0), match.end()


def _zone(written: str) -> ZoneInfo | timezone:
    match = OFFSET.search(written)
    if not match:
        return timezone(timedelta()) if re.search(r"\b(?:GMT|UTC)\b", written) else HOME
    minutes = int(match[2]) * 60 + int(match[3])
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes)) if minutes < 1440 else HOME
