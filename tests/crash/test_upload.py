"""kill -9 in the middle of an upload: what was acknowledged is there, and the rest is sent on."""

import json
import threading
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tests.courses import recorded
from tests.crash.test_kill import ask, visitor_as, wait_until
from tests.serving import Site
from tests.visitor import Visitor

STUDIO = "/studio/facial-massage-introduction/"


def begin(visitor: Visitor, size: int) -> dict[str, Any]:
    answer = visitor.post(
        f"{STUDIO}uploads/begin/",
        {"file_name": "Light strokes.mov", "size": str(size), "fingerprint": "film"},
    )
    assert answer.status == 200, answer.text
    return dict(json.loads(answer.text))


def test_upload_goes_on_after_the_server_was_killed_again_and_again(
    site: Site, tmp_path: Path
) -> None:
    film = recorded.make(
        tmp_path / "film", container="mov", size=(1280, 720), seconds=8, audio=""
    ).read_bytes()
    piece = len(film) // 40
    site.start_web()
    visitor = visitor_as(site, "instructor")
    visitor.post(f"{STUDIO}draft/", {"kind": "edition"})
    acknowledged = 0

    for _ in range(3):
        told = begin(visitor, len(film))
        assert told["received"] >= acknowledged
        killer = threading.Timer(0.3, site.kill, ["web"])
        killer.start()
        offset = told["received"]
        try:
            while offset < len(film):
                answer = visitor.put(
                    told["url"], film[offset : offset + piece], {"Upload-Offset": str(offset)}
                )
                assert answer.status == 200, answer.text
                offset = acknowledged = json.loads(answer.text)["received"]
                time.sleep(0.02)
        except (OSError, HTTPException):
            pass  # Killed while it answered.
        killer.join()
        site.start_web()

    told = begin(visitor, len(film))
    assert told["received"] >= acknowledged
    for offset in range(told["received"], len(film), piece):
        sent = visitor.put(
            told["url"], film[offset : offset + piece], {"Upload-Offset": str(offset)}
        )
        assert sent.status == 200, sent.text
    kept = next(site.data.glob("uploads/*.part"))
    assert kept.read_bytes() == film
    assert visitor.post(told["finish_url"]).status == 200

    site.start_worker()
    wait_until(site, "Recording.objects.filter(slug='light-strokes').count()", 1)
    assert ask(site, "Upload.objects.count()") == 0
    deadline = time.monotonic() + 10
    while any(site.data.glob("uploads/*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list(site.data.glob("uploads/*")) == []
