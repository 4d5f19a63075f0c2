"""What an hour is about: a small vocabulary, so that a rule and a course mean the same thing.

Rules name subjects in `categories[].subjects` (docs/licensing-rules.md); courses name them in the
category of their credit hours, in words. `subject_of` reads those words.
"""

from enum import StrEnum
from typing import Final

from ce_platform.core.text import fold


class Subject(StrEnum):
    TECHNIQUE = "technique"
    THEORY = "theory"
    ETHICS = "ethics"
    COMMUNICATION = "communication"
    LAWS = "laws"
    MEDICAL_ERRORS = "medical-errors"
    TRAFFICKING = "trafficking"
    DOMESTIC_VIOLENCE = "domestic-violence"
    CHILD_ABUSE = "child-abuse"
    SUBSTANCE_ABUSE = "substance-abuse"
    IMPLICIT_BIAS = "implicit-bias"
    DIVERSITY = "diversity"
    HEALTH_EQUITY = "health-equity"
    LGBTQ = "lgbtq"
    COMMUNICABLE_DISEASE = "communicable-disease"
    PAIN = "pain"
    SELF_CARE = "self-care"
    CPR = "cpr"
    BOARD_MEETING = "board-meeting"
    BUSINESS = "business"
    OTHER = "other"


SUBJECT_WORDS: Final = {
    Subject.TECHNIQUE: "hands-on technique",
    Subject.THEORY: "massage theory",
    Subject.ETHICS: "ethics",
    Subject.COMMUNICATION: "communication",
    Subject.LAWS: "laws and rules",
    Subject.MEDICAL_ERRORS: "prevention of medical errors",
    Subject.TRAFFICKING: "human trafficking",
    Subject.DOMESTIC_VIOLENCE: "domestic violence and sexual assault",
    Subject.CHILD_ABUSE: "child abuse reporting",
    Subject.SUBSTANCE_ABUSE: "substance abuse",
    Subject.IMPLICIT_BIAS: "implicit bias",
    Subject.DIVERSITY: "diversity and cultural competency",
    Subject.HEALTH_EQUITY: "health equity",
    Subject.LGBTQ: "LGBTQ",
    Subject.COMMUNICABLE_DISEASE: "communicable disease",
    Subject.PAIN: "pain and symptom management",
    Subject.SELF_CARE: "self-care",
    Subject.CPR: "first aid and CPR",
    Subject.BOARD_MEETING: "attending a board meeting",
    Subject.BUSINESS: "business",
    Subject.OTHER: "another subject",
}

# The first word that is found decides; what limits an hour more stands before what limits it
# less, so that a mixed name (“Massage theory and technique”) is read as the stricter one.
_SIGNS: Final[tuple[tuple[Subject, tuple[str, ...]], ...]] = (
    (Subject.TRAFFICKING, ("trafficking",)),
    (Subject.MEDICAL_ERRORS, ("medical error",)),
    (Subject.DOMESTIC_VIOLENCE, ("domestic violence", "sexual assault", "violence awareness")),
    (Subject.CHILD_ABUSE, ("child abuse", "child-abuse")),
    (Subject.SUBSTANCE_ABUSE, ("substance abuse",)),
    (Subject.IMPLICIT_BIAS, ("implicit bias",)),
    (Subject.HEALTH_EQUITY, ("health equity",)),
    (Subject.LGBTQ, ("lgbtq",)),
    (Subject.DIVERSITY, ("diversity", "cultural")),
    (Subject.COMMUNICABLE_DISEASE, ("communicable", "aids")),
    (Subject.BOARD_MEETING, ("board meeting",)),
    (Subject.CPR, ("cpr", "first aid")),
    (Subject.TECHNIQUE, ("technique", "hands-on", "hands on")),
    (Subject.ETHICS, ("ethic", "boundar")),
    (Subject.LAWS, ("law", "rules", "jurisprudence", "statute")),
    (Subject.COMMUNICATION, ("communication",)),
    (Subject.SELF_CARE, ("self-care", "self care")),
    (Subject.PAIN, ("pain",)),
    (Subject.BUSINESS, ("business", "practice management", "marketing")),
    (
        Subject.THEORY,
        ("theory", "anatomy", "physiology", "kinesiology", "pathology", "research", "science"),
    ),
    # What is left and speaks of work on the body is taken for technique: the careful reading.
    (Subject.TECHNIQUE, ("massage", "bodywork", "acupressure", "drainage", "facial")),
)


def subject_of(words: str) -> Subject:
    """The subject that a category of credit hours names; OTHER where no word is known."""
    folded = fold(words)
    if folded in set(Subject):
        return Subject(folded)
    for subject, signs in _SIGNS:
        if any(sign in folded for sign in signs):
            return subject
    return Subject.OTHER
