"""What a shop is given to call us: the examples of docs/access-and-shop.md, filled in."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from courses.models import Course

SNIPPETS = {
    "wp_config": "wp-config.php",
    "woocommerce": "woocommerce.php",
    "zapier": "zapier.js",
    "command": "command.sh",
    "make_at": "make-at.txt",
    "make_headers": "make-headers.txt",
}


def addresses() -> dict[str, str]:
    return {
        "sale_url": f"{settings.PUBLIC_BASE_URL}{reverse('courses:shop-sale')}",
        "refund_url": f"{settings.PUBLIC_BASE_URL}{reverse('courses:shop-refund')}",
    }


def snippets(*, key: str, secret: str, course: str) -> dict[str, str]:
    """By name. They are plain text: whatever shows them has to escape them."""
    filled = {"key": key, "secret": secret, "course": course, **addresses()}
    found = {
        name: render_to_string(f"office/access/setup/{file}", filled)
        for name, file in SNIPPETS.items()
    }
    # What is rendered counts as safe HTML, and this is none; `strip` gives plain text back.
    return {name: text.strip() for name, text in found.items()}


def example_course(choices: list[tuple[str, str]]) -> str:
    """One that a code opens, if there is one: that is what a shop sells."""
    slugs = [slug for slug, _title in choices]
    by_code = set(
        Course.objects.filter(slug__in=slugs, access=Course.Access.CODE).values_list(
            "slug", flat=True
        )
    )
    return next((slug for slug in slugs if slug in by_code), slugs[0] if slugs else "")
