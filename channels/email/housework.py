"""What is changed in a mailbox, and only when the settings want it: copies of what went out, and mail that is done."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from imapclient.imapclient import FLAGGED, SEEN, IMAPClient

LEAVE, FLAG, MOVE = "leave", "flag", "move"
BATCH = 200
NAMED = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"


def named_since(client: IMAPClient, moment: datetime) -> set[str]:
    """The Message-IDs of what the open folder took in since then; a day more does no harm."""
    uids = client.search(["SINCE", (moment - timedelta(days=1)).date()])
    found = set()
    for start in range(0, len(uids), BATCH):
        for data in client.fetch(uids[start : start + BATCH], ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]).values():
            found.add(bytes(data.get(NAMED, b"")).decode("utf-8", "replace").partition(":")[2].strip())
    return found


def append(client: IMAPClient, folder: str, raw: bytes, at: datetime) -> None:
    """Put a copy into a folder, as read."""
    client.append(folder, raw, flags=[SEEN], msg_time=at)


def tidy(client: IMAPClient, validity: int, filed: Callable[[list[str]], Iterable[str]], done: str) -> int:
    """Flag or move what the desk has filed, in the open folder; how many mails that were."""
    how, _, target = done.partition(":")
    waiting = client.search("UNFLAGGED" if how == FLAG else "ALL")
    keys = {f"{validity}:{uid}": int(uid) for uid in waiting}
    uids = sorted(keys[key] for key in filed(list(keys)))
    if uids and how == FLAG:
        client.add_flags(uids, [FLAGGED], silent=True)
    elif uids:
        _move(client, uids, target)
    return len(uids)


def _move(client: IMAPClient, uids: list[int], target: str) -> None:
    if not client.folder_exists(target):
        client.create_folder(target)
    if client.has_capability("MOVE"):
        client.move(uids, target)
        return
    client.copy(uids, target)
    client.delete_messages(uids, silent=True)
    # Without UIDPLUS an expunge would take along what others have marked as deleted.
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)
