"""Taking a version along as a package."""

import io
import zipfile
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.models import CourseMember
from courses.package.importing import import_package
from courses.package.source import PackageSource
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_package_of_a_version_says_the_same(
    package: Package, registrar: User, client_of: ClientOf
) -> None:
    version = package.load().version
    assert version is not None
    url = reverse("courses:studio-version-export", args=[version.course.slug, "1.0"])

    answer = client_of(registrar).post(url)

    assert answer["Content-Type"] == "application/zip"
    assert f"{version.course.slug}-1.0.zip" in answer["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    source = PackageSource.from_zip(answer.content)
    assert import_package(source, by=None, now=NOW, dry_run=True).is_unchanged
    assert AuditEvent.objects.get(action="package.exported").actor_id == registrar.pk


def test_reviewer_does_not_take_the_course_along(package: Package, client_of: ClientOf) -> None:
    version = package.load().version
    assert version is not None
    reviewer = UserFactory()
    reviewer.groups.add(Group.objects.get(name="instructor"))
    CourseMember.objects.create(
        course=version.course, user=reviewer, role="reviewer", added_at=NOW, added_by_id=1
    )

    answer = client_of(reviewer).post(
        reverse("courses:studio-version-export", args=[version.course.slug, "1.0"])
    )

    assert answer.status_code == 403
