"""What the people desk registers with the other apps when the site starts."""

from ce_platform.accounts import shares
from ce_platform.core import jobs, mail_kinds, sweep
from ce_platform.office.people import asked, events, index, lists, messages
from ce_platform.office.people.mail_kinds import KINDS
from ce_platform.office.people.parts import PersonPart
from ce_platform.office.people.parts import register as tell

_EVENTS = (
    ("joined", "account", events.joined),
    ("sign-ins", "account", events.sign_in_events),
    ("lessons", "course", events.lesson_events),
    ("attempts", "quiz", events.attempt_events),
    ("mail", "mail", events.mail_events),
)


def ready() -> None:
    tell(PersonPart("people", rows=asked.ROWS))
    for name, kind, told in _EVENTS:
        tell(PersonPart(name=f"people.{name}", events=told, kinds=frozenset({kind})))
    index.register_source("accounts", index.of_accounts)
    index.register_source("licenses", index.of_licenses)
    index.register_source("certificates", index.of_certificates)
    index.connect()
    sweep.register("office.people", index.sweep_people)
    sweep.register("office.people-lists", lists.sweep_lists)
    sweep.register("office.messages", messages.sweep_messages)
    jobs.register(lists.KIND, lists.do_in_background)
    jobs.register(messages.KIND, messages.write_in_background)
    mail_kinds.register(*KINDS)
    shares.register(
        shares.Share(
            "people-lists",
            erase=lists.forget_lines,
            move=lists.move_lines,
            export=lists.lines_of,
        )
    )
    shares.register(
        shares.Share(
            "people-search",
            erase=index.forget_person,
            move=index.move_person,
            export=lambda user: {},  # Nothing that does not stand elsewhere.
        )
    )
