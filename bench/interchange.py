"""Files of questions: read, looked at, added; ten thousand; and damaged ones."""

import random
from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

from ce_platform.accounts.models import User
from courses.domain.drafting import begin_course
from quizzes.domain.importing import add_found, kept_text, look_at
from quizzes.interchange import formats
from quizzes.interchange.errors import InterchangeRefused
from quizzes.interchange.outgoing import Outgoing
from quizzes.models import Quiz

QUESTIONS = 500
DAMAGED = 10_000


def measure(spent_ms: Callable[[Callable[[], object]], float], show: Callable[..., None]) -> None:
    questions = [_question(number) for number in range(QUESTIONS)]
    for name, label in formats.WRITTEN.items():
        content = formats.write(name, questions).content
        figure = spent_ms(lambda content=content: formats.read(content))  # type: ignore[misc]
        show(f"500 questions read, {label}", figure, "ms", 2_500)
    content = formats.write("moodle-xml", questions).content
    reading = formats.read(content)
    now = timezone.now()
    author = User.objects.get(email="instructor@example.com")
    version = begin_course(title="Bench of questions", by=author, now=now)
    quiz = Quiz.objects.create(version=version, position=1, slug="many", pass_percent=Decimal(80))
    show("500 questions looked at", spent_ms(lambda: look_at(version, quiz, reading)), "ms", 1_000)
    kept = kept_text(version, quiz, reading.questions)
    show("what the page of 500 hands back", len(kept) / 1000, "kB", 600)
    figure = spent_ms(lambda: add_found(version, quiz, reading.questions, by=author, now=now))
    show("500 questions added", figure, "ms", 1_500)
    show("… looked at again", spent_ms(lambda: look_at(version, quiz, reading)), "ms", 1_500)
    show("10,000 questions refused", spent_ms(_ten_thousand), "ms", 2_500)
    show("10,000 damaged files, each", spent_ms(_damaged) / DAMAGED, "ms", 5)


def _question(number: int) -> Outgoing:
    return Outgoing(
        "single-choice",
        {
            "stem": f"Question {number}: which *stroke* has {number * 7919 % 977} names?",
            "explanation": "Gliding lets the tissue get used to the hands.",
            "choices": [
                {"id": name, "text": f"Stroke {name}", "correct": name == "b", "feedback": ""}
                for name in "abcd"
            ],
        },
        key=str(number),
    )


def _ten_thousand() -> None:
    content = "\n\n".join(f"What is {number}?{{=a ~b}}" for number in range(10_000)).encode()
    try:
        formats.read(content)
    except InterchangeRefused:
        return
    raise AssertionError("Ten thousand questions were taken.")


def _damaged() -> None:
    """Small files, cut and mixed: refused or read in part, never an error."""
    chance = random.Random(1)
    begin = formats.write("moodle-xml", [_question(number) for number in range(5)]).content
    gift = formats.write("gift", [_question(number) for number in range(5)]).content
    for number in range(DAMAGED):
        parts = bytearray(gift if number % 2 else begin)
        for _ in range(3):
            place = chance.randrange(len(parts))
            parts[place : place + chance.randint(0, 9)] = bytes(
                chance.randrange(256) for _ in range(chance.randint(0, 5))
            )
        try:
            formats.read(bytes(parts))
        except InterchangeRefused:
            continue
