"""What recordings of a version lack before it may be published."""

from django.urls import reverse

from courses.captions import end_of
from courses.models import CourseVersion, Recording
from courses.parts import Item


def missing_of_recordings(version: CourseVersion) -> list[Item]:
    """Who cannot hear or see must get the same: captions, a transcript. One query."""
    items = []
    for each in Recording.objects.filter(version=version).order_by("title", "pk"):
        is_video = each.kind == Recording.Kind.VIDEO
        name = f"The {'video' if is_video else 'sound recording'} “{each.title}”"
        url = reverse("courses:studio-recording", args=[version.course.slug, each.key])
        if is_video and not each.captions:
            items.append(Item("no-captions", f"{name} has no captions.", url))
        if each.captions and end_of(each.captions) > each.duration_ms:
            items.append(Item("captions-too-long", f"{name} ends before its captions do.", url))
        if not each.transcript:
            items.append(Item("no-transcript", f"{name} has no transcript.", url))
        if not each.credit:
            items.append(Item("no-recording-credit", f"{name} does not say who made it.", url))
    return items
