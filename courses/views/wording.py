"""Words that pages of courses share."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from courses.markdown.grammar import grade_class
from courses.models import Course
from courses.parts import Change


@dataclass(frozen=True)
class GradeMeaning:
    word: str
    meaning: Promise

    @property
    def slug(self) -> str:
        return grade_class(self.word)


ACCESS: dict[str, str | Promise] = {
    Course.Access.OPEN: "",
    Course.Access.CODE: _("By access code"),
    Course.Access.INVITATION: _("By invitation"),
}
GRADES = (
    GradeMeaning("supported", _("Good studies, more than one, agree.")),
    GradeMeaning("weakly supported", _("Some studies point that way; they are few or small.")),
    GradeMeaning(
        "plausible but untested", _("It fits what is known, but nobody has tested it well.")
    ),
    GradeMeaning("unsupported", _("We found nothing that would bear it.")),
    GradeMeaning("contradicted", _("Studies looked, and found otherwise.")),
    GradeMeaning("unsafe as stated", _("Somebody could be harmed who believes it.")),
    GradeMeaning("tradition", _("What a tradition teaches; not a finding of research.")),
)


def language_name(tag: str) -> str:
    """English for en-US; the tag itself where Django knows no name."""
    try:
        return str(get_language_info(tag)["name_local"])
    except KeyError:
        pass
    try:
        return str(get_language_info(tag.split("-")[0])["name_local"])
    except KeyError:
        return tag


def shown_change(change: Change) -> dict[str, str]:
    """One line of what an import or a new version changes: its word, the tone of it, and what."""
    words = {
        "add": (gettext("new"), "good"),
        "change": (gettext("changed"), "warn"),
        "remove": (gettext("gone"), "bad"),
    }
    word, tone = words.get(change.action, (change.action, ""))
    return {"word": word, "tone": tone, "what": change.what}
