"""Is it something that nobody of ours need read: advertising, newsletters, machines, swindles?"""

import re

from triage.cues import Cue
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "junk"
SALE = Cue(
    r"\b(?:gana(?:r|s)? (?:hasta )?\d+|dinero facil|ingresos extra|trabaja desde casa|desde casa sin "
    r"experiencia|criptomonedas?|bitcoin|forex|inversion (?:segura|garantizada)|prestamos? (?:rapidos?"
    r"|inmediatos?|sin (?:aval|nomina|papeleo))|credito inmediato|te ha tocado|has ganado|ha sido "
    r"seleccionad[oa]|premio (?:de|le espera)"
    r"|posicion\w+ (?:su|tu) (?:web|pagina|negocio)|auditoria (?:seo )?gratuita|seo gratuit\w*|backlinks"
    r"|primera pagina de google|aumente sus ventas|consiga mas clientes|base de datos de empresas|oferta "
    r"exclusiva|solo hoy|ultimas unidades|descuento del \d+|\d+ ?% (?:de )?(?:dto|descuento)|promocion "
    r"especial|aproveche esta|sin compromiso|pincha aqui|haz clic aqui|click aqui|suscri(?:bete|base)"
    r"|darse de baja de (?:esta|la) lista|si no desea recibir|boletin (?:de|semanal|mensual|informativo)"
    r"|newsletter|queridos socios|viagra|casino|apuestas|tarot|videncia|horoscopo|reenvia (?:este|a \d+)"
    r"|cadena|comparte este mensaje|pasalo a (?:tus|todos)|su paquete (?:esta|ha sido|no)|paquete retenido"
    r"|verifique su cuenta|cuenta (?:sera|ha sido) (?:suspendida|bloqueada) (?:haga|pulse|si no)|placas "
    r"solares (?:gratis|sin)|cambiar de compañia de luz|ahorr\w+ en (?:su|la) factura de (?:la )?luz"
    r"|energia mas barata"
    r"|somos (?:una )?(?:empresa|agencia) (?:lider|especializada|de marketing)|le ofrecemos nuestros "
    r"servicios|presentarle nuestros (?:servicios|productos)|nos gustaria presentarle|agendar una "
    r"(?:llamada|reunion)|demo gratuita|catalogo de productos|tarifas? especial\w* para)\b"
)
MACHINE = Cue(
    r"\b(?:respuesta automatica|fuera de la oficina|out of office|autoreply|auto-reply|automatic reply"
    r"|este mensaje se ha generado automaticamente|mensaje automatico|no responda a este (?:mensaje"
    r"|correo)|do not reply|noreply|delivery status notification|undeliverable|mail delivery|estare "
    r"ausente|estaré ausente|me encuentro de vacaciones|acceso limitado (?:a mi|al) correo)\b"
)
LINK = re.compile(r"https?://\S+")
OURS = Cue(
    r"\b(?:sede|certificado|autofirma|cl@ve|instancia|notificacion|ayuntamiento|expediente|registro|firma|factura)\b"
)


def junk(reading: Reading, verdict: Verdict) -> Verdict:
    """Advertising and the answers of machines; never what speaks of our matters and asks."""
    folded = reading.folded
    machine = MACHINE.search(reading.said)
    sale = SALE.search(reading.said)
    asks = "?" in folded and OURS.search(reading.said)
    if machine and not asks and not reading.forwarded:
        return verdict.say(RULE, "junk", "true", f"lo ha escrito una máquina: «{machine.group()}»", junk=True)
    if sale and not asks and not (OURS.search(reading.said) and not LINK.search(folded)):
        return verdict.say(RULE, "junk", "true", f"parece publicidad: «{sale.group()}»", junk=True)
    return verdict
