"""What a course may not assert: the table of sentences, and that no markup or length gets round."""

import time
from collections.abc import Callable
from itertools import product

import pytest

from courses.wording import PATTERNS, check_markdown, check_statement, check_title
from courses.wording.phrases import SHORTEST_STEM, phrases


def ids(text: str) -> set[str]:
    return {finding.pattern.id for finding in check_markdown(text)}


# The sentences of the notes on topics and claims (2026-11-20, section 3.3).
@pytest.mark.parametrize(
    ("sentence", "pattern"),
    [
        ("Finish with neck strokes that flush toxins out of the face.", "P01"),
        ("Tap along the brow to lift the eyelid.", "P09"),
        ("Press LI20 to clear sinusitis.", "P20"),
        ("This course treats migraine naturally.", "P20"),
        ("Massage boosts collagen in four weeks.", "P07"),
        ("Studies show it calms the vagus nerve.", "P19"),
        ("Rub until the skin is red, 20 minutes a day.", "P27"),
        ("Accepted in all fifty states.", "P34"),
    ],
)
def test_sentence_of_the_notes_is_refused(sentence: str, pattern: str) -> None:
    assert pattern in ids(sentence)


@pytest.mark.parametrize(
    "text",
    [
        "::: claim C05 unsupported @klein2014\nClaim: massage flushes toxins. No toxin has been "
        "named or measured.\n:::",
        "Tap lightly along the brow bone, never on the lid.",
        "LI20 lies beside the nose wing; the WHO text records a second location.",
        "::: do-not\nDo not offer this work as a treatment for migraine.\n:::",
        "Use an upward glide with little lubricant for two minutes.",
        "In a crossover trial of 22 women, relaxation ratings rose after 3 minutes [@ohkawa2023].",
        "Stop when the skin turns red.",
        "Check your own board before you enrol.",
        # What the checker must also pass.
        "Ask when the toxin was injected, and leave the area alone.",
        "Botulinum toxin blocks the release of acetylcholine.",
        "Keep an even tone of voice; skin tone differs from client to client.",
        "Lift your fingers between strokes.",
    ],
)
def test_sentence_of_the_notes_passes(text: str) -> None:
    assert ids(text) == set()


def test_facelifting_passes_as_a_wrong_choice_that_is_called_wrong() -> None:
    choice = "A natural face-lifting massage lifts the cheeks."

    assert check_statement(choice, is_wrong=True, verdict="Unsupported.") == []
    assert check_statement(choice, is_wrong=True, verdict="Look again.") != []
    assert check_statement(choice, verdict="Unsupported.") != []


def test_question_asserts_nothing_but_its_statement_does() -> None:
    stem = "A client says “I want to lose fat.” Massage flushes toxins. Which answer is honest?"

    assert [found.sentence for found in check_statement(stem, is_question=True)] == [
        "Massage flushes toxins."
    ]
    assert check_statement("Which stroke flushes toxins?", is_question=True) == []
    assert check_statement("Which stroke flushes toxins?") != []


# At least two for each pattern.
ASSERTED = {
    "P01": ["A detoxifying massage.", "Drain metabolic waste from tired cheeks."],
    "P02": ["Drink plenty of water to flush it out.", "Water after the massage washes it away."],
    "P03": ["It oxygenates the skin.", "Strokes deliver more oxygen to the cells."],
    "P04": ["Natural Botox.", "An alternative to fillers.", "As good as it gets, like a facelift."],
    "P05": ["Botox freezes your face.", "Toxin is a dangerous poison."],
    "P06": ["Massage stimulates acetylcholine.", "Kneading makes the body produce acetylcholine."],
    "P07": ["Collagen production is boosted.", "It rebuilds elastin and ground substance."],
    "P08": ["It erases fine wrinkles.", "Say goodbye and get rid of wrinkles.",
            "Wrinkles are visibly reduced."],
    "P09": ["Lifts the client’s left eyebrow.", "It tightens sagging cheeks.", "A lifting effect."],
    "P10": ["It tones the facial muscles.", "Firms the skin.", "Skin looks visibly firmer."],
    "P11": ["A rejuvenating massage.", "You will look younger.", "Anti-ageing care."],
    "P12": ["Permanent results.", "It sculpts the jawline.", "Long-term effects."],
    "P13": ["It renews the skin.", "Cell renewal speeds up."],
    "P14": ["Oils penetrate deeper.", "Creams are absorbed better.", "It drives the serum in."],
    "P15": ["It heals acne.", "This clears blemishes."],
    "P16": ["It brightens dark circles.", "Erase under-eye bags."],
    "P17": ["It improves circulation.", "It gets the blood flowing to every organ."],
    "P18": ["It stimulates the lymph.", "Clogged lymph makes faces puffy."],
    "P19": ["Lowers cortisol.", "It activates the parasympathetic branch.", "Boosts immunity."],
    "P20": ["Relief from headaches.", "A remedy for insomnia.", "It relieves chronic TMJ."],
    "P21": ["It balances your energy.", "It harmonizes qi.", "Corrects imbalances."],
    "P22": ["LI4 relieves headaches.", "Zones of the face mirror the organs."],
    "P23": ["A meridian is an energy channel.", "Scientifically proven points."],
    "P24": ["Ancient secrets.", "The secret of the geishas.", "Handed down through centuries."],
    "P25": ["It works on bone and fascia, not on skin.", "It realigns the cranial bones."],
    "P26": ["Wrinkles start at 14.", "Skin ages from 40 on.", "Women over 40 need it."],
    "P27": ["You must massage daily.", "See results in three weeks.", "Results are guaranteed."],
    "P28": ["Clinically proven.", "Doctors agree.", "Research shows that it works."],
    "P29": ["Only a professional can do it.", "Do not try this at home."],
    "P30": ["Reviews prove it.", "100% satisfied clients.", "Customers say it works."],
    "P31": ["It has no side effects.", "Completely safe.", "Safe for everyone."],
    "P32": ["Press on the closed eye.", "Massage both carotids.", "Work through the pain.",
            "Finish by pressing gently on the eyeballs.", "Massage over fresh filler.",
            "Press firmly on the front of the throat.", "Hold ST9, then press ST9.",
            "Stop your medication.", "Rub the swollen hot area.", "Massage over cystic acne.",
            "The eyeball may be pressed.", "Massage the eyes.", "Reduce your pills."],
    "P33": ["Diagnose illness by touch.", "It reveals organ problems in the face."],
    "P34": ["Valid in every state.", "Approved nationwide.", "All boards accept it."],
    "P35": ["A breakthrough.", "Promising results.", "A revolutionary method."],
}  # fmt: skip
NEIGHBORS = {
    "P01": ["Remove the towel and drain the basin.", "Liver and kidneys do that work."],
    "P02": ["Have water if you are thirsty."],
    "P03": ["With every breath the lungs bring oxygen into the blood."],
    "P04": ["Ask about Botox, fillers and surgery."],
    "P05": ["Toxin weakens chosen muscles for a while."],
    "P06": ["The motor nerve ending releases acetylcholine."],
    "P07": ["Collagen and elastin lie in the dermis."],
    "P08": ["Wrinkles form where skin folds.", "Reverse the line of your strokes."],
    "P09": ["Frontalis raises the brows.", "Lift the hand from the cheek.",
            "Lift the skin between thumb and finger."],
    "P10": ["Muscle tone is felt at rest.", "Firm pressure is not used here."],
    "P11": ["Younger clients ask this more often."],
    "P12": ["No lasting change has been shown.", "A long term of training."],
    "P13": ["Skin renews itself."],
    "P14": ["It spreads the product evenly."],
    "P15": ["Avoid active acne and refer.", "Ask a client with acne."],
    "P16": ["Dark circles are pigment or shadow."],
    "P17": ["In 12 people it increased blood flow of the cheek for 10 minutes."],
    "P18": ["The duct drains lymph into the vein.", "Use drainage-style strokes."],
    "P19": ["The vagus is the tenth nerve.", "Hardly any effect on cortisol."],
    "P20": ["A client with migraine may ask for a dark room.", "It is no remedy for insomnia."],
    "P21": ["Balance the bolster under the knees."],
    "P22": ["ST6 lies on the masseter.", "Point to the liver on the chart."],
    "P23": ["A meridian is a traditional map."],
    "P24": ["It draws on Anma and shiatsu."],
    "P25": ["Glide over the bone."],
    "P26": ["In 102 women, wrinkles began to change at about 33 [@kuwazuru2012]."],
    "P27": ["Women used it 10 minutes a day [@ahn2025]."],
    "P28": ["Studies show it in 22 women of a crossover trial [@ohkawa2023].",
            "Nothing is proven."],
    "P29": ["Wash your hands at home too."],
    "P30": ["A review of 37 trials found less anxiety."],
    "P31": ["It is usually well tolerated; see the list."],
    "P32": ["Never press on the closed eye.", "Press on the bone, not on the eyeball.",
            "Do not massage the carotid.", "Pressure on an eyeball can slow the heart.",
            "Do not tell a client to stop a medicine.", "Keep clear of the carotid pulse.",
            "The masseter is pressed through the cheek.", "Avoid massaging over fresh filler.",
            "Place a cool compress on the closed eyes.", "Enjoy the massage with closed eyes.",
            "Massage around the eyes.", "Ask the client to squeeze the eyes shut.",
            "Many people rub their eyes.", "Clients who stop taking their medicine need care.",
            "How to reduce medication errors.", "Reduce medical errors.",
            "Go through the pain scale together.", "Use no pressure on the eyes."],
    "P33": ["Observe and refer.", "A dentist diagnoses a locked jaw."],
    "P34": ["Check with your own board."],
    "P35": ["A therapist who promises a quiet half hour keeps it."],
}  # fmt: skip


def test_every_pattern_is_in_the_tables() -> None:
    assert [pattern.id for pattern in PATTERNS] == [f"P{number:02}" for number in range(1, 36)]
    assert list(ASSERTED) == list(NEIGHBORS) == [pattern.id for pattern in PATTERNS]
    assert [pattern.id for pattern in PATTERNS if pattern.is_blocking] == ["P32"]


@pytest.mark.parametrize("pattern", ASSERTED)
def test_pattern_finds_what_is_asserted(pattern: str) -> None:
    assert [text for text in ASSERTED[pattern] if pattern not in ids(text)] == []


@pytest.mark.parametrize("pattern", NEIGHBORS)
def test_pattern_leaves_its_neighbors_alone(pattern: str) -> None:
    assert [text for text in NEIGHBORS[pattern] if pattern in ids(text)] == []


def test_every_pattern_says_why_and_what_instead() -> None:
    for pattern in PATTERNS:
        assert pattern.why.endswith(".")
        assert pattern.instead
        # Words offered instead must not be found themselves.
        assert check_statement(pattern.instead, is_markdown=False) == []


# ---------------------------------------------------------------- contexts


@pytest.mark.parametrize(
    "text",
    [
        "::: tradition How it speaks\nIn Chinese tradition LI4 relieves headaches.\n:::",
        "::: contraindication\nClients who expect it to treat cancer.\n:::",
        "The phrase “flush toxins” survives in advertising.",
        'Brochures promise "permanent results".',
        "No study shows that it lifts the brow.",
        "That massage flushes toxins has not been shown.",
        "That it lifts the brow is a myth.",
        "So-called rejuvenating massage is older than its name.",
        "It flushes toxins [unsupported: @klein2014].",
        "Points treat headaches, the school says [tradition: @who2008].",
    ],
)
def test_words_may_stand_where_they_are_not_asserted(text: str) -> None:
    assert ids(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        # Half a claim block, a quotation that nobody speaks of, a no that is none.
        "::: claim C05 unsupported\nMassage flushes toxins.\n:::",
        "::: note\nMassage flushes toxins.\n:::",
        "“It flushes toxins.”",
        "> It flushes toxins.",
        "It not only relaxes but flushes toxins.",
        "No matter how tired you are, it flushes toxins.",
        "It never fails to flush toxins.",
        "It is not a drug; it flushes toxins.",
        "Not a drug, but it flushes toxins.",
        "It flushes toxins [supported: @klein2014].",
        "It flushes toxins, and nobody complains.",
    ],
)
def test_what_only_looks_like_a_context_is_none(text: str) -> None:
    assert "P01" in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "::: claim C34 unsafe as stated @ocr\nPress on the closed eye.\n:::",
        "::: tradition\nPress on the closed eye.\n:::",
        "The phrase “press on the closed eye” is old.",
        "So-called eye work: press on the closed eye [unsafe as stated: @ocr].",
        "Do not hesitate to press on the closed eye.",
        "Never forget to massage both carotids.",
    ],
)
def test_unsafe_instruction_has_no_excuse(text: str) -> None:
    assert "P32" in ids(text)


def test_unsafe_instruction_may_stand_among_what_not_to_do() -> None:
    assert ids("::: do-not\nPress on the closed eye.\n:::") == set()


def test_unsafe_instruction_is_unsafe_as_a_wrong_choice_too() -> None:
    (found,) = check_statement("Press on the closed eye.", is_wrong=True, verdict="Never.")

    assert found.pattern.is_blocking


def test_title_shows_its_stance_above_a_claim_that_is_examined() -> None:
    title = "Release of toxins: a claim examined"

    assert check_title(title, is_examined=True) == []
    assert [found.pattern.id for found in check_title(title, is_examined=False)] == ["P01"]
    assert [found.pattern.id for found in check_title("Release of toxins", is_examined=True)]


# ---------------------------------------------------------------- nothing hides a phrase


@pytest.mark.parametrize(
    "text",
    [
        "It **flushes** *toxins*.",
        "It flu*sh*es tox**ins**.",
        "It flushes\ntoxins.",
        "It flushes\\\ntoxins.",
        "It <b>flushes</b> tox<i>ins</i>.",
        "It flushes <!-- really --> toxins.",
        "It flushes&nbsp;toxins.",
        "It flu\u00adshes tox\u200bins.",
        "It FLUSHES Toxins.",
        "It ﬂushes toxins.",
        "It flushes the old and tired toxins.",
        "It flushes [toxins](glossary:toxin) [@klein2014].",
        "It flushes [toxins]{lang=en}.",
        "- It flushes toxins",
        "| a | b |\n| - | - |\n| c | It flushes toxins |",
        "## It flushes toxins",
        "::: note It flushes toxins\nYes.\n:::",
        "`It flushes toxins`",
        "    It flushes toxins",
        "Toxin-flushing: toxins are flushed.",
    ],
)
def test_markup_between_hides_nothing(text: str) -> None:
    assert "P01" in ids(text)


def test_american_and_british_spellings_are_one() -> None:
    assert ids("Anti-aging. Harmonise qi.") == ids("Anti-ageing. Harmonize qi.") == {"P11", "P21"}


def test_fingerprint_is_of_the_words_and_not_of_their_markup() -> None:
    prints = {
        check_markdown(text)[0].fingerprint
        for text in ("It flushes toxins.", "It **flushes**\n toxins!", "> it flushes *toxins*.")
    }

    assert len(prints) == 1
    assert check_markdown("It flushes our toxins.")[0].fingerprint not in prints


def test_finding_says_where_and_what() -> None:
    text = "First.\n\nSecond. It flushes toxins [@klein2014]. Third."

    (found,) = check_markdown(text)

    assert (found.line, found.sentence) == (2, "It flushes toxins.")


def test_long_sentence_is_shown_round_the_words() -> None:
    (found,) = check_markdown("word " * 400 + "flushes toxins " + "word " * 400)

    assert "flushes toxins" in found.sentence
    assert len(found.sentence) < 320


# ---------------------------------------------------------------- time

NASTY = {
    "all hits": "It flushes toxins and lifts the brow. ",
    "one sentence of excused hits": "never flush toxins ",
    "almost": "press gently on the the the front of ",
    "openings": "flush ",
    "quotes": '“‘"<b ',
    "stops": "20 minutes. ",
    "dots": ".",
}


@pytest.mark.parametrize("piece", NASTY)
def test_time_grows_with_the_length_only(piece: str) -> None:
    """Four times the text takes about four times as long; a square would take sixteen."""

    def seconds(length: int, check: Callable[[str], object]) -> float:
        text = (NASTY[piece] * (length // len(NASTY[piece]) + 1))[:length]
        started = time.process_time()
        check(text)
        return time.process_time() - started

    def plain(text: str) -> object:
        return check_statement(text, is_markdown=False)

    plain("warm up")
    short, long = seconds(50_000, plain), seconds(200_000, plain)

    assert long < max(0.1, 9 * short)


def test_longest_lesson_is_checked_at_once() -> None:
    text = ("It flushes toxins and lifts the brow. " * 50 + "\n\n") * 105

    started = time.process_time()
    found = check_markdown(text)

    assert len(text) > 199_000
    assert len(found) == 2 * 50 * 105
    assert time.process_time() - started < 10


def test_phrases_are_well_formed() -> None:
    for pattern, text in ((p, text) for p in PATTERNS for text in p.phrases):
        for phrase, part in product(phrases(text), range(10)):
            if part >= len(phrase.groups):
                continue
            group = phrase.groups[part]
            assert all(len(stem) >= SHORTEST_STEM for stem in group.stems), (pattern.id, text)
            assert all("~" not in word and "<" not in word for word in group.words)
