"""One factory per model of licensing, valid with no arguments."""

from datetime import UTC, date, datetime
from decimal import Decimal

from factory import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from ce_platform.core.models import Provider
from ce_platform.licensing.models import (
    BodyRule,
    License,
    LicensingBody,
    ProviderNumber,
    RuleProposal,
    RuleProposalLine,
    Signatory,
    Submission,
)
from courses.models import Course
from tests.factories.accounts import UserFactory
from tests.factories.courses import VersionFactory

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def _course_with_edition_one() -> Course:
    version = VersionFactory()
    return version.course


class BodyFactory(DjangoModelFactory[LicensingBody]):
    class Meta:
        model = LicensingBody
        django_get_or_create = ("code",)

    code = Sequence(lambda n: f"US-{n:03d}")
    kind = "state-board"
    jurisdiction = LazyAttribute(lambda body: f"State {body.code[3:]}")
    name = LazyAttribute(lambda body: f"{body.jurisdiction} Board of Massage Therapy")
    regulates = "license"
    approval_model = "course"
    confidence = "high"


class ApproverFactory(BodyFactory):
    """NCBTMB, as the files have it."""

    code = "US-NCBTMB"
    kind = "approver"
    jurisdiction = "United States"
    name = "National Certification Board for Therapeutic Massage & Bodywork"
    abbreviation = "NCBTMB"


class RuleFactory(DjangoModelFactory[BodyRule]):
    class Meta:
        model = BodyRule

    body = SubFactory(BodyFactory)
    valid_from = TODAY
    rule_json = '{"ce_cycle_months":24,"ce_hours":24}'
    sha256 = Sequence(lambda n: f"{n:064x}")
    sources_json = '[{"as_of":"2026-01","url":"https://example.org/rule","what":"the rule"}]'
    as_of = TODAY
    confidence = "high"
    created_at = NOW


class ProposalFactory(DjangoModelFactory[RuleProposal]):
    class Meta:
        model = RuleProposal

    body = SubFactory(BodyFactory)
    as_of = TODAY
    rule_json = '{"ce_cycle_months":24,"ce_hours":20}'
    confidence = "high"
    sha256 = Sequence(lambda n: f"{n:064x}")
    created_at = NOW


class RuleLineFactory(DjangoModelFactory[RuleProposalLine]):
    """Waits for a decision: 24 hours on file, 20 in the file."""

    class Meta:
        model = RuleProposalLine

    body = SubFactory(BodyFactory)
    proposal = SubFactory(ProposalFactory, body=SelfAttribute("..body"))
    key = "ce_hours"
    old_json = "24"
    new_json = "20"


class ProviderFactory(DjangoModelFactory[Provider]):
    class Meta:
        model = Provider
        django_get_or_create = ("id",)

    id = 1
    name = "Margin & Hand"
    address = "12 Elm Street"
    city = "Asheville, NC"
    email = "office@example.com"


class ProviderNumberFactory(DjangoModelFactory[ProviderNumber]):
    class Meta:
        model = ProviderNumber

    body = SubFactory(BodyFactory)
    number = Sequence(lambda n: f"50-{n}")


class SignatoryFactory(DjangoModelFactory[Signatory]):
    class Meta:
        model = Signatory

    name = Sequence(lambda n: f"Sally Signer {n}")
    title = "Program Administrator"


class SubmissionFactory(DjangoModelFactory[Submission]):
    """In preparation; pass a status with the facts it needs, or use the traits below."""

    class Meta:
        model = Submission

    course = LazyFunction(_course_with_edition_one)
    edition = 1
    body = SubFactory(BodyFactory)
    created_at = NOW


class SubmittedFactory(SubmissionFactory):
    status = "submitted"
    submitted_on = date(2026, 9, 14)


class ApprovedFactory(SubmissionFactory):
    status = "approved"
    submitted_on = date(2026, 9, 14)
    decided_on = date(2026, 10, 1)
    hours_granted = Decimal("0.5")
    number = "20-100200"
    valid_from = date(2026, 10, 1)
    valid_to = date(2027, 9, 30)


class LicenseFactory(DjangoModelFactory[License]):
    class Meta:
        model = License

    user = SubFactory(UserFactory)
    body = SubFactory(BodyFactory)
    number = Sequence(lambda n: f"MA {n:05d}")
    created_at = NOW
