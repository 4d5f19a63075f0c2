"""What must be done today, said from what the desk has fetched."""

from types import SimpleNamespace

from ce_platform.pages.today import lines_of


def test_what_is_late_stands_first_and_nothing_is_said_of_nothing() -> None:
    soon = SimpleNamespace(
        place="Florida",
        title="Facial massage",
        submission=SimpleNamespace(uid="6f1e9f0e-0000-4000-8000-000000000000"),
        due=SimpleNamespace(when="in 2 days", tone="warn", sentence="The approval ends"),
    )

    lines = lines_of(
        due=[soon],
        reports={"overdue": 1, "soon": 1200},
        correction_count=0,
        question_count=1,
        requests=[object()] * 8,
        failed_mail=[object()],
        most=8,
    )

    assert [(line.text, line.word) for line in lines] == [
        ("1 completion should have been reported", "overdue"),
        ("1 message was not sent", "not sent"),
        ("Florida", "in 2 days"),
        ("1,200 completions to report", "within 7 days"),
        ("1 question waits for an answer", "waiting"),
        ("8+ learners ask for another attempt", "waiting"),
    ]
