"""What stands under somebody's words in every mail of theirs, parted from what was said this time. Pure."""

import re

LONGEST = 25
MARK = re.compile(r"^(?:--|—|__) ?$")
LEGAL = re.compile(
    r"^\W{0,4}(?:av[ií]s(?:o)? (?:legal|de confidencialidad)|confidencialidad\b|advertencia legal|cl[áa]usula de "
    r"(?:confidencialidad|protecci[óo]n)|protecci[óo]n de datos\W*$|antes de imprimir|disclaimer\b|"
    r"(?:este|aquest) (?:mensaje|correo|missatge|correu)[^.]{0,80}(?:confidencial|destinatari)|"
    r"(?:la|esta) informaci[óo]n (?:contenida|incluida)|(?:de conformidad con|en cumplimiento)[^.]{0,80}"
    r"(?:reglamento|rgpd|2016/679|protecci[óo]n de datos)|this (?:e-?mail|message)[^.]{0,80}(?:confidential|intended))",
    re.IGNORECASE,
)
# Under a mark there may be more to say.
SAID = re.compile(r"\?|^\W*p\.? ?[ds]\b", re.IGNORECASE | re.MULTILINE)


def parted(said: str) -> tuple[str, str]:
    """The words, and the signature under them; what is long, or asks something, is no signature."""
    lines = said.split("\n")
    for place, line in enumerate(lines):
        above, below = "\n".join(lines[:place]).strip(), lines[place:]
        if above and MARK.match(line):
            under = "\n".join(below[1:]).strip()
            if under and len(below) <= LONGEST and not SAID.search(under):
                return above, under
        if above and LEGAL.match(line) and len(below) <= LONGEST:
            return above, "\n".join(below).strip()
    return said, ""
