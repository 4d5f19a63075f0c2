"""Every page the office works from, in the order of its menus: some stand in the bar of the office,
all of them on one page with a sentence each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """`url`: the name of its first page; `within`: how the names of the pages below it begin.
    Those `in_bar` stand in the bar of the office; the others are found behind “More”."""

    url: str
    title: str | Promise
    sentence: str | Promise
    within: tuple[str, ...] = ()
    in_bar: bool = False

    def state(self, here: str) -> str:
        """The `aria-current` of a link to it on the page named `here`."""
        if here == self.url:
            return "page"
        return "true" if here.startswith(self.within) else ""


@dataclass(frozen=True)
class PlaceGroup:
    title: str | Promise
    places: Sequence[Place]


@dataclass(frozen=True)
class BarLink:
    url: str
    title: str | Promise
    state: str


def bar(here: str) -> list[BarLink]:
    """On the page named `here`: the desk, the weighty places, and where the rest is."""
    places = [place for group in GROUPS for place in group.places]
    links = [BarLink(place.url, place.title, place.state(here)) for place in places if place.in_bar]
    is_behind = any(place.state(here) for place in places if not place.in_bar)
    return [
        BarLink("pages:office", _("Desk"), "page" if here == "pages:office" else ""),
        *links,
        BarLink(
            "pages:office-index",
            _("More"),
            "page" if here == "pages:office-index" else "true" if is_behind else "",
        ),
    ]


GROUPS = (
    PlaceGroup(
        _("People"),
        (
            Place(
                "office:person-list",
                _("People"),
                _("Find anybody; everything that happened, and what you can do for them."),
                ("office:person",),
                in_bar=True,
            ),
            Place(
                "office:office-question-list",
                _("Questions"),
                _("What people asked the office, and what still waits for an answer."),
                ("office:office-question",),
                in_bar=True,
            ),
            Place(
                "quizzes:office-request-list",
                _("Requests for another attempt"),
                _("Learners who have used up their attempts, and ask."),
                ("quizzes:office-request",),
            ),
            Place(
                "quizzes:office-learner-list",
                _("Attempts and time"),
                _("The quizzes of one learner: attempts, answers, more time."),
                ("quizzes:office-learner", "quizzes:office-attempt"),
            ),
            Place(
                "quizzes:office-regrade-list",
                _("Proposed regrades"),
                _("Answers that an author wants to grade anew."),
                ("quizzes:office-regrade",),
            ),
            Place(
                "office:purge-list",
                _("Past their time"),
                _("Records of closed accounts that no rule asks you to keep any longer."),
                ("office:purge-",),
            ),
            Place(
                "pages:mail-list",
                _("Mail"),
                _("Every message, and what came back."),
                ("pages:mail-",),
                in_bar=True,
            ),
        ),
    ),
    PlaceGroup(
        _("Courses"),
        (
            Place(
                "courses:studio",
                _("Studio"),
                _("Lessons, charts, quizzes; live sessions."),
                ("courses:studio-outline", "courses:studio-course"),
                in_bar=True,
            ),
            Place(
                "courses:office-package-import",
                _("Import a course"),
                _("A course that stands in a package."),
                ("courses:office-package",),
            ),
            Place(
                "courses:studio-instructors",
                _("Instructors"),
                _("Credentials, CVs and the licenses they teach under."),
                ("courses:studio-instructor-",),
            ),
            Place(
                "office:access-code-list",
                _("Access"),
                _("Codes, invitations, prices, shops and refunds."),
                ("office:access-",),
                in_bar=True,
            ),
        ),
    ),
    PlaceGroup(
        _("Licensing bodies and records"),
        (
            Place(
                "licensing:office-submission-list",
                _("Submissions"),
                _("Which body has which course, what it asks, when approvals end."),
                ("licensing:office-submission",),
                in_bar=True,
            ),
            Place(
                "certificates:office-certificate-list",
                _("Certificates"),
                _("Issued, corrected, revoked; many at once; for a group."),
                ("certificates:office-certificate", "certificates:office-group"),
                in_bar=True,
            ),
            Place(
                "certificates:office-report-list",
                _("Reports"),
                _("Hours owed to bodies, with their due dates."),
                ("certificates:office-report",),
                in_bar=True,
            ),
            Place(
                "licensing:office-body-list",
                _("Licensing bodies"),
                _("Their rules, dated and checked."),
                ("licensing:office-body", "licensing:office-rule", "licensing:body"),
            ),
            Place(
                "pages:audit-pack-list",
                _("Audit packs"),
                _("Everything a body asks for in an audit, in one file."),
                ("pages:audit-pack-",),
            ),
        ),
    ),
    PlaceGroup(
        _("The company"),
        (
            Place(
                "licensing:office-provider",
                _("Provider"),
                _("Name, address, numbers, signatories, the design of certificates."),
                (
                    "licensing:office-provider",
                    "licensing:office-number",
                    "licensing:office-signatory",
                ),
            ),
            Place(
                "office:staff-list",
                _("Staff"),
                _("Who works here, and what each role may do."),
                ("office:staff-",),
            ),
            Place(
                "office:office-policy-list",
                _("Policies"),
                _("Registration, cancellation, refund, privacy, complaint, accessibility."),
                ("office:office-policy",),
            ),
            Place(
                "office:numbers",
                _("Numbers"),
                _("Enrollments, completions, time to complete, pass rates."),
                ("office:numbers",),
            ),
            Place(
                "office:first-run",
                _("Setting up"),
                _("The steps of a new installation, and what is still open."),
                ("office:first-run",),
            ),
            Place(
                "office:moving-in",
                _("Moving in"),
                _("People, licenses, past completions and more from an earlier system."),
                ("office:import", "office:redirect"),
            ),
            Place(
                "office:archive-list",
                _("Moving out"),
                _("Everything you hold, as open files in one archive."),
                ("office:archive",),
            ),
        ),
    ),
)
