"""What belongs to no single app below: each module of models stands with its feature."""

from ce_platform.office.asking.models import SavedReply as SavedReply
from ce_platform.office.asking.models import Thread as Thread
from ce_platform.office.asking.models import ThreadMessage as ThreadMessage
from ce_platform.office.first_run.models import FirstRun as FirstRun
from ce_platform.office.moving_in.models import ColumnName as ColumnName
from ce_platform.office.moving_in.models import ImportLine as ImportLine
from ce_platform.office.moving_in.models import ImportRun as ImportRun
from ce_platform.office.moving_in.models import Redirect as Redirect
from ce_platform.office.moving_out.models import Archive as Archive
from ce_platform.office.numbers.models import Counting as Counting
from ce_platform.office.numbers.models import NumberCount as NumberCount
from ce_platform.office.own_data.models import OwnData as OwnData
from ce_platform.office.people.models import CourseMessage as CourseMessage
from ce_platform.office.people.models import PeopleList as PeopleList
from ce_platform.office.people.models import PeopleListLine as PeopleListLine
from ce_platform.office.people.models import PersonTerm as PersonTerm
from ce_platform.office.people.models import SimilarWord as SimilarWord
