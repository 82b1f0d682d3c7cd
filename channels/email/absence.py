"""Whether the words of an answer are a machine's: somebody is away, or has it. Pure; when in doubt, a person's.

One sign is never enough, since people speak of their holidays too: who is away also says whom else to ask, or that an
answer comes later; who has received it says in how long; only «this message is automatic» speaks for itself.
"""

import re

from channels.email import reply

LONGEST = 900
OPENING = 300
# The speaker, in es ca gl pt eu en de fr it, and how somebody is away.
I_AM = (
    r"(?:est(?:oy|ar[ée]|amos|aremos)|permanecer(?:[ée]|emos)|me (?:encuentro|hallo)|disfrutando|estic|s[óo]c|ser[ée]|"
    r"em trobo|estou|estarei|at[óo]pome|me atopo|encontro-me|i(?: a|')m|i(?: wi|')ll be|we are|ich bin|"
    r"ich befinde mich|je (?:suis|serai)|nous sommes|sono|sar[òo])"
)
GONE = (
    r"(?:de (?:mis |unas )?(?:vacac|vacan|permiso|perm[íi]s|baja|baixa|f[ée]rias|viaje)|ausen|absen|abwesend|"
    r"f[uóo]e?ra (?:d(?:e|[ao])|por|hasta)|"
    r"cerrad[oa]s|tancats|pechad[oa]s|closed|(?:not |un)available|out of (?:the )?office|away|"
    r"on (?:annual |sick |parental |maternity )?(?:leave|vacation|holiday)|(?:im|nicht im) (?:urlaub|b[üu]ro)|"
    r"nicht erreichbar|au(?:ß|ss)er haus|en (?:vacances|cong[ée])|in ferie|fuori (?:ufficio|sede))"
)
AWAY = re.compile(
    rf"\b{I_AM}\b[^?!]{{0,60}}\b{GONE}|"
    rf"\b(?:no|non) {I_AM} (?:\w+ )?(?:dispo[nñ]ible|operativ[oa]|(?:en|na) (?:la |mi )?oficina)|"
    r"(?:^|[.!,:] )(?:absente?|ausente|fuera) (?:du|de la|de) (?:bureau|oficina)|ez (?:nago|naiz) bulegoan|"
    r"oporretan (?:nago|egongo|gaude)|bulegotik kanpo|kanpoan (?:nago|egongo)|"
    r"\b(?:ya no trabajo|ja no treballo|no longer work)|"
    r"\b(?:las?|nuestr[oa]s?|el) (?:oficinas?|empresa|despacho|servicio|instalaciones) (?!de\b)[^.?!]{0,30}"
    r"\bcerrad[ao]s?|nuestro horario",
    re.IGNORECASE,
)
# One of these is in every such opening, and in few others.
LIKELY = (
    "vacac", "vacan", "permiso", "permís", "permis", "baja", "baixa", "ausen", "absen", "abwesen", "oficina", "cerrad",
    "office", "dispo", "away", "leave", "holiday", "férias", "ferias", "viaje", "escrit", "oporretan", "kanpo",
    "büro", "buro", "erreichbar", "haus", "urlaub", "congé", "conge", "ferie", "ufficio", "sede", "trabajo", "treballo",
    "longer", "horario", "autom", "buzón", "recib", "recep", "rebut", "received", "reçu", "erhalten", "jaso",
    "contact", "operativ", "fuera", "fora", "fóra", "fiesta", "escribirnos", "touch", "reply", "responda", "conteste",
)  # fmt: skip
REACHED = r"(?:[\w.+-]+@[\w.-]+\.\w|\+?\d{3}[ .-]?\d{2,3}[ .-]?\d{2,3}|\b(?:tel[ée]fono|tel\.) \d{3})"
OCCASION = (
    r"(?:urg[eèé]n|urxen|dringend|presaz|premiaz|emergenc|important|\bausencia|abs[eè]ncia|cuesti[óo]n|q[üu]esti[óo]|"
    r"\basuntos?\b|assumpt|\btemas\b|necesidad|inmediat|incidenc|matter|cualquier|calquera|qualsevol|\btoute|queries|contact|dir[ií]j|dirixi|"
    r"dirigirse|adre[cç]|wenden)"
)
# Whom to ask instead, without access, and that an answer comes when the writer is back.
ELSEWHERE = re.compile(rf"{OCCASION}[^?]{{0,160}}{REACHED}|{REACHED}[^?]{{0,80}}{OCCASION}", re.IGNORECASE)
LATER = re.compile(
    r"(?:\b(?:respon|contest|atend|atendr|leer|will (?:reply|respond|answer|get back))\S*[^.?!]{0,60}"
    r"(?:\b(?:vuelta|regreso|vuelva|reincorpor\w+|tornada|retorn\w*|volta|back|return)\b|lo antes posible|en cuanto))|"
    r"\b(?:when i (?:return|am back|get back)|(?:up)?on my return|[àa] mon retour|nach meiner r[üu]ckkehr)|"
    r"\b(?:acceso|acc[ée]s|acesso|access|zugriff)\W+(?:\w+\W+){0,2}(?:limit|restring)|"
    r"\b(?:limited|no|without|sin|sense|sem) (?:tener |tenir )?(?:acc)|\bno (?:tendr[ée]|tengo|tindr[ée]|terei) acc|"
    r"wird nicht weitergeleitet|"
    rf"{OCCASION}[^.?!]{{0,60}}\b(?:ll[áa]m\w+|truqu\w+|cham\w+|deitu|call) (?:al?|to|ao?)?\s?\d|"
    rf"\d[^.?!]{{0,20}}\bdeitu|{OCCASION}[^.?!]{{0,30}}\bdeitu|"
    rf"{OCCASION}[^.?!]{{0,60}}\b(?:dir[ií]j\w+|dirigirse|contact\w+|escrib\w+|wend\w+) (?:a|con|to|an)\b",
    re.IGNORECASE,
)
# It says itself that nobody wrote it, or that nobody reads there.
ITSELF = re.compile(
    r"(?:^|[.!:;*(] ?)\W{0,3}(?:(?:nota|aviso|atenci[óo]n): ?)?(?:(?:est[eoa]|aquest[ao]?) (?:[eé]s |é |se |ha sido )?"
    r"(?:un[ah]?a? )?)?(?:mensaje|mensaxe|mensagem|missatge|respuesta|resposta|correo|correu|e-?mail)"
    r"(?: electr[óo]nic[oa])? (?:(?:se |s.|foi |es |é |ha |sido )*(?:generad[oa]|enviad[oa]|generat|xerad[oa]) )?"
    r"(?:de forma |de manera )?autom[áàa]tic\w{1,8}\W*(?:$|[.,;:!)*]|por favor|si us)|"
    r"mezu automatiko|erantzun automatiko|this is an auto(?:matic|mated) (?:reply|response|message|e-?mail)|"
    r"(?:dies ist eine|das ist eine) automatische|ceci est (?:une r[ée]ponse|un message) automatique|"
    r"(?:questa è una|questo è un) (?:risposta|messaggio) automatic|(?:do not|don't) reply to this (?:e-?mail|message)|"
    r"\b(?:por favor,? |rogamos )?no (?:responda|conteste)[ns]? a est[ea] (?:correo|mensaje|direcci[óo]n)"
    r"[^.]{0,10}[.!]|"
    r"est[ea] (?:buz[óo]n|direcci[óo]n|cuenta)[^.?!]{0,30} no (?:se atiende|est[áa] atendid|admite|recibe)|"
    r"(?:buz[óo]n|direcci[óo]n|cuenta)(?: de correo)? no (?:atendid|monitorizad|habilitad)",
    re.IGNORECASE,
)
THING = (
    r"(?:mensaje|correo|e-?mail|solicitud|consulta|petici[óo]n|missatge|correu|mensaxe|mezua|message|mail|anfrage|"
    r"nachricht|demande|enquiry|request)"
)
RECEIVED = re.compile(
    rf"(?:recibido|recepci[óo]n|recibimos|rebut|received|re[çc]u)\b[^.?!]{{0,30}}\b{THING}|{THING}[^.?!]{{0,30}}\b"
    r"(?:recibid[oa]|erhalten|jaso dugu|has been received)|(?:gracias|gr[àa]cies|grazas|thank you|merci|danke)\W+"
    r"(?:por|per|for|de|f[üu]r) (?:contactar con|ponerse en contacto|escribirnos|contacting|getting in touch|"
    r"nous avoir)",
    re.IGNORECASE,
)
SOON = re.compile(
    r"\b(?:respond|contest|atend|pondremos en contacto con (?:usted|vd)|respondrem|reply|get back|be in touch|"
    r"r[ée]pond|melden uns|erantzun)[^\s.?!]*(?=\s)(?! al?\b| la\b)[^.?!]{0,60}"
    r"(?:l?o antes posible|en breve|brevedad|plazo|termini|horas|d[íi]as|"
    r"laborables|aviat|soon|shortly|within|menos de \d|brefs d[ée]lais|schnell|lasterren)|"
    r"lasterren[^.?!]{0,40}erantzun|"
    r"(?:en breve|a la mayor brevedad)[^.?!]{0,40}(?:responder|contestar|atender|en contacto con (?:usted|vd))|"
    r"(?:asignado|assigned)[^.?!]{0,40}(?:n[úu]mero|number|referencia)|por orden de llegada",
    re.IGNORECASE,
)
# What is said to us, of one's own trouble or of one's own people, no notice for everybody says.
PERSON = re.compile(
    r"\?|\b(?:d[íi]gan?|ll[áa]men?|escr[íi]b[ae]n?|av[íi]sen?|conf[íi]rmen?|env[íi]en?|m[áa]nden?|resp[óo]ndan?|"
    r"cont[ée]sten?|ay[úu]den?|expl[íi]quen?|ind[íi]quen?|cont[áa]cten?)(?:me|nos)(?:l[oa]s?)?\b|\bconmigo\b|"
    r"\bsi me llama|\bque me dig|\bmi (?:marido|mujer|hij[oa]|padre|madre|herman[oa]|abuel[oa]|jef[ea])\b|"
    r"\b(?:el|la) meva? (?:fill|filla|home|dona|pare|mare)\b|\bautorizo\b|\b(?:necesit|solicit|quer)(?:o|amos|emos)\b|"
    r"\b(?:les?|os|us) (?:escribo|escric|mando|mandaremos|env[íi]o|llamo|paso|digo|diremos)\b|"
    r"\badjunto (?:el|la|los|las|un|una|captura|foto)\b|\b(?:error|fallo) (?:sigue|\w+_\d+)|\bel error\b|"
    r"\bhe (?:probado|intentado|instalado|firmado|conseguido)\b|\b(?:sigue|segueix) (?:sin|igual|el error|sense)\b|"
    r"\bno (?:puedo|puc|podo|podremos|consigo|me deja|em deixa|entendemos|entiendo|sé|"
    r"se (?:c[óo]mo|d[óo]nde|qu[ée]|si|cu[áa]l))\b|"
    r"\b(?:i|we) (?:tried|cannot|can't|still)\b",
    re.IGNORECASE,
)


def is_notice(text: str) -> bool:
    """Short, written for everybody, and asks nothing; what it quotes does not count."""
    opening = " ".join(text[:LONGEST].split())[:OPENING].lower()
    if not any(word in opening for word in LIKELY):
        return False
    said = " ".join(reply.newly_said(text).split())
    if len(said) > LONGEST or PERSON.search(said):
        return False
    if ITSELF.search(said):
        return True
    if AWAY.search(opening) and (ELSEWHERE.search(said) or LATER.search(said)):
        return True
    return bool(RECEIVED.search(opening) and SOON.search(said))
