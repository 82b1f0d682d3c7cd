"""What triage may see of a ticket: the words said since we last spoke, the channel, the moment; no rows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """One enquiry. `forwarded_by` is the INE code of the town hall that passed it on, `received_at` is aware.

    `sender` is an address, `languages` those that the desk answers in, its own first.
    """

    channel: str
    received_at: datetime
    text: str
    subject: str | None = None
    attachments: tuple[str, ...] = ()
    forwarded_by: str | None = None
    sender: str | None = None
    languages: tuple[str, ...] = ("es",)
