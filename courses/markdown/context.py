"""What the text of a version may refer to: its references, its glossary, its handouts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from courses.models import CourseVersion, GlossaryTerm, Reference


@dataclass(frozen=True)
class ReferenceEntry:
    slug: str
    number: int
    text: str
    url: str = ""
    """Where the source can be read: DOI, PubMed or the address given."""


@dataclass(frozen=True)
class TermEntry:
    slug: str
    term: str
    definition: str
    language: str = ""


@dataclass(frozen=True)
class HandoutEntry:
    url: str
    detail: str
    """What one gets: `PDF, 240 kB`."""


@dataclass(frozen=True)
class MarkdownContext:
    references: Mapping[str, ReferenceEntry] = field(default_factory=dict)
    glossary: Mapping[str, TermEntry] = field(default_factory=dict)
    handouts: Mapping[str, HandoutEntry] = field(default_factory=dict)
    """Of lessons only; elsewhere the words of the link stand alone."""
    has_list: bool = True
    """Whether the page carries the list of references. Without it a number leads to the source."""

    def without_list(self) -> "MarkdownContext":
        """For pages that do not print the list, e.g. the review of an attempt."""
        return replace(self, has_list=False)


EMPTY = MarkdownContext()


def context_for(version: CourseVersion) -> MarkdownContext:
    """References and glossary of a version: two queries."""
    return MarkdownContext(
        references={
            row.slug: reference_entry(row) for row in Reference.objects.filter(version=version)
        },
        glossary={
            row.slug: TermEntry(row.slug, row.term, row.definition, row.language)
            for row in GlossaryTerm.objects.filter(version=version)
        },
    )


def reference_entry(row: Reference) -> ReferenceEntry:
    return ReferenceEntry(row.slug, row.position, row.text, source_url(row))


def source_url(row: Reference) -> str:
    """The steadiest address of a source: DOI before PubMed before what the author gave."""
    if row.doi:
        return f"https://doi.org/{row.doi}"
    if row.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{row.pmid}/"
    return row.url
