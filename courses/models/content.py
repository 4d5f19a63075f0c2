"""What stands in a version. Each thing has a `key` that is the same in every version."""

import json
import uuid
from typing import Any

from django.db import models

from courses.models.course import CourseVersion


class Module(models.Model):
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="modules")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="module_key_once_per_version"),
            models.UniqueConstraint(
                fields=["version", "slug"], name="module_slug_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="lessons")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="lessons")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField(help_text="Through the whole version, from 1.")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    body = models.TextField(help_text="Markdown with the blocks of docs/course-package.md.")
    body_html = models.TextField(
        blank=True, help_text="Sanitized HTML with placeholders for figures and charts."
    )
    counted_words = models.PositiveIntegerField(default=0)
    media_minutes = models.DecimalField(max_digits=6, decimal_places=1, default=0)
    is_free = models.BooleanField(default=False, help_text="Readable without an account.")
    objectives = models.ManyToManyField("courses.Objective", blank=True, related_name="lessons")

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="lesson_key_once_per_version"),
            models.UniqueConstraint(
                fields=["version", "slug"], name="lesson_slug_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Figure(models.Model):
    """A picture, re-encoded, in several widths."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="figures")
    key = models.UUIDField(default=uuid.uuid4)
    slug = models.SlugField(max_length=80)
    alt = models.TextField()
    caption = models.TextField(blank=True)
    credit = models.CharField(max_length=300)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    source_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of the picture as it came, to see whether it changed."
    )
    sizes_json = models.TextField(
        default="{}", help_text="Width in pixels → SHA-256 of that size, canonical JSON."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="figure_key_once_per_version"),
            models.UniqueConstraint(
                fields=["version", "slug"], name="figure_slug_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def sizes(self) -> dict[int, str]:
        return {int(width): sha for width, sha in json.loads(self.sizes_json).items()}


class Chart(models.Model):
    """Points and paths in layers over one or more views of a drawing."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="charts")
    key = models.UUIDField(default=uuid.uuid4)
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    description = models.TextField()
    credit = models.CharField(max_length=300, blank=True)
    layers_json = models.TextField(
        default="[]", help_text="[{id, title, kind, on}], canonical JSON."
    )
    paths_json = models.TextField(
        default="[]",
        help_text="[{key, layer, view, title, order, arrow, points}], canonical JSON.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="chart_key_once_per_version"),
            models.UniqueConstraint(fields=["version", "slug"], name="chart_slug_once_per_version"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def layers(self) -> list[dict[str, Any]]:
        return list(json.loads(self.layers_json))

    @property
    def paths(self) -> list[dict[str, Any]]:
        return list(json.loads(self.paths_json))


class ChartView(models.Model):
    """One drawing of a chart: front, profile, …"""

    chart = models.ForeignKey(Chart, on_delete=models.PROTECT, related_name="views")
    position = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=40)
    title = models.CharField(max_length=80)
    drawing = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    crop_x = models.FloatField(default=0)
    crop_y = models.FloatField(default=0)
    crop_width = models.FloatField()
    crop_height = models.FloatField()

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["chart", "slug"], name="view_slug_once_per_chart"),
        ]

    def __str__(self) -> str:
        return self.title


class ChartPoint(models.Model):
    version = models.ForeignKey(
        CourseVersion, on_delete=models.PROTECT, related_name="chart_points"
    )
    chart = models.ForeignKey(Chart, on_delete=models.PROTECT, related_name="points")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=35, blank=True)
    layer = models.SlugField(max_length=40)
    place = models.TextField()
    caution = models.TextField(blank=True)
    caution_level = models.CharField(
        max_length=20, blank=True, choices=[("light", "Light"), ("do-not-press", "Do not press")]
    )
    note = models.TextField(blank=True)
    references_json = models.TextField(default="[]")
    at_json = models.TextField(
        default="[]", help_text="[{view, x, y, label}] in the drawing's units, canonical JSON."
    )

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="point_key_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()

    @property
    def places(self) -> list[dict[str, Any]]:
        return list(json.loads(self.at_json))

    @property
    def references(self) -> list[str]:
        return list(json.loads(self.references_json))


class Objective(models.Model):
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="objectives")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12)
    text = models.TextField()

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"], name="objective_key_once_per_version"
            ),
            models.UniqueConstraint(
                fields=["version", "code"], name="objective_code_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Reference(models.Model):
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="references")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField(help_text="The printed number, from 1.")
    slug = models.CharField(max_length=60)
    text = models.TextField()
    doi = models.CharField(max_length=200, blank=True)
    pmid = models.CharField(max_length=20, blank=True)
    url = models.URLField(max_length=500, blank=True)
    read = models.CharField(max_length=20, blank=True, help_text="How much the author read.")

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"], name="reference_key_once_per_version"
            ),
            models.UniqueConstraint(
                fields=["version", "slug"], name="reference_slug_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class GlossaryTerm(models.Model):
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="glossary")
    key = models.UUIDField(default=uuid.uuid4)
    slug = models.SlugField(max_length=80)
    term = models.CharField(max_length=120)
    definition = models.TextField()
    language = models.CharField(max_length=35, blank=True)

    class Meta:
        ordering = ("term", "id")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="term_key_once_per_version"),
            models.UniqueConstraint(fields=["version", "slug"], name="term_slug_once_per_version"),
        ]

    def __str__(self) -> str:
        return self.term
