"""A package as it stands in its files → `PackagedCourse`, with every mistake noted."""

import re
from decimal import Decimal

from ce_platform.core.text import clean
from courses.hours import claimable_hours, count_words
from courses.markdown import parse
from courses.models import CourseVersion
from courses.package.checking import check_description, check_uses
from courses.package.content import (
    PackagedAuthor,
    PackagedCourse,
    PackagedLesson,
    PackagedModule,
    PackagedObjective,
    PackagedReference,
    PackagedTerm,
)
from courses.package.media import read_charts, read_figures
from courses.package.recordings import count_minutes, read_handouts, read_recordings
from courses.package.schema import ANY_ID, Keys, Table
from courses.package.source import PackageSource

FORMAT = 1
# As many as the column of the worksheet holds, and far more than any course has.
MOST_MEDIA_MINUTES = 60_000
_NUMBERED = re.compile(r"\d\d-([a-z0-9]+(?:-[a-z0-9]+)*)")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,11}")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_READ = ("abstract", "record", "full text", "page")
_FENCE = "+++"
# Files that may lie in a package without being part of the course.
_BESIDE = re.compile(r"README\.md|LICENSE[A-Za-z0-9._-]*|NOTES\.md")
PLACES = re.compile(
    r"course\.toml|references\.toml|glossary\.toml|final-exam\.toml|practice\.toml|bank\.toml"
    r"|figures/figures\.toml|[^/]+/module\.toml|[^/]+/(?:quiz|practice)\.toml"
    r"|figures/[^/]+|charts/[^/]+\.toml"
    r"|charts/drawings/[^/]+\.svg|[^/]+/[^/]+\.md|recordings/[^/]+|handouts/[^/]+"
)


def read_course(source: PackageSource) -> PackagedCourse | None:
    """None when there is no course.toml to begin with; else what could be read."""
    _check_places(source)
    if not source.has("course.toml"):
        source.problem("course.toml", 1, "the package has no course.toml")
        return None
    values = source.toml("course.toml")
    if values is None:
        return None
    keys = Keys()
    course = _read_head(source, Table(source, "course.toml", values), keys)
    course.references = _read_references(source, keys)
    course.glossary = _read_glossary(source, keys)
    course.figures = read_figures(source, keys)
    course.charts = read_charts(source, keys)
    course.recordings = read_recordings(source, keys)
    course.handouts = read_handouts(source, keys)
    course.modules = _read_modules(
        source, keys, is_live=course.texts["delivery"] in CourseVersion.LIVE
    )
    if course.lessons:
        course.lessons[0].is_free = True
    check_description(source, course)
    check_uses(source, course)
    count_minutes(course)
    _check_hours(source, course)
    return course


def _check_places(source: PackageSource) -> None:
    for path in source.paths():
        if not PLACES.fullmatch(path) and not _BESIDE.fullmatch(path):
            source.problem(path, 1, "this file has no place in a course package")


# ---------------------------------------------------------------- course.toml


def _read_head(source: PackageSource, table: Table, keys: Keys) -> PackagedCourse:
    if table.whole("format", lowest=1, highest=99) != FORMAT:
        table.problem("format", f"‘format’ must be {FORMAT}")
    course = PackagedCourse(
        key=table.key(),
        slug=table.identifier("slug", most=80),
        texts={
            "title": table.text("title", most=200, is_required=True),
            "subtitle": table.text("subtitle", most=300),
            "language": table.language(default="en-US"),
            "delivery": table.text(
                "delivery", most=20, is_required=True, of=CourseVersion.Delivery.values
            ),
            "summary": table.text("summary", most=1_000, is_required=True),
            "description": table.text("description", most=20_000),
            "cost_text": table.text("cost", most=300),
            "audience": table.text("audience", most=2_000),
            "prerequisites": table.text("prerequisites", most=2_000),
        },
        subjects=table.texts("subjects", most=20, longest=80),
        difficulty=3,
        credits=[],
        authors=[],
        objectives=[],
    )
    worksheet = table.inner("worksheet")
    course.difficulty = worksheet.whole("difficulty", lowest=1, highest=5, default=3) or 3
    course.texts["difficulty_reason"] = worksheet.text("difficulty_reason", most=1_000)
    worksheet.nothing_else()
    _read_credits(table, course)
    _read_authors(table, course, keys)
    _read_objectives(source, table, course, keys)
    table.nothing_else()
    return course


def _read_credits(table: Table, course: PackagedCourse) -> None:
    for row in table.tables("credit", most=20):
        category = row.text("category", most=120, is_required=True)
        hours = row.decimal("credit_hours", highest=100)
        if hours is None:
            if "credit_hours" not in row.values:
                row.problem("credit_hours", "‘credit_hours’ is missing")
        elif hours == 0 or hours * 2 % 1:
            row.problem("credit_hours", "credit hours come in whole or half hours, above 0")
        elif category in [name for name, _ in course.credits]:
            row.problem("category", f"the category ‘{category}’ stands twice")
        else:
            course.credits.append((category, hours))
        row.nothing_else()


def _read_authors(table: Table, course: PackagedCourse, keys: Keys) -> None:
    for row in table.tables("authors", most=50):
        author = PackagedAuthor(
            key=row.key(),
            name=row.text("name", most=120, is_required=True),
            credentials=row.text("credentials", most=200),
            biography=row.text("bio", most=4_000),
            email=row.text("email", most=254).lower(),
        )
        keys.once("author", row, author.key)
        row.nothing_else()
        course.authors.append(author)


def _read_objectives(
    source: PackageSource, table: Table, course: PackagedCourse, keys: Keys
) -> None:
    for row in table.tables("objectives", most=100):
        code = row.text("code", most=12, is_required=True)
        if code and not _CODE.fullmatch(code):
            row.problem("code", "‘code’ is made of letters, digits, dots and hyphens")
        if code in source.objectives:
            row.problem("code", f"the objective ‘{code}’ stands twice")
        objective = PackagedObjective(row.key(), code, row.text("text", most=600, is_required=True))
        keys.once("objective", row, objective.key)
        row.nothing_else()
        source.objectives[code] = objective.key
        course.objectives.append(objective)


# ---------------------------------------------------------------- references.toml, glossary.toml


def _read_references(source: PackageSource, keys: Keys) -> list[PackagedReference]:
    found = []
    for row in _rows(source, "references.toml", "references", most=2_000):
        slug = row.text("id", most=60, is_required=True)
        if slug and not ANY_ID.fullmatch(slug):
            row.problem("id", "‘id’ is made of letters, digits, dots, hyphens and underscores")
        if slug in source.references:
            row.problem("id", f"the reference ‘{slug}’ stands twice")
        reference = PackagedReference(
            key=row.key(),
            slug=slug,
            text=row.text("text", most=2_000, is_required=True),
            doi=row.text("doi", most=200),
            pmid=row.text("pmid", most=20),
            url=row.text("url", most=500),
            read=row.text("read", most=20, of=_READ),
        )
        if reference.doi and not _DOI.fullmatch(reference.doi):
            row.problem("doi", "a DOI begins with ‘10.’ and holds no spaces")
        if reference.pmid and not reference.pmid.isdecimal():
            row.problem("pmid", "a PubMed number holds digits only")
        if reference.url and not re.fullmatch(r"https?://[^\s<>\"]+", reference.url):
            row.problem("url", "‘url’ must begin with https://")
        keys.once("reference", row, reference.key)
        row.nothing_else()
        source.references.add(slug)
        found.append(reference)
    return found


def _read_glossary(source: PackageSource, keys: Keys) -> list[PackagedTerm]:
    found = []
    for row in _rows(source, "glossary.toml", "terms", most=2_000):
        slug = row.identifier("id")
        if slug in source.glossary:
            row.problem("id", f"the term ‘{slug}’ stands twice")
        term = PackagedTerm(
            key=row.key(),
            slug=slug,
            term=row.text("term", most=120, is_required=True),
            definition=row.text("definition", most=1_000, is_required=True),
            language=row.language(),
        )
        keys.once("term", row, term.key)
        row.nothing_else()
        source.glossary.add(slug)
        found.append(term)
    return found


def _rows(source: PackageSource, path: str, name: str, *, most: int) -> list[Table]:
    """The tables of a file that holds nothing else; the file may be left out."""
    values = source.toml(path) if source.has(path) else None
    if values is None:
        return []
    table = Table(source, path, values)
    rows = table.tables(name, most=most)
    table.nothing_else()
    return rows


# ---------------------------------------------------------------- modules and lessons


def _read_modules(source: PackageSource, keys: Keys, *, is_live: bool) -> list[PackagedModule]:
    """What is held before people needs no lessons, and so no modules."""
    folders = sorted({path.split("/")[0] for path in source.paths() if "/" in path})
    modules: list[PackagedModule] = []
    slugs: dict[str, str] = {}
    for folder in folders:
        if folder in ("figures", "charts", "recordings", "handouts"):
            continue
        numbered = _NUMBERED.fullmatch(folder)
        path = f"{folder}/module.toml"
        if numbered is None:
            first = next(each for each in source.paths() if each.startswith(f"{folder}/"))
            source.problem(first, 1, f"the folder ‘{folder}’ must be named like 01-name")
            continue
        if not source.has(path):
            source.problem(path, 1, f"the module ‘{folder}’ has no module.toml")
            continue
        values = source.toml(path)
        if values is None:
            continue
        table = Table(source, path, values)
        module = PackagedModule(
            key=table.key(),
            folder=folder,
            slug=numbered[1],
            title=table.text("title", most=200, is_required=True),
            summary=table.text("summary", most=2_000),
        )
        keys.once("module", table, module.key)
        table.nothing_else()
        if module.slug in [each.slug for each in modules]:
            source.problem(path, 1, f"two modules are named ‘{module.slug}’")
        source.modules[folder] = module.key
        module.lessons = _read_lessons(source, folder, keys, slugs)
        if not module.lessons and not is_live:
            source.problem(path, 1, "the module has no lessons")
        modules.append(module)
    if not modules and not is_live:
        source.problem(
            "course.toml", 1, "the package has no modules; they are folders like 01-name"
        )
    return modules


def _read_lessons(
    source: PackageSource, folder: str, keys: Keys, slugs: dict[str, str]
) -> list[PackagedLesson]:
    lessons = []
    for path in source.paths():
        if not path.startswith(f"{folder}/") or not path.endswith(".md"):
            continue
        name = path.split("/")[1].removesuffix(".md")
        numbered = _NUMBERED.fullmatch(name)
        if numbered is None:
            source.problem(path, 1, "a lesson is named like 01-name.md")
            continue
        slug = numbered[1]
        if slugs.setdefault(slug, path) != path:
            source.problem(path, 1, f"the name ‘{slug}’ is taken by {slugs[slug]}")
        lesson = _read_lesson(source, path, slug, keys)
        if lesson is not None:
            source.lessons[f"{folder}/{name}"] = lesson.key
            lessons.append(lesson)
    return lessons


def _read_lesson(source: PackageSource, path: str, slug: str, keys: Keys) -> PackagedLesson | None:
    lines = source.read_text(path).split("\n")
    fences = [number for number, line in enumerate(lines) if line.strip() == _FENCE]
    if len(fences) < 2 or fences[0] != 0:
        source.problem(path, 1, "a lesson begins with a head between two lines of ‘+++’")
        return None
    head_lines = fences[1] + 1
    values = source.parse_toml(path, "\n".join(lines[1 : fences[1]]), before=1)
    if values is None:
        return None
    table = Table(source, path, values, first_line=2)
    key = table.key()
    keys.once("lesson", table, key)
    title = table.text("title", most=200, is_required=True)
    objectives = table.texts("objectives", most=50)
    for code in objectives:
        if code not in source.objectives:
            table.problem("objectives", f"course.toml has no objective ‘{code}’")
    is_free = table.flag("free", default=False)
    minutes = _media_minutes(table)
    table.nothing_else()
    body = "\n".join(lines[head_lines:])
    # Lines are counted before cleaning: it takes empty lines off the start.
    parsed = parse(body)
    for problem in parsed.problems:
        source.problem(path, head_lines + problem.line + 1, problem.sentence)
    if not body.strip():
        source.problem(path, head_lines, "the lesson has no text")
    return PackagedLesson(
        key=key,
        slug=slug,
        title=title,
        body=clean(body),
        objectives=[code for code in objectives if code in source.objectives],
        is_free=is_free,
        media_minutes=minutes,
        path=path,
        head_lines=head_lines,
        parsed=parsed,
        counted_words=count_words(parsed),
    )


def _media_minutes(table: Table) -> Decimal:
    """A whole number, or text with one decimal."""
    value = table.values.get("media_minutes")
    if isinstance(value, float):
        table.problem("media_minutes", '‘media_minutes’ with a decimal is written "2.5"')
        table.values = {**table.values, "media_minutes": 0}
    return table.decimal("media_minutes", highest=6_000) or Decimal("0.0")


def _check_hours(source: PackageSource, course: PackagedCourse) -> None:
    """No claim above what the strictest method allows, rounded down to the half hour."""
    line = source.line_of("course.toml", "[[credit]]")
    if not course.credits:
        source.problem("course.toml", line, "the course claims no credit hours: [[credit]]")
        return
    minutes = sum((lesson.media_minutes for lesson in course.lessons), Decimal(0))
    if minutes > MOST_MEDIA_MINUTES:
        source.problem(
            "course.toml",
            1,
            f"the lessons have more than {MOST_MEDIA_MINUTES:,} minutes of audio and video",
        )
        return
    words = sum(lesson.counted_words for lesson in course.lessons)
    if course.texts["delivery"] != CourseVersion.Delivery.HOME_STUDY:
        # Sessions are not in packages: publishing asks for one that is long enough.
        return
    most = claimable_hours(words, minutes)
    if course.credit_hours > most and course.lessons:
        source.problem(
            "course.toml",
            line,
            f"the course claims {course.credit_hours} CE hours, but {words:,} counted words and "
            f"{minutes:f} minutes of audio and video allow {most} at most (docs/hours.md)",
        )
