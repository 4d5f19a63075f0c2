"""How often strangers may ask, and what machines are told when it was too often."""

from django.http import JsonResponse
from django.utils.translation import gettext as _

from ce_platform.core.ratelimit import Limit
from certificates.machine import SCHEMA

# A person with a stack of paper certificates stays far below; a machine that guesses does not
# get far: one in 2^80 numbers exists.
LIMIT = Limit("verify", count=30, seconds=60)
# Reading a stranger's PDF costs up to some seconds of the processor.
FILE_LIMIT = Limit("verify-file", count=12, seconds=60)


def too_many_json() -> JsonResponse:
    response = problem("too-many", _("Too many questions. Wait a minute."), status=429)
    response["Retry-After"] = str(LIMIT.seconds)
    return response


def problem(code: str, sentence: str, *, status: int) -> JsonResponse:
    """What machines are told when there is nothing else to tell."""
    return JsonResponse({"schema": SCHEMA, "problem": code, "sentence": sentence}, status=status)
