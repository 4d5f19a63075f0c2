from datetime import UTC, datetime

import pytest
from django.utils import timezone

from ce_platform.core.templatetags.wording import unbroken, zone_name


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a home-study course", 'a <span class="nowrap">home-study</span> course'),
        ("(80 % to pass)", '(<span class="nowrap">80 %</span> to pass)'),
        ("claim 0.5 CE hours.", 'claim <span class="nowrap">0.5 CE hours</span>.'),
        ("Thảo-Vy <b>", '<span class="nowrap">Thảo-Vy</span> &lt;b&gt;'),
        ("a-compound-that-is-far-too-long", "a-compound-that-is-far-too-long"),
        ("5 questions – all of them", "5 questions – all of them"),
    ],
)
def test_unbroken_keeps_short_compounds_and_units_together(text: str, html: str) -> None:
    assert unbroken(text) == html


def test_zone_name_is_that_of_the_person() -> None:
    moment = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)

    with timezone.override("America/New_York"):
        assert zone_name(moment) == "EST"
