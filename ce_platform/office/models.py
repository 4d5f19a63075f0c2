"""What belongs to no single app below: each module of models stands with its feature."""

from ce_platform.office.asking.models import Thread as Thread
from ce_platform.office.asking.models import ThreadMessage as ThreadMessage
from ce_platform.office.own_data.models import OwnData as OwnData
