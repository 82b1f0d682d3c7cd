"""What a machine says to an enquiry that has been triaged, and whose turn it is then. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from app.desk import categories, sedes, wording
from app.desk.books import Books
from app.desk.breaker import caps
from app.desk.case import Case, Links, Offered, Plan, Say
from app.desk.gate import may_answer
from app.desk.numbers import number
from app.models.arrival import Mode
from app.models.people import ContactKind
from app.models.ticket import Outcome, Status
from kb.answer import compose
from kb.search import Found, Hit
from triage.verdict import Verdict

RESCUES = {
    "licitaciones": "rescue_tender",
    "pago-tributos": "rescue_payment",
    "notificaciones": "rescue_notification",
    "certificado-digital": "rescue_certificate",
    "dnie": "rescue_certificate",
}


def choose(case: Case, verdict: Verdict, found: Found, books: Books, *, links: Links, now: datetime) -> Plan:
    """The plan for one ticket. Words that need no answer change nothing; everything else goes to people too."""
    suggested = () if case.aside else tuple(_offered(hit, books, found) for hit in found.hits[:3])
    if (settled := _settled(case, verdict)) is not None:
        return settled
    if case.answered:
        return Plan(status=None, suggested=suggested, silence="person_answered")
    turn = Status.NEW if case.first and case.status is Status.NEW else Status.OPEN
    if case.contact_kind is ContactKind.STAFF or verdict.staff:
        return Plan(status=turn, suggested=suggested, silence="staff")
    if verdict.junk or not case.readable:
        return Plan(status=turn, suggested=suggested, silence="junk" if verdict.junk else "unreadable")
    if case.foreign_word:
        return Plan(status=turn, suggested=suggested, silence="foreign_word")
    if _only_greets(case, books):
        return Plan(status=turn, suggested=suggested, silence="greeting")
    allowed = caps(books.settings, urgent=verdict.priority == "P1" or verdict.emergency, now=now)
    silence = may_answer(case.situation, now=now, zone=books.hours.zone, caps=allowed)
    if silence or case.line_mode is Mode.OFF:
        return Plan(status=turn, suggested=suggested, silence=silence or "mode_off")
    speaker = _Speaker(case, verdict, found, books, links, now)
    return speaker.plan(turn, suggested)


def _settled(case: Case, verdict: Verdict) -> Plan | None:
    """Courtesy, and the answers «1» and «2» to what we offered."""
    if verdict.choice and case.pending_answer is not None:
        helped = verdict.choice == 1
        status = Status.SOLVED if helped else Status.OPEN
        return Plan(status=status, outcome=Outcome.HELPED if helped else Outcome.FAILED, silence="choice")
    if verdict.courtesy:
        return Plan(status=None, silence="courtesy")
    return None


def _only_greets(case: Case, books: Books) -> bool:
    """Whoever says hello in a chat is about to ask; a mail comes whole."""
    hello = case.channel == "whatsapp" and not case.enquiry.attachments
    return hello and wording.only_greets(case.enquiry.text, books.text("greetings"))


def _mode(case: Case, verdict: Verdict, books: Books) -> Mode:
    """How far the machine may go with the substance; receipts and rescues go unless the whole line is off."""
    return books.mode(verdict.category, case.channel, case.line_mode)


def _offered(hit: Hit, books: Books, found: Found, language: str | None = None) -> Offered:
    return Offered(
        slug=hit.slug,
        language=language or books.province.languages[0],
        moment=hit.moment,
        score=hit.score,
        confident=found.confident and hit is found.hits[0],
    )


class _Speaker:
    """The words for one ticket: every text of it shares the same gaps."""

    def __init__(self, case: Case, verdict: Verdict, found: Found, books: Books, links: Links, now: datetime) -> None:
        self.case, self.verdict, self.found, self.books, self.links, self.now = case, verdict, found, books, links, now
        self.mail = case.channel == "email"
        self.holes = self._holes()

    def plan(self, turn: Status, suggested: tuple[Offered, ...]) -> Plan:
        """The first rule that applies speaks; to a clerk who forwarded, besides, her one acknowledgement."""
        says, status, close = self._to_contact(turn)
        if self._tell_clerk():
            says = (*says, self._say("forward_clerk", "forward_clerk", to_clerk=True))
        return Plan(status=status, says=says, close_reason=close, suggested=suggested)

    def _tell_clerk(self) -> bool:
        """A clerk is told of her first forward, and at once of every one that is urgent; else the digest tells her."""
        case = self.case
        if case.forwarder_identity_id is None or not case.first:
            return False
        return not case.acknowledged or self.verdict.priority == "P1"

    def _to_contact(self, turn: Status) -> tuple[tuple[Say, ...], Status, str | None]:
        verdict, case = self.verdict, self.case
        if verdict.emergency:
            return (self._say("emergency", "emergency"),), turn, None
        if verdict.stop:
            return (() if case.situation.opted_out else (self._say("stopped", "stopped"),)), Status.OPEN, None
        if verdict.filing:
            return (self._filing(),), turn, None
        if verdict.priority == "P1":
            return (self._rescue(),), turn, None
        if verdict.language not in self.books.province.languages:
            return self._foreign(turn)
        if verdict.out_of_scope and not case.forwarded_by and not verdict.withheld:
            return self._elsewhere(turn)
        if (offer := self._offer()) is not None:
            return self._substance(offer, turn, Status.WAITING, None)
        return self._receipts(), turn, None

    def _substance(
        self, say: Say, turn: Status, sent: Status, close: str | None
    ) -> tuple[tuple[Say, ...], Status, str | None]:
        """What answers the question goes, or waits for a person's key behind a receipt, or is left to people."""
        mode = _mode(self.case, self.verdict, self.books)
        if mode is Mode.SEND:
            return (say,), sent, close
        proposed = (replace(say, propose=True),) if mode is Mode.PROPOSE else ()
        return (*self._receipts(), *proposed), turn, None

    def _receipts(self) -> tuple[Say, ...]:
        """The bare receipt, once."""
        return (self._receipt(),) if self.case.first else ()

    def _rescue(self) -> Say:
        say = self._say("rescue", RESCUES.get(self.verdict.category, "rescue"))
        return replace(say, text=self._forwarded(say.text)) if self.case.forwarded_by else say

    def _filing(self) -> Say:
        """Whoever believes to have filed reads first that nothing was, also on a forward."""
        say = self._say("filing", "filing")
        return replace(say, text=f"{say.text}\n\n{self._forwarded('')}") if self.case.forwarded_by else say

    def _foreign(self, turn: Status) -> tuple[tuple[Say, ...], Status, str | None]:
        key = f"foreign_{self.verdict.language}"
        if not self.books.text(key) or not self.case.first:
            return self._receipts(), turn, None
        say = self._say("foreign", key)
        return (replace(say, text=self._forwarded(say.text)) if self.case.forwarded_by else say,), turn, None

    def _elsewhere(self, turn: Status) -> tuple[tuple[Say, ...], Status, str | None]:
        body = self.books.triage.directory.get(self.verdict.out_of_scope or "")
        if body is None:
            return self._receipts(), turn, None
        contact = " · ".join(part for part in (body.phone, body.web) if part)
        say = self._say("other_body", "other_body", body=body.name, contact=contact)
        return self._substance(say, turn, Status.SOLVED, "other_body")

    def _offer(self) -> Say | None:
        """The best article, if the search is sure of it and nothing in the enquiry forbids a machine's substance."""
        if not (self.found.confident and self.found.hits) or self.verdict.withheld or not self.case.first:
            return None
        hit = self.found.hits[0]
        article = self.books.shelf.get(hit.slug, self.verdict.language) or self.books.shelf.get(
            hit.slug, self.books.province.languages[0]
        )
        if article is None:
            return None
        town_hall = self.verdict.town_hall
        told = sedes.read_in(article, self.books, town_hall)
        answer = compose(told, moment=hit.moment, places=self._places())
        link = sedes.link(self.links.public_url, article, answer, self.books, town_hall)
        template = self.books.text("answer_email" if self.mail else "answer", self.verdict.language)
        text = wording.offer(template, self.holes, answer, link=link, limit=None if self.mail else wording.LIMIT)
        if self.case.forwarded_by:
            steps = f"«{answer.title}»:\n{wording.numbered(answer.steps)}\nCon imágenes: {link}"
            text = self._forwarded(f"{steps}\n\nSi no le sirve, responda a este mensaje y le contestará una persona.")
        shown = _offered(hit, self.books, self.found, article.language)
        return Say(rule="answer", text=text, subject=self._subject(), offered=shown)

    def _receipt(self) -> Say:
        if self.case.forwarded_by:
            substance = f"Le contestará una persona {self.holes['opens']}. {self.holes['ask']}".strip()
            return Say(rule="receipt", text=self._forwarded(substance), subject=self._subject())
        return self._say("receipt", "receipt_email" if self.mail else "receipt")

    def _forwarded(self, substance: str) -> str:
        return wording.fill(self.books.text("forward_citizen"), {**self.holes, "substance": substance})

    def _say(self, rule: str, key: str, *, to_clerk: bool = False, **more: str) -> Say:
        text = wording.fill(self.books.text(key, self.verdict.language), {**self.holes, **more})
        subject = f"Consulta {self.holes['number']}" if to_clerk else self._subject()
        return Say(rule=rule, text=text, subject=subject, to_clerk=to_clerk)

    def _subject(self) -> str | None:
        if not self.mail:
            return None
        subject = self.case.subject or f"Su consulta {self.holes['number']}"
        if self.case.forwarded_by or subject.lower().startswith("re:"):
            return subject
        return f"Re: {subject}"

    def _places(self) -> Mapping[str, str]:
        """What the gaps of an article say for this town hall, or for any when we do not know which."""
        place = self.books.halls.get(self.verdict.town_hall or "")
        return {
            "sede_url": (place.sede_url if place else None) or "la sede de su ayuntamiento",
            "ayuntamiento": f"Ayuntamiento de {place.name}" if place else "Su ayuntamiento",
            "telefono": (place.phone if place else None) or "el teléfono que figura en su web",
            "dir3": (place.dir3 if place else None) or "los códigos DIR3 de su ayuntamiento",
            "entidad": self.books.province.entity,
        }

    def _holes(self) -> Mapping[str, str]:
        case, books, verdict = self.case, self.books, self.verdict
        hours, province = books.hours, books.province
        place = books.halls.get(case.forwarded_by or verdict.town_hall or "")
        here = hours.open_at(self.now)
        closed = "" if here else wording.fill(books.text("closed_now"), {"opens": hours.opening_in_words(self.now)})
        confident = verdict.category_confidence >= 0.6 and verdict.category != "otros-no-competencia"
        label = categories.names(books).get(verdict.category, "")
        understood = wording.fill(books.text("understood"), {"category": label}) if confident and label else ""
        return {
            "entity": province.entity,
            "number": number(case.ticket_id),
            "reference": f" («{case.subject}»)" if case.subject else "",
            "greeting": _greeting(self.now, books),
            "opens": hours.people_in_words(self.now),
            "closed": closed,
            "call": books.text("call_open" if here else "call_closed"),
            "register": province.register_url,
            "phone": province.phone,
            "privacy": f"{self.links.public_url}/datos",
            "ask": books.text(f"ask_{verdict.ask}") if verdict.ask else "",
            "understood": understood,
            "feedback": self.links.feedback,
            "follow": self.links.follow,
            "town_hall": wording.capital(place.office if place else books.text("town_hall_unknown")),
            "the_town_hall": place.office if place else books.text("town_hall_unknown"),
            "sede": f" ({place.sede_url})" if place and place.sede_url else "",
            "quote": wording.quoted(case.enquiry.text),
        }


def _greeting(now: datetime, books: Books) -> str:
    return "Buenos días:" if now.astimezone(books.hours.zone).hour < 14 else "Buenas tardes:"
