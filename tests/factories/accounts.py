from factory import Sequence
from factory.django import DjangoModelFactory

from ce_platform.accounts.models import User


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = Sequence(lambda n: f"therapist{n}@example.com")
    name_on_certificates = Sequence(lambda n: f"Terry Therapist {n}")
