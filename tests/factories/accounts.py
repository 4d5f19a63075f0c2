from datetime import date

from factory import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = Sequence(lambda n: f"therapist{n}@example.com")
    name_on_certificates = Sequence(lambda n: f"Terry Therapist {n}")


class InstructorProfileFactory(DjangoModelFactory[InstructorProfile]):
    class Meta:
        model = InstructorProfile

    user = SubFactory(UserFactory)
    display_name = SelfAttribute("user.name_on_certificates")
    credentials = "LMT, BCTMB"


class InstructorLicenseFactory(DjangoModelFactory[InstructorLicense]):
    class Meta:
        model = InstructorLicense

    profile = SubFactory(InstructorProfileFactory)
    body_code = "US-TX"
    state = "Texas"
    kind = "massage-instructor"
    number = Sequence(lambda n: f"MI{n:06d}")
    valid_until = date(2028, 5, 31)
