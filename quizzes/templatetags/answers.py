"""Of a question's form fields in templates."""

from django import template

from quizzes.question_types.base import Fields, first

register = template.Library()


@register.filter
def field_value(fields: Fields, name: str) -> str:
    """The one value of a field whose name holds a number, like `place-3`."""
    return first(fields, name)
