"""Order in the mailbox: copies of what went out, where colleagues look for them, and mail that is done put away."""

from datetime import timedelta

import structlog

from app import clock
from app.delivery import packed
from app.desk import arrivals, sent_copies
from app.house import House
from channels.channel import Unreachable

log = structlog.get_logger()
# Servers that keep a copy by themselves are given time to do so.
AFTER, BEFORE = timedelta(minutes=2), timedelta(days=2)


def tidy_everywhere(house: House) -> None:
    """Both, for every channel; trouble of one does not keep the others waiting."""
    for name in house.channels:
        try:
            tidy(house, name)
            copy(house, name)
        except Unreachable as error:
            log.info("not_tidied", channel=name, reason=str(error))


def tidy(house: House, name: str) -> int:
    """Do with filed mail what the settings want; how many mails that were. Raises Unreachable."""
    channel = house.channels[name]

    def filed(keys: list[str]) -> set[str]:
        with house.db.reading() as session:
            return arrivals.filed(session, name, channel.line, keys)

    return channel.tidy(filed)


def copy(house: House, name: str) -> int:
    """Keep copies of what went out of late; how many were made. Raises Unreachable."""
    now, channel = clock.now(), house.channels[name]
    with house.db.reading() as session:
        ours = sent_copies.gone(session, name, after=now - BEFORE, before=now - AFTER)
    lacking = channel.lacks_copy(list(ours), now - BEFORE) if ours else set()
    made = 0
    for external_id in sorted(lacking, key=lambda one: ours[one]):
        try:
            channel.keep_copy(packed(house, ours[external_id]))
            made += 1
        except OSError as error:
            # A file that has been forgotten since cannot be copied any more.
            log.info("copy_not_made", message=ours[external_id], error=type(error).__name__)
    return made
