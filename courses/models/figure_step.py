"""What Undo needs to bring back a picture that was removed or replaced in a draft."""

from django.db import models

from courses.models.course import CourseVersion


class FigureStep(models.Model):
    """A picture as it was before it was removed or replaced. The newest one is undone first."""

    class Kind(models.TextChoices):
        REMOVED = "removed"
        REPLACED = "replaced"

    version = models.ForeignKey(
        CourseVersion, on_delete=models.CASCADE, related_name="figure_steps"
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    figure_key = models.UUIDField()
    slug = models.SlugField(max_length=80)
    before_json = models.TextField(help_text="The figure before, without its file; canonical JSON.")
    # Held here, so that nobody tidies away what may come back.
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="figure_step_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.kind}"
