"""A package into a draft version: every row made anew, in the caller's transaction."""

from django.utils.text import slugify

from ce_platform.core.text import canonical_json
from courses.domain.handout import file_name_of
from courses.markdown import render
from courses.models import (
    Chart,
    ChartPoint,
    ChartView,
    CourseAuthor,
    CourseVersion,
    CreditHours,
    Figure,
    FigureStep,
    GlossaryTerm,
    Handout,
    Lesson,
    Module,
    Objective,
    Recording,
    Reference,
    Subject,
)
from courses.package.content import PackagedChart, PackagedCourse
from courses.package.media_files import StoredMedia
from courses.package.plan import COURSE_TEXTS, accounts_of
from courses.reading import Library, store_body


def write_version(version: CourseVersion, course: PackagedCourse, media: StoredMedia) -> None:
    """Make the draft say what the package says. Modules that are gone stay for `drop_modules`."""
    _clear(version)
    for name in COURSE_TEXTS:
        setattr(version, name, course.texts[name])
    version.difficulty = course.difficulty
    version.credit_hours = course.credit_hours
    version.save()
    version.subjects.set([_subject(name) for name in course.subjects])
    _write_lists(version, course)
    _write_media(version, course, media)
    _write_modules(version, course)
    # From here on the texts can be rendered: what they refer to is in the database.
    library = Library(version)
    version.description_html = render(
        version.description, version_context=library.context.without_list(), prefix="description"
    )
    version.save(update_fields=["description_html"])
    lessons = list(Lesson.objects.filter(version=version))
    for lesson in lessons:
        lesson.body_html = store_body(lesson, library)
    Lesson.objects.bulk_update(lessons, ["body_html"])


def drop_modules(version: CourseVersion, course: PackagedCourse) -> None:
    """Remove modules that the package no longer has, after the parts have let go of them."""
    Module.objects.filter(version=version).exclude(
        key__in=[module.key for module in course.modules]
    ).delete()


def _clear(version: CourseVersion) -> None:
    """Everything but modules, which quizzes of the draft still hang on."""
    ChartView.objects.filter(chart__version=version).delete()
    # What Undo would bring back belongs to pictures that are all made anew.
    FigureStep.objects.filter(version=version).delete()
    for model in (ChartPoint, Chart, Figure, Recording, Handout, Lesson, Objective, Reference,
                  GlossaryTerm, CreditHours, CourseAuthor):  # fmt: skip
        model._default_manager.filter(version=version).delete()


def _subject(name: str) -> Subject:
    slug = slugify(name)[:50] or "other"
    subject, _ = Subject.objects.get_or_create(slug=slug, defaults={"name": name})
    return subject


def _write_lists(version: CourseVersion, course: PackagedCourse) -> None:
    accounts = accounts_of(course)
    CreditHours.objects.bulk_create(
        CreditHours(version=version, position=place, category=category, credit_hours=hours)
        for place, (category, hours) in enumerate(course.credits, start=1)
    )
    CourseAuthor.objects.bulk_create(
        CourseAuthor(
            version=version,
            key=author.key,
            position=place,
            name=author.name,
            credentials=author.credentials,
            biography=author.biography,
            user=accounts.get(author.email),
        )
        for place, author in enumerate(course.authors, start=1)
    )
    Objective.objects.bulk_create(
        Objective(version=version, key=each.key, position=place, code=each.code, text=each.text)
        for place, each in enumerate(course.objectives, start=1)
    )
    Reference.objects.bulk_create(
        Reference(
            version=version,
            key=each.key,
            position=place,
            slug=each.slug,
            text=each.text,
            doi=each.doi,
            pmid=each.pmid,
            url=each.url,
            read=each.read,
        )
        for place, each in enumerate(course.references, start=1)
    )
    GlossaryTerm.objects.bulk_create(
        GlossaryTerm(
            version=version,
            key=each.key,
            slug=each.slug,
            term=each.term,
            definition=each.definition,
            language=each.language,
        )
        for each in course.glossary
    )


def _write_media(version: CourseVersion, course: PackagedCourse, media: StoredMedia) -> None:
    for figure in course.figures:
        stored = media.figures[figure.slug]
        Figure.objects.create(
            version=version,
            key=figure.key,
            slug=figure.slug,
            alt=figure.alt,
            caption=figure.caption,
            credit=figure.credit,
            source_sha256=figure.source_sha256,
            **stored.values,
        )
    for chart in course.charts:
        _write_chart(version, chart, media)
    for recording in course.recordings:
        kept = media.recordings[recording.slug]
        Recording.objects.create(
            version=version,
            key=recording.key,
            slug=recording.slug,
            kind=kept.kind,
            title=recording.title,
            file=kept.file,
            duration_ms=kept.duration_ms,
            width=kept.width,
            height=kept.height,
            poster=kept.poster,
            captions=recording.captions,
            captions_language=recording.captions_language,
            transcript=recording.transcript,
            credit=recording.credit,
        )
    for handout in course.handouts:
        file = media.handouts[handout.slug]
        Handout.objects.create(
            version=version,
            key=handout.key,
            slug=handout.slug,
            title=handout.title,
            file=file,
            file_name=file_name_of(handout.slug, file),
            credit=handout.credit,
        )


def _write_chart(version: CourseVersion, packaged: PackagedChart, media: StoredMedia) -> None:
    chart = Chart.objects.create(
        version=version,
        key=packaged.key,
        slug=packaged.slug,
        title=packaged.title,
        description=packaged.description,
        credit=packaged.credit,
        layers_json=canonical_json(packaged.layers),
        paths_json=canonical_json(packaged.paths),
    )
    ChartView.objects.bulk_create(
        ChartView(
            chart=chart,
            position=place,
            slug=view.slug,
            title=view.title,
            drawing=media.drawings[view.drawing],
            width=view.width,
            height=view.height,
            crop_x=view.crop[0],
            crop_y=view.crop[1],
            crop_width=view.crop[2],
            crop_height=view.crop[3],
        )
        for place, view in enumerate(packaged.views, start=1)
    )
    ChartPoint.objects.bulk_create(
        ChartPoint(
            version=version,
            chart=chart,
            key=point.key,
            position=place,
            code=point.code,
            name=point.name,
            language=point.language,
            layer=point.layer,
            place=point.place,
            caution=point.caution,
            caution_level=point.caution_level,
            note=point.note,
            references_json=canonical_json(point.references),
            at_json=canonical_json(point.at),
        )
        for place, point in enumerate(packaged.points, start=1)
    )


def _write_modules(version: CourseVersion, course: PackagedCourse) -> None:
    known = {module.key: module for module in Module.objects.filter(version=version)}
    for module in known.values():
        # Out of the way, so that two modules can change names.
        module.slug = f"-{module.pk}"
        module.save(update_fields=["slug"])
    objectives = {each.code: each for each in Objective.objects.filter(version=version)}
    number = 0
    for place, packaged in enumerate(course.modules, start=1):
        module = known.get(packaged.key) or Module(version=version, key=packaged.key)
        module.position = place
        module.slug = packaged.slug
        module.title = packaged.title
        module.summary = packaged.summary
        module.save()
        for each in packaged.lessons:
            number += 1
            lesson = Lesson.objects.create(
                version=version,
                module=module,
                key=each.key,
                position=number,
                slug=each.slug,
                title=each.title,
                body=each.body,
                counted_words=each.counted_words,
                media_minutes=each.media_minutes,
                is_free=each.is_free,
            )
            lesson.objectives.set([objectives[code] for code in each.objectives])
