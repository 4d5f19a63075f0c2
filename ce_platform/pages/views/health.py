"""For whoever watches the machine."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Error:  # The one base of all of Django's database errors.
        logger.exception("The database does not answer.")
        return HttpResponse("database not reached\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
