"""Is the whole message a number, a word of consent, a farewell to our messages, or a courtesy?"""

import re

from triage.cues import Cue
from triage.phrases import phrases
from triage.reading import Reading
from triage.verdict import Verdict

WORD = re.compile(r"[^\W_]+")
MEDIA = re.compile(r"\[(?:foto|imagen|audio|nota de voz[^\]]*|video|documento[^\]]*|ubicacion|contacto|sticker|gif)\]")
STOP_WORDS = phrases("stop")
YES = phrases("yes")
NO = phrases("no")
THANKS = Cue(
    r"\b(?:gra[csz]i+a+s+|grac|grcs|gracia|thanks?|thank you|thx|merci|mersi|multumesc|obrigad[oa]|danke"
    r"|grazie|graci?es|grazas|eskerrik|agradecid[oa]s?|agradezco|mil gracias|muy amables?"
    r"|spasibo|спасибо|благодаря|дякую|شكرا|شكراً|perfecto|genial|estupendo|fenomenal|de lujo|maj[oa]s?"
    r"|un sol|soles|crack|cracks|artistas?|de nada|solucionad[oa]|resuelt[oa]|era eso|ya esta|listo"
    r"|recibid[oa]|enterad[oa])\b"
)
FILLER = phrases("filler")
SHORT, LONG = 8, 60
GREETING = phrases("greeting")
REACTION = re.compile(r"[^\w]+", re.S)
PRAISE = re.compile(
    r"\b(?:sois|son ustedes|muy buen servicio|da gusto|felicit\w+|enhorabuena|os merec\w+|un diez|gran "
    r"trabajo|buen trabajo)\b"
)
QUESTION = re.compile(
    r"[?¿]|\b(?:pero|error|no me|no puedo|no funciona|no va|no sale|sigo|sigue|como hago|donde|necesito"
    r"|otra cosa|una duda|otra duda|una pregunta|y si)\b"
)


def address(reading: Reading, verdict: Verdict) -> Verdict:
    """Sets `choice`, `stop` or `courtesy`; a question beside the thanks is a question."""
    if len(reading.said.words) > LONG and not THANKS.search(reading.said):
        return verdict
    words = " ".join(WORD.findall(MEDIA.sub(" ", reading.body) if "[" in reading.body else reading.body))
    if words in STOP_WORDS:
        return verdict.say("stop", "stop", "true", f"solo dice «{words}»", stop=True)
    if words in YES and not reading.enquiry.attachments:
        return verdict.say("choice", "choice", "1", f"contesta «{words}»", choice=1)
    if words in NO and not reading.enquiry.attachments:
        return verdict.say("choice", "choice", "2", f"contesta «{words}»", choice=2)
    return _courtesy(reading, verdict, words)


def _courtesy(reading: Reading, verdict: Verdict, words: str) -> Verdict:
    reason = courteous(reading, words)
    if reason is None or reading.enquiry.attachments:
        return verdict
    return verdict.say("courtesy", "courtesy", "true", reason, courtesy=True)


def courteous(reading: Reading, words: str) -> str | None:
    """Why it asks nothing: thanks, consent, a reaction; None if it may ask something."""
    body = reading.body
    told = words.split()
    if not told and MEDIA.search(body):
        return "solo un adhesivo" if re.fullmatch(r"(?:\[(?:sticker|gif)\]\s*)+", body) else None
    if not told:
        return "solo un gesto" if body and "?" not in body and "¿" not in body else None
    if len(told) > SHORT and not THANKS.search(reading.said):
        return None
    thanks = THANKS.compiled.search(body)
    if re.search(r"\[(?:foto|audio|documento|video|nota)", body) or QUESTION.search(body):
        return None
    rest = [word for word in told if _plain(word) not in FILLER and not THANKS.compiled.fullmatch(word)]
    if thanks and len(rest) <= max(1, len(told) // 6):
        return "solo da las gracias"
    if thanks and PRAISE.search(body) and len(told) <= 25:
        return "agradecimiento"
    if not rest and len(told) <= SHORT and not _bare_greeting(told, body):
        return "solo asiente"
    return None


def _plain(word: str) -> str:
    return re.sub(r"(\w)\1{2,}", r"\1", word)


def _bare_greeting(told: list[str], body: str) -> bool:
    return all(_plain(word) in GREETING for word in told) and "[sticker]" not in body
