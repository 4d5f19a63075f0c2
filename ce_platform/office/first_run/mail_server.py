"""What is known of the mail server, and what its answers mean. The settings are not changed here:
they stand in the environment, where the password is safer than in the database."""

import re
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class MailServer:
    sender: str
    host: str
    """Empty when none is set: mail goes to the demo's mailbox, or nowhere."""
    port: int
    security: str | Promise
    user: str


def mail_server() -> MailServer:
    """Without the password."""
    is_set = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    security = _("not encrypted")
    if settings.EMAIL_USE_SSL:
        security = _("encrypted from the start")
    elif settings.EMAIL_USE_TLS:
        security = _("encrypted after the greeting (STARTTLS)")
    return MailServer(
        sender=settings.DEFAULT_FROM_EMAIL,
        host=str(settings.EMAIL_HOST) if is_set else "",
        port=int(settings.EMAIL_PORT),
        security=security,
        user=str(settings.EMAIL_HOST_USER) if is_set else "",
    )


# The first that fits what was said; the order matters where two could.
_HINTS: Final[tuple[tuple[str, str | Promise], ...]] = (
    (
        r"No mail server is set",
        _("Nobody has set a mail server yet. Whoever looks after the machine writes MAIL_URL."),
    ),
    (
        r"\b(535|534|530)\b|authentication|credentials",
        _(
            "The server did not accept the user name and password. Check MAIL_USER and "
            "MAIL_PASSWORD; some mail services want a password made for this program alone."
        ),
    ),
    (
        r"Name or service not known|getaddrinfo|nodename|No address associated|name resolution",
        _("There is no machine of this name. Check the host in MAIL_URL letter by letter."),
    ),
    (
        r"Errno 111|Connection refused",
        _("Nobody answers at this port. Usual ones: 587 with smtp+tls, 465 with smtps."),
    ),
    (
        r"timed out|timeout|unreachable|No route",
        _(
            "The server did not answer in time. Many hosts close port 25; try 587 with smtp+tls, "
            "or ask your host whether mail may leave."
        ),
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify",
        _("The server’s certificate does not fit its name. Write the host as the service does."),
    ),
    (
        r"WRONG_VERSION_NUMBER|STARTTLS|SSL|unexpectedly closed",
        _(
            "Encryption and port do not fit each other: smtp+tls goes with 587, smtps with 465, "
            "smtp (not encrypted) with 25."
        ),
    ),
    (
        r"\b(550|551|553|554|501)\b.*(sender|from|relay|not owned|not allowed|denied)",
        _(
            "The server does not let us send from this address. MAIL_FROM must be an address that "
            "belongs to the user you sign in as."
        ),
    ),
    (
        r"\b55[0-9]\b",
        _("The server refused the message. If it names the recipient, check that address."),
    ),
)


def hint_for(said: str) -> str | Promise:
    """What most often is behind an answer of the server; empty when nobody knows."""
    for pattern, hint in _HINTS:
        if re.search(pattern, said, re.IGNORECASE | re.DOTALL):
            return hint
    return ""
