"""Fields of forms, without a form."""

import pytest
from django.core.exceptions import ValidationError

from ce_platform.licensing.forms.fields import LineField, TextField


@pytest.mark.parametrize("field", [LineField(), TextField()])
@pytest.mark.parametrize("typed", ["", "  ", "\u200b", "\ufeff \u2060", "\u202e\u202c"])
def test_a_reason_that_nobody_can_read_is_none(field: LineField | TextField, typed: str) -> None:
    with pytest.raises(ValidationError):
        field.clean(typed)


def test_signs_and_joined_letters_are_seen() -> None:
    assert LineField().clean(" —  می\u200cخواهم ") == "— می\u200cخواهم"
