"""Two readings side by side, in words."""

from ce_platform.licensing.rule_words import Difference, differences


def test_keys_of_the_arithmetic_differ_in_words() -> None:
    before = {"repeat": {"scope": "cycle"}, "besides": [{"what": "A card"}]}
    after = {"repeat": {"scope": "ever"}, "cycle_end_on_card": False}

    assert differences(before, after) == [
        Difference(
            "cycle_end_on_card",
            "Date on the license",
            [],
            ["The date on the license is not the end of the cycle"],
        ),
        Difference(
            "repeat",
            "Taking a course again, as we count it",
            ["Not twice in a cycle."],
            ["Never again."],
        ),
        Difference("besides", "Due besides the hours", ["A card."], []),
    ]


def test_a_difference_without_words_is_told_as_it_is_stored() -> None:
    before, after = {"repeat": {"scope": "ever"}}, {"repeat": {"scope": "ever", "new": 1}}

    (difference,) = differences(before, after)

    assert (difference.before, difference.after) == (
        ['{"scope": "ever"}'],
        ['{"scope": "ever", "new": 1}'],
    )
