"""Numbers with their nouns, as English wants them."""


def counted(number: int, noun: str) -> str:
    """Return the number with its noun, regular in its plural.

    >>> counted(1, "page"), counted(1234, "page"), counted(0, "row"), counted(2, "breach")
    ('1 page', '1,234 pages', '0 rows', '2 breaches')
    """
    if number == 1:
        return f"{number:,} {noun}"
    return f"{number:,} {noun}{'es' if noun.endswith(('ch', 'sh', 's', 'x')) else 's'}"
