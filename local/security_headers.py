"""The headers that tell a browser what the page may do, as CloudFront sends them with every answer.

`infra/template.yaml` (SecurityHeaders) says the same; a test holds the two together. One header of
it is not sent here: Strict-Transport-Security means nothing without TLS (RFC 6797, 7.2), and behind
a proxy with TLS it would bind a whole domain.
"""

HEADERS = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
        " connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cross-origin-opener-policy", "same-origin"),
]
