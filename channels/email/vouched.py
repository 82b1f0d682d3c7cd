"""Whether our own receiving server vouches for the sender (Authentication-Results, RFC 8601). Pure."""

import re

from channels.email import people
from channels.email.headers import Headers

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
COMMENT = re.compile(r"\([^()]{0,2000}\)")
DEEPEST = 10
METHOD = re.compile(r"\s*(dmarc|dkim)(?:\s*/\s*\d+)?\s*=\s*pass(?![\w-])")
FIELD = re.compile(r"(header\.[a-z0-9-]{1,40})\s*=\s*([^\s;]{1,300})")


def is_vouched(headers: Headers, *, address: str, authserv_id: str | None) -> bool:
    """DMARC or aligned DKIM pass in the top-most header of `authserv_id`; lower ones may have come with the mail.

    Servers judge the address in «From»: whoever names two there, or none and another elsewhere, is not vouched for.
    """
    named = [person.address for value in headers.all("from") for person in people.people(value)]
    if not authserv_id or "@" not in address or named != [address]:
        return False
    stamped = _topmost(headers, authserv_id.strip().lower())
    if stamped is None:
        return False
    domain = address.rpartition("@")[2].lower()
    return any(_passes(result, domain) for result in stamped.split(";")[1:])


def _topmost(headers: Headers, authserv_id: str) -> str | None:
    """The first such header of the mail, and only if it is ours: servers put theirs on top."""
    bare = _bare(headers.raw("authentication-results").lower()[:20_000])
    return bare if re.split(r"[\s;]+", bare.strip(), maxsplit=1)[0] == authserv_id else None


def _bare(value: str) -> str:
    """Without comments, and with nothing in a quoted word that could end it: both repeat what strangers wrote."""
    value = QUOTED.sub(lambda match: re.sub(r"[^\w.@+-]", "_", match[0]), value)
    for _ in range(DEEPEST):
        value, found = COMMENT.subn(" ", value)
        if not found:
            return value
    return ""


def _passes(result: str, domain: str) -> bool:
    method = METHOD.match(result)
    if method is None:
        return False
    fields: dict[str, str] = dict(FIELD.findall(result))
    if method[1] == "dmarc":
        claimed = fields.get("header.from", domain)
        return claimed.rpartition("@")[2] == domain
    signer = fields.get("header.d") or fields.get("header.i", "").rpartition("@")[2]
    return _aligned(signer.strip("._"), domain)


def _aligned(signer: str, domain: str) -> bool:
    """The same domain, or one inside the other; a bare ending such as «es» is nobody's."""
    if "." not in signer:
        return False
    return signer == domain or domain.endswith(f".{signer}")
