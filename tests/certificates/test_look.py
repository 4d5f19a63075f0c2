"""What a design may say and how dark it must be: pure rules."""

from dataclasses import replace

import pytest

from certificates.look import (
    DEFAULT,
    FIRST,
    LONGEST,
    Look,
    Settings,
    contrast,
    look_from,
    refused_word,
    trouble_with,
)

USUAL = Settings()


def test_the_design_as_delivered_has_no_trouble() -> None:
    assert trouble_with(USUAL) == {}


def test_a_row_is_read_back_as_it_was_written() -> None:
    look = replace(DEFAULT, settings=Settings(paper="a4", ink="#101010", note="Since 1987"))

    assert look_from(look.template, look.settings_json()) == look


def test_the_first_design_keeps_its_words_and_its_logo() -> None:
    look = look_from(FIRST, '{"logo":"abc"}')

    assert (look, look.settings_json()) == (Look(FIRST, Settings(logo="abc")), '{"logo":"abc"}')


def test_settings_of_a_later_program_are_left_out() -> None:
    assert look_from("certificates/designs/2", '{"ribbon":"red","paper":"a4"}').settings == (
        Settings(paper="a4")
    )


def test_a_template_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="no template"):
        look_from("../../../etc/passwd", "{}")


@pytest.mark.parametrize(
    ("name", "color"),
    [
        ("ink", "#777777"),  # 4.48 to 1
        ("accent", "#00a0a0"),
        ("accent", "#ffff00"),
        ("tint", "#8fa3a0"),
        ("tint", "#000000"),
        ("ink", "red"),
        ("ink", "#fff"),
        ("ink", "#12345g"),
        ("tint", "url(file:///etc/passwd)"),
        ("accent", "#1c4a52;} @page{size:1px"),
        ("accent", "#1c4a52\n"),
    ],
)
def test_colors_that_cannot_be_read_or_are_none(name: str, color: str) -> None:
    assert list(trouble_with(replace(USUAL, **{name: color}))) == [name]


def test_contrast_as_wcag_reckons_it() -> None:
    assert round(contrast("#000000"), 2) == 21
    assert round(contrast("#767676"), 2) == 4.54


@pytest.mark.parametrize(
    "words",
    [
        "approved by many boards",
        "APPROVED",
        "pre-approved",
        "an accredited school",
        "nationally recognized",
        "with 5 CEUs",
        "5 C.E.U.",
        "ap\u00adproved",  # soft hyphen
        "ap\u200bproved",  # nothing to see
        "ａｐｐｒｏｖｅｄ",
        "appróved",
        "a registered provider",
        "guaranteed hours",
    ],
)
def test_words_that_would_claim_more_than_bodies_wrote(words: str) -> None:
    assert list(trouble_with(replace(USUAL, note=words))) == ["note"]
    assert "May not stand" not in trouble_with(replace(USUAL, note=words))["note"]


def test_honest_words_stand() -> None:
    for words in ("A school of the hands since 1987", "Improved in 2026", "Whether accepted, ask"):
        assert refused_word(words) is None


@pytest.mark.parametrize("name", sorted(LONGEST))
def test_each_line_has_a_longest(name: str) -> None:
    fits, too_long = "w" * LONGEST[name], "w" * (LONGEST[name] + 1)

    assert trouble_with(replace(USUAL, **{name: fits})) == {}
    assert list(trouble_with(replace(USUAL, **{name: too_long}))) == [name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("opening", ""),
        ("deed_completion", ""),
        ("deed_achievement", "passed {name}"),
        ("opening", "the {course}"),
        ("closing", "{{ settings.SECRET_KEY }}"),
        ("paper", "legal"),
        ("frame", "gold"),
    ],
)
def test_other_settings_that_are_refused(name: str, words: str) -> None:
    assert list(trouble_with(replace(USUAL, **{name: words}))) == [name]
