"""What time it is: aware UTC inside, the desk's zone at the eye; only doors ask, everybody else is told."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
