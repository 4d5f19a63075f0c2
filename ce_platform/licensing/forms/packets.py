"""What goes into a packet, and in which form."""

from typing import Any

from django import forms

from ce_platform.licensing.packet.contents import PARTS


class PacketForm(forms.Form):
    parts = forms.MultipleChoiceField(
        label="What goes into it",
        choices=list(PARTS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one part."},
    )
    form = forms.ChoiceField(
        label="As",
        choices=[
            ("pdf", "One PDF"),
            ("zip", "A zip: the PDF, every part by itself, files as they came, SHA-256 of each"),
        ],
        widget=forms.RadioSelect,
        initial="pdf",
    )

    def __init__(self, *args: Any, is_for_body: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        # The exam with its key leaves the house only toward a body, so elsewhere it is asked for.
        self.fields["parts"].initial = [
            part for part in PARTS if is_for_body or part not in ("exam", "letters")
        ]
