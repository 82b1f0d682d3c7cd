"""Whose addresses these are: find-or-create under the lock of the identity rows, in address order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.desk import bulk
from app.models.people import Contact, ContactKind, Identity
from channels.message import Address

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An identity as filing needs it: its row, and whose it is."""

    id: int
    contact_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """How to make the contact of an address that nobody has yet."""

    name: str | None = None
    kind: ContactKind = ContactKind.PERSON
    town_hall_id: int | None = None


def key(address: Address) -> Key:
    """Under what an identity is unique."""
    return address.channel, address.address


def settle(
    session: Session, groups: Iterable[tuple[tuple[Address, ...], Newcomer]], *, now: datetime
) -> Mapping[Key, Known]:
    """Lock or make the identities of each group of addresses that belong to one person, and give each a contact.

    The identity rows are the lock under which messages are filed; contacts are locked after them, in order.
    """
    wanted = [(addresses, newcomer) for addresses, newcomer in groups if addresses]
    rows = _upsert(session, {key(a): a for addresses, _ in wanted for a in addresses}, now=now)
    owners = {at: contact_id for at, (_, contact_id) in rows.items() if contact_id is not None}
    _adopt(session, wanted, rows, owners, now=now)
    _lock(session, set(owners.values()))
    return {at: Known(id=rows[at][0], contact_id=owners[at]) for at in rows}


def _upsert(session: Session, addresses: Mapping[Key, Address], *, now: datetime) -> dict[Key, tuple[int, int | None]]:
    if not addresses:
        return {}
    kind_of_insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    values = [
        {"channel": a.channel, "address": a.address, "kind": a.kind, "heard_at": now}
        for _, a in sorted(addresses.items())
    ]
    statement = kind_of_insert(Identity)
    statement = statement.on_conflict_do_update(
        index_elements=["channel", "address"], set_={"heard_at": statement.excluded.heard_at}
    )
    found = session.execute(
        statement.returning(Identity.channel, Identity.address, Identity.id, Identity.contact_id), values
    )
    return {(channel, address): (id_, contact_id) for channel, address, id_, contact_id in found}


def _adopt(
    session: Session,
    groups: list[tuple[tuple[Address, ...], Newcomer]],
    rows: Mapping[Key, tuple[int, int | None]],
    owners: dict[Key, int],
    *,
    now: datetime,
) -> None:
    """Give every group one contact: the oldest that any of its addresses has, else a new one."""
    homeless = []
    claimed: set[Key] = set()
    for addresses, newcomer in groups:
        keys = [key(a) for a in addresses]
        if not any(k in owners or k in claimed for k in keys):
            homeless.append((keys, newcomer))
            claimed.update(keys)
    made = bulk.numbers(session, Contact, len(homeless))
    for (keys, _), contact_id in zip(homeless, made, strict=True):
        owners.update(dict.fromkeys(keys, contact_id))
    bulk.write(
        session, Contact, [_contact(contact_id, n, now) for contact_id, (_, n) in zip(made, homeless, strict=True)]
    )
    for addresses, _ in groups:
        keys = [key(a) for a in addresses]
        oldest = min(owners[k] for k in keys if k in owners)
        for k in keys:
            owners.setdefault(k, oldest)
    fresh = [{"id": rows[k][0], "contact_id": owner} for k, owner in owners.items() if rows[k][1] is None]
    if fresh:
        session.execute(update(Identity), fresh)


def _contact(contact_id: int, one: Newcomer, now: datetime) -> bulk.Row:
    return {
        "id": contact_id,
        "name": one.name,
        "kind": one.kind,
        "town_hall_id": one.town_hall_id,
        "created_at": now,
    }


def _lock(session: Session, contact_ids: set[int]) -> None:
    session.execute(select(Contact.id).where(Contact.id.in_(contact_ids)).order_by(Contact.id).with_for_update())
