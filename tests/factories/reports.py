"""Completions that are owed to bodies, made the way they always are: by a certificate."""

from datetime import date
from typing import Any

from ce_platform.core.text import canonical_json
from ce_platform.licensing.models import LicensingBody
from certificates.models import BodyChannel, ReportLine
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    SubmissionFactory,
    make_certificate,
)
from tests.factories.courses import VersionFactory
from tests.factories.licensing import RuleFactory

FLORIDA = {"report_channel": "CE Broker", "report_deadline_days": 30, "records_years_licensee": 4}
GEORGIA = {"report_channel": "CE Broker", "report_deadline_days": 7}


def reporting_body(code: str = "US-FL", rule: dict[str, Any] | None = None) -> LicensingBody:
    """A body whose rule asks for reports, in force since long before the tests' day."""
    body = BodyFactory(
        code=code, jurisdiction={"US-FL": "Florida", "US-GA": "Georgia"}.get(code, code)
    )
    RuleFactory(
        body=body,
        valid_from=date(2025, 1, 1),
        rule_json=canonical_json(FLORIDA if rule is None else rule),
    )
    return body


def set_channel(body: LicensingBody, **values: Any) -> BodyChannel:
    """Everything CE Broker wants to know of us."""
    defaults = {
        "channel": "ce-broker",
        "provider_number": "50-12345",
        "profession_code": "MT",
    }
    return BodyChannel.objects.create(body=body, **(defaults | values))


def owed_line(
    body: LicensingBody | None = None,
    *,
    number: str = "MA 98214",
    expires_on: date | None = None,
    submission: dict[str, Any] | None = None,
    **values: Any,
) -> ReportLine:
    """The line of a new certificate whose holder has a license of `body`."""
    body = body or reporting_body()
    version = values.pop("version", None) or VersionFactory()
    if submission is None or submission:
        SubmissionFactory(course=version.course, body=body, **(submission or {}))
    license_ = LicenseFactory(
        body=body, number=number, expires_on=expires_on, **values.pop("holder", {})
    )
    certificate = make_certificate(user=license_.user, version=version, **values)
    return ReportLine.objects.get(root=certificate, body=body)
