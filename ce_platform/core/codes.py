"""Public codes: random, readable aloud, checked for typing mistakes.

Crockford's base 32 has no I, L, O or U. 16 letters carry 80 random bits; a 17th is the check
letter (value modulo 37, Crockford's scheme), so one wrong or swapped letter is noticed.
Codes that only open something, and behind a limit of tries, are shorter: 11 letters and a check.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_ALPHABET = ALPHABET + "*~$=U"
# The check letter is printed and typed too; codes whose check is a sign are drawn again.
_LETTERS = 16
SHORT = 11
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code(letters: int = _LETTERS) -> str:
    """A fresh code of so many letters and a check letter, without dashes; five bits a letter."""
    while True:
        value = secrets.randbits(5 * letters)
        body = _encode(value, letters)
        check = CHECK_ALPHABET[value % 37]
        if check in ALPHABET:
            return body + check


def _encode(value: int, count: int) -> str:
    letters = []
    for _ in range(count):
        value, rest = divmod(value, 32)
        letters.append(ALPHABET[rest])
    return "".join(reversed(letters))


def plain(typed: str) -> str:
    """Letters and figures alone, in capitals, with 0 for O and 1 for I and L."""
    cleaned = "".join(letter for letter in typed.upper() if letter.isalnum())
    return cleaned.translate(_CONFUSED)


def normalize(typed: str) -> str | None:
    """What a person typed (dashes, spaces, lower case, O for 0) as a code, or None."""
    cleaned = plain(typed)
    if len(cleaned) != _LETTERS + 1 or any(letter not in ALPHABET for letter in cleaned):
        return None
    value = 0
    for letter in cleaned[:-1]:
        value = value * 32 + ALPHABET.index(letter)
    return cleaned if CHECK_ALPHABET[value % 37] == cleaned[-1] else None


def dashed(code: str) -> str:
    """For print: groups of four, a check letter that is one too many with the last group."""
    last = max(len(code) - 1, 1) // 4 * 4
    last -= 4 * (len(code) - last == 1)
    return "-".join([*(code[at : at + 4] for at in range(0, last, 4)), code[last:]])
