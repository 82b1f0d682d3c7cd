"""What every answer tells the browser about safety, and the stricter word for a stranger's mail in its frame."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
YEAR = 31_536_000


def hang(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer of the app; whoever set one of them already keeps it."""

    always = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if https:
        always["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"

    @app.after_request
    def tell(response: Response) -> Response:
        told = set(response.headers.keys())
        response.headers.extend((name, value) for name, value in always.items() if name not in told)
        _cache(response)
        return response


def _cache(response: Response) -> None:
    if request.endpoint == "static":
        # A stranger's mail lives in a frame of no origin, and must still get its style sheet.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.args.get("v"):
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    elif response.mimetype == "text/html" and "Cache-Control" not in response.headers:
        # Pages show people's words: no proxy and no shared computer keeps them.
        response.headers["Cache-Control"] = "private, no-store"


def framed_mail(response: Response, *, host: str, far: bool = False) -> Response:
    """A stranger's HTML: its words, our style sheet and nothing else, in a frame of ours only; `far` pictures too."""
    response.headers["Content-Security-Policy"] = (
        f"sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        f"img-src data:{' https:' if far else ''}; "
        f"style-src {host}static/; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
