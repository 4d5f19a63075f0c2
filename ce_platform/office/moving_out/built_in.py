"""The parts of the apps below the office."""

from typing import Final

from ce_platform.office.moving_out import (
    certificates_part,
    courses_part,
    learning_part,
    licensing_part,
    office_part,
    people_part,
)

PARTS: Final = (
    people_part.TABLES,
    people_part.FILES,
    learning_part.TABLES,
    learning_part.ATTEMPTS,
    certificates_part.TABLES,
    certificates_part.DOCUMENTS,
    certificates_part.OTHERS,
    licensing_part.TABLES,
    licensing_part.FILES,
    courses_part.COURSES,
    courses_part.QUESTIONS,
    office_part.TABLES,
    office_part.PROVIDER,
)
