"""Given names that are plainly two people's, and those of which nothing of the kind can be said."""

from __future__ import annotations

import random

import pytest

from uncounted.names import GIVEN_OUTCOMES, given_outcomes, plainly_different
from uncounted.synthetic.naming import make_name, written

TWO_PEOPLE = """
Maria|Sabrina  Natalia|Valentina  Min-ji|Su-yeon  민지|수연  민지|민호  Minji|Minho  Ji-woo|Ji-hoon  Xiaoming|Lihua
Oksana|Tetiana  Iryna|Natalia  Daniel|Roberto  Sita|Laxmi  Siriporn|Kanokwan  Maria Fernanda|Maria Jose
Rosa Elena|Rosa Amelia  Ahmed|Ibrahim  Muhammad Ali|Muhammad Hassan  Jennifer|Michelle  Karen|Lucia
Thi Hong|Thi Lan  Olga|Світлана  Emily|Sarah  Ram Bahadur|Hari Bahadur  小明|丽华  Ana|Eva  Kevin|Brian
Yesenia|Guadalupe  Emeka|Obinna  Van Phong|Van Cuong
"""
MAY_BE_ONE = """
Guadalupe|Lupita  Sabita|Sarita  M.|Ana  Mei Ling|Amy  Maria|Marta  Maria|Maria Guadalupe  Guadalupe|Maria Guadalupe
Katherine|Kate  Bill|William  Sasha|Oleksandra  Nastya|Anastasia  Min-ji|민지  Minji|Min-jee  Jose|Pepe  Francisco|Paco
Jhoanna|Joanna  Natalia|Nataliya  Somchai|Noi  Unknown|Ana  |Ana  Catherine|Ekaterina  Elizabeth|Lisbeth
Cristina|Tina  Nguyet|Nguyệt  Jose Maria|Maria Jose  Jonh|John  Marry|Mary  Yeni|Jenny  Xiaoming|Siu Ming  秀英|Xiuying
Seun|Oluwaseun  Emeka|Chukwuemeka  A***|Beatriz  Kim Hoa|Hoa
"""


def _pairs(text: str) -> list[tuple[str, ...]]:
    return [tuple(p.split("|")) for p in text.replace("\n", "  ").split("  ") if p]


@pytest.mark.parametrize(("a", "b"), _pairs(TWO_PEOPLE))
def test_plainly_two(a: str, b: str) -> None:
    assert plainly_different(a, b) and plainly_different(b, a)


@pytest.mark.parametrize(("a", "b"), _pairs(MAY_BE_ONE))
def test_not_plainly_two(a: str, b: str) -> None:
    assert not plainly_different(a, b) and not plainly_different(b, a)


@pytest.mark.parametrize("culture", ["ko", "zh", "vi", "es", "tl", "ne", "th", "ro", "sl"])
def test_one_person_spelled_twice_is_never_plainly_two_and_strangers_mostly_are(
    culture: str,
) -> None:
    r = random.Random(f"given/{culture}")
    one = two = n = 0
    for _ in range(200):
        x, y = (make_name(culture, r.choice("fm"), r) for _ in range(2))
        a, b = (written(x, r, other=True, native=r.random() < 0.2).given for _ in range(2))
        one += plainly_different(a, b)
        if not set(x.given) & set(y.given):
            n += 1
            two += plainly_different(a, written(y, r, other=True, native=False).given)
    # Made-up people share tables with the rules, so one in 200 is all that chance may leave. What
    # is plainly two is 80% and more of strangers, and half in Vietnamese, whose names share words.
    assert one <= 1
    assert two / n > (0.4 if culture == "vi" else 0.75)


def test_outcomes_of_many() -> None:
    found = given_outcomes(["Ana", "Ana", "", "A."], ["Anna", "Teresa", "Ana", "Ana"])
    assert found.tolist() == [1, 0, -1, -1]
    assert [GIVEN_OUTCOMES[k + 1] for k in found[:3]] == [
        "may be one",
        "plainly different",
        "cannot say",
    ]
