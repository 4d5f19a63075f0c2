import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.captions import (
    CaptionsRefused,
    Cue,
    end_of,
    read_captions,
    transcript_of,
    write_captions,
)
from courses.markdown import render

MINUTE = 60_000

VTT = """WEBVTT – made by a program
Kind: captions

STYLE
::cue { color: red }

NOTE
Nobody reads this -- really.

intro
00:01.000 --> 00:04.500 align:start position:10%
<v Ana>Slow, light <i>strokes</i>,</v>
<c.loud>towards the</c> neck.

00:00:05.000 --> 00:00:07.250
5 < 6 &amp; <00:00:06.000>so <font color="red">on</font>
"""
SRT = """1\r
00:00:01,000 --> 00:00:04,500\r
{\\an8}Slow, light <i>strokes\r
\r
2\r
00:00:05,000 --> 00:00:07,250\r
Towards the neck.\r
"""


def problems(text: str, *, duration_ms: int = MINUTE) -> list[tuple[int, str]]:
    with pytest.raises(CaptionsRefused) as refused:
        read_captions(text, duration_ms=duration_ms)
    return refused.value.problems


def test_webvtt_is_taken_apart() -> None:
    assert read_captions(VTT, duration_ms=MINUTE) == [
        Cue(1_000, 4_500, "<v Ana>Slow, light <i>strokes</i>,</v>\ntowards the neck."),
        Cue(5_000, 7_250, "5 &lt; 6 &amp; so on"),
    ]


def test_subrip_is_taken_apart() -> None:
    assert read_captions(SRT, duration_ms=MINUTE) == [
        Cue(1_000, 4_500, "Slow, light <i>strokes</i>"),
        Cue(5_000, 7_250, "Towards the neck."),
    ]


def test_captions_are_written_anew() -> None:
    assert write_captions(read_captions(VTT, duration_ms=MINUTE)) == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:04.500\n"
        "<v Ana>Slow, light <i>strokes</i>,</v>\ntowards the neck.\n\n"
        "00:00:05.000 --> 00:00:07.250\n5 &lt; 6 &amp; so on\n"
    )


def test_what_we_wrote_reads_the_same() -> None:
    cues = read_captions(VTT, duration_ms=MINUTE)

    assert read_captions(write_captions(cues), duration_ms=MINUTE) == cues
    assert end_of(write_captions(cues)) == 7_250


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("<script>alert(1)</script>x", "alert(1)x"),
        ("<i>never closed", "<i>never closed</i>"),
        ("</i>never opened", "never opened"),
        ("<i><b>crossed</i></b>", "<i><b>crossed</b></i>"),
        ("<v Ana>One. <v Ben>Two.", "<v Ana>One. </v><v Ben>Two.</v>"),
        ("<v>Nobody</v>", "Nobody"),
        ('<v "Ana" onload=x>Hi', '<v "Ana" onload=x>Hi</v>'),
        ("a > b and c < d", "a &gt; b and c &lt; d"),
        ("caf&eacute; &lt;b&gt;", "café &lt;b&gt;"),
        ("<I>upper</I>", "<i>upper</i>"),
        ("<b.loud.x>class</b>", "<b>class</b>"),
        ("  many   blanks  ", "many blanks"),
        ("{\\an8}above", "above"),
    ],
)
def test_marks_are_reduced(raw: str, cleaned: str) -> None:
    cue = read_captions(f"00:01.000 --> 00:02.000\n{raw}", duration_ms=MINUTE)

    assert cue == [Cue(1_000, 2_000, cleaned)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(1, "No captions were found")]),
        ("WEBVTT\n", [(1, "No captions were found")]),
        ("Hello there", [(1, "“Hello there” has no times")]),
        ("WEBVTT\n\n00:01 --> 00:02\nA", [(3, "are no times")]),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\nA", [(3, "are no times")]),
        ("00:03.000 --> 00:02.000\nA", [(1, "ends before it begins")]),
        ("00:01.000 --> 00:02.000\n<c></c>", [(1, "has no words")]),
        ("00:01.000 --> 00:02.000", [(1, "has no words")]),
        ("00:01.000 --> 00:02.000\n" + "x" * 601, [(1, "longer than 600")]),
        (
            "00:05.000 --> 00:06.000\nA\n\n00:01.000 --> 00:02.000\nB",
            [(4, "begins before the one above")],
        ),
        ("00:59.000 --> 01:01.500\nA", [(1, "The recording ends at 00:01:00.000")]),
        ("01:10.000 --> 01:11.000\nA", [(1, "The recording ends at 00:01:00.000")]),
        (
            "1\n00:01.000 --> 00:02.000\nA\n2\n00:03.000 --> 00:04.000\nB",
            [(5, "An empty line is missing")],
        ),
        ("x\n\ny\n\n00:01.000 --> 00:02.000\nA", [(1, "has no times"), (3, "has no times")]),
        ("x" * 1_000_001, [(1, "shorter than 1 MB")]),
    ],
)
def test_mistake_is_named_with_its_line(text: str, found: list[tuple[int, str]]) -> None:
    told = problems(text)

    assert [line for line, _ in told] == [line for line, _ in found]
    for (_, sentence), (_, part) in zip(told, found, strict=True):
        assert part in sentence


def test_refusal_is_a_sentence() -> None:
    with pytest.raises(CaptionsRefused, match="Line 1: “x” has no times, like 00:01"):
        read_captions("x", duration_ms=MINUTE)


def test_end_that_was_rounded_up_is_cut_at_the_end() -> None:
    (cue,) = read_captions("00:59.000 --> 01:00.800\nA", duration_ms=MINUTE)

    assert cue.end_ms == MINUTE


def test_transcript_has_speakers_and_paragraphs() -> None:
    cues = [
        Cue(0, 2_000, "<v Ana>Slow,</v>"),
        Cue(2_000, 4_000, "<v Ana>light strokes.</v>"),
        Cue(4_000, 5_000, "<v Ben>Why?</v>"),
        Cue(9_000, 10_000, "After a pause."),
    ]

    assert transcript_of(cues) == (
        "**Ana:** Slow, light strokes.\n\n**Ben:** Why?\n\nAfter a pause."
    )


@pytest.mark.parametrize(
    "words",
    ["# no heading", "- no list", "1. no list", "*no* stress [x](https://a.b)", "::: note", "> no"],
)
def test_transcript_shows_what_was_said(words: str) -> None:
    (cue,) = read_captions(f"00:01.000 --> 00:02.000\n{words}", duration_ms=MINUTE)

    html = str(render(transcript_of([cue])))

    assert html.startswith("<p>")
    assert "<a" not in html
    assert "<em>" not in html


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        cues = read_captions(f"00:01.000 --> 00:02.000\n{text}", duration_ms=MINUTE)
    except CaptionsRefused:
        return

    written = write_captions(cues)
    assert read_captions(written, duration_ms=MINUTE) == cues
