"""Is somebody in danger?"""

import re

from triage.cues import Cue
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "emergency"
DANGER = Cue(
    r"\b(?:me esta[n]? (?:pegando|atacando|amenazando|robando|persiguiendo|siguiendo)|amenaza(?:ndome"
    r"|ndonos)|amenazandola|amenaza con (?:matar|pegar|quemar|un|una)|me (?:quiere|va a|van a) matar|me "
    r"ha pegado|me pega|nos pega"
    r"|matarme|suicid\w+|quitarme la vida|no quiero (?:seguir )?vivir(?! (?:es[ot]o?|otra|en|aqui|alli|fuera))"
    r"|acabar con "
    r"(?:mi vida|todo)|quitarme de en medio|hacerme daño"
    r"|quiero morir(?:me)?|me quiero morir|tirarme (?:por|de|al|a la)|mi (?:ex\w*|marido|pareja|novi[oa]) me "
    r"(?:persigue|pega|amenaza|ataca|golpea|acosa|sigue)|al (?:rio|pozo|pantano|canal) y no|tirad[oa] en (?:la|el) "
    r"(?:calle|suelo|carretera|acera)|caid\w+ (?:\w+ ){0,2}al (?:rio|pozo|pantano|canal)|no se mueve"
    r"|no respira|no puede respirar|no puedo respirar|se ahoga|inconsciente|no reacciona|no despierta|no "
    r"contesta y no respira|se ha desmayado|desmayad[oa]|infarto|ictus|dolor (?:muy )?(?:fuerte )?(?:en el"
    r"|de) pecho|convulsion\w*"
    r"|sangra\w* mucho|esta sangrando|mucha sangre|l[ae]s? (?:ha|han) (?:amenazado|pegado|atacado|golpeado"
    r"|agredido)|me ha (?:golpeado|agredido)"
    r"|entrando (?:el |mucha )?agua|cables? (?:de la luz )?(?:\w+ )?(?:mojad|pelad|suelt|caid)\w*"
    r"|se h?a (?:caido|tirado)[^.\n]{0,50}(?:no (?:se "
    r")?(?:mueve|levanta|contesta|responde|puede)|sangr|golpe|cabeza)|hay (?:un )?herid[oa]s?"
    r"|atrapad[oa]s?|accidente (?:grave|con heridos|ahora|en la carretera)|ha habido un accidente"
    r"|atropell\w+"
    r"|hay (?:un )?(?:fuego|incendio)|se (?:esta )?quema(?:ndo)? (?:la|el|mi|una|un)|arde (?:el|la|una|un)"
    r"|esta ardiendo|hay llamas|humo (?:saliendo|y llamas)|huele (?:mucho |fuerte )?a gas|fuga de gas"
    r"|escape de gas|explosion"
    r"|(?:con|tiene) un (?:cuchillo|arma|navaja|pistola|escopeta)|entrando en (?:mi|la) casa|han entrado "
    r"en (?:mi )?casa|socorro|auxilio que|violencia de genero ahora|ambulancia (?:ya|por favor|urgente)"
    r"|mand(?:ad|en) (?:a alguien|una ambulancia|a la guardia|la policia|los bomberos)"
    r"|llam(?:ad|en) a (?:una ambulancia|los bomberos|la guardia civil|la policia|emergencias|urgencias)"
    r"|se ha perdido (?:mi|un) (?:hij[oa]|niñ[oa]|padre|madre|abuel[oa]|marido)|ha desaparecido (?:mi|un)"
    r"|(?:pid(?:e|en|iendo)|pedir) auxilio|intoxicad[oa]|electrocutad[oa]|corriente viva|derrumb\w+ (?:la|el"
    r"|una|un) \w+ "
    r"(?:con|y hay)"
    r"|there is a fire|call an ambulance|not breathing|he is attacking|she is attacking)\b"
)
HOAX = Cue(
    r"\b(?:plan de emergencia|simulacro|curso de|seguro de|subvencion\w*|ordenanza|licencia|prevencion de "
    r"incendios|desbroce|el año pasado|hace (?:un|dos|tres) (?:mes|año|semana)\w*|la web|la pagina|el "
    r"ordenador|autofirma|la sede se|me quema la sangre|me va a dar (?:un|algo)"
    r"|me (?:da|dio|entra|dara) un (?:infarto|ictus)|ahoga\w* (?:uno|una|en (?:papel|tramit)\w+))\b"
)
# Said in earnest of life, and in jest of a form: beside words of our trade they are a jest.
SCREAMED = re.compile(r"socorro|auxilio|atrapad|explosion|atropell|morir|desmayad|no se mueve|inconsciente")
TRADE = Cue(
    r"\b(?:sede|autofirma|firm(?:a|ar|o|arlo|arla)|certificad\w+|cl[a@]ve|tramit\w+|papeleo|papeles|justificante|pdf"
    r"|pagina|pantalla|contraseña|buzon|avisos|registro|instancia|solicitud|factura|internet|bucle|programa|cursor)\b"
)


def emergency(reading: Reading, verdict: Verdict) -> Verdict:
    """Words of danger to life go to 112 in the first line, and to a person at once."""
    jest = TRADE.search(reading.said) is not None
    found = (one for one in DANGER.finditer(reading.said) if not (jest and SCREAMED.search(one.group())))
    match = next(found, None)
    if not match or HOAX.search(reading.said):
        return verdict
    said = reading.text[match.start() : match.end()]
    return verdict.say(RULE, "emergency", "true", f"habla de un peligro: «{said}»", emergency=True)
