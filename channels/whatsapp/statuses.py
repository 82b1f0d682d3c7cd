"""Twilio's message statuses as steps of our delivery; only those that are news to somebody who has spoken."""

from channels.message import Delivery, Receipt
from channels.whatsapp.errors import trouble

NEWS = {
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
    "failed": Delivery.FAILED,
    "undelivered": Delivery.FAILED,
}


def receipt(external_id: str, status: str, *, code: str | None = None, key: int | None = None) -> Receipt | None:
    """What a status says of a message, or None while Twilio is only carrying it (queued, accepted, sending…)."""
    delivery = NEWS.get(status)
    if delivery is None:
        return None
    failed = delivery is Delivery.FAILED
    return Receipt(
        channel="whatsapp",
        external_id=external_id,
        delivery=delivery,
        outbound_key=key,
        reason=trouble(code).reason if failed else None,
        code=code if failed else None,
    )
