"""Pictures of a draft: added, described, replaced everywhere, removed, brought back.

Lessons name a picture by its slug, so the slug never changes. Decoding and encoding take seconds
and happen before the transaction that writes the row.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.models import StoredFile
from ce_platform.core.text import canonical_json, clean
from courses.domain.drafting import locked_draft
from courses.domain.errors import FigureInUse, FigureRefused, NotADraft
from courses.domain.figure_uses import figures_used_in
from courses.domain.unseen import is_news, state_of, texts_of
from courses.models import CourseVersion, Figure, FigureStep
from courses.parts import parts
from courses.picture_files import StoredPicture, store_picture
from courses.picture_kinds import advice_for
from courses.pictures import PictureRefused

MOST_FIGURES: Final = 300
LARGEST_UPLOAD: Final = 20_000_000
LONGEST_SLUG: Final = 60
LONGEST: Final = {"alt": 2_000, "caption": 1_000, "credit": 300}
TEXTS: Final = tuple(LONGEST)

Kind = FigureStep.Kind

__all__ = [
    "ReadyPicture",
    "add_figure",
    "add_ready_figures",
    "figures_by_file",
    "figures_used_in",
    "free_slugs",
    "last_figure_step",
    "picture_ready",
    "remove_figure",
    "replace_figure",
    "save_figure_texts",
    "undo_figure_step",
]


def add_figure(
    version: CourseVersion,
    content: bytes,
    *,
    file_name: str,
    alt: str = "",
    caption: str = "",
    credit: str = "",
    by: User,
    now: datetime,
) -> Figure:
    """A new picture, named after its file. The same bytes again: the picture that is there.

    Call it outside a transaction. Errors: NotADraft, FigureRefused; then nothing is kept.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    texts = _texts(alt=alt, caption=caption, credit=credit)
    # Looked at before the work, and again with the lock.
    known = _known_or_room(version, sha256)
    if known is not None:
        return known
    stored = _stored(content, now=now)
    with transaction.atomic():
        version = locked_draft(version)
        known = _known_or_room(version, sha256)
        if known is not None:
            return known
        figure = Figure.objects.create(
            version=version,
            slug=_free_slug(_taken_slugs(version), file_name, alt),
            **texts,
            source_sha256=sha256,
            **stored.values,
        )
        _record("figure.added", figure, by=by, now=now)
    return figure


@dataclass(frozen=True)
class ReadyPicture:
    """A picture whose files are kept and that no row names yet; plain values, so that a page can
    hold it between two requests."""

    source_sha256: str
    source_width: int
    file_name: str
    alt: str
    width: int
    height: int
    extension: str
    sizes: Mapping[str, str]
    """Width → SHA-256."""

    @property
    def record(self) -> dict[str, Any]:
        """What `courses.reading.figure_record` will say of it, without its slug."""
        return {
            "alt": self.alt,
            "caption": "",
            "credit": "",
            "width": self.width,
            "height": self.height,
            "extension": self.extension,
            "sizes": dict(self.sizes),
        }


def picture_ready(content: bytes, *, file_name: str, alt: str, now: datetime) -> ReadyPicture:
    """Encode a picture and keep its files, before anybody has said that it is wanted: files that
    no row ever names cost only their room. Call it outside a transaction. Errors: FigureRefused.
    """
    words = clean(" ".join(alt.split()))[: LONGEST["alt"]]
    stored = _stored(content, now=now)
    return ReadyPicture(
        source_sha256=hashlib.sha256(content).hexdigest(),
        source_width=stored.source_width,
        file_name=file_name,
        alt=words,
        width=stored.width,
        height=stored.height,
        extension="png" if stored.file.content_type == "image/png" else "webp",
        sizes={str(width): sha256 for width, sha256 in sorted(stored.sizes.items())},
    )


def figures_by_file(version: CourseVersion) -> dict[str, Figure]:
    """SHA-256 of what was sent, and of every size we made of it → the figure; one query."""
    found: dict[str, Figure] = {}
    for figure in version.figures.select_related("file").order_by("pk"):
        for sha256 in (figure.source_sha256, *figure.sizes.values()):
            found.setdefault(sha256, figure)
    return found


def free_slugs(version: CourseVersion, pictures: Sequence[ReadyPicture]) -> list[str]:
    """What each would be called as a figure; two queries."""
    taken = _taken_slugs(version)
    slugs = []
    for picture in pictures:
        slugs.append(_free_slug(taken, picture.file_name, picture.alt))
        taken.add(slugs[-1])
    return slugs


@transaction.atomic
def add_ready_figures(
    version: CourseVersion,
    pictures: Mapping[str, ReadyPicture],
    *,
    by: User | None,
    now: datetime,
) -> None:
    """Figures of pictures whose files are kept, under the slugs of `free_slugs`: in the same
    transaction as whatever shows them. Errors: NotADraft, FigureRefused.
    """
    if not pictures:
        return
    version = locked_draft(version)
    if version.figures.count() + len(pictures) > MOST_FIGURES:
        raise FigureRefused(
            f"A course has at most {MOST_FIGURES} pictures; with these it would have more. Remove "
            "some first."
        )
    names = {max(picture.sizes.items(), key=_by_width)[1] for picture in pictures.values()}
    files = {
        file.sha256: file
        for file in StoredFile.objects.filter(area=StoredFile.Area.COURSE_MEDIA, sha256__in=names)
    }
    for slug, picture in pictures.items():
        file = files.get(max(picture.sizes.items(), key=_by_width)[1])
        if file is None:
            raise FigureRefused("A picture of it is not kept any more. Choose the file once more.")
        figure = Figure.objects.create(
            version=version,
            slug=slug,
            alt=picture.alt,
            caption="",
            credit="",
            source_sha256=picture.source_sha256,
            file=file,
            width=picture.width,
            height=picture.height,
            sizes_json=canonical_json(dict(picture.sizes)),
        )
        _record("figure.added", figure, by=by, now=now)


def _by_width(size: tuple[str, str]) -> int:
    return int(size[0])


@transaction.atomic
def save_figure_texts(
    version: CourseVersion,
    key: UUID,
    *,
    alt: str,
    caption: str,
    credit: str,
    based_on: str = "",
    by: User,
    now: datetime,
) -> Figure:
    """What the picture shows, what stands under it, whose it is.

    Errors: NotADraft, FigureRefused, ChangedMeanwhile.
    """
    version = locked_draft(version)
    figure = _figure(version, key)
    before = texts_of(figure, TEXTS)
    texts = _texts(alt=alt, caption=caption, credit=credit)
    for name, text in texts.items():
        setattr(figure, name, text)
    if is_news(figure, before, based_on=based_on, by=by):
        figure.save(update_fields=list(texts))
        _record("figure.described", figure, by=by, now=now, state=state_of(figure, TEXTS))
    return figure


def replace_figure(
    version: CourseVersion, key: UUID, content: bytes, *, by: User, now: datetime
) -> Figure:
    """Another picture in place of this one, in every lesson that shows it. Slug, key and texts
    stay; Undo brings the old one back.

    Call it outside a transaction. Errors: NotADraft, FigureRefused; then nothing is kept.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    _check_draft(version)
    if _figure(version, key).source_sha256 == sha256:
        return _figure(version, key)
    stored = _stored(content, now=now)
    with transaction.atomic():
        version = locked_draft(version)
        figure = _figure(version, key)
        _keep_step(figure, Kind.REPLACED, by=by, now=now)
        figure.source_sha256 = sha256
        for name, value in stored.values.items():
            setattr(figure, name, value)
        figure.save(update_fields=["source_sha256", *stored.values])
        _record("figure.replaced", figure, by=by, now=now, sha256=stored.file.sha256)
    return figure


@transaction.atomic
def remove_figure(
    version: CourseVersion, key: UUID, *, by: User, now: datetime, is_forced: bool = False
) -> None:
    """Take a picture out. Undo brings it back.

    `is_forced`: also when lessons show it; their places stay empty, and publishing names them. One
    that questions show stays: they name it in the course package.
    Errors: NotADraft, FigureInUse, FigureRefused.
    """
    version = locked_draft(version)
    figure = _figure(version, key)
    lessons = figures_used_in(version).get(figure.slug, [])
    if lessons and not is_forced:
        raise FigureInUse(lessons)
    if any(part.picture_uses(version).get(f"figure:{figure.slug}") for part in parts()):
        raise FigureRefused(
            "Questions of this course show this picture. Take it out of them first."
        )
    _keep_step(figure, Kind.REMOVED, by=by, now=now)
    _record("figure.removed", figure, by=by, now=now)
    figure.delete()


def last_figure_step(version: CourseVersion) -> FigureStep | None:
    """What Undo would take back now."""
    return version.figure_steps.filter(undone_at__isnull=True).first()


@transaction.atomic
def undo_figure_step(version: CourseVersion, *, by: User, now: datetime) -> FigureStep | None:
    """Bring back the picture that was removed or replaced last; None when there is none.

    A replaced picture gets its old file; what was written about it meanwhile stays.
    Errors: NotADraft, FigureRefused.
    """
    version = locked_draft(version)
    step = last_figure_step(version)
    if step is None:
        return None
    before: dict[str, Any] = json.loads(step.before_json)
    if step.kind == Kind.REMOVED:
        _check_room(version)
        figure = Figure(version=version, key=step.figure_key, slug=step.slug)
    else:
        figure = _figure(version, step.figure_key)
        before = {name: value for name, value in before.items() if name not in LONGEST}
    for name, value in before.items():
        setattr(figure, name, value)
    figure.file = step.file
    figure.save()
    step.undone_at = now
    step.save(update_fields=["undone_at"])
    _record("figure.restored", figure, by=by, now=now)
    return step


# ---------------------------------------------------------------- pieces


def _known_or_room(version: CourseVersion, sha256: str) -> Figure | None:
    """The figure of these bytes, or None when one more may be added."""
    _check_draft(version)
    known = version.figures.filter(source_sha256=sha256).order_by("pk").first()
    if known is None:
        _check_room(version)
    return known


def _check_draft(version: CourseVersion) -> None:
    """A look without a lock, so that nothing is decoded and stored in vain."""
    status = CourseVersion.objects.filter(pk=version.pk).values_list("status", flat=True).first()
    if status not in (CourseVersion.Status.DRAFT, CourseVersion.Status.IN_REVIEW):
        raise NotADraft


def _check_room(version: CourseVersion) -> None:
    if version.figures.count() >= MOST_FIGURES:
        raise FigureRefused(f"A course has at most {MOST_FIGURES} pictures. Remove one first.")


def _stored(content: bytes, *, now: datetime) -> StoredPicture:
    if not content:
        raise FigureRefused("The file is empty.")
    if len(content) > LARGEST_UPLOAD:
        raise FigureRefused(f"The file is larger than {LARGEST_UPLOAD // 1_000_000} MB.")
    advice = advice_for(content)
    if advice:
        raise FigureRefused(advice)
    try:
        return store_picture(content, now=now)
    except PictureRefused as error:
        raise FigureRefused(error.said) from None


def _texts(**texts: str) -> dict[str, str]:
    """Errors: FigureRefused for one that is too long."""
    cleaned = {name: clean(text) for name, text in texts.items()}
    for name, text in cleaned.items():
        if len(text) > LONGEST[name]:
            noun = "alternative text" if name == "alt" else name
            raise FigureRefused(f"The {noun} has at most {LONGEST[name]:,} characters.")
    # A credit is one line of the page.
    return cleaned | {"credit": " ".join(cleaned["credit"].split())}


def _figure(version: CourseVersion, key: UUID) -> Figure:
    figure = version.figures.select_related("file").filter(key=key).first()
    if figure is None:
        raise FigureRefused("That picture is not there any more.")
    return figure


def _taken_slugs(version: CourseVersion) -> set[str]:
    """Slugs of pictures that Undo may bring back are not free: lessons may still name them, and
    must not show something else without anybody having asked for it."""
    gone = version.figure_steps.filter(kind=Kind.REMOVED, undone_at__isnull=True)
    return {
        *version.figures.values_list("slug", flat=True),
        *gone.values_list("slug", flat=True),
    }


def _free_slug(taken: set[str], file_name: str, alt: str) -> str:
    """Small letters, digits and hyphens, as packages name their files."""
    name = re.split(r"[/\\]", file_name)[-1].rsplit(".", 1)[0]
    wanted = _slug(name) or _slug(" ".join(alt.split()[:6])) or "picture"
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _slug(text: str) -> str:
    return slugify(text.replace("_", "-"))[:LONGEST_SLUG].strip("-")


def _keep_step(figure: Figure, kind: Kind, *, by: User, now: datetime) -> None:
    newest = figure.version.figure_steps.aggregate(newest=Max("number"))["newest"] or 0
    before = {
        name: getattr(figure, name)
        for name in ("width", "height", "source_sha256", "sizes_json", *LONGEST)
    }
    FigureStep.objects.create(
        version=figure.version,
        number=newest + 1,
        kind=kind,
        figure_key=figure.key,
        slug=figure.slug,
        before_json=canonical_json(before),
        file=figure.file,
        at=now,
        by_id=by.pk,
    )


def _record(action: str, figure: Figure, *, by: User | None, now: datetime, **detail: str) -> None:
    audit.record(
        action,
        subject_type="version",
        subject_id=figure.version_id,
        by=by,
        now=now,
        figure=figure.slug,
        **detail,
    )
