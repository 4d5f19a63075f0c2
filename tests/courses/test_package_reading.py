"""Every mistake in a package is named with file and line."""

import pytest

from tests.courses.conftest import Package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def test_sample_has_no_problems(package: Package) -> None:
    assert package.problems() == []


@pytest.mark.parametrize(
    ("path", "old", "new", "problem"),
    [
        (
            "course.toml",
            "summary =",
            "sumary =",
            "course.toml:9: Unknown key ‘sumary’; did you mean ‘summary’?",
        ),
        ("course.toml", "format = 1", "format = 2", "course.toml:1: ‘format’ must be 1."),
        ("course.toml", 'key = "5f6c', 'key = "zzzz', "course.toml:2: ‘key’ must be a UUID."),
        (
            "course.toml",
            '"sample-course"',
            '"Sample Course"',
            "course.toml:3: ‘slug’ is made of small letters, digits and hyphens.",
        ),
        (
            "course.toml",
            '"home-study"',
            '"home-studi"',
            "course.toml:7: ‘delivery’ must be one of: home-study, live-webinar, live-class; did "
            "you mean ‘home-study’?",
        ),
        (
            "course.toml",
            '"en-US"',
            '"American English"',
            "course.toml:6: ‘American English’ is not a language tag like en-US or zh-Latn.",
        ),
        (
            "course.toml",
            "difficulty = 2",
            "difficulty = 6",
            "course.toml:18: ‘difficulty’ must be a whole number from 1 to 5.",
        ),
        (
            "course.toml",
            'credit_hours = "0.5"',
            "credit_hours = 0.5",
            "course.toml:23: ‘credit_hours’ must be a number from 0 to 100 in quotation marks, "
            'like "0.5", with at most 1 decimal.',
        ),
        (
            "course.toml",
            'credit_hours = "0.5"',
            'credit_hours = "0.3"',
            "course.toml:23: Credit hours come in whole or half hours, above 0.",
        ),
        (
            "course.toml",
            'credit_hours = "0.5"',
            'credit_hours = "1.0"',
            "course.toml:21: The course claims 1.5 CE hours, but 43 counted words and 60.0 minutes "
            "of audio and video allow 1.0 at most (docs/hours.md).",
        ),
        (
            "course.toml",
            'code = "O2"',
            'code = "O1"',
            "course.toml:43: The objective ‘O1’ stands twice.",
        ),
        (
            "course.toml",
            'c0a6b2"',
            'c0a6b1"',
            "course.toml:42: This key stands already in course.toml, line 37; every objective has "
            "its own.",
        ),
        (
            "course.toml",
            "short courses [@who2008]",
            "short <b>courses [@who2008] [x](http://x.y)",
            "course.toml:11: The link ‘http://x.y’ must begin with https:// or mailto:.",
        ),
        ("01-face/module.toml", "title", "titel", "01-face/module.toml:1: ‘title’ is missing."),
        (
            "01-face/01-points.md",
            "+++\nkey",
            "key",
            "01-face/01-points.md:1: A lesson begins with a head between two lines of ‘+++’.",
        ),
        (
            "01-face/01-points.md",
            'objectives = ["O1"]',
            'objectives = ["O9"]',
            "01-face/01-points.md:4: course.toml has no objective ‘O9’.",
        ),
        (
            "01-face/01-points.md",
            "media_minutes = 30",
            "media_minutes = = 30",
            "01-face/01-points.md:5: This is not valid TOML: Invalid value.",
        ),
        (
            "01-face/01-points.md",
            "media_minutes = 30",
            "media_minutes = 30.5",
            '01-face/01-points.md:5: ‘media_minutes’ with a decimal is written "2.5".',
        ),
        (
            "01-face/01-points.md",
            "glossary:fascia",
            "glossary:facia",
            "01-face/01-points.md:8: glossary.toml has no term ‘facia’; did you mean ‘fascia’?",
        ),
        (
            "01-face/01-points.md",
            "[tradition: @who2008]",
            "[tradition: @who2009]",
            "01-face/01-points.md:8: references.toml has no reference ‘who2009’; did you mean "
            "‘who2008’?",
        ),
        (
            "01-face/01-points.md",
            "figure:scale",
            "figure:scales",
            "01-face/01-points.md:12: figures/figures.toml has no figure ‘scales’; did you mean "
            "‘scale’?",
        ),
        (
            "01-face/01-points.md",
            "chart points layers",
            "chart pints layers",
            "01-face/01-points.md:14: charts/ has no chart ‘pints’; did you mean ‘points’?",
        ),
        (
            "01-face/01-points.md",
            "layers=stomach",
            "layers=liver",
            "01-face/01-points.md:14: charts/points.toml has no layer ‘liver’.",
        ),
        (
            "01-face/01-points.md",
            "view=front",
            "view=back",
            "01-face/01-points.md:14: charts/points.toml has no view ‘back’.",
        ),
        (
            "01-face/02-claims.md",
            "C05 unsupported",
            "C05 doubtful",
            "01-face/02-claims.md:8: ‘doubtful’ is not a verdict; the verdicts are: supported, "
            "weakly supported, plausible but untested, unsupported, contradicted, unsafe as "
            "stated, tradition.",
        ),
        (
            "references.toml",
            'read = "abstract"',
            'read = "skimmed"',
            "references.toml:6: ‘read’ must be one of: abstract, record, full text, page.",
        ),
        (
            "references.toml",
            '"10.1111/jhn.12286"',
            '"https://doi.org/10.1111"',
            "references.toml:5: A DOI begins with ‘10.’ and holds no spaces.",
        ),
        (
            "references.toml",
            '"https://example.com/who"',
            '"javascript:alert(1)"',
            "references.toml:12: ‘url’ must begin with https://.",
        ),
        (
            "glossary.toml",
            "definition",
            "meaning",
            "glossary.toml:5: Unknown key ‘meaning’.",
        ),
        (
            "figures/figures.toml",
            'alt = "Six bars of growing height."',
            'alt = " "',
            "figures/figures.toml:4: ‘alt’ is empty.",
        ),
        (
            "figures/figures.toml",
            '"scale.png"',
            '"skale.png"',
            "figures/figures.toml:3: There is no file figures/skale.png.",
        ),
        (
            "figures/figures.toml",
            '"scale.png"',
            '"../course.toml"',
            "figures/figures.toml:3: ‘../course.toml’ must be named like my-picture.png (png, jpg, "
            "jpeg, webp).",
        ),
        (
            "charts/points.toml",
            'layer = "stomach"',
            'layer = "liver"',
            "charts/points.toml:30: The chart has no layer ‘liver’.",
        ),
        (
            "charts/points.toml",
            'label = "e"',
            'label = "x"',
            "charts/points.toml:33: ‘label’ must be one of: n, ne, e, se, s, sw, w, nw.",
        ),
        (
            "charts/points.toml",
            "x = 600.0",
            "x = 950.0",
            "charts/points.toml:33: (950, 590.5) lies outside what the view ‘front’ shows.",
        ),
        (
            "charts/points.toml",
            "x = 600.0",
            "x = nan",
            "charts/points.toml:33: ‘x’ must be from -10000 to 10000.",
        ),
        (
            "charts/points.toml",
            "[[430, 610], [402, 700], [420, 765]]",
            "[[430, 610]]",
            "charts/points.toml:52: ‘points’ must be a list of at least two places like "
            "[430, 610].",
        ),
        (
            "charts/points.toml",
            "crop = [100, 100, 800, 1000]",
            "crop = [300, 100, 800, 1000]",
            "charts/points.toml:12: ‘crop’ leaves the drawing.",
        ),
        (
            "charts/points.toml",
            "height = 1200",
            "height = 1100",
            "charts/points.toml:10: The drawing is 1000 × 1200, not 1000 × 1100.",
        ),
        (
            "charts/points.toml",
            '"square.svg"',
            '"round.svg"',
            "charts/points.toml:9: There is no file charts/drawings/round.svg.",
        ),
        (
            "charts/points.toml",
            'caution = "The carotid artery: never press."\n',
            "",
            "charts/points.toml:41: A caution level needs a caution.",
        ),
        (
            "charts/drawings/square.svg",
            "<!-- a head -->",
            "<script>alert(1)</script>",
            "charts/drawings/square.svg:1: <script> is not allowed in a drawing.",
        ),
    ],
)
def test_mistake_is_named_with_file_and_line(
    package: Package, path: str, old: str, new: str, problem: str
) -> None:
    package.replace(path, old, new)

    assert problem in package.problems()


@pytest.mark.parametrize(
    ("path", "content", "problem"),
    [
        ("extra.txt", "x", "extra.txt:1: This file has no place in a course package."),
        (
            "01-face/Bad Name.md".replace(" ", "_"),
            "x",
            "01-face/Bad_Name.md:1: A lesson is named like 01-name.md.",
        ),
        (
            "third/01-a.md",
            "x",
            "third/01-a.md:1: The folder ‘third’ must be named like 01-name.",
        ),
        (
            "03-empty/01-a.md",
            "x",
            "03-empty/module.toml:1: The module ‘03-empty’ has no module.toml.",
        ),
        (
            "02-neck/02-points.md",
            '+++\nkey = "b1f0c1de-0000-4000-8000-000000000009"\ntitle = "x"\n+++\nText.',
            "02-neck/02-points.md:1: The name ‘points’ is taken by 01-face/01-points.md.",
        ),
        (
            "02-neck/02-same-key.md",
            '+++\nkey = "b1f0c1de-0000-4000-8000-000000000003"\ntitle = "x"\n+++\nText.',
            "02-neck/02-same-key.md:2: This key stands already in 02-neck/01-away.md, line 2; "
            "every lesson has its own.",
        ),
        (
            "figures/more.png",
            b"x",
            "figures/more.png:1: This picture has no entry in figures/figures.toml.",
        ),
        (
            "figures/scale.png",
            b"not a picture",
            "figures/scale.png:1: This is not a JPEG, PNG or WebP picture.",
        ),
        (
            "charts/drawings/other.svg",
            "<svg/>",
            "charts/drawings/other.svg:1: No chart uses this drawing.",
        ),
        (
            "charts/drawings/square.svg",
            '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
            "charts/drawings/square.svg:1: The drawing declares entities or a document type.",
        ),
    ],
)
def test_file_that_is_wrong_is_named(
    package: Package, path: str, content: str | bytes, problem: str
) -> None:
    package.write(path, content)

    assert problem in package.problems()


def test_readme_and_license_may_lie_beside(package: Package) -> None:
    package.write("README.md", "x").write("LICENSE", "x").write("LICENSE-figures.md", "x")

    assert package.problems() == []


def test_package_without_course_toml(package: Package) -> None:
    package.remove("course.toml")

    assert package.problems() == ["course.toml:1: The package has no course.toml."]


def test_several_mistakes_are_named_at_once(package: Package) -> None:
    package.replace("course.toml", "title", "titel").replace("glossary.toml", "term =", "word =")
    package.replace("01-face/01-points.md", "figure:scale", "figure:none")

    assert package.problems() == [
        "01-face/01-points.md:12: figures/figures.toml has no figure ‘none’.",
        "course.toml:1: ‘title’ is missing.",
        "course.toml:4: Unknown key ‘titel’; did you mean ‘title’?",
        "glossary.toml:1: ‘term’ is missing.",
        "glossary.toml:4: Unknown key ‘word’.",
    ]
