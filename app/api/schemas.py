"""What the API takes and gives, as the OpenAPI document tells it; every complaint is a Spanish sentence."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from app.models.ticket import Status

CHANNELS = ("whatsapp", "email", "phone")
PRIORITIES = ("P1", "P2", "P3", "P4")
LONGEST_TEXT = 20_000

REQUIRED: dict[str, Any] = {"required": "Falta este dato.", "null": "Este dato no puede quedar vacío."}


class Strict(ma.Schema):
    """Refuses what it does not know, and says so in Spanish."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.error_messages |= {"unknown": "No se conoce este dato.", "type": "Aquí se espera un objeto."}


class Text(fields.String):
    """A text of bounded length, without the characters that no database keeps."""

    def __init__(self, *, longest: int, shortest: int = 0, **more: Any) -> None:
        told = f"Debe tener entre {shortest} y {longest} caracteres."
        length = validate.Length(min=shortest, max=longest, error=told)
        super().__init__(validate=length, error_messages=REQUIRED | {"invalid": "Tiene que ser un texto."}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        said = super()._deserialize(value, attr, data, **kwargs)
        return said.replace("\x00", "").encode("utf-8", "ignore").decode() if isinstance(said, str) else said


def choice(values: tuple[str, ...], **more: Any) -> fields.String:
    """One of a few words."""
    one_of = validate.OneOf(values, error="Debe ser uno de estos: " + ", ".join(values) + ".")
    return fields.String(validate=one_of, error_messages=REQUIRED | {"invalid": "Tiene que ser un texto."}, **more)


class Sender(Strict):
    """Who asks; either may be unknown."""

    address = Text(longest=254, allow_none=True, load_default=None, metadata={"description": "correo o teléfono"})
    name = Text(longest=200, allow_none=True, load_default=None)


class NewTicket(Strict):
    """An enquiry that somebody hands over."""

    channel = choice(CHANNELS, required=True)
    sender = fields.Nested(Sender, required=True, error_messages=REQUIRED)
    text = Text(longest=LONGEST_TEXT, shortest=1, required=True)
    subject = Text(longest=300, allow_none=True, load_default=None)
    town_hall = Text(longest=20, allow_none=True, load_default=None, metadata={"description": "código INE"})
    forwarded_by = Text(
        longest=254, allow_none=True, load_default=None, metadata={"description": "dirección registrada"}
    )


class Opened(ma.Schema):
    """The ticket that came of it."""

    number = fields.String()
    status = fields.String()
    url = fields.String()


class Wish(Strict):
    """Which tickets, and from where on."""

    status = choice(tuple(Status), load_default=None)
    channel = choice(CHANNELS, load_default=None)
    category = Text(longest=40, load_default=None)
    town_hall = Text(longest=20, load_default=None, metadata={"description": "código INE"})
    priority = choice(PRIORITIES, load_default=None)
    owner = Text(longest=254, load_default=None, metadata={"description": "correo de quien la lleva, o «nadie»"})
    after = Text(longest=40, load_default=None, metadata={"description": "el «next» de la página anterior"})
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 100, error="Debe estar entre 1 y 100."),
        error_messages={"invalid": "Tiene que ser un número entero."},
    )


class Place(ma.Schema):
    """A local entity."""

    code = fields.String()
    name = fields.String()


class AttachmentShape(ma.Schema):
    """A file with a message."""

    filename = fields.String()
    content_type = fields.String()
    size = fields.Integer()


class MessageShape(ma.Schema):
    """One thing said in a ticket."""

    id = fields.Integer()
    direction = fields.String()
    kind = fields.String()
    channel = fields.String()
    at = fields.AwareDateTime()
    text = fields.String()
    author = fields.String(allow_none=True)
    automatic = fields.Boolean()
    delivery = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    attachments = fields.List(fields.Nested(AttachmentShape))


class TicketShape(ma.Schema):
    """A ticket as lists show it. What a caller may not see is null."""

    number = fields.String()
    url = fields.String()
    version = fields.Integer()
    status = fields.String()
    channel = fields.String()
    subject = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    priority = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    town_hall = fields.Nested(Place, allow_none=True)
    forwarded_by = fields.Nested(Place, allow_none=True)
    owner = fields.String(allow_none=True)
    tags = fields.List(fields.String())
    deadline = fields.Date(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime()
    last_message_at = fields.AwareDateTime(allow_none=True)


class WholeTicket(TicketShape):
    """A ticket with everything said in it."""

    messages = fields.List(fields.Nested(MessageShape))


class TicketPage(ma.Schema):
    """A page of tickets, newest first."""

    items = fields.List(fields.Nested(TicketShape))
    next = fields.String(allow_none=True)


class NewReply(Strict):
    """A reply; `last_seen` is the newest message that its writer had read."""

    text = Text(longest=LONGEST_TEXT, shortest=1, required=True)
    last_seen = fields.Integer(
        load_default=None, allow_none=True, error_messages={"invalid": "Tiene que ser un número entero."}
    )
    channel = choice(CHANNELS, load_default=None)


class NewNote(Strict):
    """An internal note."""

    text = Text(longest=LONGEST_TEXT, shortest=1, required=True)


class Changes(Strict):
    """Only what is given changes."""

    owner = Text(longest=254, allow_none=True, metadata={"description": "correo de quien la lleva; null: nadie"})
    status = choice(tuple(Status))
    category = Text(longest=40, allow_none=True)
    priority = choice(PRIORITIES)
    town_hall = Text(longest=20, allow_none=True, metadata={"description": "código INE"})
    tags = fields.List(Text(longest=40, shortest=1), validate=validate.Length(max=20))


class ArticleShape(ma.Schema):
    """An article, with how well it fits when it was searched."""

    slug = fields.String()
    language = fields.String()
    number = fields.Integer()
    title = fields.String()
    category = fields.String()
    url = fields.String()
    score = fields.Float(allow_none=True)
    moment = fields.Float(allow_none=True)


class Articles(ma.Schema):
    """Articles, best first."""

    items = fields.List(fields.Nested(ArticleShape))


class Question(Strict):
    """What is looked for; without it, all articles."""

    q = Text(longest=2000, load_default="")
