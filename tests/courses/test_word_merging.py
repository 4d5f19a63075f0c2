"""A document imported again: Word's changes are taken, the studio's work stays."""

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.markdown import parse
from courses.word import read_docx
from courses.word.merging import Change, merge_lesson
from tests.courses.word_files import docx, item, p, picture, png, relation

BASE = """\
The nodes lie before the ear.

- small
- soft

## Places

Press gently with two fingers[^1].

Rest for a while.

[^1]: As taught in the first lesson.
"""


def test_without_a_change_in_word_nothing_changes() -> None:
    ours = BASE.replace("ear.", "ear [@who2008].\n\n\n::: chart nodes\nx\n:::")

    assert merge_lesson(ours, BASE, BASE).text == ours
    assert merge_lesson(ours, BASE, BASE).changes == []


def test_without_a_change_in_the_studio_the_lesson_is_as_in_word() -> None:
    new = BASE.replace("two fingers", "three fingers")

    merged = merge_lesson(BASE, new, BASE)

    assert merged.text == new
    assert merged.changes == [
        Change(
            "taken",
            "Press gently with two fingers[^1].",
            "Press gently with three fingers[^1].",
        )
    ]


def test_what_the_studio_added_stays_where_it_stood() -> None:
    ours = (
        BASE.replace("## Places", "::: chart nodes layers=flow\nThe nodes.\n:::\n\n## Places")
        .replace("Rest for", "::: caution\n\nNot on a fever.\n\n:::\n\n![](figure:own)\n\nRest for")
        .replace("gently with", "[gently](glossary:gentle) [@who2008] with")
    )
    new = BASE.replace("before the ear", "behind the ear").replace("- soft", "- soft\n- round")

    merged = merge_lesson(ours, new, BASE)

    assert merged.text == ours.replace("before the ear", "behind the ear").replace(
        "- soft", "- soft\n- round"
    )
    assert [change.kind for change in merged.changes] == ["taken", "taken"]
    assert parse(merged.text).problems == []


def test_a_block_changed_on_both_sides_stays_ours_and_is_reported_with_both_texts() -> None:
    ours = BASE.replace("Rest for a while", "Rest for a [while](glossary:while)")
    new = BASE.replace("Rest for a while", "Rest for a long while")

    merged = merge_lesson(ours, new, BASE)

    assert merged.text == ours
    assert merged.conflicts == [
        Change("conflict", "Rest for a [while](glossary:while).", "Rest for a long while.")
    ]


def test_a_paragraph_wrapped_into_a_callout_is_a_change_of_ours() -> None:
    ours = BASE.replace("Rest for a while.", "::: note\nRest for a while.\n:::")
    new = BASE.replace("Rest for a while.", "Rest for a long while.")

    merged = merge_lesson(ours, new, BASE)

    assert merged.text == ours
    assert len(merged.conflicts) == 1


def test_what_word_removed_goes_unless_the_studio_changed_it() -> None:
    new = BASE.replace("Rest for a while.\n\n", "").replace("- small\n- soft\n\n", "")
    ours = BASE.replace("Rest for a while.", "Rest for a while [@who2008].")

    merged = merge_lesson(ours, new, BASE)

    assert merged.text == ours.replace("- small\n- soft\n\n", "")
    assert merged.changes == [
        Change("removed", "- small\n- soft", ""),
        Change("conflict", "Rest for a while [@who2008].", ""),
    ]


def test_what_the_studio_removed_does_not_come_back() -> None:
    ours = BASE.replace("Rest for a while.\n\n", "")
    new = BASE.replace("two fingers", "three fingers")

    assert merge_lesson(ours, new, BASE).text == ours.replace("two fingers", "three fingers")


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    both = BASE.replace("two fingers", "three fingers")

    merged = merge_lesson(both, both, BASE)

    assert (merged.text, merged.changes) == (both, [])


def test_a_paragraph_that_word_moved_is_moved_once() -> None:
    ours = BASE.replace("Rest for a while.", "Rest for a while [@who2008].")
    moved = "Rest for a while.\n\n" + BASE.replace("Rest for a while.\n\n", "")

    merged = merge_lesson(ours, moved, BASE)

    assert merged.text.count("Rest for a while") == 1
    assert merged.text == ours


def test_a_new_footnote_in_word_does_not_renumber_the_studios_paragraphs() -> None:
    ours = BASE.replace("gently", "[gently](glossary:gentle)")
    new = (
        BASE.replace("[^1]", "[^2]")
        .replace("the ear.", "the ear[^1].")
        .replace("[^2]: As", "[^1]: A new one.\n\n[^2]: As")
    )

    merged = merge_lesson(ours, new, BASE)

    assert "[gently](glossary:gentle) with two fingers[^1]." in merged.text
    assert "before the ear[^2]." in merged.text
    assert merged.text.endswith("[^2]: A new one.\n\n[^1]: As taught in the first lesson.\n")
    assert merged.conflicts == []


def test_a_footnote_that_is_still_named_keeps_its_text() -> None:
    ours = BASE.replace("gently", "[gently](glossary:gentle)")
    new = BASE.replace("[^1]: As taught in the first lesson.\n", "").replace("[^1]", "")

    merged = merge_lesson(ours, new, BASE)

    assert "[^1]: As taught in the first lesson." in merged.text
    assert parse(merged.text).problems == []


def test_a_document_changed_in_word_comes_again() -> None:
    def given(second: str, *, is_longer: bool = False) -> str:
        more = p("Added in Word.") if is_longer else ""
        body = p(picture(alt="A hand")) + p("First.") + item("one") + item("two") + p(second) + more
        content = docx(
            body,
            relations=relation("rId9", "image", "media/i.png"),
            files={"word/media/i.png": png()},
        )
        return read_docx(content).lessons[0].body_markdown

    last = given("The lymph flows to the nodes.")
    ours = last.replace("First.", "First [@who2008].\n\n::: chart nodes\nThe nodes.\n:::")

    merged = merge_lesson(ours, given("The lymph flows to the nodes slowly.", is_longer=True), last)

    assert merged.text == ours.replace("nodes.\n", "nodes slowly.\n\nAdded in Word.\n").replace(
        "The nodes slowly.\n\nAdded in Word.\n:::", "The nodes.\n:::"
    )
    assert merged.conflicts == []


words = st.lists(
    st.sampled_from(["node", "ear", "flow", "skin", "heart", "rest", "press"]), min_size=1
)
paragraphs = st.lists(words.map(" ".join), max_size=6)
additions = st.sampled_from(
    ["::: chart nodes\nCaption\n:::", "::: note\n\nOwn.\n\n:::", "![](figure:own)", "Own [@who]."]
)


@st.composite
def lessons(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """(what Word gave, the lesson now, what Word gives now)."""
    base = draw(paragraphs)
    ours, theirs = list(base), list(base)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(ours)))
        kind = draw(st.sampled_from(["add", "change", "remove"]))
        if kind == "add" or place == len(ours):
            ours.insert(place, draw(additions))
        elif kind == "change":
            ours[place] += " [@who]"
        else:
            del ours[place]
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(theirs)))
        kind = draw(st.sampled_from(["add", "change", "remove"]))
        if kind == "add" or place == len(theirs):
            theirs.insert(place, draw(words.map(" ".join)))
        elif kind == "change":
            theirs[place] += " now"
        else:
            del theirs[place]
    return base, ours, theirs


def text_of(blocks: list[str]) -> str:
    return "\n\n".join(blocks) + "\n"


@given(lessons())
@settings(max_examples=100, deadline=None)
def test_nothing_of_ours_is_ever_lost(three: tuple[list[str], list[str], list[str]]) -> None:
    base, ours, theirs = three
    merged = merge_lesson(text_of(ours), text_of(theirs), text_of(base))
    rest = merged.text.strip("\n").split("\n\n")

    for block in "\n\n".join(ours).split("\n\n"):
        if block and block not in base:
            assert block in rest
            rest.remove(block)


@given(lessons())
@settings(max_examples=100, deadline=None)
def test_merging_twice_is_merging_once(three: tuple[list[str], list[str], list[str]]) -> None:
    base, ours, theirs = (text_of(each) for each in three)
    merged = merge_lesson(ours, theirs, base).text

    assert merge_lesson(merged, theirs, theirs).text == merged


@given(lessons())
@settings(max_examples=100, deadline=None)
def test_no_change_on_one_side_gives_the_other(
    three: tuple[list[str], list[str], list[str]],
) -> None:
    base, ours, theirs = (text_of(each) for each in three)

    assert merge_lesson(ours, base, base).text == ours
    assert merge_lesson(base, theirs, base).text.strip() == theirs.strip()


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_is_merged(ours: str, theirs: str, base: str) -> None:
    merged = merge_lesson(ours, theirs, base)

    kept = "".join(merged.text.split())
    for word in ours.split():
        assert word in kept or word in base
