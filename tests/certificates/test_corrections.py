"""Corrections asked by holders: granted by rule, or by the office; one open, each decided once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail, StoredFile
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.models import License
from certificates.correction_forms import CorrectForm
from certificates.domain.corrections import (
    BY_RULE_FOR,
    ask_correction,
    grant_correction,
    refuse_correction,
    why_office,
    withdraw_correction,
)
from certificates.domain.errors import (
    CorrectionDecided,
    CorrectionOpen,
    NothingToCorrect,
    ReasonMissing,
    ReplacedMeanwhile,
    WrongState,
)
from certificates.domain.record import record_of
from certificates.domain.reissue import replace_certificate
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, CorrectionRequest
from certificates.reports.domain.export import make_batch
from certificates.reports.domain.moves import correct_line
from courses.domain.errors import NotYours
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    make_certificate,
    make_provider,
)
from tests.factories.corrections import correction_of
from tests.factories.reports import owed_line, reporting_body, set_channel

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def certificate() -> Certificate:
    make_provider()
    return make_certificate(user=UserFactory(name_on_certificates="Maria Lopez"))


def ask(
    certificate: Certificate, now: datetime, by: User | None = None, **changes: Any
) -> CorrectionRequest:
    return ask_correction(
        certificate,
        correction=correction_of(certificate, **changes),
        by=by or certificate.user,
        now=now,
    )


def ask_for_another(certificate: Certificate, now: datetime) -> CorrectionRequest:
    return ask(certificate, now, holder_name="Maria Jones")


def causes() -> set[str]:
    return {
        cause.partition(":")[0] for cause in OutgoingMail.objects.values_list("cause", flat=True)
    }


def test_slip_is_corrected_at_once_and_the_profile_learns_it(
    certificate: Certificate, now: datetime
) -> None:
    asked = ask(certificate, now, holder_name="María López")

    assert (asked.status, asked.decided_by_id, asked.why) == ("granted", None, [])
    assert asked.result is not None
    assert asked.result.holder_name == "María López"
    assert asked.result.replaces_id == certificate.pk
    certificate.user.refresh_from_db()
    assert certificate.user.name_on_certificates == "María López"
    assert "correction-asked" not in causes()
    # The same form sent again.
    assert ask(certificate, now, holder_name="María López") == asked
    with pytest.raises(ReplacedMeanwhile):
        ask(certificate, now, holder_name="Maria Lopes")


def test_another_name_waits_for_the_office(certificate: Certificate, now: datetime) -> None:
    asked = ask_for_another(certificate, now)

    assert asked.status == "asked"
    assert [item.code for item in why(certificate, now, holder_name="Maria Jones")] == [
        "other-name"
    ]
    mail = OutgoingMail.objects.get(cause=f"correction-asked:{asked.uid}")
    assert mail.to_email == "office@example.com"
    assert "Maria Jones" in mail.body
    assert Certificate.objects.count() == 1
    assert ask_for_another(certificate, now) == asked
    with pytest.raises(CorrectionOpen):
        ask(certificate, now, holder_name="Maria Lopes")


def why(certificate: Certificate, now: datetime, **changes: Any) -> Any:
    return why_office(certificate, correction=correction_of(certificate, **changes), now=now)


def test_two_small_steps_make_no_large_one(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    first = ask(certificate, now, holder_name="Maria Lopes").result
    assert first is not None
    # The office adds a number and copies the name; that vouches for no name.
    newest = replace_certificate(
        first,
        correction=correction_of(first, licenses=[["US-FL", "Florida", "MA 1"]]),
        reason="The license numbers were corrected.",
        by=registrar,
        now=now,
    )

    again = ask(newest, now, holder_name="Maria Lomes")

    # Against the name that was signed, two letters differ.
    assert (again.status, again.why != []) == ("asked", True)


def test_third_correction_and_a_late_one_need_a_person(
    certificate: Certificate, now: datetime
) -> None:
    newest = certificate
    for name in ("Maria Lopes", "María Lopez"):
        result = ask(newest, now, holder_name=name).result
        assert result is not None
        newest = result

    assert [item.code for item in why(newest, now, holder_name="Maria Lopez")] == ["used-up"]
    late = now + BY_RULE_FOR + timedelta(days=1)
    assert [item.code for item in why(newest, late, licenses=[])] == ["used-up", "too-late"]


def test_what_was_reported_needs_a_person(registrar: User, now: datetime) -> None:
    body = reporting_body()
    set_channel(body)
    line = owed_line(body, number="MA 1")
    certificate = line.certificate
    assert why(certificate, now, licenses=[["US-FL", "Florida", "MA 2"]]) == []

    make_batch("ce-broker", body=None, by=registrar, now=now)

    (item,) = why(certificate, now, licenses=[["US-FL", "Florida", "MA 2"]])
    assert (item.code, "reported to Florida already" in item.sentence) == ("reported", True)


def test_number_that_the_office_wrote_is_not_overruled(registrar: User, now: datetime) -> None:
    line = owed_line(number="MA 1")
    correct_line(line, license_number="MA 9", reason="As on the card.", by=registrar, now=now)

    assert [item.code for item in why(line.certificate, now, licenses=[])] == ["office-number"]


ACTIONS: dict[str, Callable[[CorrectionRequest, User, datetime], CorrectionRequest]] = {
    "grant": lambda asked, by, now: grant_correction(
        asked, serial=asked.certificate.serial, by=by, now=now
    ),
    "refuse": lambda asked, by, now: refuse_correction(asked, answer="No.", by=by, now=now),
    "withdraw": lambda asked, by, now: withdraw_correction(
        asked, by=asked.certificate.user, now=now
    ),
}
AFTER = {"grant": "granted", "refuse": "refused", "withdraw": "withdrawn"}


@pytest.mark.parametrize("first", [None, *ACTIONS])
@pytest.mark.parametrize("second", ACTIONS)
def test_state_and_action(
    certificate: Certificate, registrar: User, now: datetime, first: str | None, second: str
) -> None:
    asked = ask_for_another(certificate, now)
    if first:
        ACTIONS[first](asked, registrar, now)
    mails = OutgoingMail.objects.count()

    if first in (None, second):
        row = ACTIONS[second](asked, registrar, now)
        assert row.status == AFTER[second]
        if first:
            assert OutgoingMail.objects.count() == mails
    else:
        with pytest.raises(CorrectionDecided):
            ACTIONS[second](asked, registrar, now)
    assert Certificate.objects.count() == 1 + ("grant" in (first, *([] if first else [second])))


def test_granting_replaces_the_newest_and_tells(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    asked = ask_for_another(certificate, now)

    row = grant_correction(
        asked, serial=certificate.serial, answer="Congratulations.", by=registrar, now=now
    )

    assert row.result is not None
    assert (row.result.holder_name, row.decided_by_id) == ("Maria Jones", registrar.pk)
    certificate.refresh_from_db()
    assert certificate.status_reason == "The name was corrected."
    mail = OutgoingMail.objects.get(cause=f"correction-decided:{asked.uid}")
    assert "Congratulations." in mail.body
    # The name that a person has seen vouches for the next slip.
    assert why(row.result, now, holder_name="Maria Jonnes") == []


def test_refusing_needs_a_reason_and_tells_it(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    asked = ask_for_another(certificate, now)
    with pytest.raises(ReasonMissing):
        refuse_correction(asked, answer=" \n ", by=registrar, now=now)

    refuse_correction(asked, answer="Send a picture.", by=registrar, now=now)

    mail = OutgoingMail.objects.get(cause=f"correction-decided:{asked.uid}")
    assert (mail.to_email, "Send a picture." in mail.body) == (certificate.user.email, True)
    assert ask_for_another(certificate, now) != asked


def test_revoked_meanwhile_is_not_brought_back(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    asked = ask_for_another(certificate, now)
    revoke_certificate(certificate, reason="Misuse.", by=registrar, now=now)

    with pytest.raises(WrongState):
        grant_correction(asked, serial=certificate.serial, by=registrar, now=now)
    withdraw_correction(asked, by=certificate.user, now=now)
    with pytest.raises(WrongState):
        ask(certificate, now, holder_name="María Lopez")
    assert Certificate.objects.count() == 1


def test_only_the_holder_and_only_what_differs(
    certificate: Certificate, stranger: User, registrar: User, now: datetime
) -> None:
    for by in (stranger, registrar):
        with pytest.raises(NotYours):
            ask(certificate, now, by=by, holder_name="María Lopez")
    with pytest.raises(NothingToCorrect):
        ask(certificate, now)
    asked = ask_for_another(certificate, now)
    with pytest.raises(NotYours):
        withdraw_correction(asked, by=registrar, now=now)


def test_database_keeps_requests(certificate: Certificate, registrar: User, now: datetime) -> None:
    asked = ask_for_another(certificate, now)
    rows = CorrectionRequest.objects.filter(pk=asked.pk)
    twin = {
        "enrollment_id": asked.enrollment_id,
        "certificate": certificate,
        "holder_name": "X",
        "asked_at": now,
    }
    attacks: list[Callable[[], Any]] = [
        lambda: CorrectionRequest.objects.create(**twin),
        lambda: CorrectionRequest.objects.create(**twin, status="granted", decided_at=now),
        lambda: CorrectionRequest.objects.create(**twin, status="refused", decided_at=now),
        lambda: CorrectionRequest.objects.create(**twin, status="withdrawn"),
        lambda: rows.update(holder_name="Bo Berg"),
        lambda: rows.delete(),
    ]
    for attack in attacks:
        with pytest.raises(IntegrityError), transaction.atomic():
            attack()
    refuse_correction(asked, answer="No.", by=registrar, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(answer="Yes.")


# ---------------------------------------------------------------- pages


def test_holder_corrects_on_the_page(
    certificate: Certificate, client_of: ClientOf, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client = client_of(certificate.user)
    url = reverse("certificates:certificate-correct", args=[certificate.serial])
    assert client.post(url, {"name": "123"}).status_code == 422

    answer = client.post(url, {"name": "María Lopez"})
    again = client.post(url, {"name": "María Lopez"})

    newest = Certificate.objects.get(status="issued")
    assert (answer.status_code, answer.url) == (302, newest.get_absolute_url())
    assert again.url == answer.url
    # The list shows the newest; the history has both, each with its document.
    listed = client.get(reverse("certificates:certificate-list")).content.decode()
    assert str(newest) in listed
    assert str(certificate) not in listed
    history = client.get(
        reverse("certificates:certificate-history", args=[certificate.serial])
    ).content.decode()
    for row in (certificate, newest):
        assert reverse("certificates:certificate-download", args=[row.serial]) in history
    assert "Replaced by" in history
    # The old page leads on; whoever verifies it, too.
    for name in ("certificate-detail", "verify-detail"):
        page = client.get(reverse(f"certificates:{name}", args=[certificate.serial]))
        assert (page.status_code, newest.serial in page.content.decode().replace("-", "")) == (
            200,
            True,
        )


def test_pictures_that_no_request_came_of_are_not_kept(
    certificate: Certificate, client_of: ClientOf
) -> None:
    client = client_of(certificate.user)
    url = reverse("certificates:certificate-correct", args=[certificate.serial])

    def send(name: str, content: bytes) -> int:
        picture = SimpleUploadedFile("card.png", b"\x89PNG\r\n\x1a\n" + content)
        return client.post(url, {"name": name, "proof": picture}).status_code

    def kept() -> set[int]:
        files = StoredFile.objects.filter(area="private", content_type="image/png")
        return set(files.values_list("pk", flat=True))

    before = kept()
    assert send("Maria Lopez", b" nothing to correct") == 422
    assert kept() == before

    assert [send("Bo Berg", b" card"), send("Bo Berg", b" another"), send("Bo Ek", b" card")] == [
        302,
        302,
        422,
    ]
    assert kept() == before | {CorrectionRequest.objects.get().proof_id}


def test_page_says_beforehand_when_a_person_looks(
    certificate: Certificate, client_of: ClientOf, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = now + BY_RULE_FOR + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    url = reverse("certificates:certificate-correct", args=[certificate.serial])

    assert "issued more than 90 days ago" in client_of(certificate.user).get(url).content.decode()


def test_asking_is_limited(
    certificate: Certificate, client_of: ClientOf, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client = client_of(certificate.user)
    url = reverse("certificates:certificate-correct", args=[certificate.serial])

    seen = [client.post(url, {"name": "Maria Lopez"}).status_code for _ in range(11)]

    assert seen == [422] * 10 + [429]


def test_office_decides_on_the_page(
    certificate: Certificate, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    asked = ask_for_another(certificate, now)
    client = client_of(registrar)
    page = client.get(asked.get_absolute_url()).content.decode()
    assert "<del>Lopez</del>" in page
    assert "<ins>Jones</ins>" in page
    decide = reverse("certificates:office-certificate-correction-decide", args=[asked.uid])
    assert client.post(decide, {"decision": "refuse"}).status_code == 422
    assert client.get(reverse("pages:office")).content.decode().count("holder asks for a correc")

    grant = {"decision": "grant", "serial": certificate.serial}
    assert client.post(decide, grant).status_code == 302
    assert client.post(decide, {"decision": "refuse", "answer": "No."}).status_code == 422

    asked.refresh_from_db()
    assert asked.status == "granted"


def test_an_older_page_does_not_undo_what_a_colleague_reissued(
    certificate: Certificate, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    asked = ask_for_another(certificate, now)
    client = client_of(registrar)
    decide = reverse("certificates:office-certificate-correction-decide", args=[asked.uid])
    newest = replace_certificate(
        certificate,
        correction=correction_of(certificate, licenses=[["US-FL", "Florida", "MA 1"]]),
        reason="The license numbers were corrected.",
        by=registrar,
        now=now,
    )

    refused = client.post(decide, {"decision": "grant", "serial": certificate.serial})

    assert (refused.status_code, Certificate.objects.get(status="issued")) == (422, newest)
    # What is shown now is compared with the newest, and may be granted.
    assert f'name="serial" value="{newest.serial}"' in refused.content.decode()
    answer = client.post(decide, {"decision": "grant", "serial": newest.serial})
    assert answer.status_code == 302
    assert Certificate.objects.get(status="issued").holder_name == "Maria Jones"


def test_lists_ask_as_often_for_three_as_for_one(
    registrar: User,
    client_of: ClientOf,
    now: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    client = client_of(registrar)
    make_provider()
    url = reverse("certificates:office-certificate-correction-list")
    client.get(url)
    counts, history_counts = [], []
    for _ in range(3):
        certificate = make_certificate(user=UserFactory(name_on_certificates="Maria Lopez"))
        slip = ask(certificate, now, holder_name="María Lopez").result
        assert slip is not None
        ask(slip, now, holder_name="Bo Berg")
        with django_assert_max_num_queries(10) as queries:
            client.get(url)
        counts.append(len(queries))
    history = reverse("certificates:office-certificate-history", args=[certificate.serial])
    newest = slip
    for name in ("Maria Lopes", "Maria Lopezz"):
        with django_assert_max_num_queries(10) as queries:
            client.get(history)
        history_counts.append(len(queries))
        asked = CorrectionRequest.objects.filter(enrollment=newest.enrollment_id).last()
        assert asked is not None
        if asked.status == "asked":
            withdraw_correction(asked, by=newest.user, now=now)
        result = ask(newest, now, holder_name=name).result
        if result is not None:
            newest = result

    assert len(set(counts)) == 1
    assert len(set(history_counts)) == 1


def test_office_reissues_on_the_page(
    certificate: Certificate, registrar: User, client_of: ClientOf
) -> None:
    client = client_of(registrar)
    url = reverse("certificates:office-certificate-reissue", args=[certificate.serial])
    sent = {
        "kind": "correct",
        "name": "Maria Jones",
        "body-0": "",
        "added-0": "",
        "reason": "The name was corrected.",
    }
    assert client.post(url, sent | {"added-0": "MA 1"}).status_code == 422
    assert client.post(url, sent | {"name": "Maria Lopez"}).status_code == 422

    answers = [client.post(url, sent) for _ in range(2)]

    newest = Certificate.objects.get(status="issued")
    assert {answer.url for answer in answers} == {
        reverse("certificates:office-certificate-detail", args=[newest.serial])
    }
    assert newest.serial in client.get(url).content.decode()
    assert "Reissue" not in client.get(
        reverse("certificates:office-certificate-detail", args=[certificate.serial])
    ).content.decode().replace("office-certificate-reissue", "")


def test_form_offers_mended_numbers_and_keeps_what_is_printed(
    client_of: ClientOf, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    make_provider()
    user = UserFactory(name_on_certificates="Maria Lopez")
    florida = LicenseFactory(user=user, body=BodyFactory(), number="MA 1")
    LicenseFactory(user=user, body=BodyFactory(code="US-GA", jurisdiction="Georgia"), number="G 1")
    certificate = make_certificate(user=user)
    License.objects.filter(pk=florida.pk).update(number="MA 2")
    LicenseFactory(user=user, body=BodyFactory(code="US-NJ", jurisdiction="NJ"), number="N 1")

    form = CorrectForm(
        record=record_of(Certificate.objects.select_related("design").get(pk=certificate.pk)),
        licenses=active_licenses(user),
    )

    chosen = set(form.initial["licenses"])
    assert [(number, key in chosen) for key, (_, _, number), _ in form.lines] == [
        ("MA 1", False),
        ("MA 2", True),
        ("G 1", True),
        ("N 1", False),
    ]
    # Sent as offered, with a picture of the license, the mended number is printed.
    picture = SimpleUploadedFile("card.png", b"\x89PNG\r\n\x1a\n card")
    url = reverse("certificates:certificate-correct", args=[certificate.serial])
    forged = client_of(user).post(url, {"name": "Maria Lopez", "licenses": ["printed-9"]})
    assert forged.status_code == 422
    client_of(user).post(url, {"name": "Maria Lopez", "licenses": list(chosen), "proof": picture})
    asked = CorrectionRequest.objects.get()
    assert asked.licenses == [("US-FL", "Florida", "MA 2"), ("US-GA", "Georgia", "G 1")]
    assert asked.result is not None
    assert asked.proof is not None
    assert asked.proof.content_type == "image/png"
