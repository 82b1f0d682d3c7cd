"""What each key does, told once: the help page reads it, and the scripts do it."""

from dataclasses import dataclass

from app.web.say import _


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One key, or a letter after another, and what it does."""

    keys: tuple[str, ...]
    does: str


def shortcuts() -> tuple[tuple[str, tuple[Shortcut, ...]], ...]:
    """In groups, as the help shows them."""
    return (
        (
            _("En todas partes"),
            (
                Shortcut(("?",), _("Ver estas teclas")),
                Shortcut(("/",), _("Buscar")),
                Shortcut(("n",), _("Nueva llamada")),
                Shortcut(("g", "m"), _("Ir a las mías")),
                Shortcut(("g", "s"), _("Ir a las que nadie tiene")),
                Shortcut(("g", "v"), _("Ir a las que vencen hoy")),
                Shortcut(("g", "l"), _("Ir a devolver llamada")),
                Shortcut(("g", "a"), _("Ir a las abiertas")),
                Shortcut(("g", "e"), _("Ir a las que esperan respuesta")),
                Shortcut(("g", "i"), _("Ir a las que sigo")),
                Shortcut(("g", "r"), _("Ir a las resueltas")),
                Shortcut(("z",), _("Deshacer lo último")),
            ),
        ),
        (
            _("En la lista"),
            (
                Shortcut(("j",), _("La siguiente")),
                Shortcut(("k",), _("La anterior")),
                Shortcut(("o",), _("Abrir la consulta (también Entrar)")),
                Shortcut(("x",), _("Elegirla o dejarla")),
                Shortcut(("t",), _("Tomar las elegidas")),
                Shortcut(("l",), _("Poner una etiqueta a las elegidas")),
                Shortcut(("e",), _("Resolver las elegidas")),
                Shortcut((".",), _("Mostrar las nuevas")),
            ),
        ),
        (
            _("En una consulta"),
            (
                Shortcut(("r",), _("Escribir la respuesta")),
                Shortcut(("c",), _("Escribir una nota interna")),
                Shortcut(("Ctrl", "↵"), _("Enviar lo escrito")),
                Shortcut(("1",), _("Insertar el primer artículo (también 2 y 3)")),
                Shortcut(("t",), _("Tomarla")),
                Shortcut(("a",), _("Asignarla")),
                Shortcut(("s",), _("Posponerla")),
                Shortcut(("m",), _("Cambiar el municipio")),
                Shortcut(("q",), _("Cambiar quién pregunta")),
                Shortcut(("p",), _("Cambiar categoría y prioridad")),
                Shortcut(("e",), _("Resolverla, o abrirla de nuevo")),
                Shortcut(("f",), _("Seguirla, o dejar de seguirla")),
                Shortcut((".",), _("Más actos: estado, unir, relacionar, correo no deseado")),
                Shortcut(("u",), _("Volver a la lista")),
            ),
        ),
    )
