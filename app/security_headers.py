"""What every answer tells the browser not to do."""

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

    Parameters
    ----------
    script_hashes : sequence of str
        Of the inline scripts that Dash writes into its page, quoted.
    frame_ancestors : str
        Pages that may show this one in a frame.

    Returns
    -------
    str
        Styles may be inline, since plotly and the table of heads write theirs into the document; scripts may not,
        and nothing is evaluated.
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
    """Send the headers with every answer; over https also that it is to stay https.

    Parameters
    ----------
    server : Flask
        What answers.
    policy : str
        Of :func:`content_security_policy`.
    """

    @server.after_request
    def add(response: Response) -> Response:
        response.headers.update({**FIXED, "Content-Security-Policy": policy})
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = TRANSPORT
        return response
