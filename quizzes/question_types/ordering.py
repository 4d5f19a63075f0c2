"""Items to be put in order."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from quizzes.question_types import register
from quizzes.question_types.base import (
    LONGEST_LINE,
    BadResponse,
    Content,
    ContentProblem,
    Counted,
    Fields,
    Line,
    Raw,
    Response,
    Said,
    Shown,
    TableReader,
    first,
    mixed_by_seed,
    told_apart,
)
from quizzes.question_types.rows import RowField, RowsEditor, RowTable, read_name
from quizzes.question_types.shares import SharedPoints

FEWEST: Final = 3
MOST: Final = 12


@register
class Ordering(RowsEditor, SharedPoints):
    """The content holds the items in the right order, so they are always presented mixed.

    Every item has a field for its place, all empty at first: a list that nobody touched is no
    answer, even when it happens to stand in the right order. Buttons move an item by sending
    `move`: `up-2`, `down-2`, `keep` or `clear`.
    """

    name = "ordering"
    label = "Ordering"
    description = "Steps to be put in the right order"
    studio_place = 5
    form_template = "quizzes/types/ordering.html"
    review_template = "quizzes/types/parts_review.html"
    editor_template = "quizzes/editors/ordering.html"
    scripts = ("js/quiz-ordering.js",)
    whole_label = "The whole order right, or no points"
    share_label = (
        "A share of the points for every two items that stand the right way around, less one for "
        "every two that do not"
    )
    author_names = {"items": "Items", "text": "Item", "id": "Item"}
    rows = RowTable(
        name="items",
        word="Item",
        legend="Items in the right order",
        hint="Learners see them mixed. Empty lines are left out.",
        most=MOST,
        fields=(
            RowField("text", "Item"),
            RowField("feedback", "Note on this item", is_note=True),
        ),
    )

    # ---- writing
    def clean_answers(self, reader: TableReader) -> Content:
        items: list[Content] = []
        for table in reader.tables("items"):
            item = {
                "id": read_name(table, items, word="items"),
                "text": table.text("text", is_required=True, most=LONGEST_LINE),
                "feedback": table.text("feedback", most=LONGEST_LINE),
            }
            table.nothing_else()
            if item["text"] and told_apart(item["text"]) in {
                told_apart(each["text"]) for each in items
            }:
                table.problem("text", "Two items say the same, so nobody can tell their order.")
            items.append(item)
        if not FEWEST <= len(items) <= MOST:
            reader.problem(
                "items", f"A question needs {FEWEST} to {MOST} items; this has {len(items)}."
            )
        return {"items": items, "scoring": self.clean_scoring(reader)}

    def package_answers(self, content: Content) -> Content:
        return {"scoring": self.package_scoring(content), "items": content["items"]}

    # ---- answering
    def present_answers(self, content: Content, seed: int) -> Shown:
        items = self._presented(content, seed)
        return {
            "hint": "Put these in order: 1 comes first.",
            "places": [str(place) for place in range(1, len(items) + 1)],
            "items": [
                {"token": str(place), "text": Line(item["text"])}
                for place, item in enumerate(items, start=1)
            ],
        }

    def laid_out(self, shown: Shown, fields: Fields) -> Shown:
        """Once every item has a place, they stand in that order."""
        items = [
            {**item, "place": first(fields, f"place-{item['token']}")} for item in shown["items"]
        ]
        is_placed = sorted(item["place"] for item in items) == sorted(shown["places"])
        if is_placed:
            items.sort(key=lambda item: int(item["place"]))
        return {**shown, "items": items, "is_placed": is_placed}

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        items = self._presented(content, seed)
        tokens = [str(place) for place in range(1, len(items) + 1)]
        step, _, moved = first(raw, "move").partition("-")
        order = None if step == "clear" else self._sent_order(raw, tokens)
        if order is None and step in ("keep", "up", "down"):
            order = tokens
        if order is None:
            return None
        if step in ("up", "down") and moved in order:
            order = list(order)
            place = order.index(moved)
            order.pop(place)
            order.insert(max(0, place - 1) if step == "up" else place + 1, moved)
        return {"order": [items[int(token) - 1]["id"] for token in order]}

    def _sent_order(self, raw: Raw, tokens: Sequence[str]) -> list[str] | None:
        """The tokens by the places that were sent; None: no place was."""
        places = {token: first(raw, f"place-{token}") for token in tokens}
        if not any(places.values()):
            return None
        if any(place and place not in tokens for place in places.values()):
            raise BadResponse("That place is not in this list.")
        missing = sum(not place for place in places.values())
        if missing:
            raise BadResponse(f"Give every item a place; {missing} of {len(tokens)} have none yet.")
        for place in tokens:
            count = list(places.values()).count(place)
            if count > 1:
                raise BadResponse(f"{count} items have place {place}; give each its own.")
        return sorted(tokens, key=lambda token: int(places[token]))

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        order = response["order"] if response else []
        return {
            f"place-{place}": [str(order.index(item["id"]) + 1) if order else ""]
            for place, item in enumerate(self._presented(content, seed), start=1)
        }

    def _presented(self, content: Content, seed: int) -> list[Content]:
        items: list[Content] = content["items"]
        return [items[index] for index in mixed_by_seed([each["text"] for each in items], seed)]

    # ---- grading and looking back
    def grade(self, content: Content, response: Response | None) -> Fraction:
        """Partial credit is Kendall's tau, never below zero: of all two items, the share that
        stand the right way around less the share that do not.

        Pairs of neighbors would be the other usual measure, but there one item in a wrong place
        costs three pairs, and mending one mistake can cost points. Here every exchange of two
        neighbors in the right direction gains, and an order by chance earns nothing on average.
        """
        if response is None:
            return Fraction(0)
        places = {name: place for place, name in enumerate(response["order"])}
        right = [item["id"] for item in content["items"]]
        pairs = list(combinations(right, 2))
        agreeing = sum(places[one] < places[other] for one, other in pairs)
        return self.scored(content, Fraction(2 * agreeing - len(pairs), len(pairs)))

    def right_response(self, content: Content) -> Response:
        return {"order": [item["id"] for item in content["items"]]}

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        """In the right order, each item with the place it was given."""
        order: list[str] = response["order"] if response else []
        parts: list[dict[str, Any]] = []
        for place, item in enumerate(content["items"], start=1):
            own = order.index(item["id"]) + 1 if order else 0
            parts.append(
                {
                    "number": str(place),
                    "name": Line(item["text"]),
                    "own": f"Place {own}" if own else "",
                    "right": f"Place {place}",
                    "is_right": own == place,
                    "feedback": Line(item["feedback"]),
                }
            )
        return {"parts": parts, "is_sequence": True}

    # ---- writing in the studio
    def answers_of_editor(self, raw: Raw) -> Content:
        return {"items": self.rows.tables(raw), "scoring": self.scoring_of_editor(raw)}

    def raw_of_answers(self, content: Content) -> Fields:
        return {**self.rows.raw_of(content["items"]), "scoring": [content["scoring"]]}

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        return {**super().editor_view(raw, problems), "scorings": self.scoring_views(raw)}

    # ---- comparing, counting, searching
    def said_answers(self, content: Content) -> list[Said]:
        """The order is one line of its own: an item that only moved says the same as before."""
        items = content["items"]
        lines = [Said("order", "Right order", ", ".join(item["id"] for item in items))]
        for item in items:
            name = item["id"]
            lines.append(Said(f"items.{name}", f"Item {name}", item["text"]))
            if item["feedback"]:
                lines.append(Said(f"items.{name}.feedback", f"Note to {name}", item["feedback"]))
        return [*lines, self.said_scoring(content)]

    counted = Counted.COMBINED

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        order = response["order"] if response else []
        return sorted(f"{name}@{place}" for place, name in enumerate(order, start=1))

    def statistic_labels(self, content: Content) -> dict[str, str]:
        items = content["items"]
        return {
            f"{item['id']}@{place}": f"{item['text']} in place {place}"
            for item in items
            for place in range(1, len(items) + 1)
        }

    def search_text(self, content: Content) -> str:
        return "\n".join([content["stem"], *(item["text"] for item in content["items"])])
