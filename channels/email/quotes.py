"""How mail programs mark what is quoted: the words of their header blocks, separators and attributions. Pure."""

import re

# One header block has lines such as «De: …», «Enviado el: …», «Para: …», «Asunto: …»; the order is the languages'
# that are met here most: es en ca gl eu fr pt de it nl, then others.
LABELS = {
    "from": "de|from|remitente|desde|des de|nork|von|da|van|exp[ée]diteur|emitente|remetente|från|fra|od|от кого|от|"
    "lähettäjä|"
    "feladó|kimden|gönderen|发件人|寄件者|差出人|보낸 사람",
    "date": "enviado el|enviado o|enviado|enviados|fecha|fecha de envío|date|sent|sent on|enviat el|enviat|"
    "enviat dia|data|bidalia|bidaltze-data|"
    "envoyé|envoyé le|date d'envoi|enviada em|enviado em|enviada|gesendet|gesendet am|datum|inviato|verzonden|"
    "skickat|dato|sendt|"
    "wysłano|data wysłania|отправлено|дата|lähetetty|päivämäärä|elküldve|dátum|tarih|时间|发送时间|日期|日時|送信日時",
    "to": "para|to|a|pour|per a|per|nori|à|an|aan|destinataire|destinatario|destinatarios|till|til|do|komu|кому|"
    "vastaanottaja|címzett|"
    "kime|收件人|宛先",
    "cc": "cc|c\\.c\\.|con copia|copia|copie|kopie|kopia|kopi|ccn|bcc|cco|copie à|копия|抄送",
    "subject": "asunto|subject|assumpte|tema|asunto del mensaje|gaia|objet|sujet|assunto|betreff|oggetto|onderwerp|"
    "ämne|emne|temat|předmět|"
    "тема|aihe|tárgy|konu|主题|主旨|件名",
    "reply": "responder a|responder para|reply-to|reply to|respondre a|répondre à|antwort an|rispondi a|risposta",
    "other": "importancia|importance|prioridad|priority|datos adjuntos|adjuntos|archivos adjuntos|attachments|"
    "organización|"
    "organization|message-id|resent-from|resent-date|resent-to|resent-cc|resent-message-id|user-agent|"
    "mime-version|lista",
}
LABEL = re.compile(
    r"^[\s>|]*+[*_]{0,2}(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in LABELS.items())
    + r")[ \t\xa0]?[*_]{0,2}[ \t\xa0]?[:：][*_]{0,2}(?=\s|$|[^/\s])(?P<value>.*)$",
    re.IGNORECASE,
)
ORIGINAL = (
    "mensaje original|correo original|original message|original-nachricht|ursprüngliche nachricht|"
    "ursprungliche nachricht|"
    "message d'origine|message original|message d’origine|missatge original|mensaxe orixinal|jatorrizko mezua|"
    "mensagem original|messaggio originale|oorspronkelijk bericht|originalmeddelande|oprindelig meddelelse|"
    "opprinnelig melding|alkuperäinen viesti|исходное сообщение|wiadomość oryginalna|original appointment|"
    "cita original|"
    "reply message|eredeti üzenet|původní zpráva|urspr\\. nachricht|原始邮件"
)
FORWARDED = (
    "mensaje reenviado|correo reenviado|forwarded message|forwarded mail|forwarded by|reenviado por|reenviado|"
    "remitido por|missatge reenviat|mensaxe reenviada|birbidalitako mezua|mensagem encaminhada|mensagem reencaminhada|"
    "message transféré|message transmis|courriel transféré|weitergeleitete nachricht|weitergeleitete e-mail|"
    "messaggio inoltrato|doorgestuurd bericht|vidarebefordrat meddelande|videresendt melding|videresendt meddelelse|"
    "wiadomość przekazana|przekazana wiadomość|edelleenlähetetty viesti|пересланное сообщение|пересылаемое сообщение|"
    "перенаправленное сообщение|přeposlaná zpráva|iletilen mesaj|转发的邮件|転送メッセージ"
)
BEGIN_FORWARDED = (
    "inicio del mensaje reenviado|comienzo del mensaje reenviado|begin forwarded message|inici del missatge reenviat|"
    "início da mensagem reencaminhada|início da mensagem encaminhada|début du message réexpédié|"
    "début du message transféré|"
    "anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|inizio messaggio inoltrato|"
    "begin doorgestuurd bericht|vidarebefordrat mejl|начало переадресованного сообщения"
)
SEPARATOR = re.compile(
    rf"^[\s>*|]*+(?:[-_=—–‐‑]{{2,}}\s*)(?P<original>{ORIGINAL})\b.{{0,120}}$"
    rf"|^[\s>*|]*+(?P<original_bare>{ORIGINAL})\s*:?\s*$"
    rf"|^[\s>*|]*+(?:[-_=—–‐‑]{{2,}}\s*)(?P<forwarded>{FORWARDED})\b.{{0,160}}$"
    rf"|^[\s>*|]*+(?P<forwarded_bare>{BEGIN_FORWARDED}|{FORWARDED})\s*:\s*$"
    rf"|^[\s>*|]*+(?P<forwarded_alone>mensaje reenviado|forwarded message)\s*$"
    r"|^[\s>*|]*+-{3,}\s*(?P<some>[^\W\d]{2,20} (?:message|mensaje|nachricht|bericht|messaggio|mensagem|"
    r"mezua))\s*-{3,}\s*$",
    re.IGNORECASE,
)
WROTE = (
    "escribi[óo]|escrib[íi]a|escribe|ha escrito|wrote|writes|va escriure|ha escrit|escrigué|escribiu|escreveu|"
    "hau idatzi du|idatzi du|idatzi zuen|idatzi zuten|a [ée]crit|schrieb|schreef|geschreven|ha scritto|scrisse|"
    "napisał|napisała|napisał\\(a\\)|skrev|kirjoitti|написал|написала|пишет|napsal|yazdı|a scris|đã viết|pisze|"
    "kirjutas|scrie|작성|написав|写道|のメッセージ"
)
STARTS = (
    "on|el|en|le|am|op|em|il|den|a|al|dne|dnia|w dniu|na|o|lo|la|vào|pe|på|den|mån|tis|ons|tors|fre|lør|søn|"
    "在|lun|mar|mié|mie|jue|vie|sáb|sab|dom|lunes|martes|miércoles|jueves|viernes|sábado|domingo|в|at|quoting|citando"
)
NUMBERED = r"(?=[^\n]{0,300}?\d)"
MAIL = r"[^\s<>\"(),:;]{1,100}@[^\s<>\"(),;:]{1,100}"
ADDRESS = re.compile(MAIL)
# «El mar, 3 nov 2026 a las 9:12, Ana (<ana@x.es>) escribió:» in its many tongues
DATED_ATTRIBUTION = rf"^[\s>*_]*+(?:[-_]{{2,}}+\s*)?(?:{STARTS})\b{NUMBERED}.{{1,400}}\b(?:{WROTE})\b.{{0,160}}$"
ENDING_ATTRIBUTION = re.compile(
    rf"{DATED_ATTRIBUTION}"
    # «Ana <ana@x.es> escribió:», «Ana <ana@x.es> escribió el 3/11/2026 a las 9:12:»
    rf"|^[\s>*_]*+.{{0,160}}<?\s*{MAIL}>?\)?\s*,?\s*(?:{WROTE})\b.{{0,80}}[:：]\s*[*_]*$"
    # «2014-03-20 8:48 GMT+01:00 Ana <ana@x.es>:», «3/11/26, 9:12, Ana <ana@x.es>:»
    rf"|^[\s>*_]*+(?:(?:{STARTS})[\s.,]+)?{NUMBERED}.{{4,200}}<\s*(?:mailto:)?{MAIL}>\)?\s*:\s*[*_]*$"
    # «Ana ha escrito el 3/11/2026 a las 9:12:»
    rf"|^[\s>*_]*+[^\s:]{{1,30}}+{NUMBERED}.{{1,120}}\b(?:{WROTE})\b.{{0,160}}:\s*[*_]*$"
    rf"|^[\s>*_]*+[^:]{{1,60}}\b(?:{WROTE})\b{NUMBERED}.{{0,80}}\d{{1,2}}[:.]\d{{2}}\D{{0,6}}:\s*$"
    # «* Ana <ana@x.es> [2026-11-03 09:12]:»
    rf"|^[\s>*_]*+.{{0,160}}<{MAIL}>\s*\[[\d\s:.+/-]{{8,40}}\]\s*:\s*$"
    # «Citando a Ana <ana@x.es>:»
    rf"|^[\s>*_]*+(?:citando a|cita de|mensaje citado por|missatge citat per|begin quote from|quoting|"
    rf"quoted from|zitat von|"
    rf"citation de)\s.{{0,120}}{MAIL}>?\s*:\s*$"
    # «escribió:» alone, with the name of a colleague of ours in front
    rf"|^[\s>*_]*+[\w\s.,'’-]{{2,80}}\b(?:{WROTE})\s*:\s*[*_]*$"
    # «Missatge de Ana <ana@x.es> del dia dt., 3 de nov. 2026 a les 9:12:»
    rf"|^[\s>*_]*+missatge de .{{1,160}} del dia {NUMBERED}.{{1,80}}:\s*[*_]*$"
    rf"|^.{{1,160}}{NUMBERED}.{{1,80}}写道[:：]\s*$"
    # «---- Ana escribió ----»
    rf"|^[\s>*_]*+-{{2,}}+.{{2,160}}\b(?:{WROTE}).{{0,80}}-{{2,}}\s*$"
    # «On 11-Apr-2011, at 6:54 PM, Ana <ana@x.es> sent:»
    rf"|^[\s>*_]*+(?:{STARTS})\b{NUMBERED}(?=[^\n]{{1,300}}@).{{1,400}}\b(?:sent|envi[óo])\s*:\s*$",
    re.IGNORECASE,
)
# On a line that is longer than most, so many addresses or words of writing at most.
LONG, MOST_NAMED = 160, 4
SAYS = re.compile(rf"\b(?:{WROTE})\b", re.IGNORECASE)
BARE_ATTRIBUTION = re.compile(DATED_ATTRIBUTION, re.IGNORECASE)
# All but the dated one end so.
ENDS = re.compile(r"(?:[:：]\s*[*_]*|-\s*)$")
# The beginning of an attribution that is broken over lines.
OPENS = re.compile(rf"^[\s>*_]*+(?:[-_]{{2,}}+\s*)?(?:(?:{STARTS})\b|\d|[^<>]{{0,80}}<)", re.IGNORECASE)
# An attribution that the program wrote behind the last words instead of under them.
SHARED = re.compile(
    rf"^(?P<said>.*?\S)\s*-{{0,3}}\s+(?P<attribution>(?:on|el|le|am) [^\W\d]{{2,10}}\.?,? {NUMBERED}"
    rf".{{4,200}}{MAIL}>?\s*(?:{WROTE})\s*:)\s*$",
    re.IGNORECASE,
)
# «2011/4/7 Ana <ana@x.es>» without a colon, believed only above quoted lines.
DATED = re.compile(rf"^[\s>*_]*+\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}.{{0,120}}<{MAIL}>\s*$")
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
# «…, 9 de noviembre de 2026, Consultas escribió:»: a date, a comma, and a name.
NAMED = re.compile(
    rf"(?:\d{{4}}|/\d{{2}}),\s+[\"«]?(?-i:[A-ZÁÉÍÓÚÑÜÇ])[^,]{{1,80}}\b(?:{WROTE})\s*:"
    rf"|\d{{4}},?\s+(?:you|usted|ud\.)\s+(?:{WROTE})\s*:",
    re.IGNORECASE,
)
SIGNATURE = re.compile(r"^(?:--|—|__) ?$")
ABOVE = re.compile(
    r"^\W{0,12}#{2,}.{0,40}\b(?:por encima de esta l[íi]nea|above this line|damunt d'aquesta l[íi]nia|"
    r"enriba d?esta li[ñn]a|lerro honen gainean|acima desta linha|au-dessus de cette ligne|sopra questa riga|"
    r"über dieser zeile)\b",
    re.IGNORECASE,
)
# A line of words between such signs, in whatever language, by which a desk shows where to answer. Believed in an answer
# only: whoever writes first may set his headings so.
BETWEEN_SIGNS = re.compile(r"^[\s>*|]{0,12}## (?:[^\s#]{1,40} ){3,24}##\s*$")
RULE = re.compile(r"^[\s>*]*(?:_{4,}|-{4,}|={4,}|—{4,}|\* \* \*)\s*$")
# GroupWise: «>>> Ana Ruiz 3/11/2026 9:12 >>>»; Outlook Express: «"Ana" <ana@x.es> escribió en el mensaje news:…»
FRAMED = re.compile(
    rf"^>{{3}} ?[^>\s].{{0,160}}\d{{1,2}}[:.]\d{{2}}.{{0,12}} >{{3}}\s*$"
    rf"|^[^\n]{{0,80}}{MAIL}>? (?:escribi[óo] en el mensaje|wrote in message)\b.{{0,120}}$",
    re.IGNORECASE,
)
# Notes writes one line with the first words above its block: «Ana Ruiz---03/11/2026 09:12:00---Buenos días»
NOTES = re.compile(r"^[^\n]{1,80}-{3}\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4} \d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?-{3}")
THING = (
    "i?phone|ipad|ipod|android|samsung|galaxy|blackberry|huawei|xiaomi|redmi|motorola|nokia|lumia|pixel|oppo|m[óo]vil|"
    "smartphone|tel[ée]fono|m[òo]bil|celular|mobile|t[ée]l[ée]phone|handy|tablet|tableta|outlook|yahoo|hotmail|gmail|"
    "proton|"
    "correo|mail|windows|dispositivo|device|wireless|htc|xperia|mac|webmail|spark|thunderbird|sparrow|zoho"
)
SENT_FROM = (
    "enviado desde|enviado con|enviado a través de|enviado mediante|enviado por|sent from|sent with|sent via|"
    "sent using|"
    "get outlook for|obtener outlook para|obtén outlook para|obtenga outlook para|descargar outlook para|enviat des de|"
    "enviat des del|enviado do|enviada do|enviado dende|bidalia|envoyé de|envoyé depuis|von|gesendet von|gesendet mit|"
    "inviato da|verzonden vanaf|verzonden met|skickat från|sendt fra|wysłane z|отправлено с|yahoo mail:"
)
# No comma before the thing: «Sent from my desk, which is easier than the phone» is a sentence.
DEVICE = re.compile(
    rf"^[\s*_\[(<-]*+(?:{SENT_FROM})\s(?:[^\s,]{{1,30}}\s){{0,5}}[^\s,]{{0,20}}(?:{THING})\b.{{0,60}}$", re.IGNORECASE
)


# Where somebody says that the answers stand among the lines of the quote.
INSIDE = re.compile(
    r"\b(?:respond|respuest|contest|comentari|anot|repl(?:y|ies)|answer|comment|respost|r[ée]pon|antwort)\w*"
    r"[^.\n]{0,40}\b(?:abajo|debajo|abaix|sota|en (?:rojo|azul|verde|negrita|may[úu]sculas|vermell|blau|rouge|bleu)|"
    r"(?:entre|sobre) (?:sus |las )?l[íi]neas|intercalad[oa]s?|below|in-?line|in (?:red|blue|green|bold|caps)|"
    r"ci-dessous|unten|abaixo|em vermelho)\b",
    re.IGNORECASE,
)
# Yahoo and Samsung write the separator and its whole block on one line, and Yahoo's telephone the quote behind its
# attribution.
FIRST_LABEL = "De|From|Von|Da"
RUN_ON = re.compile(
    rf"(?<=[-\s>\w])(?=(?:{FIRST_LABEL}|Para|To|Per a|An|À|Enviad[oa]|Sent|Asunto|Subject|Assumpte|Assunto|Betreff|"
    r"Objet|Oggetto|Fecha|Date|Data|Datum|CC|Cc) ?:\s*\S)|(?<=\s)(?=A:\s*\S)",
)
RUN_ON_LINE = re.compile(
    rf"^[\s>]*-{{3,}}\s*(?:{FORWARDED}|{ORIGINAL})\s*-{{3,}}\s*(?:{FIRST_LABEL}) ?:\s.{{3,2000}}$", re.IGNORECASE
)
RUN_ON_QUOTE = re.compile(rf"^\s*(?:{STARTS})\b{NUMBERED}(?=[^\n]{{1,300}}@)", re.IGNORECASE)
ENDS_WROTE = re.compile(rf"\b(?:{WROTE})\s?:$", re.IGNORECASE)
# A mail of a megabyte of lines is read whole, but its quotes and forwards are not looked for.
MOST_LINES, MOST = 6000, 300_000
MAY_RUN_ON = re.compile(rf"- ?(?:{FIRST_LABEL}) ?:|[^\W\d_] ?: {{2}}")


def too_much(lines: list[str]) -> bool:
    """Whether there is more than anybody writes or quotes: a log, or a trap."""
    return len(lines) > MOST_LINES or sum(map(len, lines)) > MOST


def unfolded(text: str) -> list[str]:
    """The lines, with the separator and the headers that a program wrote on one line set under each other."""
    lines = text.split("\n")
    if not MAY_RUN_ON.search(text):
        return lines
    return [piece.rstrip() for line in lines for piece in _pieces(line)]


def _pieces(line: str) -> list[str]:
    if RUN_ON_LINE.match(line):
        return RUN_ON.split(line)
    head, spaces, quote = line.partition(":  ")
    named = bool(spaces) and ENDS_WROTE.search(head[-40:] + ":") and RUN_ON_QUOTE.match(head[:400])
    return [f"{head}:", quote.lstrip()] if named and quote.strip() else [line]


def framed(line: str) -> bool:
    """Whether the line introduces a quote as GroupWise or Outlook Express do."""
    # Three looks that cost nothing before the one that does.
    likely = line.startswith(">>>") or " en el mensaje" in line or " in message" in line
    return likely and bool(FRAMED.match(line[:400]))


def attribution(line: str) -> re.Match[str] | None:
    """The line as one that names the writer of the quote below, or None."""
    # Nobody is introduced so often on one line; it is a trap for the expressions.
    if len(line) > LONG and (line.count("@") > MOST_NAMED or len(SAYS.findall(line)) > MOST_NAMED):
        return None
    # Most lines end like neither, and the quick look saves more time than anything else in reading a mail.
    return (ENDING_ATTRIBUTION if ENDS.search(line) else BARE_ATTRIBUTION).match(line)


def label(line: str) -> tuple[str, str] | None:
    """Which header of a quoted block a line is, and its value; None if it is none."""
    match = LABEL.match(line[:2000]) if ":" in line or "：" in line else None
    if not match or match.lastgroup is None:
        return None
    name = next(name for name in LABELS if match[name] is not None)
    return name, match["value"].strip().strip("*").strip()
