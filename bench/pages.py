"""Pages that learners open all day."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.models import Enrollment, Lesson

KILO = 1000


def measure(cpu_ms: Callable[..., float], show: Callable[..., None]) -> None:
    user = User.objects.get(email="therapist@example.com")
    client = Client()
    client.force_login(user)
    enrollment = Enrollment.objects.select_related("version", "course").get(user=user)
    lessons = list(Lesson.objects.filter(version=enrollment.version).order_by("position"))

    def get(url: str) -> Any:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return answer

    urls = [reverse("courses:lesson-detail", args=[enrollment.uid, each.slug]) for each in lessons]
    heaviest = max(urls, key=lambda url: len(get(url).content))
    show("lesson page, heaviest, CPU", cpu_ms(lambda: get(heaviest), rounds=100), "ms", 6)
    show("lesson page, heaviest, HTML", len(get(heaviest).content) / KILO, "kB", 60)
    for name, url in (
        ("catalogue", reverse("courses:course-list")),
        ("course page", reverse("courses:course-detail", args=[enrollment.course.slug])),
        ("overview of a course", reverse("courses:enrollment-detail", args=[enrollment.uid])),
        ("home", reverse("pages:home")),
    ):
        show(f"{name}, CPU", cpu_ms(lambda url=url: get(url), rounds=40), "ms", None)
        show(f"{name}, HTML", len(get(url).content) / KILO, "kB", 60)
