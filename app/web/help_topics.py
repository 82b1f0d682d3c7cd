"""The topics of the public help: each category of articles with its name, what it holds, and its icon, in order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A category as citizens read it."""

    key: str
    name: str
    about: str
    icon: str


def _topic(key: str, name: str, about: str, icon: str) -> Topic:
    return Topic(key=key, name=name, about=about, icon=icon)


TOPICS = (
    _topic("certificado-digital", "Certificado digital", "Pedirlo, instalarlo, renovarlo", "shield-check"),
    _topic("dnie", "DNI electrónico", "Lector, PIN y móvil", "id-card"),
    _topic("clave", "Cl@ve", "Registrarse, SMS, contraseña", "key-round"),
    _topic("autofirma", "AutoFirma", "Instalarla y resolver sus errores", "pen-line"),
    _topic("firma-documentos", "Firmar documentos", "Firmar un PDF, comprobar una firma", "pen-line"),
    _topic("navegador-acceso", "Entrar en la sede", "Navegador, móvil, página que no carga", "log-in"),
    _topic("registro-instancia", "Presentar un escrito", "Instancia, adjuntos, justificante", "file-check"),
    _topic("notificaciones", "Notificaciones", "Abrirlas, plazo de diez días", "bell"),
    _topic("pago-tributos", "Pagar recibos y tasas", "Recibos, tasas, justificante de pago", "receipt"),
    _topic("representacion", "En nombre de otra persona", "Familiares, empresas, asociaciones", "users"),
    _topic("expedientes", "Mis expedientes", "Ver en qué estado están", "folder-open"),
    _topic("padron", "Padrón", "Volante, alta, cambio de domicilio", "user"),
    _topic("verificacion-csv", "Comprobar un documento", "El código que lleva al pie", "check-check"),
    _topic("incidencia-sede", "La sede falla", "Qué hacer si no funciona y hay plazo", "circle-alert"),
    _topic("factura-electronica", "Factura electrónica", "Presentarla y seguirla", "receipt"),
    _topic("licitaciones", "Licitaciones", "Ofertas y contratación pública", "landmark"),
    _topic("subvenciones-empleo", "Subvenciones y empleo", "Ayudas y convocatorias", "book-open"),
    _topic("otros-no-competencia", "Otros asuntos", "Lo que llevan otras administraciones", "external-link"),
)
FRONT = 9
BY_KEY = {topic.key: topic for topic in TOPICS}
