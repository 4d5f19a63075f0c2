"""How the form of a rule is laid out: groups of keys and lists of rows, folded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseFormSet


@dataclass(frozen=True)
class LineShown:
    """Fields that stand side by side; many boxes are folded under what is ticked."""

    fields: Sequence[forms.BoundField]

    @property
    def is_folded(self) -> bool:
        return len(self.fields) == 1 and bool(self.fields[0].use_fieldset)

    @property
    def ticked(self) -> str:
        boxes = self.fields[0].subwidgets
        return ", ".join(str(box.choice_label) for box in boxes if box.data["selected"])


@dataclass(frozen=True)
class KeyShown:
    """One key with its fields."""

    label: str
    lines: Sequence[LineShown]

    @property
    def is_single(self) -> bool:
        return len(self.lines) == len(self.lines[0].fields) == 1

    @property
    def says_its_name(self) -> bool:
        """The first field has the label of the key: it need not be read twice."""
        return self.lines[0].fields[0].label == self.label


@dataclass(frozen=True)
class GroupShown:
    """A group of keys, folded unless there is something to mend or something was changed."""

    title: str
    keys: Sequence[KeyShown]
    told: Sequence[tuple[str, str]]
    """What is on file, label and words."""
    asked: int
    """Of how many keys it is worth saying that they are not known."""
    is_open: bool

    @property
    def known(self) -> str:
        return f"{len(self.told)} of {self.asked} known" if self.told else "Nothing known"


@dataclass(frozen=True)
class ListShown:
    rows: BaseFormSet[Any]
    told: Sequence[str]
    known: str
    is_open: bool
