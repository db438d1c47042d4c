"""Fillers that are no names, masked names that show a part, and spikes that no population explains."""

from __future__ import annotations

import pytest

from uncounted.linkage import link
from uncounted.names import compare, find_spikes, is_placeholder, name_levels, normalise, shown

FILLERS = """
Not Disclosed|Data not collected|Client doesn't know|NN|xxxx|Reservado|No sabe|No refiere|Identidad reservada
Declined to state|null|nan|unk|unnamed|Newborn|NFN|NLN|NFN NLN|모름|익명|신원미상|가명|비공개|Victim 1|Victim 40|Minor 3
Refused Refused|Doe, Jane|Unknown Unknown|Client prefers not to answer|Prefers not to say|Name withheld|Not on file
Did not want to give name|n/a|N.A.|Jane Doe 3|unknown female #2|Person A|Survivor 003|VoT 12|Participant P07|Girl1
NotDisclosed|data_not_collected|Identity protected|does not remember|Prefiere no decir|No proporciona|Se desconoce
Sin identificar|No quiso dar su nombre|Menor de edad|Víctima 3|Mujer 2|이름 모름|이름을 알 수 없음|성명 미상|응답 거부
피해자 3|피해자A|ㅇㅇㅇ|A씨|밝히지 않음|不愿透露姓名|姓名不详|拒绝回答|受害人3|某女|Không rõ tên|Từ chối trả lời|Nạn nhân 2
ไม่ทราบชื่อ|ไม่ประสงค์ออกนาม|ผู้เสียหาย 3|अज्ञात|नाम थाहा छैन|पीड़िता 2|नाम नहीं बताया|Necunoscut|nu știe|Victimă 2
ім'я невідоме|Потерпіла 3|відмовилася відповідати|не указано|Неизвестная женщина|Não informado|nome não declarado
Inconnue|Non communiqué|Ne sait pas|Victime 2|Hindi alam|ayaw sabihin|Unbekannt|keine Angabe|Opfer 3|မသိပါ|غير معروف
ضحية 2|氏名不詳|回答拒否|被害者2|asdf|test test|Unable to obtain|Unknown / Desconocido|Ms. K|김민지(가명)
"""
NAMES = """
No Min-ji|Na Eun|Man Bahadur|Lee Child|Young Guy|Nan Khin|Noh|Ng|No|Na|Ana Unknown|Baby Lopez|Boy Santos|Nina Diaz
Said Ahmed|Don Given|안정보|안신원|남호|이은수|여성민|สงวน ใจดี|नाम देव|Ee|Victoria|Ignacio|Menor|معروف|Linh Dan|Dinh|Nu Nu
Di Maria|Hope|Chosen Given|Refugio|Socorro|Si Thu|Van Nam|Lulu|Otto|婷婷|李明|Jane|John|Ana 2
"""
MASKED = """
김○○|김OO|김**|김xx|김ㅇㅇ|김모씨|김 모 씨|김씨|김민*|김*지|남궁○○|Kim **|Kim X.|M*** L***|M___ L___|Mar*** Lop***
Maria ****|Maria L***|Maria xxxx|XXXX Lopez|J. D.|J. Lopez|王某|王某某|王**|王女士|李XX|山田○子|FNU Singh|Lopez, NFN
Ana Unknown|Unknown Kim|김(미상)|Baby Girl Lopez|Newborn Lopez|Baby of Maria Lopez|Nguyễn Văn A|Nguyễn Thị B.|สมชาย ก.
Олена К.|राम क.|M. K.
"""
HIDE_NOTHING = [
    "U Nu",
    "Le Y",
    "Maria G. Lopez",
    "Ma. Cristina Cruz",
    "Nguyễn Văn An",
    "김민지",
    "王秀英",
    "O Min-ji",
]


def _each(text: str) -> list[str]:
    return text.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("text", _each(FILLERS))
def test_a_filler_is_no_name(text: str) -> None:
    assert normalise(text).missing
    assert name_levels([text], [text]).tolist() == [-1]


@pytest.mark.parametrize("text", _each(NAMES))
def test_a_name_of_words_that_fillers_use_is_a_name(text: str) -> None:
    assert not is_placeholder(text) and not normalise(text).missing


@pytest.mark.parametrize("text", _each(MASKED))
def test_a_masked_name_is_not_equal_to_itself(text: str) -> None:
    key = normalise(text)
    found = compare(text, text)
    assert key.masked and not key.missing
    assert not found.same and found.strength < 0.5


@pytest.mark.parametrize("text", HIDE_NOTHING)
def test_a_whole_name_is(text: str) -> None:
    assert not normalise(text).masked and compare(text, text).strength == 1


@pytest.mark.parametrize(
    ("mask", "agrees", "differs"),
    [
        ("김○○", "김민지", "이민지"),
        ("김○○", "Kim Min-ji", "김민"),
        ("김모씨", "김민지", "이지은"),
        ("김*지", "김민지", "김민수"),
        ("남궁○○", "남궁민수", "남궁민"),
        ("王某", "王秀英", "李秀英"),
        ("王**", "Wang Xiuying", "王英"),
        ("M*** L***", "Maria Lopez", "Ana Ruiz"),
        ("Maria L***", "Maria Lopez", "Maria Cruz"),
        ("**** Lopez", "Ana Lopez", "Ana Ruiz"),
        ("FNU Singh", "Gurpreet Singh", "Gurpreet Gill"),
        ("J.D.", "Jane Diaz", "Ana Ruiz"),
        ("Kim **", "김민지", "이민지"),
        ("Олена К.", "Олена Коваль", "Ірина Мельник"),
        ("Nguyễn Thị B", "Nguyễn Thị Bình", "Trần Văn Hùng"),
    ],
)
def test_what_a_mask_shows_counts_and_what_it_hides_does_not(
    mask: str, agrees: str, differs: str
) -> None:
    assert 0.25 <= compare(mask, agrees).strength < 0.5
    assert compare(agrees, mask) == compare(mask, agrees)
    assert compare(mask, differs).strength < compare(mask, agrees).strength
    assert not compare(mask, differs).same


def test_parts_that_linkage_may_compare() -> None:
    assert [shown(x) for x in ("L.", "M***", "Ana ***", "J.D.", "O", "Lopez")] == [
        "", "", "Ana", "", "O", "Lopez",
    ]  # fmt: skip


def test_spikes() -> None:
    """A word of 30 rows in 90 that are of different people; not of one person met thirty times."""
    others = [f"Ana{a}{b}" for a in "bcdfgh" for b in "aeioubcdfg"]
    given = ["Jdoc"] * 30 + others
    family = [""] * 90
    assert find_spikes(given, family, lambda k: k).given == {"Jdoc"}
    assert not find_spikes(given, family, lambda k: 0)
    # as many Marias and Nguyens as there are in places
    assert not find_spikes(["Maria"] * 30 + others, family, lambda k: k)
    assert not find_spikes(others * 2, ["Nguyen"] * 80 + ["Tran"] * 40, lambda k: k)
    assert find_spikes(["Ana"] * 20 + others, ["Cruz"] * 80, lambda k: k).whole == {("Ana", "Cruz")}


@pytest.mark.parametrize(
    "filler",
    [
        "Not Disclosed",
        "Victim #",
        "신원미상",
        "김○○",
        "M*** L***",
        "ไม่ทราบชื่อ",
        "Qwb Fgt",
        "Maria L.",
    ],
)
def test_fillers_link_no_strangers(filler: str) -> None:
    """30 people on both lists; the strangers of each bear the filler: benchmarks/name_fillers.py has more."""
    from benchmarks.name_fillers import lists

    found = link(lists(filler, whole=True, seed=1))
    assert found.table().counts[-1] == 30
