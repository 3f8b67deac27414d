"""Where the fields of 지식iN answers stand in a page: searched for once for all its answers."""

from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.nesting import all_in_each, around_each, first_in_each
from crawlers.sites.kin_layouts import Layout

_PROFILES = ".profile_card a[href*='u='], .c-heading-answer__title a[href*='u=']"


@dataclass(frozen=True, slots=True)
class Places:
    """Nodes by the memory id of the answer in which they stand, `grades` by that of the answerer's card.

    Of `texts`, `dates`, `names` and `cards` it is the first one, of all others every one in page order.
    """

    texts: dict[int, LexborNode]
    dates: dict[int, LexborNode]
    names: dict[int, LexborNode]
    cards: dict[int, LexborNode]
    grades: dict[int, list[LexborNode]]
    profiles: dict[int, list[LexborNode]]
    votes: dict[int, list[LexborNode]]
    marks: dict[int, list[LexborNode]]
    turns: dict[int, list[LexborNode]]


def places_in(root: LexborHTMLParser | LexborNode, answers: Iterable[LexborNode], layout: Layout) -> Places:
    """This searches the answers, all of which stand below `root`, for the fields of their layout."""
    around = around_each(answers)
    cards = first_in_each(root, ".profile_card" if layout.grades else "", around)
    return Places(
        texts=first_in_each(root, layout.text, around),
        dates=first_in_each(root, layout.date, around),
        names=first_in_each(root, layout.author, around),
        cards=cards,
        grades=all_in_each(root, ", ".join(layout.grades), around_each(cards.values())),
        profiles=all_in_each(root, _PROFILES if layout.author else "", around),
        votes=all_in_each(root, "button._vote", around),
        marks=all_in_each(root, layout.chosen, around),
        turns=all_in_each(root, ".additionQnaList__item", around),
    )
