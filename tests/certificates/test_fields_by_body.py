"""Every field that a licensing body wants to see stands on the certificate: field × body.

Each cell has the key of its source (facts of the field, 1.2). The bodies' lines are those that
licensing composes, so a field that gets lost between a submission and the page is found here.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

import pytest

from ce_platform.licensing.domain.printing import compose
from ce_platform.licensing.models import License, LicensingBody, Submission
from certificates.addresses import verify_url_of
from certificates.domain.headings import WORDS
from certificates.domain.record import (
    CertificateRecord,
    Completion,
    CourseFacts,
    ProviderFacts,
    build_record,
    heading_for,
)
from certificates.sample import SAMPLE_SERIAL
from certificates.sheet import Sheet, make_sheet
from courses.models import CourseVersion

ON: Final = date(2026, 11, 14)
PROVIDER_NUMBER: Final = "PN-77"
COURSE_NUMBER: Final = "20-100200"
LICENSE: Final = "LIC 12345"
TITLE_THERE: Final = "Facial Massage, Level I"
BODIES: Final = {
    "NCBTMB": (LicensingBody.Kind.APPROVER, "NCBTMB"),
    "US-FL": (LicensingBody.Kind.STATE_BOARD, "Florida"),
    "US-GA": (LicensingBody.Kind.STATE_BOARD, "Georgia"),
    "US-IA": (LicensingBody.Kind.STATE_BOARD, "Iowa"),
    "US-ID": (LicensingBody.Kind.STATE_BOARD, "Idaho"),
    "US-LA": (LicensingBody.Kind.STATE_BOARD, "Louisiana"),
    "US-MS": (LicensingBody.Kind.STATE_BOARD, "Mississippi"),
    "US-MT": (LicensingBody.Kind.STATE_BOARD, "Montana"),
    "US-NC": (LicensingBody.Kind.STATE_BOARD, "North Carolina"),
    "US-SC": (LicensingBody.Kind.STATE_BOARD, "South Carolina"),
    "US-TN": (LicensingBody.Kind.STATE_BOARD, "Tennessee"),
    "US-TX": (LicensingBody.Kind.STATE_BOARD, "Texas"),
}
# Field → body → key of the source.
WANTED: Final = {
    "name": {
        "NCBTMB": "N-CERT",
        "US-FL": "FL-96",
        "US-TX": "TX-34",
        "US-GA": "GA-03",
        "US-MS": "MS-102",
        "US-SC": "SC-CE",
        "US-LA": "LA-N",
        "US-MT": "MT-801",
    },
    "license": {"US-FL": "FL-96", "US-GA": "GA-03", "US-MS": "MS-102", "US-SC": "SC-CE"},
    "title": dict.fromkeys(BODIES, "all") | {"NCBTMB": "N-CERT", "US-GA": "GA-03"},
    "course number": {"US-FL": "FL-96", "US-LA": "LA-N"},
    "hours": dict.fromkeys(BODIES, "all") | {"NCBTMB": "N-CERT", "US-MS": "MS-102"},
    "CE hours": {"NCBTMB": "N-CERT"},
    "completion date": {
        "NCBTMB": "N-CERT",
        "US-TX": "TX-34",
        "US-MS": "MS-102",
        "US-SC": "SC-CE",
        "US-NC": "NC-01",
        "US-IA": "IA-3",
        "US-ID": "ID-RULE",
        "US-MT": "MT-801",
    },
    "delivery": {"NCBTMB": "N-CERT", "US-MT": "MT-801"},
    "provider": {
        "NCBTMB": "N-CERT",
        "US-FL": "FL-96",
        "US-TX": "TX-34",
        "US-LA": "LA-N",
        "US-MS": "MS-102",
        "US-SC": "SC-CE",
        "US-NC": "NC-01",
    },
    "provider number": {
        "NCBTMB": "N-CERT",
        "US-FL": "FL-96",
        "US-TX": "TX-34",
        "US-LA": "LA-N",
        "US-MS": "MS-102",
        "US-SC": "SC-CE",
    },
    "provider address": {"NCBTMB": "N-CERT"},
    "provider e-mail": {"NCBTMB": "N-CERT"},
    "signature": {"NCBTMB": "N-CERT", "US-TX": "TX-34"},
    "second signature": {"NCBTMB": "N-CERT, older version"},
    "instructor": {
        "US-LA": "LA-N",
        "US-MS": "MS-102",
        "US-SC": "SC-CE",
        "US-NC": "NC-01",
        "US-IA": "IA-3",
    },
    "instructor's credentials": {"US-ID": "ID-RULE", "US-MT": "MT-801"},
    "subjects": {"US-TX": "TX-34", "US-ID": "ID-RULE"},
    "place": {"US-TX": "TX-34", "US-NC": "NC-01", "US-IA": "IA-3"},
}
PLACES: Final = {
    "home-study": "Place: Home study (online), Asheville, NC",
    "live-webinar": "Place: Live webinar (online), Asheville, NC",
    "live-class": "Place: Riverside Studio, 12 Main Street, Austin, TX",
}
# What must be read for each field; a function where it depends on body or delivery.
READ: Final[dict[str, Callable[[str, str], str]]] = {
    "name": lambda place, _: "Maria-Elena Sørensen Castañeda",
    "license": lambda place, _: f"{place} license {LICENSE}",
    "title": lambda place, _: f"{place} | Title there: {TITLE_THERE}",
    "course number": lambda place, _: f"no. {COURSE_NUMBER}",
    "hours": lambda place, _: "Credit: 2.5 CE hours",
    "CE hours": lambda place, _: "2.5 CE hours",
    "completion date": lambda place, _: "Completed on: November 14, 2026",
    "delivery": lambda _, delivery: (
        f"Delivery: {CourseVersion.Delivery(delivery).label}, edition 1.0"
    ),
    "provider": lambda place, _: "Provider: Margin & Hand Continuing Education, ",
    "provider number": lambda place, _: f"{place} {PROVIDER_NUMBER}",
    "provider address": lambda place, _: "12 Elm Street, Suite 4, Asheville, NC 28801",
    "provider e-mail": lambda place, _: "office@example.com",
    "signature": lambda place, _: "Eleanor Whitcomb, Director of Education",
    "second signature": lambda place, _: "Dana Okafor, Instructor",
    "instructor": lambda place, _: "Instructor: Dana Okafor",
    "instructor's credentials": lambda place, _: "Dana Okafor, LMT, BCTMB",
    "subjects": lambda place, _: "Subjects: Acupressure, Facial massage",
    "place": lambda _, delivery: PLACES[delivery],
}
CELLS: Final = [
    (wanted, body, source) for wanted, bodies in WANTED.items() for body, source in bodies.items()
]


def record_for(
    *codes: str,
    delivery: str,
    has_test: bool = False,
    has_license: bool = True,
    status: str = "approved",
) -> CertificateRecord:
    rows = [
        LicensingBody(
            pk=number,
            code=code,
            kind=BODIES[code][0],
            jurisdiction=BODIES[code][1],
            abbreviation=code if code == "NCBTMB" else "",
            name=f"Board of {BODIES[code][1]}",
        )
        for number, code in enumerate(codes, start=1)
    ]
    list_ = LicensingBody(pk=99, code="NCBTMB", kind="approver", abbreviation="NCBTMB", name="N")
    licenses = [License(body=body, number=LICENSE) for body in rows if has_license]
    submissions = [
        Submission(
            body=body,
            through=list_ if status == "accepts-list" else None,
            status=status,
            submitted_on=date(2026, 1, 10),
            decided_on=date(2026, 2, 1),
            valid_from=date(2026, 2, 1),
            number=COURSE_NUMBER,
            title_approved=TITLE_THERE,
            hours_granted=Decimal("2.5"),
        )
        for body in rows
    ]
    return build_record(
        holder_name="Maria-Elena Sørensen Castañeda",
        licenses=[(row.body.code, row.body.place, row.number) for row in licenses],
        course=CourseFacts(
            title="Facial massage",
            subtitle="",
            edition="1.0",
            credit_hours=Decimal("2.5"),
            credits=(("Technique", Decimal("2.5")),),
            subjects=("Acupressure", "Facial massage"),
            delivery=delivery,
            delivery_label=str(CourseVersion.Delivery(delivery).label),
            has_test=has_test,
            language="en-US",
            instructors=(("Dana Okafor", "LMT, BCTMB"),),
            place="Riverside Studio, 12 Main Street, Austin, TX" if "live" in delivery else "",
        ),
        provider=ProviderFacts(
            name="Margin & Hand Continuing Education",
            address="12 Elm Street, Suite 4\nAsheville, NC 28801",
            city="Asheville, NC",
            email="office@example.com",
            website="https://example.com",
            numbers=tuple((body.place, PROVIDER_NUMBER) for body in rows),
            signatories=(
                ("Eleanor Whitcomb", "Director of Education", ""),
                ("Dana Okafor", "Instructor", ""),
            ),
        ),
        bodies=compose(
            submissions,
            licenses=licenses,
            numbers={99: PROVIDER_NUMBER},
            course_hours=Decimal("2.5"),
            on=ON,
        ),
        completion=Completion(
            at=datetime(2026, 11, 14, 18, tzinfo=UTC), on=ON, zone="America/Chicago"
        ),
        design=1,
        is_specimen=False,
        issued_at=datetime(2026, 11, 14, 18, 5, tzinfo=UTC),
        serial=SAMPLE_SERIAL,
        verify_url=verify_url_of(SAMPLE_SERIAL),
    )


def words_of(sheet: Sheet) -> str:
    return " | ".join(
        [
            sheet.heading,
            sheet.name,
            sheet.license_line,
            sheet.deed,
            sheet.title,
            *(f"{fact.label}: {fact.value}" for fact in sheet.facts),
            *(f"{each.name}, {each.title}" for each in sheet.signatures),
            *(
                f"{line.where} | {line.title} | {line.license} | {line.sentence}"
                for block in sheet.blocks
                for line in block.lines
            ),
        ]
    )


@pytest.mark.parametrize("delivery", ["home-study", "live-webinar", "live-class"])
@pytest.mark.parametrize(("wanted", "body", "source"), CELLS)
def test_field_is_printed_for_the_body_that_wants_it(
    wanted: str, body: str, source: str, delivery: str
) -> None:
    words = words_of(make_sheet(record_for(body, delivery=delivery)))

    assert READ[wanted](BODIES[body][1], delivery) in words, source


@pytest.mark.parametrize("delivery", ["home-study", "live-webinar", "live-class"])
def test_nowhere_ceu(delivery: str) -> None:
    assert "CEU" not in words_of(make_sheet(record_for(*BODIES, delivery=delivery)))


@pytest.mark.parametrize("status", ["accepts-list", "no-preapproval"])
def test_number_of_a_body_that_decides_nothing_itself_is_printed_too(status: str) -> None:
    """Florida wants its program number also where it takes the course from a list."""
    words = words_of(make_sheet(record_for("US-FL", delivery="live-class", status=status)))

    assert f"no. {COURSE_NUMBER}" in words


def test_without_a_license_number_there_is_a_certificate_all_the_same() -> None:
    sheet = make_sheet(record_for("US-FL", "US-GA", delivery="live-class", has_license=False))

    assert (sheet.license_line, sheet.name) == ("", "Maria-Elena Sørensen Castañeda")


# ---------------------------------------------------------------- headings


@pytest.mark.parametrize(
    ("delivery", "has_test", "bodies", "heading"),
    [
        ("home-study", False, ["US-TX"], "Certificate of Achievement"),
        ("live-class", True, ["US-TX"], "Certificate of Achievement"),
        ("live-class", False, [], "Certificate of Completion"),
        ("live-class", False, ["US-TX"], "Certificate of Attendance"),
        ("live-webinar", False, ["US-FL", "US-TX"], "Certificate of Attendance"),
        ("live-class", False, ["US-FL", "NCBTMB"], "Certificate of Completion"),
        ("live-class", False, ["US-NC"], "Certificate of Completion"),
    ],
)
def test_heading_by_delivery_test_and_bodies(
    delivery: str, has_test: bool, bodies: list[str], heading: str
) -> None:
    record = record_for(*bodies, delivery=delivery, has_test=has_test)

    assert (record.heading, heading_for(delivery, has_test=has_test, body_codes=bodies)) == (
        heading,
        heading,
    )


def test_a_body_with_its_own_word_says_it_where_the_heading_is_another() -> None:
    mixed = record_for("US-TX", "NCBTMB", delivery="live-class")
    alone = record_for("US-TX", delivery="live-class")
    home = record_for("US-TX", "NCBTMB", delivery="home-study")

    said = "Texas calls this a certificate of attendance."
    assert [said in body.sentence for body in mixed.bodies] == [
        body.body_code == "US-TX" for body in mixed.bodies
    ]
    assert not any(said in body.sentence for body in (*alone.bodies, *home.bodies))


def test_every_word_of_a_body_has_its_source() -> None:
    assert all("http" in word.source and word.in_words for word in WORDS.values())
