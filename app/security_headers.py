"""Security headers of every response."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, request

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TRANSPORT = "max-age=31536000"


def content_security_policy(script_hashes: Sequence[str], frame_ancestors: str) -> str:
    """Return the policy: everything comes from this server, and no text becomes a script.

    Styles may be inline, since plotly and the table of heads write theirs into the document. Scripts may not, and
    nothing is evaluated.

    Parameters
    ----------
    script_hashes : sequence of str
        Of Dash's inline scripts, quoted.
    frame_ancestors : str
        Pages that may embed this one.
    """
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def add_security_headers(server: Flask, policy: str) -> None:
    """Add the headers to every response; over https also Strict-Transport-Security."""

    @server.after_request
    def add(response: Response) -> Response:
        response.headers.update({**FIXED, "Content-Security-Policy": policy})
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = TRANSPORT
        return response
