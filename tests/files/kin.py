"""Lists and tables as organisations keep them: made-up kin of files that were once read wrongly.

Each case says which kind it stands for (the letters and numbers of docs/cases.md) and what must come
out of it: the people, the rows set aside, or a refusal with the fix that works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Build = Callable[[Path], Path]


@dataclass(frozen=True)
class Kin:
    """One list and what it holds; ``None`` where that is not looked at."""

    kind: str
    build: Build
    given: Sequence[str] | None = None
    family: Sequence[str] | None = None
    born: Sequence[str] | None = None
    gender: Sequence[str] | None = None
    citizenship: Sequence[str] | None = None
    exploitation: Sequence[int] | None = None
    sector: Sequence[str] | None = None
    reference: Sequence[str] | None = None
    aside: dict[str, tuple[int, ...]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    says: tuple[str, ...] = ()


def text(content: str, encoding: str = "utf-8", name: str = "list.csv") -> Build:
    def build(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode(encoding))
        return path

    return build


def book(
    *sheets: tuple[str, Sequence[Sequence[Any]]],
    merge: Sequence[str] = (),
    hide: Sequence[int] = (),
) -> Build:
    def build(folder: Path) -> Path:
        import openpyxl

        made = openpyxl.Workbook()
        made.remove(made.active)
        for title, rows in sheets:
            sheet = made.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
            for cells in merge:
                sheet.merge_cells(cells)
            for number in hide:
                sheet.row_dimensions[number].hidden = True
        made.save(folder / "list.xlsx")
        return folder / "list.xlsx"

    return build


def backslashes(folder: Path) -> Path:
    """A workbook whose parts are named as some programs do: with backslashes, shared strings in capitals."""
    import zipfile

    plain = book(("List", [["case id", "first name", "dob"], ["7", "Iria", "1988-05-09"]]))(folder)
    with zipfile.ZipFile(plain) as whole:
        parts = [(n, whole.read(n)) for n in whole.namelist()]
    with zipfile.ZipFile(folder / "odd.xlsx", "w") as made:
        for name, data in parts:
            name = name.replace("sharedStrings", "SharedStrings").replace("/", "\\")
            made.writestr(name, data)
    return folder / "odd.xlsx"


HEAD = "case id,first name,last name,dob,sex,nationality\n"
TWO = "1,Iria,Lago,1988-05-09,F,PHL\n2,Odile,Marsan,1979-11-23,F,NPL\n"
NAMES = ["Iria", "Odile"]
BORN = ["1988-05-09", "1979-11-23"]

KIN: dict[str, Kin] = {
    # case01: CommCare and other groups
    "commcare form": Kin(
        "C7", text("number,form.case.@case_id,form.person.first_name,form.person.last_name,form.person.dob,form.person.gender\n1,k-1,Iria,Lago,1988-05-09,female\n2,k-2,Odile,Marsan,---,female\n"),
        given=NAMES, born=["1988-05-09", "NaT"], reference=["k-1", "k-2"], gender=["Feminine"] * 2,
    ),
    "groups by dots": Kin("C7", text("a.first_name,a.sex,ref.case_id\nIria,female,k-1\n"), given=["Iria"], gender=["Feminine"], reference=["k-1"]),
    "groups by colons": Kin("C7", text("person:first name,person:sex,person:dob\nIria,F,1988-05-09\n"), given=["Iria"], gender=["Feminine"], born=BORN[:1]),
    "groups by underlines": Kin("C7", text("person__first_name,person__sex,person__age\nIria,F,30\n"), given=["Iria"], gender=["Feminine"]),
    "groups by hyphens": Kin("C7", text("Person - First name,Person - Sex,Person - DOB\nIria,F,1988-05-09\n"), given=["Iria"], gender=["Feminine"], born=BORN[:1]),
    "groups by bars": Kin("C7", text("Person|First name,Person|Sex,Person|DOB\nIria,F,1988-05-09\n"), given=["Iria"], gender=["Feminine"]),
    "groups by arrows": Kin("C7", text("Person > First name,Person > Sex,Person > DOB\nIria,F,1988-05-09\n"), given=["Iria"], gender=["Feminine"]),
    "somebody else's group": Kin("C7", text("case id,dob,employer.first_name,trafficker/first name\n1,1988-05-09,Bruno,Carlo\n"), given=[""]),
    # case02, case04: homeless services
    "gender boxes": Kin(
        "C8", text("PersonalID,FirstName,DOB,Woman,Man,NonBinary,Transgender,GenderNone,VeteranStatus\n1,Iria,1988-05-09,1,0,0,0,,0\n2,Odile,1979-11-23,0,1,0,1,,0\n3,Sam,1980-02-02,0,0,1,0,,0\n4,Kim,1981-03-03,0,0,0,0,99,99\n"),
        gender=["Feminine", "TransgenderMasculine", "NonConforming", ""], reference=["1", "2", "3", "4"],
    ),
    "sex in codes of homeless services": Kin("C8", text("PersonalID,FirstName,DOB,Sex,VeteranStatus\n1,Iria,1988-05-09,0,0\n2,Ugo,1979-11-23,1,0\n3,Kim,1979-11-24,99,0\n"), gender=["Feminine", "Masculine", ""]),
    # case05: second header rows, bilingual and decorated answers
    "hxl": Kin("C6", text(HEAD + "#meta+id,#name+first,#name+last,#date+birth,#gender,#country+code\n" + TWO), given=NAMES, aside={"records.row.tags": (2,)}),
    "survey software": Kin(
        "C6", text('StartDate,ResponseId,first_name,dob,gender\nStart Date,Response ID,What is your first name?,Date of birth,Gender\n"{""ImportId"":""a""}","{""ImportId"":""b""}","{""ImportId"":""c""}","{""ImportId"":""d""}","{""ImportId"":""e""}"\n2025-01-02,R1,Iria,05/09/1988,Female\n'),
        given=["Iria"], born=BORN[:1], aside={"records.row.second-header": (2, 3)},
    ),
    "kinds of answers": Kin("C6", text("Respondent ID,First name,Date of birth,Gender\n,Open-Ended Response,DD/MM/YYYY,Response\n1,Iria,05/09/1988,Female\n"), given=["Iria"], aside={"records.row.second-header": (2,)}),
    "units": Kin("C6", text(HEAD + "number,text,text,yyyy-mm-dd,F/M,ISO3\n" + TWO), given=NAMES, aside={"records.row.second-header": (2,)}),
    "units in Spanish": Kin("C6", text("no de caso,nombre,apellido,fecha de nacimiento,sexo\nnúmero,texto,texto,fecha,M/F\n1,Iria,Lago,09/05/1988,F\n"), given=["Iria"], aside={"records.row.second-header": (2,)}),
    "names and labels": Kin("C6", text("Given name of survivor,Family name of survivor,Birth date,Sex\ngiven_name,family_name,birth_date,sex\nIria,Lago,1988-05-09,female\n"), given=["Iria"], aside={"records.row.second-header": (2,)}),
    "example": Kin("C6", text(HEAD + "EXAMPLE,Jane,Roe,01/31/1990,F,Mexico\n" + TWO), given=NAMES, aside={"records.row.example": (2,)}),
    "example in Korean": Kin("C6", text("사건번호,성명,생년월일\n예시,홍길동,1990-01-01\n1,김서윤,1988-05-09\n"), given=["김서윤"], aside={"records.row.example": (2,)}),
    "a person answers yes in Korean": Kin("C6", text("사건번호,성명,생년월일,강제노동\n1,김서윤,1988-05-09,예\n"), given=["김서윤"]),
    "whole questions": Kin(
        "C7", text("ID,What is your first name?,When were you born?,How old are you?,What is your sex?,What is your nationality?,What kind of work did you do?\n1,Iria,1988-05-09,37,Female,Filipina,Restaurant\n"),
        given=["Iria"], born=BORN[:1], gender=["Feminine"], citizenship=["PHL"], sector=["I"],
    ),
    "whole questions in Spanish": Kin("C7", text("Folio,¿Cuál es su nombre?,¿Cuáles son sus apellidos?,¿Cuándo nació?,¿De qué país es?\n1,Iria,Lago,23/11/1979,Perú\n"), given=["Iria"], family=["Lago"], born=["1979-11-23"], citizenship=["PER"]),
    "decorated answers": Kin(
        "C8", text("case id,first name,dob,gender,nationality,type of exploitation,sector\n1,Iria,1988-05-09,F - Female,PH - Philippines,1 - Forced labor,A - Agriculture\n2,Odile,1979-11-23,2=Female,Nepal / Népal,Sex trafficking/Traite sexuelle,3. Construction\n3,Ugo,1979-11-24,Male / Hombre,[PER] Perú,Forced labour (labour trafficking),Domestic work/Trabajo doméstico\n"),
        gender=["Feminine", "Feminine", "Masculine"], citizenship=["PHL", "NPL", "PER"], exploitation=[1, 2, 1], sector=["A", "F", "T"],
    ),
    "work named in place of a form": Kin("C14", text("case id,first name,dob,type of exploitation\n1,Iria,1988-05-09,Domestic work\n2,Odile,1979-11-23,Farm labor\n3,Una,1979-11-24,Sex trafficking / massage\n"), exploitation=[1, 1, 2], sector=["T", "A", ""]),
    "sex sold is no work": Kin("C15", text("case id,first name,dob,type of exploitation,sector\n1,서윤,1988-05-09,성착취,유흥업소\n2,하은,1979-11-23,,성매매업소\n3,지우,1979-11-24,성착취,마사지업\n"), exploitation=[2, 2, 2], sector=["I", "", "S"]),
    "countries in Korean": Kin("C14", text("사건번호,영문성명,국적\n1,Iria Lago,멕시코\n2,Odile Marsan,과테말라\n3,Una Rey,온두라스\n"), citizenship=["MEX", "GTM", "HND"], family=["Lago", "Marsan", "Rey"]),
    "choice columns": Kin("C14", text("_uuid,client/first_name,work/type_of_work/agriculture,work/type_of_work/construction,exp/type_of_exploitation/forced_labour,exp/type_of_exploitation/sexual_exploitation,_index\nu1,Iria,1,0,True,False,1\nu2,Odile,0,1,False,True,2\n"), exploitation=[1, 2], sector=["A", "F"]),
    # case06: text files
    "apostrophes": Kin("C8", text("case id,first name,dob\n'00417,'Iria,'1988-05-09\n"), reference=["00417"], given=["Iria"], born=BORN[:1]),
    "equals signs": Kin("C8", text('case id,first name,dob\n="00417",="Iria","=""1988-05-09"""\n'), reference=["00417"], given=["Iria"], born=BORN[:1]),
    "two marks at the beginning": Kin("C8", text("\ufeff\ufeff" + HEAD + TWO), given=NAMES),
    "an end mark of old": Kin("C8", text(HEAD + TWO + "\x1a"), given=NAMES),
    "mojibake": Kin("C8", text("case id,first name,last name,dob\n1,BegoÃ±a,NÃºÃ±ez,1988-05-09\n2,JosÃ©,MuÃ±oz,1979-11-23\n"), says=("letters that were read wrongly",)),
    "totals anywhere": Kin("C6", text(HEAD + TWO + ",Total,2,,,\n합계,2,,,,\nGesamt,,2,,,\n,,,,,Total: 2\n"), given=NAMES, aside={"a line of totals": (4, 5, 6, 7)}),
    # C6: rows that are nobody
    "numbers kept ready": Kin("C6", text(HEAD + TWO + "3,,,,,\n4,,,,,\nSH-005,,,,,\n"), given=NAMES, aside={"records.row.blank": (4, 5, 6)}),
    "numbers kept ready, with a default": Kin("C6", text("case id,first name,dob,site,closed\n1,Iria,1988-05-09,North,yes\n2,Odile,1979-11-23,North,no\n3,Una,1979-11-24,North,no\n4,,,North,no\n5,,,North,0\n"), given=[*NAMES, "Una"], aside={"records.row.blank": (5, 6)}),
    "a person of whom little is known": Kin("C6", text(HEAD + "1,,,,F,\n2,Iria,,,,\n"), given=["", "Iria"]),
    "headings in figures and letters": Kin("C6", text("first name,last name,dob,sex\nFY 2024,,,\nIria,Lago,1988-05-09,F\nQ1,,,\nII.,,,\n2025년,,,\nOdile,Marsan,1979-11-23,F\n"), given=NAMES, aside={"a footnote or title": (2, 4, 5, 6)}),
    "a name that stands alone": Kin("C6", text("first name,last name,dob,sex\nIria,,,\n"), given=["Iria"]),
    # case07: workbooks
    "cells merged down": Kin("C8", book(("L", [["Case ID", "First name", "Last name", "DOB"], [1, "Iria", "Lago", "1988-05-09"], [None, "Una", None, "1990-01-02"], [2, "Odile", "Marsan", "1979-11-23"]]), merge=("A2:A3", "C2:C3")), family=["Lago", "Lago", "Marsan"], reference=["1", "1", "2"]),
    "hidden rows": Kin("C8", book(("L", [["Case ID", "First name", "DOB"], [1, "Iria", "1988-05-09"], [2, "Odile", "1979-11-23"]]), hide=(3,)), given=NAMES, says=("1 hidden row was read like the others: row 3",)),
    "a sheet a year, offered": Kin("C13", book(("2023", [["Case ID", "First name", "DOB"], [1, "Iria", "1988-05-09"]]), ("2024", [["Case ID", "First name", "DOB"], [2, "Odile", "1979-11-23"]])), given=["Iria"], says=('`sheet = ["2023", "2024"]`',)),
    "a sheet a year, stacked": Kin("C13", book(("2023", [["Case ID", "First name", "DOB"], [1, "Iria", "1988-05-09"]]), ("2024", [["DOB", "Case ID", "First name"], ["1979-11-23", 2, "Odile"]])), given=NAMES, born=BORN, settings={"sheet": ["2023", "2024"]}),
    "sheets called like people are not named": Kin("C13", book(("Iria Lago", [["Case ID", "First name", "DOB"], [1, "Iria", "1988-05-09"]]), ("Odile", [["Case ID", "First name", "DOB"], [2, "Odile", "1979-11-23"]])), says=("`sheet = [1, 2]`",)),
    "a workbook of odd parts": Kin("C8", backslashes, given=["Iria"]),
    "tables under one another": Kin("C6", book(("L", [["2023"], ["Case ID", "First name", "DOB", "Sex"], [1, "Iria", "1988-05-09", "F"], [], ["2024"], ["Case ID", "First name", "DOB", "Sex"], [2, "Odile", "1979-11-23", "F"]])), given=NAMES),
    # C9: dates
    "parts of dates": Kin("C9", text("case id,first name,dob\n1,A,XX/XX/1988\n2,B,??/05/1988\n3,C,00/00/1988\n4,D,13051988\n5,E,1988-??-??\n6,F,ca. 1988\n7,G,H4.5.16\n8,H,12 de mayo de 1988\n"), born=["1988-01-01", "1988-05-01", "1988-01-01", "1988-05-13", "1988-01-01", "1988-01-01", "1992-05-16", "1988-05-12"]),
    "dotted dates": Kin("C9", text("case id,first name,dob\n1,A,05.03.1988\n2,B,11.12.1979\n"), born=["1988-03-05", "1979-12-11"]),
    "dates of a language that begins with the day": Kin("C9", text("Nr,Vorname,Geburtsdatum\n1,Iria,05/03/1988\n2,Odile,11/12/1979\n"), born=["1988-03-05", "1979-12-11"]),
    "both orders in one column": Kin("C9", text("case id,first name,dob\n1,A,13/02/1988\n2,B,02/14/1988\n3,C,03/04/1979\n4,D,25/12/1980\n5,E,12/25/1980\n"), born=["1988-02-13", "1988-02-14", "1979-01-01", "1980-12-25", "1980-12-25"]),
    "day and month exchanged by a spreadsheet": Kin("C9", text("case id,first name,dob\n" + "".join(f"{i},A,{d}\n" for i, d in enumerate(["1988-09-05", "1979-04-02", "1985-12-01", "1990-03-07", "13/04/1991", "25/12/1992", "31/01/1980", "14/06/1983"]))), born=["1988-05-09", "1979-02-04", "1985-01-12", "1990-07-03", "1991-04-13", "1992-12-25", "1980-01-31", "1983-06-14"]),
    "real dates with days above twelve are left alone": Kin("C9", text("case id,first name,dob\n1,A,1988-09-25\n2,B,1979-04-02\n3,C,25/12/1980\n"), born=["1988-09-25", "1979-04-02", "1980-12-25"]),
    # case17, case25: languages
    "German": Kin("C7", text("Nr;Name;Vorname;Geburtsdatum;Geschlecht;Staatsangehörigkeit\n1;Lago;Iria;09.05.1988;w;rumänisch\n"), given=["Iria"], family=["Lago"], born=BORN[:1], gender=["Feminine"], citizenship=["ROU"]),
    "French": Kin("C7", text("N°,Nom,Prénom,Date de naissance,Sexe,Nationalité\n1,Lago,Iria,23/11/1979,F,Malienne\n"), given=["Iria"], family=["Lago"], born=BORN[1:], citizenship=["MLI"]),
    "Portuguese": Kin("C7", text("No,Nome,Sobrenome,Data de nascimento,Sexo\n1,Iria,Lago,23/11/1979,F\n"), given=["Iria"], family=["Lago"], born=BORN[1:]),
    "Romanian": Kin("C7", text("nr crt;nume;prenume;data nasterii;sex\n1;Lago;Iria;09.05.1988;F\n"), given=["Iria"], family=["Lago"], born=BORN[:1]),
    "Thai": Kin("C7", text("ลำดับ,ชื่อ,นามสกุล,วันเกิด,เพศ,สัญชาติ\n1,สมใจ,รักดี,09/05/2531,หญิง,ไทย\n"), given=["สมใจ"], family=["รักดี"], born=BORN[:1], gender=["Feminine"], citizenship=["THA"]),
    "Japanese": Kin("C7", text("番号,氏名,生年月日,性別,国籍\n1,山本恵子,S63.5.9,女,フィリピン\n"), given=["山本恵子"], born=BORN[:1], gender=["Feminine"], citizenship=["PHL"]),
    "Chinese": Kin("C7", text("编号,姓名,出生日期,性别,国籍\n1,李秀英,1988年5月9日,女,越南\n"), given=["李秀英"], born=BORN[:1], citizenship=["VNM"]),
    "Vietnamese": Kin("C7", text("STT,Họ và tên,Ngày sinh,Giới tính,Quốc tịch\n1,Nguyễn Thị Hoa,09/05/1988,Nữ,Việt Nam\n"), born=BORN[:1], gender=["Feminine"], citizenship=["VNM"]),
    "Ukrainian": Kin("C7", text("номер,прізвище,ім'я,дата народження,стать\n1,Лагода,Ірина,09.05.1988,жінка\n"), given=["Ірина"], family=["Лагода"], born=BORN[:1]),
    # C12: the rest is guessed on
    "one column named by hand": Kin("C12", text("ID,Rufname,Surname,DOB,Sex\n1,Iria,Lago,1988-05-09,F\n"), given=["Iria"], family=["Lago"], gender=["Feminine"], settings={"columns": {"given": "Rufname"}}),
    "a column left out by hand": Kin("C12", text("ID,First name,Surname,DOB,Sex\n1,Iria,Lago,1988-05-09,F\n"), given=["Iria"], family=[""], settings={"columns": {"given": "First name"}, "ignore": ["Surname"]}),
    "names nobody knows": Kin("C7", text("Qwx,Zyv,Plk\n101,Iria,1988-05-09\n"), given=["Iria"], settings={"columns": {"given": "Zyv", "birth_date": "Plk"}}),
    # values answered by a person
    "codes explained by a person": Kin("values", text("case id,first name,sex,type of exploitation\n1,Iria,2,A7\n2,Ugo,1,A7\n"), gender=["Feminine", "Masculine"], exploitation=[1, 1], settings={"values": {"gender": {"1": "male", "2": "female"}, "exploitation": {"A7": "forced labour"}}}),
    # case22: systems of case management
    "refugee agency": Kin("C8", text("Individual ID,Given Name,Family Name,Date of Birth,Age,Sex,Country of Origin\n1001,Iria,Lago,12/05/1988,37,Female,HON\n1002,Odile,Marsan,25/04/1991,34,Female,ELS\n"), citizenship=["HND", "SLV"], reference=["1001", "1002"], born=["1988-05-12", "1991-04-25"]),
    "hotline": Kin("C7", text("Signal ID,Case Type,Potential Victim Gender,Potential Victim Nationality,PV First Name,PV Last Name,PV DOB,Caller First Name\n1,Sex Trafficking,Female,Mexico,Iria,Lago,5/9/1988,Bob\n"), given=["Iria"], family=["Lago"], exploitation=[2]),
}  # fmt: skip
