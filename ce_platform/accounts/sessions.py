"""Expired sign-ins are removed by the sweep."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef


def sweep_sessions(now: datetime) -> int:
    """Delete at most 500 expired sessions; the next sweep takes the rest."""
    expired = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:500]
    count, _ = Session.objects.filter(pk__in=list(expired)).delete()
    # What the person's list says of a sign-in (browser, address) goes with it.
    left_over = UserSession.objects.filter(
        ~Exists(Session.objects.filter(pk=OuterRef("session_key")))
    ).values_list("pk", flat=True)[:500]
    UserSession.objects.filter(pk__in=list(left_over)).delete()
    return count
