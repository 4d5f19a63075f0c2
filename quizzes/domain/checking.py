"""Whether what an author wrote in the studio can be a question of this version."""

from collections.abc import Container, Iterator, Mapping
from functools import cache
from typing import Final

from courses.models import CourseVersion, GlossaryTerm, Reference
from quizzes.embedding import VersionPictures, embedded
from quizzes.question_types import type_named
from quizzes.question_types.base import Cleaned, Content, ContentProblem
from quizzes.question_types.figures import Pictures
from quizzes.references import dangling, is_line

# What the names of a course package are called in the studio.
_NAMES: Final = {
    "stem": "Question",
    "explanation": "Explanation",
    "text": "Choice",
    "feedback": "Note",
    "feedback_true": "Note to “True”",
    "feedback_false": "Note to “False”",
    "id": "Choice",
    "alt": "What the picture shows",
    "description": "Description",
    "label": "Name",
    "name": "Name",
}
_SENTENCES: Final = {
    ("stem", "missing"): "Write the question.",
    ("text", "missing"): "Write what this choice says, or remove it.",
    ("answer", "must be"): "Say whether the statement is true or false.",
}


def check_content(
    version: CourseVersion,
    type_name: str,
    content: Content,
    *,
    kept: Content | None = None,
    pictures: Pictures | None = None,
    checker: "TextChecker | None" = None,
) -> Cleaned:
    """The content in canonical form, with what it shows embedded, and everything that is wrong,
    said to the author. `kept`: the revision whose pictures stay as they were.

    Two queries at most for what the texts refer to, five for what the question shows, and none
    when it refers to nothing. Whoever checks many questions hands over one `checker` and the same
    `pictures` for all. Errors: UnknownQuestionType.
    """
    kind = type_named(type_name)
    cleaned = embedded(kind, content, pictures or VersionPictures(version), kept=kept)
    problems = [_to_author(problem, kind.author_names) for problem in cleaned.problems]
    checker = checker or TextChecker(version)
    figures = cleaned.content.get("figures", {})
    for where, text in kind.texts(cleaned.content):
        found = checker.problems(text, figures=figures, is_line=is_line(where))
        problems += [ContentProblem(where, sentence) for sentence in found]
    return Cleaned(cleaned.content, problems)


class TextChecker:
    """Markdown of one version; references and glossary are fetched when first needed."""

    def __init__(self, version: CourseVersion) -> None:
        @cache
        def references() -> Container[str]:
            return set(Reference.objects.filter(version=version).values_list("slug", flat=True))

        @cache
        def glossary() -> Container[str]:
            return set(GlossaryTerm.objects.filter(version=version).values_list("slug", flat=True))

        self._references = references
        self._glossary = glossary

    def problems(
        self, text: str, *, figures: Container[str] | None = None, is_line: bool = False
    ) -> Iterator[str]:
        return dangling(
            text,
            figures=figures,
            is_line=is_line,
            references=self._references,
            glossary=self._glossary,
            no_reference="This course has no reference “{}”.",
            no_term="The glossary of this course has no term “{}”.",
        )


def _to_author(problem: ContentProblem, names: Mapping[str, str]) -> ContentProblem:
    """The sentences are made for files, where things have short names in English letters.

    `names`: what the type of the question calls its own.
    """
    name = str(problem.where[-1]) if problem.where else ""
    for (of, part), sentence in _SENTENCES.items():
        if name == of and name not in names and part in problem.sentence:
            return ContentProblem(problem.where, sentence)
    called = names.get(name) or _NAMES.get(name)
    if called is None:
        return problem
    return ContentProblem(problem.where, problem.sentence.replace(f"“{name}”", f"“{called}”", 1))
