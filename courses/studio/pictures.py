"""What the pages about pictures show, in a number of queries that does not grow with the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from ce_platform.core.text import fold
from courses.domain.picturing import figures_used_in
from courses.models import CourseVersion, Figure, Lesson
from courses.reading import FigureData, figure_data, figure_record


@dataclass(frozen=True)
class StudioPicture:
    figure: Figure
    shown: FigureData
    """As lessons show it."""
    small_url: str
    lessons: Sequence[Lesson]
    """That show it."""

    @property
    def lacks(self) -> list[str]:
        """What publishing will ask for."""
        found = []
        if not self.figure.alt:
            found.append(_("no alternative text yet"))
        if not self.figure.credit:
            found.append(_("no credit yet"))
        return found

    @property
    def size_kb(self) -> int:
        return max(1, round(self.figure.file.size_bytes / 1000))


def studio_pictures(version: CourseVersion) -> list[StudioPicture]:
    """Every picture by its name: two queries."""
    used = figures_used_in(version)
    return [
        _picture(figure, used) for figure in version.figures.select_related("file").order_by("slug")
    ]


def studio_picture(version: CourseVersion, key: UUID) -> StudioPicture | None:
    figure = version.figures.select_related("file").filter(key=key).first()
    return None if figure is None else _picture(figure, figures_used_in(version))


def _picture(figure: Figure, used: Mapping[str, Sequence[Lesson]]) -> StudioPicture:
    return StudioPicture(
        figure=figure,
        shown=figure_data(figure_record(figure)),
        small_url=small_url(figure),
        lessons=used.get(figure.slug, []),
    )


def small_url(figure: Figure) -> str:
    """The address of the smallest size. The file of the figure is at hand."""
    sizes = figure.sizes
    sha256 = sizes[min(sizes)] if sizes else figure.file.sha256
    extension = "png" if figure.file.content_type == "image/png" else "webp"
    return reverse("courses:figure", args=[sha256, extension])


def found_in(pictures: Sequence[StudioPicture], words: str, show: str) -> list[StudioPicture]:
    """Those that hold all the words in name or texts; `show`: missing | unused | everything else
    means all."""
    wanted = fold(words).split()
    found = []
    for picture in pictures:
        figure = picture.figure
        text = fold(f"{figure.slug} {figure.alt} {figure.caption} {figure.credit}")
        if not all(word in text for word in wanted):
            continue
        if (show == "missing" and not picture.lacks) or (show == "unused" and picture.lessons):
            continue
        found.append(picture)
    return found


def next_lacking(version: CourseVersion, after: Figure) -> Figure | None:
    """The next picture that lacks a text, by name, beginning again at the end."""
    lacking = [
        figure
        for figure in version.figures.order_by("slug").only(
            "version_id", "key", "slug", "alt", "credit"
        )
        if figure.pk != after.pk and not (figure.alt and figure.credit)
    ]
    return next((each for each in lacking if each.slug > after.slug), next(iter(lacking), None))
