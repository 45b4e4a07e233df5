"""What names and texts may hold: signs that a reader sees, in the order in which they were written."""

import re

LONGEST_NAME = 500
LONGEST_SLUG = 200
"""Of a slug in a dataset or a change; those that are made of names are shorter."""

FORMULA_SIGNS = (*"=+-@", *"\uff1d\uff0b\uff0d\uff20", "\t", "\r", "\n", "'")
"""What a cell of a CSV file is not to begin with: some spreadsheet takes it for a formula, also in full width
(https://owasp.org/www-community/attacks/CSV_Injection); and the apostrophe that is put before such a one."""

# Embeddings, overrides and isolates (Unicode UAX #9, 2.1 to 2.4) let a text be shown in another order than it is
# written in. The marks U+200E and U+200F, and the joiners of Arabic and Indic scripts, are ordinary.
_TURNS = "\u202a-\u202e\u2066-\u2069"
_NOT_IN_TEXT = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_TURNS}]")
_NOT_IN_NAME = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNS}]")


def check_text(text: str) -> str:
    """Return a text as it is; it may have several lines.

    Raises:
        ValueError: it holds control characters, or such as turn the direction of writing.
    """
    if not text.isprintable() and (found := _NOT_IN_TEXT.search(text)):
        raise ValueError(f"a text holds no control characters, as this one does: U+{ord(found[0]):04X}")
    return text


def check_name(text: str) -> str:
    """Return a name as it is: one line.

    Raises:
        ValueError: it is empty, too long, of several lines, or holds what `check_text` refuses.
    """
    if not text:
        raise ValueError("a name can't be empty")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"a name has at most {LONGEST_NAME} characters, not {len(text)}")
    if not text.isprintable() and (found := _NOT_IN_NAME.search(text)):
        raise ValueError(f"a name is one line without control characters, and holds U+{ord(found[0]):04X}")
    return text
