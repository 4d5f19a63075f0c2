"""Who teaches a version: their credentials and licenses, today and on the day it was published."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse

from ce_platform.accounts.models import InstructorLicense, InstructorProfile
from ce_platform.core.models import StoredFile
from ce_platform.core.text import canonical_json, fold, sha256_text
from ce_platform.core.verification import Finding, Tally
from courses.models import CourseAuthor, CourseVersion, InstructorSnapshot
from courses.parts import Item

FORMAT: Final = 1
# As the categories of hours name it: “Massage theory and technique”, “Hands-on technique”.
TECHNIQUE: Final = ("technique", "hands-on", "hands on")


def teaches_technique(version: CourseVersion) -> bool:
    """Whether any of the claimed hours is of a technique. The category is the one place where a
    course says so."""
    names = version.credits.values_list("category", flat=True)
    return any(word in fold(name) for name in names for word in TECHNIQUE)


def has_licensed_author(version: CourseVersion, on: date) -> bool:
    """Whether an author who is tied to an account holds a license that is valid on the day."""
    return InstructorLicense.objects.filter(
        profile__user__in=version.authors.filter(user__isnull=False).values("user"),
        valid_until__gte=on,
    ).exists()


def missing_of_instructors(version: CourseVersion) -> list[Item]:
    """Authors without credentials: advice. The licenses are a matter of the bodies, which the
    licensing part knows."""
    slug = version.course.slug
    return [
        Item(
            "author-without-credentials",
            f"{author.name} stands on the course page without credentials. Idaho and Montana ask "
            "for the presenter’s credentials on certificates.",
            reverse("courses:studio-author", args=[slug, author.key]),
            is_blocking=False,
        )
        for author in version.authors.all()
        if not author.credentials
    ]


# ---------------------------------------------------------------- kept when published


def keep_instructors(version: CourseVersion, *, now: datetime) -> None:
    """Copy what each author holds into the record of a version that is being published. Two
    queries to read, one to write."""
    rows = []
    for author, profile in _authors(version):
        text = canonical_json(_held(author, profile))
        rows.append(
            InstructorSnapshot(
                version=version,
                author_key=author.key,
                taken_at=now,
                text=text,
                sha256=sha256_text(text),
                cv=profile.cv if profile else None,
            )
        )
    InstructorSnapshot.objects.bulk_create(rows)


@dataclass(frozen=True)
class Held:
    """What one author has to show, as plain data (see `_held`), with the CV as a file."""

    says: dict[str, Any]
    cv: StoredFile | None
    as_of: date | None
    """The day of publishing; None: as it is today."""


def held_by_authors(version: CourseVersion) -> list[Held]:
    """As kept when the version was published; of a draft, or where nothing was kept yet, as it is
    today. At most three queries."""
    kept = {
        row.author_key: row
        for row in InstructorSnapshot.objects.filter(version=version).select_related("cv")
    }
    if kept:
        order = list(version.authors.order_by("position", "key").values_list("key", flat=True))
        return [
            Held(json.loads(kept[key].text), kept[key].cv, kept[key].taken_at.date())
            for key in order
            if key in kept
        ]
    return [
        Held(_held(author, profile), profile.cv if profile else None, None)
        for author, profile in _authors(version)
    ]


def _authors(version: CourseVersion) -> list[tuple[CourseAuthor, InstructorProfile | None]]:
    """Each with the profile of the account, where there is one; three queries."""
    authors = list(version.authors.order_by("position", "key"))
    profiles = {
        profile.user_id: profile
        for profile in InstructorProfile.objects.filter(
            user__in=[author.user_id for author in authors if author.user_id]
        )
        .select_related("cv", "user")
        .prefetch_related("licenses")
    }
    return [
        (author, profiles.get(author.user_id) if author.user_id else None) for author in authors
    ]


def _held(author: CourseAuthor, profile: InstructorProfile | None) -> dict[str, Any]:
    """Plain data. `profile` is None for an author without an account or without a profile."""
    return {
        "format": FORMAT,
        "name": author.name,
        "credentials": author.credentials,
        "biography": author.biography,
        "profile": {
            "account": str(profile.user.uid),
            "name": profile.display_name,
            "credentials": profile.credentials,
            "biography": profile.biography,
            "cv_text": profile.cv_text,
            "cv_sha256": profile.cv.sha256 if profile.cv else "",
            "licenses": [_license(row) for row in profile.licenses.all()],
        }
        if profile
        else None,
    }


def _license(row: InstructorLicense) -> dict[str, str]:
    return {
        "body_code": row.body_code,
        "state": row.state,
        "kind": row.kind,
        "number": row.number,
        "valid_until": row.valid_until.isoformat(),
        "checked_at": row.checked_at.isoformat() if row.checked_at else "",
        "checked_by": row.checked_by_name,
    }


def check_snapshots(tally: Tally) -> Iterator[Finding]:
    """That what was kept of instructors is what was kept. Versions published before any of it was
    kept have none."""
    kept: dict[int, set[str]] = {}
    rows = InstructorSnapshot.objects.select_related("cv").order_by("pk")
    for row in rows.iterator(chunk_size=100):
        tally.count += 1
        kept.setdefault(row.version_id, set()).add(str(row.author_key))
        what = f"instructor {row.pk} of version {row.version_id}"
        if sha256_text(row.text) != row.sha256:
            yield Finding(what, "its text does not have its SHA-256")
            continue
        held = json.loads(row.text)["profile"] or {}
        if held.get("cv_sha256", "") != (row.cv.sha256 if row.cv else ""):
            yield Finding(what, "the CV that is kept is not the one its text names")
    authors: dict[int, set[str]] = {}
    for version_id, key in CourseAuthor.objects.filter(version__in=kept).values_list(
        "version", "key"
    ):
        authors.setdefault(version_id, set()).add(str(key))
    for version_id, keys in kept.items():
        if keys != authors.get(version_id, set()):
            yield Finding(
                f"version {version_id}", "what is kept of its instructors is not one per author"
            )
