"""Signs in the words of an enquiry that it hands over papers, or that it only asks."""

import re
from collections.abc import Iterable, Iterator

from triage.cues import Cue, Said

PAPER = (
    r"(?:solicitud(?:es)?|instancias?|istancia|recurso|alegacion(?:es)?|reclamacion(?:es)?|escritos?"
    r"|documentos?|documentacion|papel(?:es)?|papeles|factura|facturas|minuta|memoria|proyecto|oferta"
    r"|plica|proposicion"
    r"|justificacion|justificantes?|justificante|formulario|impreso|modelo|declaracion(?: responsable)?"
    r"|comunicacion|denuncia|queja|peticion|autorizacion|poder|certificados?|informe|planos?|presupuestos?"
    r"|curriculum|cv|titulos?|meritos"
    r"|contrato|escritura|anexos?|expediente|inscripcion|matricula|baja|alta|ficha|acta|estatutos"
    r"|propuesta|fianza|aval|requerimiento|subsanacion|renuncia|desistimiento|convenio|dni|fotos?|foto"
    r"|cuenta|nominas?|recibo|autoliquidacion|carta)"
)
HAND = Cue(
    r"\b(?:adjunt[oa]|adjuntamos|adjuntando|les adjunto|acompaño|acompañamos|se acompaña|presento"
    r"|presentamos|se presenta|remito|remitimos|se remite|envio|enviamos|les envio|os envio|le envio|mando"
    r"|mandamos|les mando|os mando|le mando"
    r"|os paso|les paso|le paso|ahi (?:va|van|teneis|tienen|lo teneis|les va|os va|mando)|aqui (?:va|van"
    r"|teneis|tienen|tiene|esta|os dejo|les dejo|el|la|los|mi)|hago entrega|hacemos entrega|entrego"
    r"|entregamos|aporto|aportamos|interpongo|interponemos|formulo|formulamos|solicito|solicitamos|ruego"
    r"|rogamos|pido|pedimos|comunico|declaro|denuncio|dejo|va (?:firmad[oa]|adjunt[oa])|ya va firmad[oa]"
    r"|firmad[oa] por|te mando|te paso|quiero presentar (?:esto|esta|este)|presento)\b"
)
FORMAL = Cue(
    r"\b(?:(?:se|que se|para que se|y se) (?:me |nos |le )?(?:admita|tenga por presentad\w+|tengan por "
    r"presentad\w+|de entrada|registre|tramite|incorpore|anexe|anule|dicte)|tengase por (?:presentad\w+"
    r"|hech\w+|interpuest\w+)|tengan por presentad\w+|den(?:me|nos)?le? entrada|dar(?:le|les|me)? "
    r"(?:entrada|registro|curso|tramite)|dadle entrada"
    r"|den(?:me)? (?:el )?(?:numero|nº|n°|n\.) de (?:registro|entrada)|(?:me|nos) (?:dan|dais|den|deis"
    r"|mand[ae]n?|mandais|envi[ae]n?|pasan?|pongan?|poneis|sell[ae]n?|sellais) (?:el |la |un |una "
    r")?(?:numero|nº|n°|sello|justificante|registro|entrada|resguardo|recibi|copia sellada|acuse|conforme)"
    r"|acus(?:en|e|ad) (?:de )?recibo|acuse de recibo|confirm(?:en|e|ad|eis|arme|enme|ando)? (?:la |el "
    r"|su |que )?(?:recepcion|recibo|entrada|contabilizacion|registro|queda|esta presentad|ha quedado"
    r"|haberl)"
    r"|(?:quede|queda|conste|consta|dejo|dar|doy|damos|dado|dad(?:nos|me)?|dadlo|dad[ol]o?s?|dese|se de"
    r"|tienen?) (?:ya )?(?:por )?(?:presentad\w+|registrad\w+|constancia|entregad\w+|apuntad\w+|inscrit\w+"
    r"|hech[oa] la|cumplid\w+|justificad\w+|subsanad\w+|entrada)|(?:lo|la|los|las) (?:doy|damos|dejo) por "
    r"presentad\w+|para (?:que conste|su registro|registrar|su tramitacion|su tramite|su inscripcion|su "
    r"incorporacion|que (?:lo|la|los|las) (?:registr\w+|tramit\w+|pas\w+|present\w+|met\w+|incorpor\w+"
    r"|anexe\w+|unan|sellen|selleis|tengan?)|(?:me|nos) (?:lo|la|los|las)? ?(?:registr\w+|tramit\w+"
    r"|apunt\w+|quiten|cambien|den|deis|sellen|anoten|inscriban))"
    r"|(?:registr|tramit|present|meted|pasad|pas|sell|apunt|anot|inscrib)(?:en|ad|adl[oa]s?|enl[oa]s?|enme"
    r"|adme|arme|e|eis)(?:l[oa]s?)?\b(?! (?:en|el) (?:la sede|mi|un))|que (?:le|les|me le|me lo|me|lo|la"
    r"|los|las) (?:pongan|ponga|poneis|den|registren|sellen|tramiten|anoten|apunten|quiten|incluyan"
    r"|incorporen)|por (?:este|el presente) (?:medio|correo|escrito|conducto|mensaje)|mediante (?:este|el "
    r"presente|la presente)|por la presente|en tiempo y forma|dentro de(?:l)? plazo|en plazo (?:habil|y "
    r"forma|los|las|el|la)|al amparo de|expone|expongo|solicita:|suplico|en cumplimiento (?:de|del)|en "
    r"contestacion (?:a|al)|en respuesta a(?:l| su| la)? (?:oficio|requerimiento|escrito|notificacion)|a "
    r"los efectos oportunos|a efectos de|surta efectos?|es justicia que"
    r"|(?:con esto|asi|ya) (?:ya )?(?:quedo|queda|quedamos|esta|estamos|estoy) (?:presentad\w+"
    r"|registrad\w+|inscrit\w+|apuntad\w+|dad\w+ de)|con esto (?:queda|basta|vale|ya)|interpongo"
    r"|interponemos|formulo (?:alegaciones|recurso|reclamacion|queja|denuncia)|formulamos|presento (?:la "
    r"|el |mi |una? |por este|recurso|alegaciones|reclamacion|denuncia|solicitud|oferta|queja)"
    r"|presentamos (?:la |el |nuestra |nuestro |una? |recurso|alegaciones|reclamacion|denuncia|solicitud"
    r"|oferta|queja)|hac(?:emos|go) entrega|hago entrega|solicito (?:que|la|el|una?|licencia|se|placa"
    r"|permiso|ayuda|bonificacion|exencion|autorizacion|mi|me)|solicitamos (?:que|la|el|una?|licencia|se"
    r"|placa|permiso|ayuda|nuestra)"
    r"|para (?:su )?(?:cobro|abono|pago|pagarla|contabilizar\w*|tramitacion)|ruego(?: me| nos)? "
    r"(?:confirm\w+|tramit\w+|registr\w+|anex\w+|incorpor\w+|acus\w+|sell\w+|den|admit\w+|la tramit\w+|su)"
    r"|rogamos (?:confirm\w+|tramit\w+|registr\w+|sellado|acus\w+|su |den|nos)|den(?:le|les|lo)? curso"
    r"|dad(?:le)? curso|quiero que conste|que conste|se una (?:al|a)|procedan a|(?:guard|incorpor|un"
    r"|empadron|mand|inclu|camb|quit)(?:ad|en)(?:me|nos)?(?:l[oa]s?)?|dad(?:me)? de (?:alta|baja)|deme "
    r"(?:el |un )?(?:recibo|numero|resguardo)|sello y copia|se opone|me opongo|nos oponemos|recurr(?:o|e"
    r"|imos)|alego|alegamos|(?:lo|la) dejo (?:por escrito|presentad\w+|enviad\w+)|doy de baja|queda "
    r"notificad\w+|me autoriza|apuntad?(?:me|nos)|apunten(?:me|nos)|inscriban?(?:me|nos)?)\b"
)
DONE = Cue(
    r"\b(?:ya (?:lo |la )?(?:presente|registre|he presentado|he registrado|tengo el justificante)"
    r"|presente(?:mos)? (?:ayer|el|la semana|por la sede|en la sede)|presentamos (?:ayer|el (?:lunes"
    r"|martes|miercoles|jueves|viernes)|por la sede|en la sede)|enviamos la oferta por|l[oa]s? (?:mand|envi"
    r"|present|sub)\w+ (?:por|en) (?:la )?(?:face|sede|internet|placsp|plataforma)|la mando por la "
    r"sede|lo presento yo|luego lo presento|antes de (?:subir|presentar|enviar|firmar|mandar)\w*|esto "
    r"vale como|si (?:os|les|lo|la) (?:mando|envio|remito)|todavia no (?:lo|la) (?:he|hemos)|no la he "
    r"enviado|presentar(?:la|lo)? (?:yo|desde|por la sede))\b"
)
ASKS = Cue(
    r"\b(?:como (?:se|lo|la|los|las|puedo|hago|tengo|debo|compruebo|firmo|subo|saco|veo|accedo|es|funciona"
    r"|corrijo)|donde (?:se|lo|la|esta|puedo|hay|tengo|veo|meto|subo)|por donde (?:se|lo|la|mando|va)|que "
    r"(?:tengo que|hay que|hago|boton|programa|apartado|tramite|significa|diferencia|referencia|formato"
    r"|me falta)|q (?:hago|tengo q|hay q|es )|cual (?:es|vale|sirve|elijo)|se puede|puedo |podria(?:n"
    r"|is)? (?:decir|indicar|ayudar|explicar)|podeis (?:decir|indicar|ayudar|explicar)|me pueden (?:decir"
    r"|indicar|ayudar)|hay algun|hace falta|vale como|es suficiente|es lo mismo"
    r"|no (?:me |se |nos )?(?:l[oa]s? )?(?:deja|sale|funciona|abre|carga|admite|reconoce|encuentro|guarda|conecta"
    r"|activa|aparece)|da error|me da (?:error|fallo)|dice (?:bloqueado|error|que no)|no se (?:si|como"
    r"|donde|que))\b"
)
CONFIRM = re.compile(
    r"\b(?:con (?:esto|eso|este)|ya (?:esta|quedo|queda|puedo)|queda(?:mos|n)? |quedo |(?:me|nos) (?:avis"
    r"|confirm|dec|dic|dais|mand|pon|pag)\w*|cuando (?:me|nos|lo|empiez)|en que puesto|cuanto (?:es|tard"
    r"|me)|falta algo|vale asi|esta bien asi|lo recogeis|es aqui|desde (?:hoy|ya)|puedo empezar|os (?:ha "
    r")?lleg\w+|lo (?:habeis|han) recibido|recib\w+)"
)
INFORMATION = Cue(
    r"\b(?:solicito|solicitamos|ruego|rogamos|pido|pedimos|quisiera|necesito)(?: que)?(?: me| nos)? "
    r"(?:informacion|info|ayuda (?:para|con)|orientacion|los codigos|el codigo|codigos|cita|indicaciones"
    r"|instrucciones|asistencia|soporte|(?:digan|indiquen|informen|aclaren|expliquen|ayuden|orienten"
    r"|faciliten (?:los|el) codigo)\w*|aclaracion|(?:una )?(?:respuesta|solucion))\b"
)
SHOWN = Cue(
    r"\b(?:captura|capturas|pantallazo|pantallazos|pantalla|foto de(?:l| la)? (?:pantalla|error|mensaje"
    r"|fallo|aviso|lo que)|lo que (?:me )?sale|el error|mensaje de error|para que (?:vea[ns]?|veais|lo vea"
    r"|sepa)|por si (?:ayuda|sirve|les|os)|imagen del error|ejemplo)\b"
)
BEGS = Cue(
    r"\b(?:para que (?:me |nos |se )?(?:lo|la|los|las|le|les)? ?(?:registr\w+|pas\w+ al registro|pase\w* "
    r"al|present\w+|tramit\w+|met\w+|quit\w+|arregl\w+|apunt\w+|de[ni]s?)|pasen al registro|(?:registrad"
    r"|registren|registrar|presentad|presenten|meted|metan|sellad|sellen|tramitad|tramiten|apuntad|apunten"
    r"|entregad|entreguen|haced|hagan)(?:l[oa]s?|me|nos|mel[oa]s?|nosl[oa]s?)?|me (?:lo|la|los) "
    r"(?:registr\w+|sell\w+|present\w+|tramit\w+|met\w+|echa\w*|pas\w+)"
    r"|(?:me|nos) (?:avisan|avisais|confirman|confirmais|dicen|decis) (?:cuando|si) (?:esten?|este|lo|la"
    r"|queda|ha)|(?:con|asi) (?:esto|eso) (?:vale|basta|sobra|queda)|ya (?:esta|queda) (?:presentad"
    r"|entregad|hech)\w+|denme el|dame el (?:numero|justificante|nº)|decidme el (?:numero|nº)|(?:mandad"
    r"|mand[ae]n|mandarme|enviad|enviadme|mandadme|denme|dadme|quiero|necesito|espero)(?:me)? (?:el |la "
    r"|un |una |mi |su )?(?:justificante|resguardo|numero|nº|acuse|sello|copia sellada|recibi)|quiten"
    r"|arreglen|me (?:quiten|arreglen|den de baja)|ya no me (?:paseis|pasen)|no me (?:paseis|pasen) (?:mas"
    r"|ya))\b"
)

SCREEN = re.compile(r"(?:pantalla|captura|error|saf|img|foto|screenshot|wa\d|fallo|pin)", re.I)
SIGNS = {"hand": HAND, "formal": FORMAL, "done": DONE, "shown": SHOWN, "begs": BEGS, "information": INFORMATION}
PAPERED = Cue(r"\b" + PAPER + r"\b")
QUESTION = re.compile(r"[^.!?\n]+\?")
END = re.compile(r"[.!?\n]")
WEIGHTS = {
    "hand": 1.0,
    "paper": 0.5,
    "attached": 1.5,
    "formal": 2.0,
    "begs": 2.0,
    "both": -1.0,
    "asks": -2.0,
    "screen": -1.0,
    "shown": -2.5,
    "done": -2.5,
    "information": -3.0,
}


def signs(said: Said, attachments: tuple[str, ...] = ()) -> Iterator[str]:
    """The names of those that are there."""
    found = {name for name, cue in SIGNS.items() if cue.search(said)}
    yield from sorted(found)
    if _asks(said):
        yield "asks"
    if attachments or "[documento" in said.text or "[foto" in said.text:
        yield "attached"
    if any(SCREEN.search(name) for name in attachments):
        yield "screen"
    if {"formal", "begs"} <= found:
        yield "both"
    if "hand" in found and PAPERED.search(said):
        yield "paper"


def points(signs: Iterable[str]) -> float:
    """How much they say together that somebody files."""
    return sum(WEIGHTS[name] for name in signs)


def _asks(said: Said) -> bool:
    """Whether a sentence asks how it is done; one that only asks whether the papers have come does not."""
    if any(_sign_after(match) != "?" for match in ASKS.finditer(said)):
        return True
    return any(not CONFIRM.search(question) for question in QUESTION.findall(said.text))


def _sign_after(match: re.Match[str]) -> str:
    """What ends the sentence of a match, nothing at the end of the text."""
    end = END.search(match.string, match.end())
    return end.group() if end else ""
