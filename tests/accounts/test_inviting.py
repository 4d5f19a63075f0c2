"""An invitation is a mail without a secret."""

import pytest

from ce_platform.accounts.inviting import invite
from ce_platform.core.models import AuditEvent
from tests.factories.accounts import UserFactory
from tests.factories.certificates import NOW

pytestmark = pytest.mark.django_db


def test_an_invitation_names_the_page_and_carries_no_code() -> None:
    office, lena = UserFactory(), UserFactory(name_on_certificates="Lena Ortiz", last_login=None)
    mail = invite(lena, by=office, now=NOW, note="See you\non Friday.", next_path="/courses/")
    assert mail is not None
    assert (mail.to_email, mail.to_user_id, mail.is_secret) == (lena.email, lena.pk, False)
    assert "Hello Lena Ortiz,\n" in mail.body
    assert "> See you\n> on Friday.\n" in mail.body
    assert "/account/password/reset/?next=%2Fcourses%2F\n" in mail.body
    event = AuditEvent.objects.get(action="account.invited")
    assert (event.subject_id, event.actor_id) == (str(lena.uid), office.pk)


@pytest.mark.parametrize("field", ["last_login", "closed_at"])
def test_who_was_here_or_left_is_not_invited(field: str) -> None:
    lena = UserFactory(**{field: NOW})
    assert invite(lena, by=UserFactory(), now=NOW) is None
    assert not AuditEvent.objects.filter(action="account.invited").exists()
