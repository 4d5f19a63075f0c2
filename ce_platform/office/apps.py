from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "ce_platform.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        # Models are loaded only now. Each feature says in its `ready.py` what it registers.
        from ce_platform.office.access import ready as access
        from ce_platform.office.asking import ready as asking
        from ce_platform.office.closing import ready as closing
        from ce_platform.office.first_run import ready as first_run
        from ce_platform.office.moving_in import ready as moving_in
        from ce_platform.office.moving_out import ready as moving_out
        from ce_platform.office.numbers import ready as numbers
        from ce_platform.office.people import ready as people
        from ce_platform.office.policies import ready as policies
        from ce_platform.office.purging import ready as purging
        from ce_platform.office.staff import ready as staff

        for feature in (
            closing,
            purging,
            policies,
            asking,
            moving_in,
            access,
            first_run,
            staff,
            moving_out,
            numbers,
            people,
        ):
            feature.ready()
