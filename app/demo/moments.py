"""When a sample happened: «-2 09:12» is that many open days before the last one, «-35m» minutes before now. Pure."""

from datetime import UTC, datetime, time, timedelta

from app.desk.hours import Hours


def moment(written: str, hours: Hours, now: datetime) -> datetime:
    """The moment, never later than now."""
    if written.endswith("m"):
        return now + timedelta(minutes=int(written[:-1]))
    days, _, at = written.partition(" ")
    day = now.astimezone(hours.zone).date()
    left = -int(days)
    while not hours.working_day(day) or left:
        left -= hours.working_day(day)
        day -= timedelta(days=1)
    found = datetime.combine(day, time.fromisoformat(at), tzinfo=hours.zone).astimezone(UTC)
    return min(found, now - timedelta(minutes=1))
