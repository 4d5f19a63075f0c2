"""Course and version. A published version is never edited; only its status moves."""

import uuid
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.urls import reverse

LONG_TEXTS: Final = ("canonical_text", "search_text", "description", "description_html")


def long_texts(path: str = "") -> tuple[str, ...]:
    """What `defer()` leaves out of a version that is fetched along: `long_texts("version")`.

    Together they are as long as the course itself, and few pages show any of them.
    """
    return tuple(f"{path}__{name}" if path else name for name in LONG_TEXTS)


class Subject(models.Model):
    """What the catalogue is filtered by, e.g. Lymphatic drainage."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Course(models.Model):
    """What stays the same through all versions."""

    class Access(models.TextChoices):
        OPEN = "open", "Open to everyone"
        CODE = "code", "By access code"
        INVITATION = "invitation", "By invitation only"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    slug = models.SlugField(unique=True, max_length=80)
    owner = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    on_sale_version = models.ForeignKey(
        "courses.CourseVersion",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What new learners get. Empty: not in the catalogue.",
    )
    # Set by the office, and not part of a version: prices move while a version is frozen. Where it
    # says nothing, the cost and the link that the version was published with are shown.
    access = models.CharField(max_length=10, choices=Access.choices, default=Access.OPEN)
    price_text = models.CharField(max_length=120, blank=True)
    shop_url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    # Counters, kept in the transaction that changes them; `recount` must find no drift.
    enrollment_count = models.PositiveIntegerField(default=0)
    completion_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shop_url="") | Q(shop_url__startswith="https://"),
                name="course_shop_is_encrypted",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("courses:course-detail", args=[self.slug])

    def price_of(self, version: "CourseVersion") -> str:
        """In free words; empty where nobody has said anything."""
        return self.price_text or version.cost_text

    def shop_of(self, version: "CourseVersion") -> str:
        return self.shop_url or version.buy_url


class CourseVersion(models.Model):
    """One (edition, revision): a material change is a new edition, a typo a new revision."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        IN_REVIEW = "in-review", "In review"
        PUBLISHED = "published"
        RETIRED = "retired"

    # Allowed moves; nobody but courses.domain.publishing assigns `status`.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.DRAFT: frozenset({Status.IN_REVIEW, Status.PUBLISHED}),
        Status.IN_REVIEW: frozenset({Status.DRAFT, Status.PUBLISHED}),
        Status.PUBLISHED: frozenset({Status.RETIRED}),
        Status.RETIRED: frozenset(),
    }

    class Delivery(models.TextChoices):
        HOME_STUDY = "home-study", "Home study"
        LIVE_WEBINAR = "live-webinar", "Live webinar"
        LIVE_CLASS = "live-class", "Live class"

    LIVE: ClassVar[frozenset[str]] = frozenset({Delivery.LIVE_WEBINAR, Delivery.LIVE_CLASS})

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    edition = models.PositiveSmallIntegerField(default=1)
    revision = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=35, default="en-US")
    delivery = models.CharField(
        max_length=20, choices=Delivery.choices, default=Delivery.HOME_STUDY
    )
    subjects = models.ManyToManyField(Subject, blank=True, related_name="+")
    summary = models.TextField(blank=True)
    description = models.TextField(blank=True, help_text="Markdown.")
    description_html = models.TextField(blank=True, help_text="Sanitized, made at import.")
    audience = models.TextField(blank=True)
    prerequisites = models.TextField(blank=True)
    cost_text = models.CharField(max_length=300, blank=True)
    buy_url = models.URLField(blank=True)
    credit_hours = models.DecimalField(
        max_digits=5,
        decimal_places=1,
        help_text="CE hours claimed in all; whole or half hours. See docs/hours.md.",
    )
    # The hours worksheet, computed when the version is imported or saved, frozen with it.
    counted_words = models.PositiveIntegerField(default=0)
    media_minutes = models.DecimalField(max_digits=6, decimal_places=1, default=0)
    question_count = models.PositiveIntegerField(default=0)
    difficulty = models.PositiveSmallIntegerField(default=3, help_text="Mergener level, 1 to 5.")
    difficulty_reason = models.TextField(blank=True)
    lesson_count = models.PositiveIntegerField(default=0)
    search_text = models.TextField(blank=True, help_text="Folded; see core.text.fold.")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by_id = models.BigIntegerField(null=True, blank=True)
    canonical_text = models.TextField(
        blank=True, help_text="Everything the version says, as one text, when it froze."
    )
    canonical_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "edition", "revision"], name="version_once_per_course"
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=["draft", "in-review"], published_at__isnull=True)
                    | (
                        Q(status__in=["published", "retired"], published_at__isnull=False)
                        & ~Q(canonical_sha256="")
                    )
                ),
                name="version_published_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(credit_hours__gte=0), name="version_hours_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(difficulty__gte=1, difficulty__lte=5), name="version_difficulty_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.label})"

    @property
    def number(self) -> str:
        return f"{self.edition}.{self.revision}"

    @property
    def label(self) -> str:
        return f"edition {self.number}"

    @property
    def is_live(self) -> bool:
        """Held at a time, before people: attendance counts, and hours are those of the session."""
        return self.delivery in self.LIVE

    @property
    def is_frozen(self) -> bool:
        return self.status in (self.Status.PUBLISHED, self.Status.RETIRED)


class CreditHours(models.Model):
    """Claimed CE hours of one category of a version; they add up to the headline hours."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="credits")
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=120)
    credit_hours = models.DecimalField(max_digits=5, decimal_places=1)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "category"], name="credit_category_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.credit_hours}"


class CourseAuthor(models.Model):
    """Who wrote the version, with the credentials of that day."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="authors")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=200, blank=True)
    biography = models.TextField(blank=True)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="author_key_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}" if self.credentials else self.name


class PromoSnapshot(models.Model):
    """The course page as it stood: Florida and Mississippi count it as a record."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="promos")
    taken_at = models.DateTimeField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.version_id} {self.taken_at:%Y-%m-%d}"


class InstructorSnapshot(models.Model):
    """An author's credentials, CV and licenses as they were when a version was published.

    Texas asks that a licensed instructor teach technique, so an audit may ask what was held then.
    """

    version = models.ForeignKey(
        CourseVersion, on_delete=models.PROTECT, related_name="instructor_snapshots"
    )
    author_key = models.UUIDField(help_text="Of the author in this version.")
    taken_at = models.DateTimeField()
    text = models.TextField(help_text="See courses.domain.instructing; canonical JSON.")
    sha256 = models.CharField(max_length=64)
    cv = models.ForeignKey(
        "core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "author_key"], name="instructor_snapshot_once_per_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.author_key} {self.taken_at:%Y-%m-%d}"
