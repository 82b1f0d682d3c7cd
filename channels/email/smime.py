"""The mail inside an S/MIME block that is signed but not encrypted, found without checking the signature. Pure."""

# CMS puts the mail as an OCTET STRING behind the identifier of «data» (1.2.840.113549.1.7.1).
DATA = bytes.fromhex("06092a864886f70d010701")
TYPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
OCTETS, OCTETS_IN_PIECES, EXPLICIT = 0x04, 0x24, 0xA0
MOST = 100_000


def inside(block: bytes) -> bytes | None:
    """The bytes of the mail, or None if there are none to be read."""
    place = block.find(DATA)
    if place < 0:
        return None
    tag, length, start = _header(block, place + len(DATA))
    if tag != EXPLICIT:
        return None
    tag, length, start = _header(block, start)
    if tag == OCTETS and length is not None:
        return block[start : start + length] or None
    return _pieces(block, start) or None if tag == OCTETS_IN_PIECES else None


def _pieces(block: bytes, start: int) -> bytes:
    out = []
    for _ in range(MOST):
        tag, length, begins = _header(block, start)
        if tag != OCTETS or length is None:
            break
        out.append(block[begins : begins + length])
        start = begins + length
    return b"".join(out)


def _header(block: bytes, place: int) -> tuple[int, int | None, int]:
    """Tag, length (None if it ends by a mark) and where the value starts; tag 0 past the end."""
    if place + 2 > len(block):
        return 0, None, len(block)
    tag, first = block[place], block[place + 1]
    if first < 0x80:
        return tag, first, place + 2
    count = first & 0x7F
    if count == 0:
        return tag, None, place + 2
    return tag, int.from_bytes(block[place + 2 : place + 2 + min(count, 8)], "big"), place + 2 + count
