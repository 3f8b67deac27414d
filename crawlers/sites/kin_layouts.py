"""지식iN's question page in each of its eras, as selectors: what stands where.

E4 was read in pages of 2026; E3 (2018 to 2024-04), E2 (2014 to 2018) and the mobile page come from crawler code of
their years. An era is that of the fetch, not of the question: old questions are shown in today's markup.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """Selectors of one era; empty where the era's page does not hold the field, or nobody knows where.

    `root` bounds what is read at all. `answer` is one answer; `text` (the answer itself where empty), `author`,
    `date`, `chosen` and `grades` are looked for inside it. `infos` are lines with a label (작성일, 조회수), `day` is
    one without. `box` is what holds the question and nothing else, `box_words` the classes in it of all but its text.
    `mute` holds parts of class names, in lower case, of the page's own words.
    """

    name: str
    titles: tuple[str, ...]
    root: str
    bodies: tuple[str, ...]
    answer: str
    text: str
    infos: str = ""
    asker: str = ""
    directory: str = ""
    totals: tuple[str, ...] = ()
    day: str = ""
    author: str = ""
    date: str = ""
    box: str = ""
    box_words: tuple[str, ...] = ()
    chosen: str = ""
    grades: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    is_silence_zero: bool = False


_E4 = Layout(
    name="E4",
    titles=("div.endTitleSection",),
    # The sidebar repeats .userInfo ("답변 1").
    root=".endContentLeft",
    bodies=("div.questionDetail",),
    answer=".answerArea[id^=answer_]",
    text=".answerDetail, ._endContentsText",
    infos=".userInfo .infoItem",
    asker=".userInfo .infoHeadItem",
    directory=".tagList a.tag[href*='dirId=']",
    box=".contentBox--question",
    box_words=("endTitleSection", "userInfo", "tagList"),
    # The hidden more-button tells the answers shown first and all of them second: only the second is a total.
    totals=("._answerCount", "._totalAnswerCount"),
    author=".profile_card .name",
    date=".answerDate",
    chosen=".answerInfo .infoList .title, .answerInfo .description",
    grades=(".badge[class*=level]", ".badge.expert", ".career_list span"),
    is_silence_zero=True,
)
_E3 = Layout(
    name="E3",
    titles=(".c-heading__title .title", "p[class*='c-heading__title-']"),
    root="",
    bodies=("._questionContentsArea .c-heading__content", ".c-heading__content"),
    answer=".answer-content__item[id^=answer_]",
    text="._endContentsText",
    infos=".c-userinfo__info",
    asker=".c-userinfo__author",
    directory=".tag-list__item[href*='dirId='], .tag-list__item a[href*='dirId=']",
    box="._questionContentsArea",
    box_words=("c-heading__title", "c-userinfo", "tag-list"),
    totals=("em._answerCount.num", "._answerCount"),
    author=".profile_card .name, .c-heading-answer__title .title",
    date=".c-userinfo-answer__left",
    chosen=".adoptCheck, .checkText, .adopt-check-box",
)
_E2 = Layout(
    name="E2",
    titles=("h3._endTitleText", "span.title_text"),
    root="",
    bodies=("#contents_layer_0", "div._endContentsText"),
    answer="[id^=contents_layer_], div._endContentsText",
    text="",
    infos="div.tit_cont dd",
    day="div.tit_cont dd.date",
)
_MOBILE = Layout(
    name="mobile",
    titles=("[class*=EndTitle_endTitle]",),
    root="",
    bodies=("[class*=QnaEnd_questionDetail]", "#questionArea"),
    answer="[class*=QnaEnd_endAnswerArea]",
    text="._endContentsText, [class*=nswerDetail], .se-main-container",
    mute=("endtitle_", "profile", "userinfo", "badge", "answerinfo", "answerdate", "button", "vote", "comment"),
)

LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in (_E4, _E3, _E2, _MOBILE)}
TITLES: tuple[tuple[str, str], ...] = tuple(
    (layout.name, selector) for layout in LAYOUTS.values() for selector in layout.titles
)
