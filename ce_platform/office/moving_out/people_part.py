"""People, their licenses, what they earned elsewhere, who teaches."""

from typing import Final

from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User
from ce_platform.licensing.models import ExternalCredit, License
from ce_platform.office.moving_out.kept import ending_of
from ce_platform.office.moving_out.names import file_name
from ce_platform.office.moving_out.parts import ArchivePart, Table, part_of_tables
from ce_platform.office.moving_out.writing import ArchiveWriter

PERSON: Final = (
    ("person", "user__uid", "who: people/people.csv"),
    ("email", "user__email", ""),
    ("name", "user__name_on_certificates", ""),
)

TABLES: Final = part_of_tables(
    "people",
    Table(
        "people/people.csv",
        "Everybody with an account, also closed ones.",
        lambda: User.objects.all(),
        (
            ("person", "uid", "never changes; other tables name it"),
            ("email", "email", "the sign-in"),
            ("name", "name_on_certificates", "as printed on certificates"),
            ("phone", "phone", "as typed"),
            ("time_zone", "time_zone", ""),
            ("joined_at", "date_joined", "UTC"),
            ("last_sign_in_at", "last_login", "UTC"),
            ("is_active", "is_active", "no: may not sign in"),
            ("closed_at", "closed_at", "UTC; the account was closed and blanked"),
        ),
    ),
    Table(
        "people/roles.csv",
        "Who works here. Everybody is a therapist besides.",
        lambda: User.groups.through.objects.all(),
        (*PERSON, ("role", "group__name", "instructor, registrar or operator")),
    ),
    Table(
        "people/licenses.csv",
        "Licenses of therapists, also removed ones.",
        lambda: License.objects.all(),
        (
            *PERSON,
            ("license", "uid", "identifier of the license"),
            ("body", "body__code", "code of the licensing body"),
            ("body_name", "body__name", ""),
            ("number", "number", "as typed"),
            ("name_on_license", "name_on_license", "where it differs"),
            ("first_issued_on", "first_issued_on", ""),
            ("expires_on", "expires_on", ""),
            ("hours_due_on", "hours_due_on", "where hours are due on another day"),
            ("added_at", "created_at", "UTC"),
            ("removed_at", "removed_at", "UTC; empty: it is still there"),
        ),
    ),
    Table(
        "people/instructors.csv",
        "What instructors say of themselves.",
        lambda: InstructorProfile.objects.all(),
        (
            *PERSON,
            ("display_name", "display_name", "as learners read it"),
            ("credentials", "credentials", ""),
            ("biography", "biography", ""),
            ("cv", "cv_text", "as text; the file is in people/cvs/"),
        ),
    ),
    Table(
        "people/instructor-licenses.csv",
        "Licenses of instructors, and when the office looked them up.",
        lambda: InstructorLicense.objects.all(),
        (
            ("person", "profile__user__uid", "who: people/people.csv"),
            ("email", "profile__user__email", ""),
            ("state", "state", ""),
            ("kind", "kind", ""),
            ("number", "number", ""),
            ("valid_until", "valid_until", ""),
            ("checked_at", "checked_at", "UTC; empty: not looked up"),
            ("checked_by", "checked_by_name", ""),
        ),
    ),
    Table(
        "people/hours-earned-elsewhere.csv",
        "Courses of other providers that therapists noted. Proofs are in people/proofs/.",
        lambda: ExternalCredit.objects.all(),
        (
            *PERSON,
            ("credit", "uid", "begins the name of its proof"),
            ("title", "title", ""),
            ("provider", "provider", ""),
            ("completed_on", "completed_on", ""),
            ("delivery", "delivery", ""),
            ("has_exam", "has_exam", ""),
            ("hands_on_percent", "hands_on_percent", "0 to 100"),
            ("notes", "notes", ""),
            ("added_at", "created_at", "UTC"),
            ("removed_at", "removed_at", "UTC; empty: it is still there"),
        ),
    ),
    order=10,
)


def _files(writer: ArchiveWriter) -> None:
    writer.describe("people/proofs/CREDIT-NAME", "Proofs of hours earned elsewhere.")
    credits = ExternalCredit.objects.filter(proof__isnull=False).select_related("proof", "user")
    for credit in credits.order_by("pk").iterator(chunk_size=500):
        if credit.proof is not None:
            name = file_name(credit.user.name_on_certificates, credit.title)
            writer.stored(f"people/proofs/{credit.uid}-{name}{ending_of(credit.proof)}",
                          credit.proof)  # fmt: skip
        writer.step()
    writer.describe("people/cvs/NAME-ID", "Curricula vitae of instructors as they are now.")
    profiles = InstructorProfile.objects.filter(cv__isnull=False).select_related("cv", "user")
    for profile in profiles.order_by("pk").iterator(chunk_size=500):
        if profile.cv is not None:
            name = file_name(profile.user.name_on_certificates)
            writer.stored(f"people/cvs/{name}-{profile.user.uid.hex[:8]}{ending_of(profile.cv)}",
                          profile.cv)  # fmt: skip
        writer.step()


FILES: Final = ArchivePart(
    "people-files",
    _files,
    count=lambda: (
        ExternalCredit.objects.filter(proof__isnull=False).count()
        + InstructorProfile.objects.filter(cv__isnull=False).count()
    ),
    order=11,
)
