"""Is somebody in danger?"""

from triage.cues import Cue
from triage.reading import Reading
from triage.verdict import Verdict

RULE = "emergency"
DANGER = Cue(
    r"\b(?:me esta[n]? (?:pegando|atacando|amenazando|robando|persiguiendo|siguiendo)|amenaza(?:ndome"
    r"|ndonos)|amenazandola|amenaza con (?:matar|pegar|quemar|un|una)|me (?:quiere|va a|van a) matar|me "
    r"ha pegado|me pega|nos pega"
    r"|matarme|suicid\w+|quitarme la vida|no quiero (?:seguir )?vivir|no quiero vivir mas|acabar con "
    r"(?:mi vida|todo)|quitarme de en medio|hacerme daño"
    r"|no respira|no puede respirar|no puedo respirar|se ahoga|inconsciente|no reacciona|no despierta|no "
    r"contesta y no respira|se ha desmayado|desmayad[oa]|infarto|ictus|dolor (?:muy )?(?:fuerte )?(?:en el"
    r"|de) pecho|convulsion\w*"
    r"|sangra\w* mucho|esta sangrando|mucha sangre|se ha (?:caido|tirado)[^.\n]{0,50}(?:no (?:se "
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
    r"|pidiendo auxilio|intoxicad[oa]|electrocutad[oa]|corriente viva|derrumb\w+ (?:la|el|una|un) \w+ "
    r"(?:con|y hay)"
    r"|there is a fire|call an ambulance|not breathing|he is attacking|she is attacking)\b"
)
HOAX = Cue(
    r"\b(?:plan de emergencia|simulacro|curso de|seguro de|subvencion\w*|ordenanza|licencia|prevencion de "
    r"incendios|desbroce|el año pasado|hace (?:un|dos|tres) (?:mes|año|semana)\w*|la web|la pagina|el "
    r"ordenador|autofirma|la sede se|me quema la sangre|me va a dar (?:un|algo))\b"
)


def emergency(reading: Reading, verdict: Verdict) -> Verdict:
    """Words of danger to life go to 112 in the first line, and to a person at once."""
    match = DANGER.search(reading.said)
    if not match or HOAX.search(reading.said):
        return verdict
    said = reading.text[match.start() : match.end()]
    return verdict.say(RULE, "emergency", "true", f"habla de un peligro: «{said}»", emergency=True)
