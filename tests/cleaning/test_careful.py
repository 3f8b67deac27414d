"""The recipe `careful`: personal data in ways of writing that the cleaning spec does not know, and no more."""

import re
from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import assume, given, settings

from cleaning.clean import clean_text
from cleaning.options import Options
from cleaning.personal.careful import plates
from cleaning.personal.careful.addresses import replace_more_links
from cleaning.personal.careful.rules import CAREFUL_RULES
from cleaning.personal.labelled import LabelledSet, labelled
from cleaning.personal.masks import PERSONAL_RULES, mask_personal, personal_rules
from cleaning.personal.plates import PRIVATE
from cleaning.recipe import load_recipe
from cleaning.rules import RULES
from tests.cleaning.texts import OPTIONS, TEXTS

CAREFUL, DIALOGUE = load_recipe("careful"), load_recipe("dialogue")
BEGINNING = replace(CAREFUL, steps=CAREFUL.steps[: CAREFUL.steps.index("careful_emails")], repeat=(), last=())
AS_WRITTEN = Options(paren="keep", url="token")

FOUND = {
    "mail with a blank": ("green @naver.com 으로", "[이메일] 으로"),
    "mail without an ending": ("abc12@gmail로 주세요", "[이메일]로 주세요"),
    "mail in words": ("해피데이 골뱅이 네이버 닷컴 이요", "[이메일] 이요"),
    "link with Hangul": ("https://namu.wiki/w/감자 봐", "[링크] 봐"),
    "link to a Hangul host": ("www.감자튀김.com에서", "[링크]에서"),
    "resident number in one piece": ("9001011234567 맞나요", "[주민등록번호] 맞나요"),
    "resident number half hidden": ("900101-1xxxxxx 로", "[주민등록번호] 로"),
    "card in one piece": ("9410123456789012 승인", "[카드번호] 승인"),
    "card by dots": ("9410.1234.5678.9012 승인", "[카드번호] 승인"),
    "landline behind a bracket": ("02)345-6789로", "[전화번호]로"),
    "landline abroad": ("+82-2-345-6789 로", "[전화번호] 로"),
    "mobile digit by digit": ("0 1 0 1 2 3 4 5 6 7 8 이요", "[전화번호] 이요"),
    "mobile behind letters": ("o1o-1234-5678이요", "[전화번호]이요"),
    "mobile with a spoken dash": ("010 1234에 5678이요", "[전화번호]이요"),
    "account before its bank": ("110-123-456789 신한이요", "[계좌번호] 신한이요"),
    "account far behind its bank": (
        "국민은행 통장 이름은 가족 명의이고요 123456-12-123456",
        "국민은행 통장 이름은 가족 명의이고요 [계좌번호]",
    ),
    "account in a bank's shape": ("3333-01-1234567로", "[계좌번호]로"),
    "accounts in a list": ("신한 110 345 678901, 110 345 678902", "신한 [계좌번호], [계좌번호]"),
    "mail by its English": ("ohmygul57 at naver 입니다", "[이메일] 입니다"),
    "plate with blanks": ("12 가 3456 차주분", "[차량번호] 차주분"),
    "plate before a particle": ("12가 3456만 없어요", "[차량번호]만 없어요"),
    "commercial plate": ("12바 3456 택시요", "[차량번호] 택시요"),
    "diplomat's plate": ("외교 123-456 봤어요", "외교 [차량번호] 봤어요"),
    "id without a word for it": ("카톡 happy_12 로", "카톡 [계정] 로"),
    "id of another messenger": ("디코 아이디 dudtnr 요", "디코 아이디 [계정] 요"),
    "handle in Hangul": ("@감자튀김님이 태그", "[계정]님이 태그"),
    "handle glued to Hangul": ("인스타@some_one 봐", "인스타[계정] 봐"),
    "resident number with its halves apart": ("900101 뒷자리 1234567 요", "[주민등록번호] 요"),
    "resident number in words": ("구공공일공일 다시 일이삼사오육칠 요", "[주민등록번호] 요"),
    "card by Korean dashes": ("9410ㅡ1234ㅡ5678ㅡ9012 로", "[카드번호] 로"),
    "card by commas": ("카드는 9410, 1234, 5678, 9012 로", "카드는 [카드번호] 로"),
    "card in words": ("사이오일 오팔삼공 일이삼공 구육일일 로", "[카드번호] 로"),
    "link with a cut scheme": ("ttps://a-b.co.kr/x 봐", "[링크] 봐"),
    "link with a blank": ("https:// a-b.kr/x 봐", "[링크] 봐"),
    "plate in brackets": ("38(무)8920 차주분", "[차량번호] 차주분"),
    "plate with its town": ("서울 강남 보 7295 차주분", "서울 강남 [차량번호] 차주분"),
    "plate in words": ("차량번호 일이이 라 팔사일오", "차량번호 [차량번호]"),
    "id before its messenger": ("mandu77 ← 카톡", "[계정] 카톡"),
    "id past a filter": ("ㅋ ㅌ mandu77 로", "ㅋ ㅌ [계정] 로"),
    "handle with a dash": ("@good-shop 봐", "[계정] 봐"),
}
SPARED = {
    "order number": "주문번호 2024123112345678이요",
    "bar code": "8801234567893 찍어요",
    "file name": "900101-1.jpg 열어 봐",
    "business number": "123-45-67890 사업자요",
    "years": "2019. 2020. 2021. 2022년",
    "binary": "0 1 0 1 1 0 0 1 0 1 1 이요",
    "heat": "30도 2000와트짜리",
    "paper": "100자 1000자 쓰기",
    "money": "12조 3456만 원",
    "bank and years": "우리 2024 12 31 만나",
    "messenger talk": "카톡 PC버전 로그인",
    "handle's sign": "@표시 어떻게 써요",
    "price": "3개 @ 1500원",
    "at all": "골뱅이 무침 먹자",
    "initials": "ㅋㅋKAY-EM짱이네",
    "budget": "부산 2조 3000억 투자했대요",
    "new building": "서울 2호 1234세대 분양",
    "team": "국가대표 110-119 로 졌어요",
    "two prices": "카카오 35000 36000원 사이",
    "price at a bank": "토스에서 50000 30000원씩",
    "date and price": "24.03.15 2500000원 결제했어요",
    "prices by card": "체크카드로 4550, 3200, 1550, 8900원 결제했어요",
    "hour of birth": "사주 950301-2시생",
    "site": "롤 전적은 op.gg 에서 보세요",
    "system": "카톡 ios17에서 안 돼요",
    "game": "스팀 gta5 샀어요",
    "blocked": "네이버 아이디 block 당했어요",
    "mother": "@엄마 보고 싶어",
    "bus lines": "1100, 2311, 5004, 9404 다 가요",
    "program": "@Override 왜 써요",
    "place": "내일 @강남역 모임",
    "library": "Node.js/Express 배워요",
}


@pytest.mark.parametrize(("text", "masked"), FOUND.values(), ids=FOUND)
def test_what_the_spec_does_not_know_is_found(text: str, masked: str) -> None:
    assert clean_text(text, CAREFUL, options=AS_WRITTEN).text == masked
    assert clean_text(text, DIALOGUE, options=AS_WRITTEN).text != masked


@pytest.mark.parametrize("text", SPARED.values(), ids=SPARED)
def test_what_only_looks_alike_is_spared(text: str) -> None:
    assert clean_text(text, CAREFUL, options=AS_WRITTEN).text == text


def test_a_scheme_alone_is_no_link() -> None:
    assert replace_more_links("http://에서 https://로 바꿨어요") == "http://에서 https://로 바꿨어요"


def test_plates_in_a_list_are_masked_as_the_spec_does() -> None:
    texts = ("1.12가3456 2.34나5678 둘 다", "차량번호-12가3456 신고", "검정색,12가3456 차주 분", "12가3456.12 봐")
    cleaned = [[clean_text(text, recipe, options=AS_WRITTEN).text for text in texts] for recipe in (CAREFUL, DIALOGUE)]
    assert cleaned[0] == cleaned[1] and all("[차량번호]" in str(text) for text in cleaned[0])


def test_what_pigeons_say_is_no_number() -> None:
    text = "구구구구구구구구구구구구구구구구 하네"
    assert mask_personal(text, personal_rules(CAREFUL.steps)) == text


@settings(max_examples=300, deadline=None)
@given(TEXTS, OPTIONS)
def test_cleaning_carefully_again_changes_nothing(text: str, options: Options) -> None:
    options = replace(options, site=None)
    once = clean_text(text, CAREFUL, options=options).text
    assume(once is not None)
    assume(clean_text(once, BEGINNING, options=options).text == once)
    again = clean_text(once, CAREFUL, options=options)
    assert (again.text, again.rules) == (once, ())


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_the_spec_masks_is_masked_but_for_what_a_unit_follows(text: str) -> None:
    careful = mask_personal(text, personal_rules(CAREFUL.steps))
    left = mask_personal(careful, [rule for rule in PERSONAL_RULES if rule != "plates"])
    assert left == careful or "\ufdd0" in text
    assert all(is_counted_plate(found) for found in SPEC_PLATE.finditer(careful)), careful
    assert mask_personal(careful, personal_rules(CAREFUL.steps)) == careful


SPEC_PLATE = re.compile(f"(?<!\\d)\\d{{2,3}}[{PRIVATE}] ?\\d{{4}}(?!\\d| ?(?:원|억|만|천|년|개|명|점|회|%|g|kg|p|번))")


def is_counted_plate(found: re.Match[str]) -> bool:
    return any(unit.match(found.string, found.end()) for unit in (plates._COUNTED, plates._PAID))


@pytest.mark.parametrize("which", LabelledSet)
def test_no_guard_spares_a_labelled_value(which: LabelledSet) -> None:
    for sample in labelled(which=which):
        text = sample.before + sample.value + sample.after
        for rule in CAREFUL_RULES:
            if not re.search(rule.guard, text):
                assert rule.rewrite is not None and rule.rewrite(text, AS_WRITTEN) == text, rule.name


MENTIONS = {
    "mentions": "@감자 ",
    "dashes": "@a-b_",
    "glued": "@감자",
    "accounts": "계좌 이야기를 조금 해 볼게요 110-12-1234567 ",
    "handles": "@here @abc",
}


@pytest.mark.parametrize("unit", MENTIONS.values(), ids=MENTIONS)
def test_a_list_takes_few_rounds(unit: str) -> None:
    text = "인스타 " + unit * 400
    rules = personal_rules(CAREFUL.steps)
    rounds = 0
    while (masked := reduce(lambda now, rule: RULES[rule].rewrite(now, AS_WRITTEN), rules, text)) != text:
        text, rounds = masked, rounds + 1
    assert rounds <= 3
