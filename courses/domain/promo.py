"""The course page as plain text, kept when a version is published.

Florida and Mississippi count what a provider promised on its course page as a record.
"""

from courses.hours import worksheet_of
from courses.models import CourseVersion
from courses.parts import parts


def promo_text(version: CourseVersion) -> str:
    """What the course page says of this version, one paragraph per thing."""
    worksheet = worksheet_of(version)
    pieces = [
        version.title,
        version.subtitle,
        f"{version.get_delivery_display()}, {version.language}, {version.label}",
        version.summary,
        version.description,
        _list("What you will be able to do", [str(row) for row in version.objectives.all()]),
        _list(
            "Written by",
            [_author(row.name, row.credentials, row.biography) for row in version.authors.all()],
        ),
        _list("CE hours", [f"{row.category}: {row.credit_hours}" for row in version.credits.all()]),
        _list(
            "How the hours were worked out",
            [f"{line.label}: {line.value}" for line in worksheet.lines],
        ),
        _list(
            "What you must do",
            ["Finish every lesson", *_requirements(version), "Answer the evaluation"],
        ),
        _list("Lessons", [f"{row.position}. {row.title}" for row in version.lessons.all()]),
        _list("Subjects", sorted(version.subjects.values_list("name", flat=True))),
        _list("For whom", [version.audience]),
        _list("What you need before", [version.prerequisites]),
        _list("Cost", [version.course.price_of(version), version.course.shop_of(version)]),
    ]
    return "\n\n".join(piece.strip() for piece in pieces if piece.strip()) + "\n"


def _requirements(version: CourseVersion) -> list[str]:
    return [sentence for part in parts() for sentence in part.requirement_sentences(version)]


def _author(name: str, credentials: str, biography: str) -> str:
    who = f"{name}, {credentials}" if credentials else name
    return f"{who}. {biography}" if biography else who


def _list(heading: str, lines: list[str]) -> str:
    lines = [line for line in lines if line]
    return f"{heading}\n" + "\n".join(f"- {line}" for line in lines) if lines else ""
