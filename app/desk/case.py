"""A ticket as whoever decides about it sees it: values only, no rows, so that deciding needs no transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.desk.gate import Situation
from app.desk.mail_threads import Thread
from app.models.arrival import Mode
from app.models.people import ContactKind
from app.models.ticket import Outcome, Status
from triage.enquiry import Enquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One ticket that waits to be sorted, with all inbound words since we last spoke.

    `foreign_word` says that the newest words are not the contact's own on the ticket's channel: a clerk's on what she
    forwarded, a call noted on an e-mail. `acknowledged` says that the forwarding clerk has had her one acknowledgement.
    `aside` says that only others than the contact have words waiting: they are read for courtesy, and name nothing.
    `answered` says that one of us has dealt with the newest words while they waited to be sorted.
    `threads` says where an e-mail to each identity stands.
    """

    ticket_id: int
    version: int
    channel: str
    line: str
    line_mode: Mode
    status: Status
    category: str | None
    priority: str
    subject: str
    contact_kind: ContactKind
    contact_name: str | None
    identity_id: int
    newest_id: int
    forwarded_by: str | None
    forwarder_identity_id: int | None
    acknowledged: bool
    first: bool
    answered: bool
    foreign_word: bool
    aside: bool
    readable: bool
    pending_answer: int | None
    situation: Situation
    enquiry: Enquiry
    threads: Mapping[int, Thread] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses made beforehand for this ticket, used or not: what the words of a message may point at."""

    feedback_token: str
    follow_token: str
    public_url: str

    @property
    def feedback(self) -> str:
        """Where a company says whether the answer helped."""
        return f"{self.public_url}/respuesta/{self.feedback_token}"

    @property
    def follow(self) -> str:
        """Where a clerk sees the state of what she forwarded."""
        return f"{self.public_url}/seguir/{self.follow_token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An article that a message offers."""

    slug: str
    language: str
    moment: float | None
    score: float
    confident: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One automatic message: for whom, in which words, and whether it goes or waits for a person's key."""

    rule: str
    text: str
    subject: str | None
    to_clerk: bool = False
    propose: bool = False
    offered: Offered | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done with a ticket: its status, what is said, what came of an earlier answer, and why not more."""

    status: Status | None
    says: tuple[Say, ...] = ()
    outcome: Outcome | None = None
    close_reason: str | None = None
    silence: str | None = None
    suggested: tuple[Offered, ...] = ()
