"""Complaints that providers report: somebody pressed «spam» on a mail of ours (ARF, RFC 5965, and its elders). Pure."""

import re

from channels.email.walk import Part

ELDERS = re.compile(
    r"(?i)^(?:email feedback report for ip|complaint about message from|\W{0,3}client tos notification|"
    r"feedback loop report|"
    r"abuse report|spam report)\b"
)


def is_feedback(root: Part) -> bool:
    """Whether the mail itself is such a report, not one that somebody attached or forwards."""
    stated = root.headers.raw("content-type").replace('"', "").replace(" ", "").lower()
    kinds = {part.content_type for part in (root, *root.children)}
    if "report-type=feedback-report" in stated or "message/feedback-report" in kinds:
        return True
    headers = root.headers
    if headers.raw("x-hmxmroriginalrecipient") or headers.raw("x-feedback-type"):
        return True
    inside = any(part.content_type == "message/rfc822" for part in root.children)
    return inside and bool(ELDERS.match(headers.text("subject")))
