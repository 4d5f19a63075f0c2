"""Lessons made of everything the language has, by a seed: no two alike, every run the same."""

import random

WORDS = (  # noqa: SIM905
    "light pressure moves the skin and nothing under it so rest before you press and ask "
    "the client what feels right today"
).split()
TRICKY = [
    "2 * 3 * 4",
    "snake_case_word",
    "a \\* star",
    "R&D",
    "AT&amp;T",
    "&copy;",
    "5 < 6 > 4",
    "<b>bold?</b>",
    "C:\\hands",
    "“quoted”",
    '"straight"',
    "it's",
    "50 %",
    "[brackets]",
    "a | b",
    "1) one",
    "x^2",
    "`tick`",
    "``a ` b``",
    "don’t—never",
    "émigré",
    "漢字",
    "🙂",
    "#tag",
    "~~old~~",
    "$5",
    "!",
    "a\\_b",
]
GRADES = ["supported", "weakly supported", "plausible but untested", "contradicted", "tradition"]
KINDS = ["caution", "do-not", "contraindication", "try", "note", "tradition"]


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.footnotes = 0

    def lesson(self) -> str:
        makers = [
            self.paragraph,
            self.paragraph,
            self.paragraph,
            self.heading,
            self.bullets,
            self.numbers,
            self.quote,
            self.table,
            self.callout,
            self.claim,
            self.chart,
            self.recording,
            self.figure,
            self.fence,
            self.rule,
            self.html,
            self.setext,
            self.link_address,
            self.wrapped,
            self.indented_code,
            self.nested_callout,
        ]
        blocks = [self.random.choice(makers)() for _ in range(self.random.randint(1, 9))]
        notes = [f"[^{n}]: {self.sentence()}" for n in range(1, self.footnotes + 1)]
        gap = self.random.choice(["\n\n", "\n\n", "\n\n", "\n\n\n", "\n \n"])
        end = self.random.choice(["\n", "\n", "", "\n\n", "  \n"])
        return gap.join(blocks + notes) + end

    # ------------------------------------------------------------------ inline

    def words(self, most: int = 6) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(1, most)))

    def piece(self, *, is_plain: bool = False) -> str:
        pick = self.random.random()
        if is_plain or pick < 0.4:
            return self.words()
        makers = [
            lambda: self.random.choice(TRICKY),
            lambda: f"**{self.words()}**",
            lambda: f"*{self.words()}*",
            lambda: f"_{self.words()}_",
            lambda: f"***{self.words()}***",
            lambda: f"**{self.words()} *{self.words()}* {self.words()}**",
            lambda: f"`{self.words()}`",
            lambda: f"[{self.words()}](https://example.com/a?b=1&c=2)",
            lambda: f'[**{self.words()}** {self.words()}](https://example.com/x_(y) "A title")',
            lambda: "<https://example.com/page>",
            lambda: f"[{self.words()}](handout:stroke-sheet)",
            lambda: f"[{self.words(2)}](glossary:fascia)",
            lambda: f"**[{self.words(2)}](glossary:fascia)**",
            lambda: f"[{self.words(2)}]{{lang=zh-Latn}}",
            lambda: f'[*{self.words(2)}*]{{lang="la"}}',
            lambda: "[@who2008]",
            lambda: "[@who2008, @kwon2018]",
            lambda: f"[{self.random.choice(GRADES)}: @who2008 @kwon2018]",
            lambda: "[unsupported]",
            self.footnote,
        ]
        return self.random.choice(makers)()

    def footnote(self) -> str:
        self.footnotes += 1
        return f"[^{self.footnotes}]"

    def sentence(self, *, is_plain: bool = False) -> str:
        count = self.random.randint(1, 5)
        pieces = [self.piece(is_plain=is_plain) for _ in range(count)]
        return "A " + " ".join(pieces) + self.random.choice([".", "", "?", "!"])

    # ------------------------------------------------------------------ blocks

    def paragraph(self) -> str:
        return self.sentence()

    def wrapped(self) -> str:
        return self.random.choice(["\n", "\\\n", "  \n"]).join(self.sentence() for _ in range(3))

    def heading(self) -> str:
        return f"{'#' * self.random.randint(2, 4)} {self.sentence()}" + self.random.choice(
            ["", " ##"]
        )

    def setext(self) -> str:
        return f"{self.sentence(is_plain=True)}\n---"

    def items(self, mark: str, depth: int = 0) -> str:
        indent = " " * (len(mark) + 1)
        between = self.random.choice(["\n", "\n", "\n\n"])
        found = []
        for _ in range(self.random.randint(1, 4)):
            item = f"{mark} {self.sentence()}"
            if depth < 2 and self.random.random() < 0.25:
                inner = self.items(self.random.choice(["-", "1."]), depth + 1)
                item += "\n" + "\n".join(
                    indent + line if line else "" for line in inner.split("\n")
                )
            elif self.random.random() < 0.1:
                item += f"\n\n{indent}{self.sentence()}"
            found.append(item)
        return between.join(found)

    def bullets(self) -> str:
        return self.items(self.random.choice(["-", "-", "*", "+"]))

    def numbers(self) -> str:
        return self.items(self.random.choice(["1.", "1.", "3.", "1)"]))

    def quote(self) -> str:
        lines = [self.sentence(), "", self.random.choice([self.sentence, self.bullets])()]
        return "\n".join(f"> {line}".rstrip() for line in "\n".join(lines).split("\n"))

    def table(self) -> str:
        width = self.random.randint(1, 4)
        rules = [self.random.choice(["---", "---", ":--", ":-:", "--:"]) for _ in range(width)]

        def row() -> str:
            cells = [self.piece().replace("|", "\\|") for _ in range(width)]
            if self.random.random() < 0.2:
                cells[-1] = ""
            return "| " + " | ".join(cells) + " |"

        return "\n".join(
            [row(), f"|{'|'.join(rules)}|", *(row() for _ in range(self.random.randint(0, 3)))]
        )

    def callout(self) -> str:
        title = self.random.choice(["", " A title with *stars* in it"])
        inner = [self.random.choice([self.sentence, self.bullets, self.table])() for _ in range(2)]
        return f"::: {self.random.choice(KINDS)}{title}\n" + "\n\n".join(inner) + "\n:::"

    def nested_callout(self) -> str:
        return f":::: note Outer\n{self.sentence()}\n\n::: try\n{self.sentence()}\n:::\n::::"

    def claim(self) -> str:
        return f"::: claim C05 {self.random.choice(GRADES)} @who2008\n{self.sentence()}\n:::"

    def chart(self) -> str:
        caption = self.random.choice([self.sentence() + "\n", ""])
        return f"::: chart points-of-the-face layers=stomach view=front\n{caption}:::"

    def recording(self) -> str:
        caption = self.random.choice([self.sentence() + "\n", ""])
        return f"::: recording light-strokes\n{caption}:::"

    def figure(self) -> str:
        return "![](figure:pressure-scale)"

    def rule(self) -> str:
        return self.random.choice(["---", "***", "- - -"])

    def fence(self) -> str:
        return f"```text\n{self.words()}\n\n::: note\n```"

    def indented_code(self) -> str:
        return f"A line before.\n\n    {self.words()}"

    def html(self) -> str:
        return f"<div class='x'>\n{self.words()}\n</div>"

    def link_address(self) -> str:
        return f"See [the {self.words(1)} page][page].\n\n[page]: https://example.com/page"
