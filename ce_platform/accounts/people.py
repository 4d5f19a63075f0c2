"""Names and addresses of one person, as the other modules need them."""

from allauth.account.models import EmailAddress

from ce_platform.accounts.models import User


def addresses_of(user: User) -> list[str]:
    """All of them in small letters, proved or not."""
    kept = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return sorted({user.email.lower(), *(each.lower() for each in kept)})


def names_of(user: User) -> list[str]:
    profile = getattr(user, "instructor_profile", None)
    names = [user.name_on_certificates, profile.display_name if profile else ""]
    return [name for name in names if name]
