"""Whether published versions still say what they said when they were sealed."""

from collections.abc import Iterator

from ce_platform.core.models import StoredFile
from ce_platform.core.text import sha256_text
from ce_platform.core.verification import Finding, Tally
from courses.domain.canonical import canonical_text_of
from courses.domain.instructing import check_snapshots
from courses.domain.rendered import stale
from courses.models import CourseVersion, PromoSnapshot

Status = CourseVersion.Status


def _lost_pictures(version: CourseVersion) -> set[str]:
    """Sizes of figures are named by their SHA-256 alone, so no foreign key holds them."""
    wanted = {sha256 for figure in version.figures.all() for sha256 in figure.sizes.values()}
    return wanted - set(
        StoredFile.objects.filter(area=StoredFile.Area.COURSE_MEDIA, sha256__in=wanted).values_list(
            "sha256", flat=True
        )
    )


def _lost_files(version: CourseVersion) -> list[str]:
    """Of recordings and handouts: rows hold the names, storage the bytes. That the bytes are
    right is looked at once for all files."""
    recordings = list(version.recordings.select_related("file", "poster"))
    files = [("recording", each.title, each.file) for each in recordings]
    files += [("poster", each.title, each.poster) for each in recordings if each.poster]
    files += [
        ("handout", each.title, each.file) for each in version.handouts.select_related("file")
    ]
    return [
        f"{noun} “{title}”"
        for noun, title, file in files
        if not file.storage.exists(file.path) or file.storage.size(file.path) != file.size_bytes
    ]


def check_versions(tally: Tally) -> Iterator[Finding]:
    """Seal, rows and HTML of every published or retired version; kept course pages and
    instructors."""
    frozen = CourseVersion.objects.filter(status__in=[Status.PUBLISHED, Status.RETIRED])
    for version in frozen.select_related("course").order_by("pk").iterator(chunk_size=20):
        tally.count += 1
        what = f"version {version.pk} ({version})"
        if sha256_text(version.canonical_text) != version.canonical_sha256:
            yield Finding(what, "its canonical text does not have its SHA-256")
        if canonical_text_of(version) != version.canonical_text:
            yield Finding(what, "its rows no longer say what its canonical text says")
        if _lost_pictures(version):
            yield Finding(what, "a picture of it is not kept any more")
        for name in _lost_files(version):
            yield Finding(what, f"the file of its {name} is not kept any more")
        for row, field, _ in stale(version):
            yield Finding(
                what,
                f"{field} of {row._meta.verbose_name} {row.pk} is not what its text gives; after "
                "an update run render_lessons first",
            )
    for promo in PromoSnapshot.objects.order_by("pk").iterator(chunk_size=100):
        tally.count += 1
        if sha256_text(promo.text) != promo.sha256:
            yield Finding(f"course page {promo.pk}", "its text does not have its SHA-256")
    yield from check_snapshots(tally)
