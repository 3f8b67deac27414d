"""The rules of the recipe `careful`: wider masks for personal data, each with its guard (`cleaning.rules`)."""

from cleaning.personal.careful import accounts, addresses, handles, messengers, numbers, phones, plates
from cleaning.personal.numbers import SPOKEN_DIGIT
from cleaning.personal.plates import PLATE_LETTERS
from cleaning.rule import LATIN, Rule, plain

_SPOKEN, _LETTER = SPOKEN_DIGIT, PLATE_LETTERS

CAREFUL_RULES = (
    plain("careful_emails", addresses.mask_more_mails, "@|골뱅|[ (\\[<][aA][tT]|앳"),
    Rule(
        "careful_links",
        lambda text, options: addresses.replace_more_links(text, options.url),
        f"//|\\.[{LATIN}]",
    ),
    plain(
        "careful_resident_numbers",
        numbers.mask_more_residents,
        f"\\d\\d\\d|\\d\\d\\.|{_SPOKEN}{_SPOKEN}{_SPOKEN}",
    ),
    plain("careful_cards", numbers.mask_more_cards, f"\\d\\d\\d|{_SPOKEN}{_SPOKEN}{_SPOKEN}"),
    plain("careful_phones", phones.mask_more_phones, "\\d\\d\\d|[0oOㅇ영공][1lIi일]|[0공영] [1일]"),
    plain("careful_bank_accounts", accounts.mask_more_accounts, "\\d\\d\\d|\\d\\d\\-"),
    plain(
        "careful_plates",
        plates.mask_more_plates,
        f"{_SPOKEN}{_SPOKEN}[ {_LETTER}]|\\d[{_LETTER}]"
        f"|\\d[ .'/(\\-][{_LETTER} (.'/\\-]|[{_LETTER}][ \\d]\\d|\\d\\d[ \\-]",
    ),
    plain(
        "careful_messengers",
        messengers.mask_more_messengers,
        "톡|카카오|[kK][aA]|ㅋㅌ|ㅋ ㅌ|옾챗|오픈채|라인|텔레|텔그|ㅌㄹ|"
        "디스코|디코|페이스|페북|페메|위챗|왓츠|스냅|스카이|트위|스레드|"
        "인스|인별|인★|별스타|ㅇㅅㅌ|[iI][nN][sS\u017f]|네이버|스팀|아이디|아디",
    ),
    plain("careful_handles", handles.mask_more_handles, "@|골뱅|톡|[라텔][인레]|인스"),
)
