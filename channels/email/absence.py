"""Whether the words of an answer are the notice of somebody who is away. Pure; when in doubt, a person's."""

import re

from channels.email import reply

LONGEST = 900
OPENING = 300
AWAY = re.compile(
    r"(?:estoy|estar[ée]|me encuentro|estamos|estaremos|permanecer[ée]) (?:actualmente )?(?:de vacaciones|de permiso|"
    r"de baja|ausente|fuera de (?:la |mi )?oficina)|no (?:estoy|estar[ée]) (?:disponible|en la oficina)|"
    r"(?:estic|estar[ée]|em trobo) (?:de vacances|de permís|absent|fora de l.oficina)|"
    r"(?:estou|estarei|at[óo]pome) (?:de vacaci[óo]ns|de f[ée]rias|ausente|f[óo]ra d[ao] (?:oficina|escrit[óo]rio))|"
    r"oporretan (?:nago|egongo)|bulegotik kanpo|"
    r"\bi(?: a|')m (?:currently )?(?:out of (?:the )?office|away|on (?:annual |sick |parental )?(?:leave|vacation|"
    r"holidays?))|i will be (?:out of (?:the )?office|away|on (?:annual )?(?:leave|vacation|holidays?))|"
    r"ich bin .{0,40}(?:nicht im b[üu]ro|au(?:ß|ss)er haus|im urlaub|abwesend)|"
    r"je suis (?:actuellement )?(?:absente?|en (?:vacances|cong[ée]s?))|sono (?:in ferie|fuori (?:ufficio|sede))",
    re.IGNORECASE,
)
# One of these is in every such opening, and in few others.
LIKELY = (
    "vacac", "vacan", "permiso", "permís", "de baja", "ausent", "absent", "oficina", "office", "disponible", "away",
    "leave", "holiday", "férias", "ferias", "escrit", "oporretan", "bulego", "büro", "buro", "haus", "urlaub",
    "abwesend", "congé", "conge", "ferie", "ufficio", "sede",
)  # fmt: skip
# What only a notice written for everybody says.
CANNED = re.compile(
    r"(?:asunto|caso|tema|cuesti[óo]n|consulta|matter|issue|enquir|f[äa]ll|gai|assumpte)\w*.{0,20}(?:urgen|"
    r"urxen|dringend)|"
    r"(?:urgen|urxen|dringend|presazko)\w*.{0,25}(?:asunto|caso|tema|matter|issue|enquir|f[äa]ll|gai|assumpte)|"
    r"si [eé]s urgent|if (?:it is |your \w+ is )?urgent|en cas d.urgence|in case of (?:urgency|emergency)|"
    r"(?:contestar|responder|atender)\S* .{0,60}a mi (?:vuelta|regreso|reincorporaci[óo]n)|"
    r"(?:a la meva tornada|no meu regreso|when i (?:return|am back|get back)|(?:up)?on my return|[àa] mon retour|"
    r"nach meiner r[üu]ckkehr)|"
    r"acceso limitado|limited access|(?:mensaje|respuesta|correo|missatge|mensaxe) (?:es |generad[oa] )?autom[áàa]tic|"
    r"automatic (?:reply|response|message)|automatische (?:antwort|nachricht)",
    re.IGNORECASE,
)


def is_notice(text: str) -> bool:
    """Short, opens with being away, says what notices say, and asks nothing; what it quotes does not count."""
    opening = " ".join(text[:LONGEST].split())[:OPENING].lower()
    if not any(word in opening for word in LIKELY) or not AWAY.search(opening):
        return False
    said = reply.newly_said(text)
    return len(said) <= LONGEST and "?" not in said and bool(CANNED.search(" ".join(said.split())))
