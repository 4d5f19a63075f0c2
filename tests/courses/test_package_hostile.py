"""Packages made to do harm: to take long, to take over, to end in an error nobody wrote."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from PIL import Image

from ce_platform.accounts.models import User
from ce_platform.core.errors import NotAllowed
from courses.models import Course, CourseVersion
from courses.package import media, source
from courses.package.importing import ImportResult, import_package
from courses.package.reading import read_course
from courses.package.source import PackageRefused, PackageSource
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
KEY = "00000000-0000-4000-8000-{:012d}"
QUIZ = f"""\
key = "{KEY.format(1)}"
title = "Quiz"
pass_percent = "80"

[[questions]]
key = "{KEY.format(2)}"
type = "true-false"
stem = "So?"
explanation = "No."
answer = false
"""
MODULE = f'key = "{KEY.format(3)}"\ntitle = "More"\n'
LESSON = f'+++\nkey = "{KEY.format(4)}"\ntitle = "A lesson"\n+++\nText.\n'


def person(role: str, email: str = "") -> User:
    user = UserFactory(**({"email": email} if email else {}))
    user.groups.add(Group.objects.get(name=role))
    return user


def load(package: Package, *, by: User | None) -> ImportResult:
    return import_package(PackageSource.open(package.root), by=by, now=NOW)


def zip_of(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


# ------------------------------------------------------------------------------- whose course


@pytest.mark.parametrize("spelling", [" {}", "{} ", "\\t{}", "{{{}}}", "\\uFEFF{}"])
def test_no_spelling_of_the_key_opens_somebody_elses_course(
    package: Package, spelling: str
) -> None:
    owner = person("instructor")
    load(package, by=owner)
    text = (package.root / "course.toml").read_text()
    key = re.findall(r'^key = "(.*)"', text, re.MULTILINE)[0]
    package.replace("course.toml", key, spelling.format(key))
    package.replace("course.toml", 'title = "', 'title = "Taken over: ')

    with pytest.raises(NotAllowed):
        load(package, by=person("instructor"))

    assert not CourseVersion.objects.filter(title__startswith="Taken over").exists()
    assert load(package, by=owner).is_written


def test_a_course_of_nobody_is_the_offices(package: Package) -> None:
    load(package, by=None)
    assert Course.objects.get().owner is None
    package.replace("course.toml", 'title = "', 'title = "More of ')

    with pytest.raises(NotAllowed):
        load(package, by=person("instructor"))
    assert load(package, by=person("registrar")).is_written


def test_an_instructor_owns_what_they_bring_whoever_they_name(package: Package) -> None:
    person("instructor", email="instructor@example.com")  # The author that the package names.
    importer = person("instructor")

    load(package, by=importer)

    assert Course.objects.get().owner == importer


def test_only_instructors_are_tied_to_a_course_by_their_address(package: Package) -> None:
    """Else a package could name anybody, and its import would tell whether they have an account."""
    importer = person("instructor")
    load(package, by=importer)

    UserFactory(email="instructor@example.com")
    result = load(package, by=importer)

    assert result.is_unchanged
    assert not CourseVersion.objects.get().authors.filter(user__isnull=False).exists()


# ------------------------------------------------------------------------------- the same twice

Spoil = Callable[[Package], Package]


def _one_line_objectives(package: Package) -> Package:
    text = (package.root / "course.toml").read_text()
    text = re.sub(r"\[\[objectives\]\].*?(?=\n\[\[|\Z)", "", text, flags=re.DOTALL)
    rows = ", ".join(f'{{ key = "{KEY.format(9)}", code = "O{n}", text = "Do." }}' for n in (1, 2))
    return package.write("course.toml", f"objectives = [{rows}]\n{text}")


def _two_quizzes(package: Package, *, module: str, key: str) -> Package:
    package.write(f"{module}/module.toml", MODULE)
    package.write(f"{module}/01-lesson.md", LESSON)
    package.write(f"{module}/quiz.toml", QUIZ)
    return package.write(
        "final-exam.toml", QUIZ.replace(KEY.format(2), KEY.format(6)).replace(KEY.format(1), key)
    )


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_one_line_objectives, "every objective has its own"),
        (
            lambda package: _two_quizzes(package, module="03-final-exam", key=KEY.format(5)),
            "Two quizzes are named ‘final-exam’",
        ),
        (
            lambda package: _two_quizzes(package, module="03-more", key=KEY.format(1)),
            "Another quiz has this key",
        ),
        (
            lambda package: package.replace(
                "01-face/module.toml", 'key = "', f'key = "{KEY[:15].replace("4", "0")}'
            ),
            "‘key’ must be a UUID",
        ),
    ],
)
def test_twins_are_mistakes_and_no_errors(package: Package, spoil: Spoil, problem: str) -> None:
    assert problem in "\n".join(spoil(package).problems())
    assert not Course.objects.exists()


def test_the_empty_uuid_is_no_key(package: Package) -> None:
    for path in ("01-face/module.toml", "02-neck/module.toml"):
        text = (package.root / path).read_text()
        package.write(path, re.sub('key = ".*"', f'key = "{"0" * 32}"', text))

    assert package.problems() == [
        "01-face/module.toml:1: ‘key’ must be a UUID.",
        "02-neck/module.toml:1: ‘key’ must be a UUID.",
    ]


# ------------------------------------------------------------------------------- odd values


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('title = "A sample', 'title = "A\\nBcc: all@example.com sample', "one line of text"),
        ('name = "Ana Author"', 'name = """Ana\nAuthor"""', "one line of text"),
        ('subjects = ["', 'subjects = ["a\\nb", "', "list of at most 20 short texts"),
        ('subjects = ["', 'subjects = ["\\u0007", "', "list of at most 20 short texts"),
        ("difficulty = 2", f"difficulty = {'9' * 5_000}", "too many digits"),
        ("difficulty = 2", f"difficulty = 0x{'f' * 9_000}", "a whole number from 1 to 5"),
        ('credit_hours = "0.5"', f"credit_hours = 0x{'f' * 400_000}", "number from 0 to 100"),
        ('credit_hours = "0.5"', 'credit_hours = "1E-999999999"', "number from 0 to 100"),
    ],
)
def test_odd_values_are_mistakes(package: Package, old: str, new: str, problem: str) -> None:
    began = time.process_time()

    found = package.replace("course.toml", old, new).problems()

    assert problem in "\n".join(found)
    assert time.process_time() - began < 2


def test_minutes_beyond_the_worksheet_are_a_mistake(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.package.reading.MOST_MEDIA_MINUTES", 5_000)
    package.replace("01-face/01-points.md", "media_minutes = ", "media_minutes = 6000  # ")

    assert "more than 5,000 minutes" in "\n".join(package.problems())


# ------------------------------------------------------------------------------- time and memory

REFERENCE = '[[references]]\nid = "r{0}"\nkey = "00000000-0000-4000-8000-{0:012d}"\ntext = "x"\n'


@pytest.mark.parametrize(
    "files",
    [
        {"course.toml": "a." * 100_000 + "a = 1"},
        {"course.toml": '"a" . ' * 100_000 + "a = 1"},
        {"course.toml": "[" + "a." * 100_000 + "a]"},
        {"course.toml": "x = { " + "a." * 100_000 + "a = 1 }"},
        {"course.toml": "a = " + "[" * 200_000},
        {"course.toml": "a = " + "{a=" * 100_000},
        {"course.toml": 'a = """' + "a" * 900_000 + '"""'},
        {"course.toml": 'a = """' + "\" ' " * 200_000 + '"""'},
        {"course.toml": "\n".join(f"k{number} = 1" for number in range(60_000))},
        {
            "course.toml": "format = 1\n",
            "references.toml": "".join(
                REFERENCE.format(number) + "\n" * 400 for number in range(2_000)
            ),
        },
        {
            "course.toml": "format = 1\n",
            "references.toml": "\n" * 800_000 + f"references = [{'{id=1},' * 2_000}]",
        },
        {
            "course.toml": "format = 1\n",
            "glossary.toml": "[[terms]]\n" * 80_000,
        },
    ],
    ids=lambda files: repr(next(reversed(files.values()))[:14]),
)
def test_no_file_takes_long(files: dict[str, str]) -> None:
    began = time.process_time()

    opened = PackageSource.from_zip(zip_of(files))
    read_course(opened)

    assert opened.problems
    assert time.process_time() - began < 5


def test_a_quiz_has_a_largest_number_of_questions(package: Package) -> None:
    began = time.process_time()

    problems = package.write("final-exam.toml", QUIZ + "[[questions]]\n" * 50_000).problems()

    assert "at most 500 questions" in "\n".join(problems)
    assert time.process_time() - began < 5


def test_texts_have_a_largest_size_in_all(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LARGEST_TEXTS", 2_000)

    with pytest.raises(PackageRefused, match="The texts of the package are longer than"):
        package.load()


def test_pictures_have_most_pixels_in_all(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MOST_PIXELS_IN_ALL", 100)
    picture = io.BytesIO()
    Image.new("RGB", (40, 40)).save(picture, "PNG")
    package.write("figures/second.png", picture.getvalue())
    figures = (package.root / "figures/figures.toml").read_text()
    row = f'\n[[figures]]\nkey = "{KEY.format(7)}"\nfile = "second.png"\nalt = "A"\ncredit = "B"\n'
    package.write("figures/figures.toml", figures + row)

    assert package.problems() == [
        "figures/second.png:1: The pictures have more than 0 million pixels in all."
    ]


def test_a_directory_of_a_zip_is_counted_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*args: Any) -> None:
        raise AssertionError("zipfile made an object of every entry")

    content = zip_of({f"a{number}": "" for number in range(501)})
    monkeypatch.setattr(zipfile, "ZipFile", never)

    with pytest.raises(PackageRefused, match="more than 500 entries"):
        PackageSource.from_zip(content)
