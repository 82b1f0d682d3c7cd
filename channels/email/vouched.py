"""Whether our own receiving server vouches for the sender (Authentication-Results, RFC 8601). Pure."""

import re

from channels.email.headers import Headers


def is_vouched(headers: Headers, *, address: str, authserv_id: str | None) -> bool:
    """DMARC or aligned DKIM pass in the top-most header of `authserv_id`; lower ones may have come with the mail."""
    if not authserv_id or "@" not in address:
        return False
    stamped = _topmost(headers, authserv_id.strip().lower())
    if stamped is None:
        return False
    domain = address.rpartition("@")[2].lower()
    return any(_passes(result, domain) for result in stamped.split(";")[1:])


def _topmost(headers: Headers, authserv_id: str) -> str | None:
    """The first such header of the mail, and only if it is ours: servers put theirs on top."""
    value = headers.raw("authentication-results").lower()[:20_000]
    bare = re.sub(r"\([^()]{0,2000}\)", " ", value)
    return bare if re.split(r"[\s;]+", bare.strip(), maxsplit=1)[0] == authserv_id else None


def _passes(result: str, domain: str) -> bool:
    fields: dict[str, str] = dict(re.findall(r"([a-z0-9.-]{1,40})\s*=\s*\"?([^\s\";]{1,300})", result))
    if fields.get("dmarc") == "pass":
        claimed = fields.get("header.from", domain)
        return claimed.rpartition("@")[2] == domain
    if fields.get("dkim") == "pass":
        signer = fields.get("header.d") or fields.get("header.i", "").rpartition("@")[2]
        return _aligned(signer.strip("."), domain)
    return False


def _aligned(signer: str, domain: str) -> bool:
    """The same domain, or one inside the other; a bare ending such as «es» is nobody's."""
    if "." not in signer:
        return False
    return signer == domain or domain.endswith(f".{signer}")
