"""Designs are rows that stay; choices are appended; a certificate keeps the design of its day."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pypdf import PdfWriter

from ce_platform.accounts.models import User
from ce_platform.core.errors import DomainError
from ce_platform.core.files import store_bytes
from ce_platform.core.models import AuditEvent, Provider, StoredFile
from ce_platform.licensing.domain.office import set_logo
from certificates.domain import designs
from certificates.domain.designs import (
    DesignRefused,
    choose_again,
    current_design,
    current_look,
    look_of,
    number_to_be,
    save_design,
)
from certificates.domain.documents import ensure_document
from certificates.domain.record import record_of
from certificates.look import DEFAULT, FIRST, Look, Settings
from certificates.models import CertificateDesign, DesignChoice
from certificates.pdf.renderer import Rendered
from tests.factories.certificates import make_certificate, make_provider

pytestmark = pytest.mark.django_db


class SeenRenderer:
    """Remembers what it was asked for."""

    name = "seen"

    def __init__(self) -> None:
        self.looks: list[Look] = []

    def render(self, record: Any, *, pictures: Any, look: Look) -> Rendered:
        self.looks.append(look)
        writer = PdfWriter()
        writer.add_blank_page(width=72, height=72)
        output = BytesIO()
        writer.write(output)
        return Rendered(content=output.getvalue(), page_count=1)


def logo(content: bytes, now: datetime) -> StoredFile:
    return store_bytes(content, area=StoredFile.Area.PRIVATE, content_type="image/png", now=now)


def test_saving_makes_a_row_and_a_choice_and_again_makes_nothing(
    registrar: User, now: datetime
) -> None:
    make_provider()
    settings = Settings(paper="a4")

    first = save_design(settings, logo=None, by=registrar, now=now)
    again = save_design(settings, logo=None, by=registrar, now=now)

    assert first == again
    assert (first.number, first.created_by_id, look_of(first).settings) == (
        2,
        registrar.pk,
        settings,
    )
    # The one as delivered stays in the list, to go back to.
    assert look_of(CertificateDesign.objects.get(number=1)) == DEFAULT
    assert DesignChoice.objects.count() == 1
    assert AuditEvent.objects.filter(action="certificate-design.chosen").count() == 1


def test_what_is_refused_writes_nothing(registrar: User, now: datetime) -> None:
    with pytest.raises(DomainError, match="who the provider is"):
        save_design(Settings(), logo=None, by=registrar, now=now)
    provider = make_provider()
    picture = logo(b"png", now)
    with pytest.raises(DesignRefused) as refusal:
        save_design(
            Settings(note="Approved everywhere", ink="#eeeeee"),
            logo=picture,
            by=registrar,
            now=now,
        )

    assert sorted(refusal.value.problems) == ["ink", "note"]
    provider.refresh_from_db()
    assert provider.logo is None
    assert not CertificateDesign.objects.exists()


def test_a_certificate_keeps_the_design_of_its_day(registrar: User, now: datetime) -> None:
    make_provider()
    save_design(Settings(closing="Ask your board."), logo=None, by=registrar, now=now)
    printed, late = make_certificate(), make_certificate()
    renderer = SeenRenderer()
    kept = ensure_document(printed, now=now, renderer=renderer).sha256
    hashes = [record_of(each).sha256() for each in (printed, late)]

    save_design(Settings(paper="a4"), logo=logo(b"new", now), by=registrar, now=now)
    newer = make_certificate()
    for each in (printed, late, newer):
        each.refresh_from_db()
        ensure_document(each, now=now, renderer=renderer)

    assert [look.settings.closing for look in renderer.looks] == [
        "Ask your board.",
        "Ask your board.",
        Settings().closing,
    ]
    assert renderer.looks[2].settings.paper == "a4"
    assert printed.document.sha256 == kept
    assert [record_of(each).sha256() for each in (printed, late)] == hashes
    assert [each.sha256 for each in (printed, late)] == hashes


def test_a_certificate_of_the_first_design_is_still_drawn_in_it(now: datetime) -> None:
    make_provider()
    CertificateDesign.objects.create(
        number=1,
        name="Guilloche, landscape letter",
        template=FIRST,
        sha256="0" * 64,
        settings_json='{"logo":""}',
        created_at=now,
    )

    assert look_of(CertificateDesign.objects.get()) == Look(FIRST)
    # Nobody has chosen it: what is issued now gets the newest.
    assert current_look(provider=None) == DEFAULT
    assert number_to_be(provider=None) == 2


def test_new_files_go_on_with_the_same_settings(
    registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = make_provider()
    before = save_design(Settings(paper="a4"), logo=None, by=registrar, now=now)

    monkeypatch.setattr(designs, "files_sha256", lambda template="": "f" * 64)
    assert number_to_be(provider=provider) == before.number + 1
    after = current_design(provider=provider, now=now)

    assert (after.number, after.sha256, after.created_by_id) == (3, "f" * 64, None)
    assert after.settings_json == before.settings_json
    assert current_design(provider=provider, now=now) == after


def test_another_logo_on_the_page_of_the_provider_goes_on_by_itself(
    registrar: User, now: datetime
) -> None:
    make_provider()
    save_design(Settings(paper="a4"), logo=None, by=registrar, now=now)
    picture = logo(b"png", now)

    set_logo(picture, by=registrar, now=now)

    provider = Provider.objects.select_related("logo").get(pk=1)
    design = current_design(provider=provider, now=now)
    assert look_of(design).settings == Settings(paper="a4", logo=picture.sha256)


def test_an_earlier_design_comes_back_with_its_logo(registrar: User, now: datetime) -> None:
    make_provider()
    picture = logo(b"png", now)
    first = save_design(Settings(), logo=picture, by=registrar, now=now)
    save_design(Settings(paper="a4"), logo=None, by=registrar, now=now + timedelta(days=1))

    chosen = choose_again(first, by=registrar, now=now + timedelta(days=2))
    choose_again(first, by=registrar, now=now + timedelta(days=2))  # pressed twice

    assert chosen == first
    assert Provider.objects.get(pk=1).logo == picture
    assert list(DesignChoice.objects.order_by("pk").values_list("design__number", flat=True)) == [
        2,
        3,
        2,
    ]


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE certificates_certificatedesign SET settings_json = '{}'",
        "UPDATE certificates_certificatedesign SET created_by_id = 7",
        "UPDATE certificates_certificatedesign SET template = 'certificates/designs/1'",
        "DELETE FROM certificates_certificatedesign",
        "UPDATE certificates_designchoice SET chosen_by_id = 7",
        "DELETE FROM certificates_designchoice",
    ],
)
def test_the_database_refuses_to_rewrite_designs_and_choices(
    registrar: User, now: datetime, attack: str
) -> None:
    make_provider()
    save_design(Settings(paper="a4"), logo=None, by=registrar, now=now)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_second_signature_is_a_matter_of_the_design(now: datetime) -> None:
    from certificates.sample import sample_record
    from certificates.sheet import make_sheet

    record = sample_record(signatories=(("A", "Administrator", ""), ("B", "Instructor", "")))
    alone = replace(DEFAULT, settings=Settings(shows_second_signature=False))

    assert [each.name for each in make_sheet(record).signatures] == ["A", "B"]
    assert [each.name for each in make_sheet(record, look=alone).signatures] == ["A"]
