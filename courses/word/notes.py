"""What was changed or left out, one sentence each, with the place where it happened."""

_BEGINNING = "At the beginning"


class Notes:
    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self.place = _BEGINNING
        """Where the reading stands now."""

    def enter(self, heading: str) -> None:
        heading = " ".join(heading.split())
        if heading:
            self.place = f"In ‘{heading if len(heading) <= 80 else heading[:79] + '…'}’"

    def tell(self, sentence: str, *, is_everywhere: bool = False) -> None:
        """A sentence that begins with a small letter and has no full stop."""
        key = ("" if is_everywhere else self.place, sentence)
        self._counts[key] = self._counts.get(key, 0) + 1

    def tell_once(self, sentence: str) -> None:
        """About the document as a whole, however often it happens."""
        self._counts[("", sentence)] = 1

    def sentences(self) -> list[str]:
        return [
            _sentence(place, sentence, count) for (place, sentence), count in self._counts.items()
        ]


def _sentence(place: str, sentence: str, count: int) -> str:
    times = f" ({count} times)" if count > 1 else ""
    if place:
        return f"{place}: {sentence}{times}."
    return f"{sentence[:1].upper()}{sentence[1:]}{times}."
