"""Expired sign-ins are removed by the sweep."""

from datetime import datetime

from django.contrib.sessions.models import Session


def sweep_sessions(now: datetime) -> int:
    """Delete at most 500 expired sessions; the next sweep takes the rest."""
    expired = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:500]
    count, _ = Session.objects.filter(pk__in=list(expired)).delete()
    return count
