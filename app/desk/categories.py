"""What the categories of the taxonomy are called, to technicians and to whoever asks."""

from app.desk.books import Books

NAMES = {
    "certificado-digital": "Certificado digital",
    "dnie": "DNI electrónico",
    "clave": "Cl@ve",
    "autofirma": "AutoFirma",
    "firma-documentos": "Firma de documentos",
    "navegador-acceso": "Navegador y acceso",
    "incidencia-sede": "Avería de la sede",
    "registro-instancia": "Registro e instancias",
    "notificaciones": "Notificaciones",
    "expedientes": "Expedientes",
    "representacion": "Representación",
    "verificacion-csv": "Verificación CSV",
    "pago-tributos": "Pago de tributos",
    "padron": "Padrón",
    "factura-electronica": "Factura electrónica",
    "licitaciones": "Licitaciones",
    "subvenciones-empleo": "Subvenciones y empleo",
    "otros-no-competencia": "Otros asuntos",
}


def names(books: Books) -> dict[str, str]:
    """Every category with its name, in the order of the taxonomy; the desk's own names win."""
    return {**NAMES, **(books.settings.get("categories") or {})}
