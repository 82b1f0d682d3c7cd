"""Does a town hall's own clerk ask for herself?"""

from triage.cues import Cue
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "staff"
STAFF = Cue(
    r"\b(?:soy (?:la |el |una? )?(?:secretari[oa](?:[- ]interventor[a]?)?|intervent\w+|alcalde(?:sa)?"
    r"|concejal\w*|administrativ[oa]|auxiliar|alguacil|tesorer[oa]) (?:de|del|en) (?:el |la "
    r")?(?:ayuntamiento|ayto|corporacion)"
    r"|firmar (?:el|los|un) decretos?|firmar (?:la|el) (?:resolucion|certificado de pleno|acta del pleno)"
    r"|portafirmas|gestiona (?:no me|me da|no carga|se ha|nos)|en gestiona|desde gestiona|libro de "
    r"(?:actas|decretos|resoluciones)|sello de organo|certificado de empleado publico|nuestra (?:sede"
    r"|plataforma) (?:no deja|no nos)|soy de la secretaria del|(?:a|en) la secretaria intervencion|nos "
    r"llamais (?:al|del) ayuntamiento)\b"
)
ASSOCIATION = Cue(r"\b(?:asociacion|club|comunidad|cooperativa|ampa|peña|junta directiva|sociedad|empresa)\b")


def staff(reading: Reading, verdict: Verdict) -> Verdict:
    """Words of the office itself, not in a forward, whose writer is a clerk but whose question is a citizen's."""
    match = STAFF.search(reading.said)
    if not match or reading.forwarded or ASSOCIATION.search(reading.said):
        return verdict
    return verdict.say(RULE, "staff", "true", f"habla personal municipal: «{match.group()}»", staff=True)
