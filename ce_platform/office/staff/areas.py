"""What the permission table says, in words: areas of the site, and who may do what in each.

A row belongs to the first area with a beginning of its name. A row of no area, and an area without
a row, fail the suite.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ce_platform.office.staff.permissions import ROLES, TABLE, Line

Text = str | Promise

ROLE_COLUMNS: Final[dict[str, Text]] = {
    "anonymous": _("Not signed in"),
    "stranger": _("Therapist"),
    "owner": _("Therapist, own things"),
    "instructor": _("Instructor"),
    "registrar": _("Registrar"),
}


@dataclass(frozen=True)
class Area:
    title: Text
    sentence: Text
    beginnings: tuple[str, ...]


AREAS: Final = (
    Area(
        _("Demonstration"),
        _("Looking around as somebody, and the demo’s mailbox. Nobody, on a real site."),
        ("pages:demo-",),
    ),
    Area(
        _("Mail of the site"),
        _("Every message that was sent, with its text; sending it again, noting what came back."),
        ("pages:mail-",),
    ),
    Area(
        _("Audit packs"),
        _("The records behind certificates in one file, with names and license numbers."),
        ("pages:audit-pack-",),
    ),
    Area(
        _("The office’s desk"),
        _("What is due, and work in the background with its results."),
        ("pages:office", "pages:job-"),
    ),
    Area(
        _("The pages that everybody has"),
        _("The first page, one’s own courses, the mail one gets."),
        ("pages:home", "pages:healthz", "pages:learning", "pages:my-mail", "pages:stop-mail"),
    ),
    Area(
        _("Teaching"),
        _("An instructor’s desk, and the list of components."),
        ("pages:teach", "pages:components"),
    ),
    Area(
        _("One’s account"),
        _("Name, password, address, second steps, where one is signed in. Always one’s own alone."),
        ("accounts:", "account_", "mfa_"),
    ),
    Area(
        _("Instructors and their licenses"),
        _("What instructors say of themselves, CV and licenses; checking a license."),
        ("courses:studio-instructor",),
    ),
    Area(
        _("A draft as its learner"),
        _("Going through a course before it is published. Instructors: the own courses."),
        (
            "courses:studio-preview",
            "quizzes:studio-preview",
            "certificates:studio-preview",
        ),
    ),
    Area(
        _("Quizzes and questions in the studio"),
        _("The bank with its keys, quizzes, results of questions. Instructors: the own courses."),
        ("quizzes:studio-",),
    ),
    Area(
        _("The studio"),
        _("Writing, publishing and withdrawing courses. Instructors: the own courses."),
        ("courses:studio",),
    ),
    Area(
        _("Packages"),
        _("Bringing a course in from a file."),
        ("courses:office-package-",),
    ),
    Area(
        _("The catalogue"),
        _("Course pages, sample lessons, pictures and recordings of published courses."),
        (
            "courses:course-list",
            "courses:course-detail",
            "courses:course-hours",
            "courses:lesson-sample",
            "courses:figure",
            "courses:drawing",
            "courses:recording",
            "courses:poster",
            "courses:captions",
            "courses:handout",
        ),
    ),
    Area(
        _("Coming with a code or an invitation"),
        _("Only with a code, or from the invited address. Shops sign what they tell."),
        ("courses:redeem", "courses:invitation", "courses:shop-"),
    ),
    Area(
        _("Taking a course"),
        _("Enrolling, lessons, progress, evaluation. Only whoever is enrolled."),
        ("courses:",),
    ),
    Area(
        _("Attempts, time and regrades"),
        _("Answering requests, more time or attempts, setting one aside, regrades."),
        ("quizzes:office-",),
    ),
    Area(
        _("Taking a quiz"),
        _("Attempts, answers and their review. Only whoever sits the quiz."),
        ("quizzes:",),
    ),
    Area(
        _("Submissions to licensing bodies"),
        _("Where each edition stands, letters, packets with the exam and its key."),
        ("licensing:office-submission-", "licensing:office-edition-"),
    ),
    Area(
        _("Licensing bodies and their rules"),
        _("Writing and checking rules, taking over what a newer data file says."),
        ("licensing:office-body-", "licensing:office-rule-"),
    ),
    Area(
        _("The provider"),
        _("Name, address, logo, numbers at licensing bodies, who signs."),
        ("licensing:office-",),
    ),
    Area(
        _("Licensing bodies, for everybody"),
        _("What each body asks and where our courses stand."),
        ("licensing:body-",),
    ),
    Area(
        _("One’s licenses and renewal"),
        _("License numbers, hours earned elsewhere with proof, the planner. One’s own alone."),
        ("licensing:",),
    ),
    Area(
        _("Reports to licensing bodies"),
        _("Who completed what, with license numbers, as it leaves for the bodies."),
        ("certificates:office-report-",),
    ),
    Area(
        _("Attendance lists of live classes"),
        _("Certificates for a whole group."),
        ("certificates:office-group-",),
    ),
    Area(
        _("Certificates, in the office"),
        _("Finding, correcting, revoking and reissuing them, in bulk too; their design."),
        ("certificates:office-certificate-", "certificates:office-transcript"),
    ),
    Area(
        _("Checking a certificate"),
        _("By number, QR code or file, and what a holder shows by a link. Anybody."),
        ("certificates:verify", "certificates:signing-", "certificates:shared-page"),
    ),
    Area(
        _("One’s certificates"),
        _("Signing, downloading, asking for a correction, transcripts, sharing. One’s own alone."),
        ("certificates:",),
    ),
    Area(
        _("People"),
        _("Finding a person, everything that happened, helping them; lists and messages."),
        ("office:person-", "office:people-", "office:message-"),
    ),
    Area(
        _("Records past their time"),
        _("Purging what is kept of closed accounts, for good; keeping it for longer."),
        ("office:purge-",),
    ),
    Area(
        _("Questions to the office"),
        _("What people asked, and answering it."),
        ("office:office-question-", "office:office-reply-"),
    ),
    Area(
        _("Asking the office"),
        _("Anybody may ask; answers are read by whoever asked, alone."),
        ("office:ask", "office:question-"),
    ),
    Area(
        _("Policies, in the office"),
        _("Writing and publishing them."),
        ("office:office-policy-",),
    ),
    Area(
        _("Policies"),
        _("What is in force, and what was before. Anybody."),
        ("office:policy-",),
    ),
    Area(
        _("Access to courses"),
        _("Codes, invitations, prices, shops and refunds."),
        ("office:access-",),
    ),
    Area(
        _("Moving in"),
        _("Records of an earlier system, and its old addresses."),
        ("office:moving-in", "office:import-", "office:redirect-"),
    ),
    Area(
        _("Moving out"),
        _("Everything the provider holds, in one archive."),
        ("office:archive-",),
    ),
    Area(
        _("Numbers"),
        _("Enrollments, completions and pass rates."),
        ("office:numbers",),
    ),
    Area(
        _("One’s own data"),
        _("Everything that is kept of oneself in one file; closing the account."),
        ("office:own-data", "office:account-close"),
    ),
    Area(
        _("Setting up"),
        _("The steps of a new site. The first registrar’s page is gone once there is one."),
        ("office:first-run",),
    ),
    Area(
        _("Staff"),
        _("Inviting, giving and removing roles, this page."),
        (
            "office:staff-list",
            "office:staff-invite",
            "office:staff-roles",
            "office:staff-permissions",
            "office:staff-invitation-",
        ),
    ),
    Area(
        _("An invitation to work here"),
        _("Only whoever proved the invited address."),
        ("office:staff-invitation",),
    ),
)


@dataclass(frozen=True)
class Cell:
    """What one role may do in one area."""

    word: Text
    tone: str


EVERYTHING: Final = Cell(_("everything"), "good")
LOOKING: Final = Cell(_("looking"), "accent")
IN_PART: Final = Cell(_("in part"), "wait")
NOTHING: Final = Cell("–", "none")


@dataclass(frozen=True)
class Address:
    path: str
    is_sent: bool
    """Something is sent there; else it is looked at."""
    roles: list[Text]


@dataclass(frozen=True)
class Shown:
    area: Area
    cells: list[Cell]
    addresses: list[Address]


def area_of(line: Line) -> Area | None:
    return next((area for area in AREAS if line.name.startswith(area.beginnings)), None)


def cell_of(lines: list[Line], role: str) -> Cell:
    allowed = [line for line in lines if line.is_for(role)]
    if not allowed:
        return NOTHING
    if len(allowed) == len(lines):
        return EVERYTHING
    if all(line.method == "GET" for line in allowed):
        return LOOKING
    return IN_PART


@cache
def shown() -> list[Shown]:
    """Made once per process: neither table nor addresses change while it runs."""
    routes = dict(_routes(get_resolver().url_patterns))
    found = []
    for area in AREAS:
        lines = [line for line in TABLE if area_of(line) == area]
        found.append(
            Shown(
                area=area,
                cells=[cell_of(lines, role) for role in ROLES],
                addresses=[_address(line, routes) for line in lines],
            )
        )
    return found


def _address(line: Line, routes: dict[str, str]) -> Address:
    return Address(
        path=routes.get(line.name, line.name),
        is_sent=line.method == "POST",
        roles=[ROLE_COLUMNS[role] for role in ROLES if line.is_for(role)],
    )


def _routes(patterns: Any, *, space: str = "", before: str = "/") -> Iterator[tuple[str, str]]:
    """(name, path) of every URL."""
    for pattern in patterns:
        path = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _routes(pattern.url_patterns, space=inner, before=path)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}", path
