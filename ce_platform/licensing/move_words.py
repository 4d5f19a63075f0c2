"""What the registrar does with a file, and what follows from it for learners and certificates."""

from typing import Final

from ce_platform.licensing.models import Submission

Status = Submission.Status

# What the registrar does, in the words of the button that opens the form.
MOVE_LABELS: Final = {
    Status.DRAFT: "Start over",
    Status.SUBMITTED: "It was submitted",
    Status.MORE_INFO: "The body asks for more",
    Status.APPROVED: "It was approved",
    Status.ACCEPTS_LIST: "The body accepts a list we are on",
    Status.NO_PREAPPROVAL: "The body does not pre-approve",
    Status.NOT_NEEDED: "Nothing is needed",
    Status.DENIED: "It was denied",
    Status.WITHDRAWN: "We withdraw it",
    Status.EXPIRED: "The approval ended",
    Status.SUPERSEDED: "A newer edition takes its place",
}

_ISSUED_STAY: Final = "Certificates already issued stay as they are."
MOVE_HINTS: Final = {
    Status.DRAFT: "The file is open again, as on its first day. The history keeps what was on it.",
    Status.SUBMITTED: "The course page and new certificates say: submitted, decision pending.",
    Status.MORE_INFO: "For others it stays “submitted”. The day of the answer stands on the desk.",
    Status.APPROVED: "New certificates print this number, this title and these hours.",
    Status.ACCEPTS_LIST: "Told to holders of this license, never as an approval of the body.",
    Status.NO_PREAPPROVAL: "Told to holders of this license: they decide and keep the proof.",
    Status.NOT_NEEDED: "Nothing is printed; the reason is kept here.",
    Status.DENIED: f"The course page says so. New certificates leave it out. {_ISSUED_STAY}",
    Status.WITHDRAWN: f"New certificates leave this body out. {_ISSUED_STAY}",
    Status.EXPIRED: f"New certificates leave this body out. {_ISSUED_STAY}",
    Status.SUPERSEDED: (
        "New certificates of this edition leave this body out, also for learners who are still at "
        "it. This closes the file for good."
    ),
}


def move_label(submission: Submission, to: Submission.Status) -> str:
    if submission.status == Status.MORE_INFO and to == Status.SUBMITTED:
        return "We answered, the body decides"
    if submission.status == Status.APPROVED and to == Status.WITHDRAWN:
        return "The approval was taken back or given up"
    return MOVE_LABELS[to]
