"""Numbers with their nouns, as English wants them."""


def counted(number: int, noun: str) -> str:
    """Return the number with its noun, regular in its plural.

    >>> counted(1, "page"), counted(1234, "page"), counted(0, "row")
    ('1 page', '1,234 pages', '0 rows')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
