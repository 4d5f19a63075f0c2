"""Two people, or two windows, at one small form of the studio: the later save overwrites nothing
that its writer has not seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain import glossary, handout, objectives, outline, picturing, recording, referencing
from courses.domain.errors import ChangedMeanwhile
from courses.domain.unseen import state_of
from courses.models import CourseVersion
from tests.conftest import NOW
from tests.factories.courses import (
    FigureFactory,
    GlossaryTermFactory,
    HandoutFactory,
    ModuleFactory,
    ObjectiveFactory,
    RecordingFactory,
    ReferenceFactory,
    VersionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
ClientOf = Callable[[User], Client]


@dataclass(frozen=True)
class Kind:
    """One of the forms: the text that is changed in the tests is called `name` in the row."""

    factory: Any
    address: str
    names: tuple[str, ...]
    name: str
    fields: dict[str, str]
    """What is sent; {} is the text."""
    kept: str = "{}"
    """How the row keeps it."""


CAPTION = "00:00:00.000 --> 00:00:01.000\n{}"
KINDS = {
    "objective": Kind(ObjectiveFactory, "objective", objectives.TEXTS, "text", {"text": "{}"}),
    "reference": Kind(ReferenceFactory, "reference", referencing.TEXTS, "text", {"text": "{}"}),
    "term": Kind(
        GlossaryTermFactory,
        "term",
        glossary.TEXTS,
        "definition",
        {"term": "Fascia", "definition": "{}"},
    ),
    "picture": Kind(
        FigureFactory, "picture", picturing.TEXTS, "alt", {"alt": "{}", "credit": "Photo: Ana"}
    ),
    "module": Kind(
        ModuleFactory, "module", outline.MODULE_TEXTS, "summary", {"title": "A", "summary": "{}"}
    ),
    "recording": Kind(
        RecordingFactory, "recording", recording.TEXTS, "credit", {"title": "A", "credit": "{}"}
    ),
    "captions": Kind(
        RecordingFactory,
        "recording-captions",
        recording.CAPTIONS,
        "captions",
        {"language": "en-US", "text": f"WEBVTT\n\n{CAPTION}\n"},
        f"WEBVTT\n\n{CAPTION}\n",
    ),
    "transcript": Kind(
        RecordingFactory, "recording-transcript", recording.TRANSCRIPT, "transcript", {"text": "{}"}
    ),
    "handout": Kind(
        HandoutFactory, "handout", handout.TEXTS, "credit", {"title": "A", "credit": "{}"}
    ),
}


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="face", course__owner=instructor)


class Form:
    """One form of one row, sent by one person or the other."""

    def __init__(self, kind: Kind, version: CourseVersion) -> None:
        self.kind = kind
        self.row = kind.factory(version=version)

    def state(self) -> str:
        self.row.refresh_from_db()
        return state_of(self.row, self.kind.names)

    def text(self) -> str:
        self.row.refresh_from_db()
        return str(getattr(self.row, self.kind.name))

    def send(self, client: Client, text: str, *, based_on: str) -> HttpResponse:
        fields = {name: value.replace("{}", text) for name, value in self.kind.fields.items()}
        url = reverse(f"courses:studio-{self.kind.address}", args=["face", self.row.key])
        return client.post(url, {**fields, "based_on": based_on})

    def kept(self, text: str) -> str:
        return self.kind.kept.replace("{}", text)


@pytest.mark.parametrize("name", KINDS)
def test_later_save_shows_both_texts_and_saved_once_more_takes_the_place(
    name: str, draft: CourseVersion, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    form = Form(KINDS[name], draft)
    before = form.state()
    assert form.send(client_of(registrar), "Theirs", based_on=before).status_code == 302

    refused = form.send(client_of(instructor), "Mine", based_on=before)

    page = refused.content.decode()
    assert refused.status_code == 409
    assert form.text() == form.kept("Theirs")
    assert "<b>Rita Registrar</b> changed this on" in page
    assert ("Mine" in page, "Theirs" in page) == (True, True)
    assert f'name="based_on" value="{form.state()}"' in page
    again = form.send(client_of(instructor), "Mine", based_on=form.state())
    assert (again.status_code, form.text()) == (302, form.kept("Mine"))


@pytest.mark.parametrize("name", KINDS)
def test_saving_what_is_there_already_is_no_conflict(
    name: str, draft: CourseVersion, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    form = Form(KINDS[name], draft)
    before = form.state()
    form.send(client_of(registrar), "Same", based_on=before)
    events = AuditEvent.objects.count()

    late = form.send(client_of(instructor), "Same", based_on=before)

    assert (late.status_code, form.text()) == (302, form.kept("Same"))
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("name", KINDS)
def test_form_carries_the_state_it_was_made_from(
    name: str, draft: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    form = Form(KINDS[name], draft)
    address = "objectives" if name == "objective" else form.kind.address.split("-")[0]
    args = ["face"] if name == "objective" else ["face", form.row.key]

    page = client_of(instructor).get(reverse(f"courses:studio-{address}", args=args))

    assert f'name="based_on" value="{form.state()}"' in page.content.decode()


def test_other_window_of_the_same_person_is_told_as_such(
    draft: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    form = Form(KINDS["term"], draft)
    before = form.state()
    form.send(client_of(instructor), "First", based_on=before)

    page = form.send(client_of(instructor), "Second", based_on=before).content.decode()

    assert "<b>You</b> changed this in another window on" in page


def test_text_that_no_person_saved_is_nobodys(draft: CourseVersion, instructor: User) -> None:
    objective = ObjectiveFactory(version=draft, text="Before.")
    before = state_of(objective, objectives.TEXTS)
    objective.text = "Imported."
    objective.save()

    with pytest.raises(ChangedMeanwhile) as raised:
        objectives.save_objective(
            draft, objective.key, text="Mine.", based_on=before, by=instructor, now=NOW
        )

    found = raised.value
    assert (found.who, found.at, found.texts) == ("", None, {"text": "Imported."})
    assert str(found).startswith("Somebody else changed this")


def test_captions_of_a_file_stand_in_the_field_after_a_conflict(
    draft: CourseVersion, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    form = Form(KINDS["captions"], draft)
    before = form.state()
    form.send(client_of(registrar), "Theirs", based_on=before)
    url = reverse("courses:studio-recording-captions", args=["face", form.row.key])
    sent = f"WEBVTT\n\n{CAPTION.format('Of the file')}\n"

    refused = client_of(instructor).post(
        url,
        {
            "language": "en-US",
            "text": "",
            "file": SimpleUploadedFile("a.vtt", sent.encode()),
            "based_on": before,
        },
    )

    assert refused.status_code == 409
    assert refused.context["forms"]["captions"]["text"].value() == sent


def test_transcript_is_not_made_from_captions_over_one_that_was_not_seen(
    draft: CourseVersion, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    form = Form(KINDS["transcript"], draft)
    before = form.state()
    form.row.captions = KINDS["captions"].kept.replace("{}", "Said")
    form.row.save()
    form.send(client_of(registrar), "Theirs", based_on=before)
    url = reverse("courses:studio-recording-transcript", args=["face", form.row.key])

    refused = client_of(instructor).post(url, {"from": "captions", "based_on": before})

    assert (refused.status_code, form.text()) == (409, "Theirs")
    assert refused.context["forms"]["transcript"]["text"].value() == "Theirs"
