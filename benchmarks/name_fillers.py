"""Whether what stands in place of a name links strangers: `python -m benchmarks.name_fillers`.

Two lists share 30 people, who are named. The others of each list, strangers to one another, bear one filler
in place of a name (or none, or a numbered one), and weak fields beside it: sex, citizenship, a birth year. The
overlap that is found should be 30, as it is where their names are left empty. Writes
`benchmarks/results/name_fillers.md`: the entries of the field's forms that went wrong before they were
understood, fifty and more of our own, and masks, of which many people bear one.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np

from uncounted.linkage import link
from uncounted.synthetic.naming import make_name, written

ROOT = Path(__file__).parents[1]
SHARED, OTHERS = 30, 60

REPORTED = [
    "Not Disclosed",
    "Data not collected",
    "Client doesn't know",
    "NN",
    "xxxx",
    "Reservado",
    "No sabe",
    "No refiere",
    "Identidad reservada",
    "Declined to state",
    "null",
    "nan",
    "unk",
    "unnamed",
    "Newborn",
    "NFN NLN",
    "모름",
    "익명",
    "신원미상",
    "가명",
    "비공개",
    "Victim #",
    "Minor #",
    "Refused Refused",
    "Doe, Jane",
    "ไม่ทราบชื่อ",
    "अज्ञात",
]
OURS = [
    "Client prefers not to answer",
    "Name withheld",
    "Information unavailable",
    "Chose not to give a name",
    "Person #",
    "Survivor A-#",
    "VoT #",
    "unknown female #",
    "Jane Doe #",
    "Not asked",
    "TBD",
    "Redacted",
    "N/A",
    "Does not remember",
    "No name given",
    "No proporciona",
    "Se desconoce",
    "Prefiere no decir",
    "Sin identificar",
    "Víctima #",
    "Menor de edad #",
    "Desconocida",
    "이름 모름",
    "이름을 알 수 없음",
    "피해자 #",
    "응답 거부",
    "성명 미상",
    "ㅇㅇㅇ",
    "姓名不详",
    "拒绝回答",
    "受害人#",
    "未提供",
    "不愿透露姓名",
    "Không rõ tên",
    "Từ chối trả lời",
    "Nạn nhân #",
    "Ẩn danh",
    "ไม่ประสงค์ออกนาม",
    "ผู้เสียหาย #",
    "ไม่เปิดเผยชื่อ",
    "नाम थाहा छैन",
    "पीड़िता #",
    "नाम नहीं बताया",
    "Necunoscută",
    "nu știe",
    "Victimă #",
    "ім'я невідоме",
    "Потерпіла #",
    "відмовилася відповідати",
    "Não informado",
    "Vítima #",
    "nome não declarado",
    "Non communiqué",
    "ne sait pas",
    "Victime #",
    "Hindi alam",
    "ayaw sabihin",
    "Biktima #",
    "Unbekannt",
    "keine Angabe",
    "Opfer #",
    "အမည်မသိ",
    "မသိပါ",
    "غير معروف",
    "ضحية #",
    "имя не указано",
    "Неизвестная женщина",
    "потерпевшая #",
    "氏名不詳",
    "回答拒否",
    "被害者#",
]
MASKED = [
    "김○○",
    "김OO",
    "김**",
    "김모씨",
    "M*** L***",
    "J.D.",
    "Kim X.",
    "王某",
    "李XX",
    "A씨",
    "FNU LNU",
    "FNU Singh",
    "Nguyễn Văn A",
    "Baby Girl Lopez",
    "Maria L.",
    "XXXX Lopez",
]


def _people(culture: str, n: int, r: random.Random) -> list[tuple[str, str]]:
    out: dict[tuple[str, ...], tuple[str, str]] = {}
    while len(out) < n:
        name = make_name(culture, r.choice("fm"), r)
        said = written(name, r, other=False, native=False)
        out.setdefault((*name.given, *name.family), (said.given, said.family))
    return list(out.values())


def _row(name: dict[str, str], r: random.Random) -> dict[str, object]:
    return name | {
        "sex": r.choice(("female", "female", "female", "male")),
        "citizenship": r.choice(("MX", "MX", "GT", "HN", "KR", "PH")),
        "birth_year": r.randint(1980, 2005),
    }


def lists(filler: str, *, whole: bool, seed: int) -> dict[str, list[dict[str, object]]]:
    """Two lists: 30 people on both by name, and strangers who all bear the filler."""
    r = random.Random(f"fillers/{seed}")
    named = _people("es", SHARED // 2, r) + _people("tl", SHARED - SHARED // 2, r)
    both = [_row({"given_name": g, "family_name": f}, r) for g, f in named]
    out: dict[str, list[dict[str, object]]] = {}
    for name in ("shelter", "police"):
        rows = [dict(row) for row in both]
        for k in range(OTHERS):
            said = filler.replace("#", str(k + 1))
            if whole:
                rows.append(_row({"full_name": said}, r))
                continue
            given, _, family = said.rpartition(" ")
            rows.append(
                _row({"given_name": given or said, "family_name": family if given else said}, r)
            )
        r.shuffle(rows)
        out[name] = rows
    return out


def overlap(filler: str, *, whole: bool, seed: int = 1) -> tuple[int, float]:
    """People on both lists: by the one answer at 0.5, and the mean over 200 draws."""
    found = link(lists(filler, whole=whole, seed=seed))
    drawn = found.draw(200, seed=1)
    counts = [int(np.asarray(t.counts)[-1]) for t in drawn.tables]
    return int(np.asarray(found.table().counts)[-1]), float(np.mean(counts))


def main() -> None:
    lines = [
        "# Fillers and masks: 30 people on both lists, 60 strangers on each who bear the filler",
        "",
        "Made with `python -m benchmarks.name_fillers`. One answer and mean over draws, with the filler in one column",
        "of whole names and in two columns of parts. # stands for a running number.",
        "",
        "| filler | whole: one answer | over draws | parts: one answer | over draws |",
        "|---|---|---|---|---|",
    ]
    wrong = 0
    for label, fillers in (
        ("empty", ("",)),
        ("reported", REPORTED),
        ("ours", OURS),
        ("masked", MASKED),
    ):
        for filler in fillers:
            a, b = overlap(filler, whole=True), overlap(filler, whole=False)
            wrong += label != "empty" and (a[0] != SHARED or b[0] != SHARED)
            lines.append(f"| {label}: {filler} | {a[0]} | {a[1]:.1f} | {b[0]} | {b[1]:.1f} |")
            print(lines[-1], flush=True)
    total = len(REPORTED) + len(OURS) + len(MASKED)
    lines += ["", f"{total - wrong} of {total} give 30 of 30 in both forms."]
    if len(sys.argv) < 2:
        (ROOT / "benchmarks" / "results" / "name_fillers.md").write_text(
            "\n".join(lines) + "\n", "utf-8"
        )
    print(lines[-1])


if __name__ == "__main__":
    main()
