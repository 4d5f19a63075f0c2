"""Question types: one file each. Every module of this folder is imported, and registers itself."""

from importlib import import_module
from pkgutil import iter_modules

from ce_platform.core.errors import DomainError
from quizzes.question_types.base import QuestionType

_types: dict[str, QuestionType] = {}


class UnknownQuestionType(DomainError):
    """No file in this folder has that name."""


def register(question_type: type[QuestionType]) -> type[QuestionType]:
    """Class decorator."""
    if question_type.name in _types:
        raise ValueError(f"Two question types are called {question_type.name}.")
    _types[question_type.name] = question_type()
    return question_type


def type_named(name: str) -> QuestionType:
    found = _types.get(name)
    if found is None:
        raise UnknownQuestionType(
            f"There is no question type {name!r}; known are {', '.join(sorted(_types))}."
        )
    return found


def all_types() -> list[QuestionType]:
    return [_types[name] for name in sorted(_types)]


def editable_types() -> list[QuestionType]:
    """Those an author can write in the studio, the usual ones first."""
    found = [kind for kind in all_types() if kind.editor_template]
    return sorted(found, key=lambda kind: kind.studio_place)


for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
