"""What of quizzes waits for the office, for its mail of the day."""

from django.urls import reverse

from ce_platform.core.staff_digest import StaffMember, Waiting
from quizzes.models import AttemptRequest, RegradeProposal


def requests_waiting(member: StaffMember) -> list[Waiting]:
    """Learners who ask for another attempt, authors who ask to grade anew. Two queries."""
    if not member.is_office:
        return []
    attempts = AttemptRequest.objects.filter(answered_at__isnull=True).count()
    regrades = RegradeProposal.objects.filter(decided_at__isnull=True).count()
    found = []
    if attempts:
        words = "1 learner asks" if attempts == 1 else f"{attempts} learners ask"
        found.append(
            Waiting(
                words=f"{words} for another attempt",
                text=f"{words} for another attempt.",
                label="Answer them",
                path=reverse("quizzes:office-request-list"),
            )
        )
    if regrades:
        words = "1 question" if regrades == 1 else f"{regrades} questions"
        found.append(
            Waiting(
                words=f"{words} to grade anew",
                text=f"Authors ask to grade {words} anew.",
                label="Look and decide",
                path=reverse("quizzes:office-regrade-list"),
            )
        )
    return found
