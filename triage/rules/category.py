"""What is it about? Codes and tools first, then the learned model."""

from triage.cues import Cue
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "category"
OTHER = "otros-no-competencia"
# In the order in which an experienced technician looks: a literal code says more than any other word.
SURE = tuple(
    (category, Cue(pattern))
    for category, pattern in (
        (
            "factura-electronica",
            r"\bhre ?-?_?\d\b|\bfacturae\b|\bcodigos? di?re? ?3\b|\bdir ?3\b|\bxsig\b|\bunidad tramitadora\b"
            r"|\boficina contable\b|\bdire 3\b",
        ),
        (
            "autofirma",
            r"\bsaf[ _-]?(?:0[0-689]|1[0-689]|2[0-57]|3[01]|4[1-6]|5[1-3])\b|\b(?:aa|ai)[ _-]?\d{6}\b|\b(?:2200"
            r"|4000|5000|5010|5020|5040|4011|4012)\d\d\b|\bno se ha podido conectar con autofirma|\bse deja de "
            r"escuchar en el puerto",
        ),
        (
            "firma-documentos",
            r"\bsaf[ _-]?(?:17|28|29|3[2-9]|43|48|49)\b|\bpdf esta certificado\b|\barea seleccionada tiene un "
            r"tamaño|\bfirma visible\b|\bvalide\b.{0,40}\b(?:informe|comprob|documento)",
        ),
        (
            "licitaciones",
            r"\bplacsp\b|\bplataforma de contratacion\b|\bperfil del contratante\b|\blicitacion(?:es)?\b"
            r"|\bvalidando huella\b",
        ),
    )
)
BEHIND = {
    "factura-electronica": ("incidencia-sede",),
    "autofirma": (),
    "firma-documentos": ("autofirma",),
    "licitaciones": (),
}
MANY = Cue(
    r"\b(?:a nadie le (?:va|funciona|carga)|a todos (?:nos|les)|a mi vecin[oa] (?:le )?(?:pasa|tampoco)"
    r"|les pasa (?:lo mismo|igual)|nos pasa a (?:todos|varios)|a tod[oa]s l[oa]s (?:compañer|vecin|usuari"
    r"|client|proveedor)\w+"
    r"|(?:\d+|varios|todos los) (?:puestos|ordenadores|equipos|compañeros|clientes)|varios (?:vecinos"
    r"|proveedores|usuarios)"
    r"|otros (?:dos|tres|proveedores|vecinos)|somos (?:varios|tres|cuatro|dos) (?:los|intent)|en todos "
    r"nuestros puestos|\d+ personas\)|es general|\d[ªa] llamada|varias llamadas|nos (?:estan llamando"
    r"|llaman) varios|nadie puede|a los tres|a los dos|no (?:le )?funciona a nadie|toda la oficina"
    r"|tampoco (?:le|les) (?:va|funciona))\b"
)
DOWN = Cue(
    r"\b(?:sede[^.\n]{0,60}(?:caida|caido|no carga|no funciona|no responde|da error|fuera de servicio|sin "
    r"servicio|en mantenimiento|cayo|no abre|error 50\d|no va\b|no tira|50[0-9])|caid[oa] la sede|se ha "
    r"caido (?:la|el)|error 50[0-4]|servicio no disponible|servicio temporalmente|fuera de servicio|en "
    r"mantenimiento|lleva[^.\n]{0,30} sin ir|registro (?:electronico )?(?:no funciona|caido|no va|no "
    r"admite)|face (?:no responde|caid\w|no funciona|no va)|50[0234] (?:bad gateway|service)|gateway time"
    r"|no funciona la sede|sin servicio)\b"
)


def category(reading: Reading, verdict: Verdict) -> Verdict:
    """What is not a question of ours is «otros»; a code decides; else the model, with a down sede seen by its words."""
    for held, reason in (
        (verdict.emergency, "es una emergencia"),
        (verdict.junk, "no es una consulta"),
        (verdict.courtesy, "solo es cortesía"),
    ):
        if held:
            return _say(verdict, OTHER, 0.97, reason)
    if verdict.choice or verdict.stop:
        return _say(verdict, OTHER, 0.9, "solo contesta a un mensaje nuestro")
    best, odds = reading.opinion.best
    for name, cue in SURE:
        match = cue.search(reading.said)
        if match and best not in BEHIND[name]:
            return _say(verdict, name, max(0.93, reading.opinion.of(name)), f"cita «{match.group()}»")
    down = DOWN.search(reading.said)
    if down and (reading.opinion.of("incidencia-sede") > 0.12 or MANY.search(reading.said)):
        return _say(verdict, "incidencia-sede", 0.9, f"habla de una avería: «{down.group()}»")
    if best == OTHER or odds > 0:
        return _say(verdict, best, odds, f"por sus palabras ({round(odds * 100)} %)")
    return verdict


def _say(verdict: Verdict, name: str, odds: float, reason: str) -> Verdict:
    return verdict.say(RULE, "category", name, reason, category=name, category_confidence=round(min(odds, 0.99), 3))
