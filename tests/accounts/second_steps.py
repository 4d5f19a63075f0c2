"""People with second steps, and the codes their apps would show."""

import time

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.accounts.safety.encryption import decrypt

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def can_sign_in(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def add_app(user: User) -> Authenticator:
    """An authenticator app, with recovery codes as they come with it."""
    app = TOTP.activate(user, SECRET).instance
    RecoveryCodes.activate(user)
    return app


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def secret_of(app: Authenticator) -> str:
    return decrypt(app.data["secret"])


def sign_in(user: User, client: Client | None = None, password: str = PASSWORD, **fields: str):
    client = client or Client()
    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": password, **fields}
    )
    return client, answer
