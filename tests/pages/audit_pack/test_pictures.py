"""Pages of questions that are read without the platform."""

from ce_platform.pages.audit_pack.pictures import Pictures

A, B = "a" * 64, "b" * 64


def test_pictures_come_from_the_pack_and_no_way_leads_back() -> None:
    pictures = Pictures()

    html = pictures.standing_alone(
        f'<img src="/media/figures/{A}.webp" srcset="/media/figures/{B}.webp 2x" sizes="100vw" '
        'alt="A face" loading="lazy">'
        f'<use href="/media/drawings/{B}.svg#drawing" width="9" height="9"/>'
        '<a href="/learn/1/lessons/points/">Points</a><a href="#ref-1">1</a>'
        '<a href="../summary.html">Ana</a><a href="https://example.com/">Source</a>',
        up="../../",
    )

    assert html == (
        f'<img src="../../pictures/{A}.webp" alt="A face">'
        f'<image href="../../pictures/{B}.svg" width="9" height="9"/>'
        '<a >Points</a><a href="#ref-1">1</a>'
        '<a href="../summary.html">Ana</a><a href="https://example.com/">Source</a>'
    )
    assert pictures.shown == {A: "webp", B: "svg"}
