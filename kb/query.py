"""A message as people write it, made into the words that search asks with."""

import re
from dataclasses import dataclass

from kb.concepts import Concepts
from kb.known import Known
from kb.spelling import Spelling
from kb.words import fold, folded_tokens, stem, words

LONGEST = 6_000
FIGURES, WORD = re.compile(r"[0-9]+"), re.compile(r"\w")
FAMILY = re.compile(r"\b(saf|err|fir|hre|aa|ai|ssl|http|error|win|err_ssl)[ _\-–.:º#nº]{0,3}$")
LONGEST_FAMILY, MOST_FIGURES = 10, 6
SHORT = {
    "q": "que", "k": "que", "xq": "porque", "pq": "porque", "porq": "porque", "xk": "porque", "d": "de", "x": "por",
    "pa": "para", "pal": "para", "tb": "tambien", "tmb": "tambien", "bn": "bien", "m": "me", "n": "en", "toy": "estoy",
    "ayto": "ayuntamiento", "aytmo": "ayuntamiento", "ayunta": "ayuntamiento", "ayto.": "ayuntamiento", "dl": "del",
    "expte": "expediente", "expdte": "expediente", "exp": "expediente", "notif": "notificacion", "noti": "notificacion",
    "cert": "certificado", "certif": "certificado", "ordena": "ordenador", "pc": "ordenador", "af": "autofirma",
    "tlf": "telefono", "tfno": "telefono", "tel": "telefono", "doc": "documento", "docs": "documentos",
    "info": "informacion", "app": "aplicacion", "sol": "solicitud", "repre": "representante", "presi": "presidente",
    "clabe": "clave", "klave": "clave", "clav": "clave", "fmt": "fnmt", "fntm": "fnmt", "cvs": "csv", "deu": "dehu",
    "ciud": "ciudadano", "sra": "señora", "sr": "señor", "hoi": "hoy", "ma": "mañana",
    "kiero": "quiero", "ke": "que", "aki": "aqui", "msj": "mensaje", "wasap": "whatsapp", "pass": "contraseña",
    "opo": "oposicion", "mozila": "firefox", "mozilla": "firefox", "crome": "chrome",
}  # fmt: skip

# Said by everybody whatever they want: articles, question words, greetings and thanks.
SMALL = frozenset(
    words(
        "de la el en los las un una que por con para se me mi su lo al del es no si ya y o a le como cual donde quien "
        "tiene puede hola buenas buenos dias tardes noches gracias muchas saludo vale ok favor señora señor"
    ).split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`stems` in the order in which they were said, `codes` such as saf03, `concepts` that the phrases stand for."""

    text: str
    stems: tuple[str, ...]
    codes: tuple[str, ...]
    concepts: tuple[str, ...]


class Reader:
    """Reads messages with the words that one shelf knows."""

    def __init__(self, spelling: Spelling, concepts: Concepts) -> None:
        self.spelling, self.concepts = spelling, concepts
        self.meant = Known(self.meaning)

    def read(self, text: str, subject: str | None = None) -> Query:
        whole = f"{subject}\n{text}" if subject else text
        folded, meant = fold(whole[:LONGEST]), self.meant
        stems = tuple([meant[token] for token in folded_tokens(folded)])
        return Query(text=folded, stems=stems, codes=codes(folded), concepts=tuple(self.concepts.find(stems)))

    def meaning(self, token: str) -> str:
        """The stem of the word that a token stands for."""
        return stem(self.spelling.correct(SHORT.get(token, token)))


def codes(folded: str) -> tuple[str, ...]:
    """Codes of errors without what people put between their letters and figures: «SAF_03», «saf 3» are saf3."""
    found: dict[str, None] = {}
    # Figures are rare, so they are looked for first.
    for match in FIGURES.finditer(folded):
        start, end = match.span()
        family = FAMILY.search(folded, max(0, start - LONGEST_FAMILY), start) if end - start <= MOST_FIGURES else None
        if family and not WORD.match(folded, end):
            found[f"{family[1]}{int(match.group())}"] = None
    return tuple(found)
