"""The values that travel between a wire and whoever uses a channel: what came in, what goes out, what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Delivery(StrEnum):
    """Where an outbound message stands; the steps between them are fixed by the delivery machine of the desk."""

    PROPOSED = "proposed"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"
    BY_HAND = "by_hand"
    DONE = "done"


class Kind(StrEnum):
    """What sort of thing came in; only a MESSAGE is somebody speaking to us."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    FEEDBACK = "feedback"
    UNREADABLE = "unreadable"


class Automatic(StrEnum):
    """How a message came about that nobody wrote by hand, in the words of RFC 3834: as an answer, or of itself."""

    REPLIED = "auto-replied"
    GENERATED = "auto-generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One way to reach a person. `kind` is phone (E.164), bsuid (WhatsApp business-scoped user id) or email."""

    channel: str
    address: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody named in a message's headers: lower-cased address and the name as shown, or None."""

    address: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file with a message: its bytes when we hold them, else a `reference` that Channel.fetch understands.

    `size` is in decoded bytes (0 while unknown); `content_id` ties an inline image to the HTML part.
    """

    filename: str
    content_type: str
    size: int = 0
    content: bytes | None = None
    reference: str | None = None
    content_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a message carries besides words: a pressed button, a reaction, a place (`latitude`, `longitude`, WGS 84)."""

    kind: str
    value: str
    label: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The message inside a forward. `comment` is what the forwarder wrote above it; `sure` that we read it rightly."""

    sender: Participant | None
    subject: str | None
    date: datetime | None
    text: str
    comment: str
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncedRecipient:
    """A recipient that a delivery report speaks of; `status` is an RFC 3463 code or None; a delay is not permanent."""

    address: str
    status: str | None
    permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One message that reached us, in our words. `text` is all of it, `reply` only what was newly said.

    `addresses` are the sender's (phone and BSUID may come together), preferred one first; empty only if unreadable.
    `line` is our end of the channel (number or mailbox), `quoted` the external id of the message it answers,
    `ticket_token` a token found in a plus-address or subject, unverified. `authenticated` says that our own
    receiving server vouches for the sender (DMARC or DKIM pass under the configured authserv-id); `signed`, that it
    carries a signature (S/MIME, PGP), which nobody has checked.
    """

    channel: str
    line: str
    external_id: str
    kind: Kind = Kind.MESSAGE
    addresses: tuple[Address, ...] = ()
    sender_name: str | None = None
    subject: str | None = None
    text: str = ""
    reply: str = ""
    html: str | None = None
    sent_at: datetime | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    ticket_token: str | None = None
    quoted: str | None = None
    payload: Payload | None = None
    forwarded: Forwarded | None = None
    was_forwarded: bool = False
    attachments: tuple[Attachment, ...] = ()
    participants: tuple[Participant, ...] = ()
    bounced: tuple[BouncedRecipient, ...] = ()
    bounced_message_id: str | None = None
    authenticated: bool = False
    signed: bool = False
    original_form: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message that we hand a channel. `key` is our row's id, `attempt` counts from 1; a resend keeps `message_id`.

    `to` is the address alone; `reply_to` carries the signed plus-address of the ticket, `returns_to` that of this very
    message, for reports of failure (e-mail); `automatic` says that nobody wrote it by hand (RFC 3834). `language` is
    that of the words (BCP 47). `template` is (content sid, variables as JSON) for WhatsApp outside its window.
    `queued_at` bounds the search of `Channel.ask`; `callback` is the URL the wire may report to.
    """

    key: int
    attempt: int
    channel: str
    line: str
    to: Address
    to_name: str | None = None
    text: str
    queued_at: datetime
    external_id: str | None = None
    subject: str | None = None
    html: str | None = None
    language: str | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    reply_to: str | None = None
    returns_to: str | None = None
    cc: tuple[Participant, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    media_urls: tuple[str, ...] = ()
    template: tuple[str, str] | None = None
    automatic: Automatic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the wire says became of an Outbound.

    Known by `external_id` (the wire's own) or `outbound_key` (our row, when the wire brings it back).
    `reason` is a Spanish sentence for people, `code` the wire's own error code.
    """

    channel: str
    external_id: str
    delivery: Delivery
    outbound_key: int | None = None
    reason: str | None = None
    code: str | None = None
