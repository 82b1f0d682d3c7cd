"""The articles and films that the house brings: all of them, whole, and small enough."""

import json
import subprocess
from pathlib import Path

import pytest

from kb.article import Article
from kb.captions import read
from kb.shelf import HOME, load

SHELF = load()
NAMES = """
obtener-certificado-fnmt descargar-certificado-codigo instalar-certificado copia-de-seguridad-certificado
renovar-certificado el-certificado-no-aparece contrasena-certificado-olvidada certificado-en-el-movil
dnie-lector-ordenador dnie-pin-y-certificados-caducados dnie-por-nfc-movil registrarse-en-clave niveles-de-clave
clave-movil-app-pin-sms clave-permanente clave-cambiar-de-movil clave-firma instalar-autofirma autofirma-no-conecta
autofirma-codigos-error autofirma-sin-certificados autofirma-mac autofirma-linux-firefox autofirma-movil
firmar-pdf-con-autofirma pdf-no-se-deja-firmar comprobar-una-firma-valide entrar-en-la-sede navegadores-compatibles
sesion-y-certificado-equivocado error-403-o-conexion-segura sede-no-funciona-que-hacer otros-registros-y-reg-general
presentar-instancia-general elegir-el-tramite adjuntar-documentos-tamano-formato justificante-de-registro
plazos-y-dias-habiles quien-esta-obligado aportar-documentos-a-un-expediente consultar-expediente-carpeta
datos-personales-en-la-carpeta leer-notificacion-en-la-sede plazo-de-diez-dias aviso-de-notificacion-no-llega
dehu-y-mi-carpeta papel-o-electronico actuar-en-nombre-de-otro apoderamiento-apud-acta certificado-de-representante
validar-documento-con-csv pagar-recibo-o-tasa volante-o-certificado-de-empadronamiento alta-o-cambio-en-el-padron
presentar-factura-face codigos-dir3 factura-rechazada-en-face presentar-oferta-placsp solicitar-subvencion-o-plaza
no-es-nuestra-competencia cita-previa-y-ayuda-presencial pedir-ayuda-que-datos-enviar
"""
SLUGS = NAMES.split()
FILMS, LARGEST = 8, 1_500_000


def test_there_is_an_article_for_each_of_the_matters_and_no_other() -> None:
    assert sorted(one.slug for one in SHELF) == sorted(SLUGS)
    assert len({one.number for one in SHELF}) == len(SLUGS) == 62


@pytest.mark.parametrize("article", list(SHELF), ids=lambda one: one.slug)
def test_an_article_has_all_that_a_reader_and_a_supervisor_need(article: Article) -> None:
    assert len(article.steps) >= 2 and len(article.questions) >= 3
    assert article.words and article.audience and article.reviewed and article.sources


def test_the_films_that_are_brought_are_small_and_say_in_captions_all_that_they_show() -> None:
    films = sorted((HOME / "videos").glob("*.mp4"))
    sizes = {film.name: film.stat().st_size for film in films if film.stat().st_size > LARGEST}
    ends = {film.name: read(film.with_suffix(".vtt").read_text("utf-8")).cues[-1].end for film in films}

    assert (len(films), sizes) == (FILMS, {})
    assert {name: abs(seconds(HOME / "videos" / name) - end) < 2 for name, end in ends.items()} == dict.fromkeys(
        ends, True
    )
    assert all(film.with_suffix(".jpg").is_file() for film in films)


def seconds(film: Path) -> float:
    """How long a film runs."""
    told = ("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json", str(film))
    return float(json.loads(subprocess.run(told, capture_output=True, check=True).stdout)["format"]["duration"])
