"""What the page of components shows: one believable example for each."""

from typing import Any

from django import forms


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label="Name on certificates",
        help_text="As it stands on your license.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    number = forms.CharField(
        label="License number",
        required=False,
        widget=forms.TextInput(attrs={"class": "input-short"}),
    )
    state = forms.ChoiceField(
        label="State", choices=[("", "Choose a state"), ("FL", "Florida"), ("NY", "New York")]
    )
    route = forms.ChoiceField(
        label="How the board heard of this course",
        widget=forms.RadioSelect,
        choices=[("approved", "It approved the course"), ("list", "It accepts another list")],
    )
    note = forms.CharField(label="Note for the office", required=False, widget=forms.Textarea)
    letter = forms.FileField(label="Letter from the board", required=False)
    agreed = forms.BooleanField(
        label="I did this course myself", help_text="Boards may ask for this statement."
    )


def _link(label: str, url: str = "#") -> dict[str, str]:
    return {"label": label, "url": url}


def _lesson(title: str, **state: bool) -> dict[str, Any]:
    return {"title": title, "url": "#", **state}


def component_examples() -> dict[str, Any]:
    """The context of `pages/components.html`."""
    wrong = ExampleForm({"number": "MA 12345", "state": "FL", "route": "list"})
    wrong.is_valid()
    return {
        "crumbs": [_link("Courses"), _link("Facial massage"), _link("Points of the face")],
        "unmet": [
            {"sentence": "Read all lessons of module 1.", "is_met": True},
            {
                "sentence": "Pass the lymphatic drainage quiz (80 % to pass).",
                "url": "#",
                "link_text": "Start the quiz",
            },
            {"sentence": "Say what you think of the course (six questions).", "url": "#"},
        ],
        "steps": [
            {**_link("Evaluation"), "state": "done"},
            {**_link("Check your certificate"), "state": "current"},
            {**_link("Sign"), "state": "next"},
        ],
        "references": [{"number": 2, "url": "#ref-2"}, {"number": 5, "url": "#ref-5"}],
        "modules": [
            {
                "title": "Meridians and their points",
                "lessons": [
                    _lesson("A map, not a structure", is_finished=True),
                    _lesson("Points of the face", is_current=True),
                ],
                "quiz": _lesson("Quiz: points of the face"),
            },
            {
                "title": "Lymphatic drainage",
                "lessons": [_lesson("Where the lymph goes"), _lesson("Strokes of the neck")],
                "quiz": _lesson("Quiz: lymphatic drainage", is_locked=True),
            },
        ],
        "extra": [_lesson("Final exam", is_locked=True), _lesson("Certificate", is_locked=True)],
        "form": ExampleForm(prefix="new"),
        "wrong_form": wrong,
    }
