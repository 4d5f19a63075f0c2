"""Password rules of our own."""

from typing import Any

from django.core.exceptions import ValidationError


class NotTheEmailValidator:
    """The password must not be the email address or the part before the @."""

    def validate(self, password: str, user: Any = None) -> None:
        email = (getattr(user, "email", "") or "").lower()
        if email and password.lower() in {email, email.split("@")[0]}:
            raise ValidationError("Choose a password that is not your email address.")

    def get_help_text(self) -> str:
        return "Your password can’t be your email address."
