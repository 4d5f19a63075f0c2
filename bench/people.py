"""The people desk among many: the search as it is used on the phone, and the page of one person.

BENCH_PEOPLE says how many there are; the figures of docs/performance.md are of 100,000.
"""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any, Final
from unittest.mock import patch

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import statistics
from ce_platform.licensing.models import License, LicensingBody
from ce_platform.office.people import index, present
from ce_platform.office.people.parts import person_parts

PEOPLE: Final = int(os.environ.get("BENCH_PEOPLE", "5000"))
BUDGET: Final = 30
FIRST: Final = [
    "Maria",
    "James",
    "Linda",
    "Robert",
    "Patricia",
    "John",
    "Jennifer",
    "Michael",
    "Elizabeth",
    "David",
    "Barbara",
    "William",
    "Susan",
    "José",
    "Jessica",
    "Thomas",
    "Sarah",
    "Karen",
    "Lisa",
    "Daniel",
    "Nancy",
    "Matthew",
    "Betty",
    "Anthony",
    "Margaret",
    "Mark",
    "Sandra",
    "Ashley",
    "Steven",
    "Kimberly",
    "Paul",
    "Emily",
    "Andrew",
    "Donna",
    "Joshua",
    "Michelle",
    "Kenneth",
    "Carol",
    "Kevin",
    "Amanda",
    "Ana",
]
LAST: Final = [
    "Johnson",
    "Smith",
    "Williams",
    "Brown",
    "Jones",
    "García",
    "Miller",
    "Davis",
    "Rodríguez",
    "Martínez",
    "Hernández",
    "López",
    "Wilson",
    "Anderson",
    "Thomas",
    "Taylor",
    "Moore",
    "Jackson",
    "Martin",
    "Lee",
    "Pérez",
    "Thompson",
    "White",
    "Harris",
    "Sánchez",
]
SYLLABLES: Final = [
    "ba",
    "be",
    "bo",
    "ca",
    "co",
    "da",
    "de",
    "do",
    "fa",
    "fe",
    "ga",
    "go",
    "ha",
    "he",
    "ka",
    "ko",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "wa",
    "we",
    "za",
    "ber",
    "man",
    "son",
    "ley",
    "ton",
    "ski",
    "field",
    "wood",
    "stein",
]
SEARCHES: Final = (
    ("a name", "Maria Johnson"),
    ("a common name", "johnson"),
    ("a mistyped name", "Jonson"),
    ("two mistyped names", "Jhonson Mihcael"),
    ("two letters", "ma"),
    ("parts of a name", "mar gar"),
    ("a name that nobody has", "Zzyzzxq Brrrt"),
    ("an address", "person77@example.com"),
    ("a mistyped address", "mria.jonson@exmaple.com"),
    ("a license", "MA-000.077"),
    ("how a license begins", "MA 00"),
)


def measure(cpu_ms: Callable[..., float], show: Callable[..., None]) -> None:
    fill()
    registrar = User.objects.create_user("people-registrar@example.com")
    registrar.groups.add(Group.objects.get(name="registrar"))
    client = Client()
    client.force_login(registrar)

    def get(url: str) -> Any:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return answer

    desk = reverse("office:person-list")
    pages = [(f"search for {name}", f"{desk}?q={text}") for name, text in SEARCHES]
    pages.append(("the newest people", desk))
    busy = User.objects.get(email="therapist@example.com")
    pages.append(("page of a person", reverse("office:person-detail", args=[busy.uid])))
    for name, url in pages:
        show(f"{name}, CPU", cpu_ms(lambda url=url: get(url), rounds=15), "ms", BUDGET)
    # Nobody costs more queries than who has some of everything.
    everything = frozenset(name for part in person_parts() for name in part.rows)
    with patch.object(present, "kinds_of", lambda person: everything):
        figure = cpu_ms(lambda: get(pages[-1][1]), rounds=15)
    show("page of a person, asked for everything, CPU", figure, "ms", BUDGET)


def fill() -> None:
    now = timezone.now()
    bodies = list(LicensingBody.objects.order_by("pk")[:40])
    chance = random.Random(7)
    names = list(_names(chance))
    made = User.objects.bulk_create(
        (
            User(
                email=f"{name.split()[0].lower()}{number}@example.com"
                if number % 3
                else f"person{number}@example.com",
                name_on_certificates=name,
                password="!",
            )
            for number, name in enumerate(names)
        ),
        batch_size=1000,
    )
    License.objects.bulk_create(
        (
            License(
                user=user,
                body=bodies[number % len(bodies)],
                number=f"MA {number:06d}",
                created_at=now,
            )
            for number, user in enumerate(made)
        ),
        batch_size=1000,
    )
    index.refresh([user.pk for user in made])
    index.refresh(User.objects.values_list("pk", flat=True)[:500])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    else:
        statistics.sweep_statistics(now)


def _names(chance: random.Random) -> Iterator[str]:
    """Half of all people share a few names, the others have one of thousands."""
    for _ in range(PEOPLE):
        family = (
            chance.choice(LAST)
            if chance.random() < 0.5
            else "".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4)))).title()
        )
        yield f"{chance.choice(FIRST)} {family}"
