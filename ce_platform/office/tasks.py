"""The worker looks for tasks here; they stand with their features."""

from ce_platform.office.people import tasks as people_tasks

__all__ = ["people_tasks"]
