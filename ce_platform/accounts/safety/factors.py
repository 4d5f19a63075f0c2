"""Which second steps a person has. Rests on nothing here, so that the rules may ask."""

from allauth.mfa.models import Authenticator

from ce_platform.accounts.models import User

# Recovery codes stand in for a second step and are none themselves.
SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_step(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_STEPS).exists())
