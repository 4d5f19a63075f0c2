"""What belongs to no single app below: each module of models stands with its feature."""

from ce_platform.office.people.models import (
    CourseMessage,
    PeopleList,
    PeopleListLine,
    PersonTerm,
    SimilarWord,
)

__all__ = ["CourseMessage", "PeopleList", "PeopleListLine", "PersonTerm", "SimilarWord"]
