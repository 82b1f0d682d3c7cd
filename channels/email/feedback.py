"""Complaints that providers report: somebody pressed «spam» on a mail of ours (ARF, RFC 5965, and its elders). Pure."""

import re

from channels.email.walk import Part

ELDERS = re.compile(
    r"(?i)^(?:email feedback report for ip|complaint about message from|\W{0,3}client tos notification|"
    r"feedback loop report|"
    r"abuse report|spam report)\b"
)


# The report's own fields, for programs that give its part another type; two of them, since people quote one.
FIELD = re.compile(rb"(?im)^feedback-type:[ \t]*[a-z-]+[ \t\r]*$")
SECOND = re.compile(rb"(?im)^(?:user-agent|version|source-ip|original-(?:mail-from|rcpt-to)|reported-domain):[ \t]*\S")
STATED = ("x-hmxmroriginalrecipient", "x-feedback-type", "x-xarf", "x-arf")
SPAMCOP = re.compile(r"^\[spamcop \(", re.IGNORECASE)
MOST = 4000


def is_feedback(root: Part) -> bool:
    """Whether the mail itself is such a report, not one that somebody attached or forwards."""
    stated = root.headers.raw("content-type").replace('"', "").replace(" ", "").lower()
    own = (root, *root.children)
    if "report-type=feedback-report" in stated or any(part.content_type == "message/feedback-report" for part in own):
        return True
    if any(root.headers.raw(name) for name in STATED) or SPAMCOP.match(root.headers.text("subject")):
        return True
    if any(_is_report(part.content[:MOST]) for part in own if not part.children):
        return True
    returned = [part.children[0] for part in own if part.content_type == "message/rfc822" and part.children]
    if any(part.headers.raw(STATED[0]) for part in returned):
        return True
    return bool(returned) and bool(ELDERS.match(root.headers.text("subject")))


def _is_report(content: bytes) -> bool:
    return b"eedback-" in content.lower() and bool(FIELD.search(content)) and bool(SECOND.search(content))
