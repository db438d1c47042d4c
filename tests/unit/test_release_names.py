"""Column names and cells that speak of consent: no refusal is ever read as a release."""

from __future__ import annotations

import pytest

from uncounted.errors import InputError
from uncounted.records.consent.cells import CellWatch, Watched
from uncounted.records.consent.column_names import judge
from uncounted.records.reading import ListSpec, read_list

GRANT = """
ROI|ROI signed|roi_on_file|ROI (Y/N)|consent_to_link|Consent to share|Release of information|Signed release|정보제공동의|release/scope|Release scope|ROI to
release/recipient|Shared with|ROI expires|Consent valid until|release/expires|Consent expires on|동의만료일|Expiration date|Release on file
Consent_to_Share__c|Release_Expires__c|OK to share|May we share|Can we share your data?|Link ok?|Allow linking|Authorised to release
Client consents to share information|Consent to release records|Agrees to share personal information|Permission to disclose
Acepta compartir datos|Permiso para compartir|Permite compartir información|Autoriza compartilhar|Aceita partilhar|Autorisation de partage
Acordul de partajare|Дозвіл на передачу даних|Đồng ý chia sẻ|Đồng ý chia sẻ thông tin|同意共享信息|是否同意共享信息|ยินยอมให้เปิดเผยข้อมูล|जानकारी साझा करने की सहमति
"""
REFUSAL = """
Consent refused|consent_refused|group/consent_refused|con_ConsentRefused|Consent declined|ROI refused|Refused consent
Client refused consent|Release of information declined|Permission denied|Authorization denied|Refusal of consent
Date consent refused|Consent withdrawn|Date consent withdrawn|Withdrawal of consent|ROI revoked|ROI revocation date
Date revoked|Rescinded by|철회|Consent rescinded?|Authorization revoked|Consent cancelled|release/withdrawn|Opt out|opted_out|Withdrawn|동의철회
동의 철회일|동의거부|동의 거부 여부|정보제공 동의 거부|拒绝同意|撤回同意|Consentimiento revocado|Consentimiento denegado
"""
STOP = """
Consent|Consent given|Consent Y/N|Consent signed|con_Consent|consent/agree|group/consent|section_b/consent|Do you consent to your data being used?
Informed consent|vic_AgreementToManagePersonalData|Consentimiento|Consentimiento informado|동의|동의여부|Client consent|Consent obtained
Client said no|No quiere|保留|Leave out|Internal only|Keep off shared lists|Ne veut pas|Nu dorește|Не хоче|싫음|नदिने|ไม่ประสงค์เปิดเผย
No consent|no_consent|NoConsent|noconsent|NonConsent|Non-consenting|Consent not given|Did not consent|Not consented|Consent ended
Date consent ended|Consent lapsed|Consent valid|Consent notes|Consent status|Consent type|Consent form|Unsigned consent|Without consent
Consent missing|Consent void|Consent for research|Consent / refusal
Consent given or refused|Photo consent refused|refused/consent|my group/consent|consent/date refused|Permission|Permission given
Do not share|DO NOT LINK|donotshare|Don't share|Not to be shared|Share with partners
Data sharing|DataSharing|Information Sharing|form.share|form:share|oktoshare|Agrees to HMIS sharing|Shareable|Share?|Sharing preference
Waiver signed|Objection|No objection|Objects to sharing|Objected|Restricted|Restriction|Sealed|Sealed record|Seal|Erasure request
Right to be forgotten|Deletion request|Request to delete data|Exclude from linkage|Excluded|Exclude|Linkage|Do not match
Declined to share|Refused to sign|Refused|Declined|Denied|Signature|Signed|disclosure_other_orgs|Disclose to third parties|Disclosure
Not disclosable|Confidential|Confidentiality flag|Privacy notice|HIPAA form|GDPR|Third party|Use of data|Data use agreed
May we use your information?|Information may be used for research|Wishes to remain anonymous|Opt in|Opt-in status|Optout reason
Revoked by client in person|Withdrawal|Withdrawal reason|Agree|Agreement|Assent
Roi2|Private record|Hide from partners|Blocked|Locked|Withheld|Consent withheld|Rejected|HMIS participation|Remove from list
Wants out|Total only|Aggregate only|Anonymise|Use name?|Prohibido|Interdit|Не погоджується|연계불가|원치 않음|不愿意|मना किया|Ayaw ibahagi|Bawal ibahagi
Authorization|Embargo|Suppress|Redacted|Unsubscribe
No autoriza|Autoriza|Autorización|Sin consentimiento|No consiente|No compartir
Negativa a compartir|Se niega a firmar|Rechaza compartir|Rechazó|Oposición|Firma|Uso de datos
Retiró su consentimiento|Consentimiento retirado por|Revocación|Confidencialidad|Divulgación|Solicitud de eliminación
Não autoriza|Recusa|Recusou assinar|Permissão|Compartilhamento|Sem consentimento|Sigilo
N'autorise pas|Refuse de partager|Refus|Sans consentement|Accord|D'accord|Opposition au partage
Consentement retiré par|Partage des données|Droit à l'effacement
Acord|Fără acord|Consimțământ|Refuz|Refuză|Retragerea acordului|Divulgare
Згода|Немає згоди|Відмова|Відмова від згоди|Відкликання|Передача даних|Заборонено|Согласие|Отказ
미동의|비동의|동의안함|부동의|동의/거부|정보공유|정보 공유 거부|개인정보 제공|제3자 제공 여부|제3자제공|공개 여부|비공개|거부|열람 제한
연계 제외|정보 활용|이용동의|서명 거부
不同意|未同意|是否同意|同意书|拒绝|拒絕共享|共享|信息共享|資料分享|授权|授權書|保密|第三方|禁止披露|退出|公开
Không đồng ý|Chia sẻ thông tin|Từ chối|Rút lại đồng ý|Cho phép|dong_y|Bảo mật
ยินยอม|ไม่ยินยอม|ความยินยอม|ปฏิเสธการเปิดเผยข้อมูล|อนุญาตให้เปิดเผย|ถอนความยินยอม|แบ่งปันข้อมูล|ห้ามเปิดเผย
सहमति|असहमति|सहमति नहीं|जानकारी साझा|अनुमति|साझा न करें|इनकार|गोपनीय|मञ्जुरी|सहमति फिर्ता|अस्वीकार|इन्कार
Pahintulot|Walang pahintulot|Pumapayag ibahagi|Tumanggi|Binawi ang pahintulot|Einwilligung|Keine Einwilligung|Widerruf
"""
NOTHING = """
Case ID|Client Number|First Name|Last name|Full name|DOB|Date of birth (mm/dd/yyyy)|Age|Age at intake|Sex|Gender identity
Nationality|Country of origin|Primary language|Interpreter needed|County|State|Referral date|Referral source|Referred by|Referred to
Date of referral|Intake date|Exit date|Status|Case status|Case type|Caseworker|Worker initials|Agency|Notes count|Disclosed abuse?
Disclosed trafficking|Refused services|Declined shelter|Refused medical treatment|Visa refused|Denied food|Denied medical care
Release date|Released from prison|Date released on bail|Photo consent|Permission to leave voicemail|Media release
Work permit|Work authorization|Residence permit|Passport expiry|Passport withheld|Visa expires|Linked cases|Link to offender
Restricted movement|meansOfControlRestrictsMovement|meansOfControlRestrictsFinancialAccess|meansOfControlRestrictsMedicalCare
meansOfControlDebtBondage|meansOfControlTakesEarnings|meansOfControlWithholdsDocuments|meansOfControlPsychologicalAbuse
isForcedLabour|isSexualExploit|typeOfLabourDomesticWork|typeOfExploitConcatenated|CountryOfExploitation|yearOfRegistration
recruiterRelationFriend|traffickMonths|majorityStatusAtExploit|prs_FirstName|prs_BirthDate|vic_TypeOfExploitation|cas_DateOpened
hte_Country|PersonalID|EnrollmentID|ProjectID|EntryDate|ExitDate|DOBDataQuality|NameDataQuality|VeteranStatus|DisablingCondition
PriorLivingSituation|IncomeFromAnySource|HealthInsurance|DomesticViolenceSurvivor|CurrentlyFleeing|DateCreated|DateUpdated|UserID
DateDeleted|ExportID|RelationshipToHoH|_uuid|_submission_time|_id|_index|_parent_index|__version__|start|end|today|deviceid
SubmissionDate|KEY|meta-instanceID|SubmitterName|Offence|Offense date|Arrest date|Arresting officer|Incident number|Charge
Charges withdrawn|Complaint withdrawn|Statement signed|Contract signed|Withdrawal symptoms|Passport revoked|Bail denied
Parole date|Warrant number|Victim role|Suspect name|Shared room|Shared accommodation|Housing type|Rent share|Movement restricted
Signs of abuse|Signs of trafficking|Debt amount|Wage agreed|Employment agreement|Recruitment fee|Recruiter|Transport|Allowed to leave
Freedom of movement|Living conditions|Objective|Language spoken|Hindi speaker|Opportunity|Optional services|Exploitation start
Permiso de trabajo|Fecha de ingreso|Nombre|Apellidos|Nacionalidad|Edad|Fecha de nacimiento|Acuerdo laboral|Restricción de movimiento
Datos personales/Nombre|consent_group/first_name|노동의 종류|이동의 자유|아동의 나이|서비스 제공|제공 서비스|체류허가|이동 제한|접수일|성별|국적|연계기관
人身自由受限制|工作许可|出生日期|姓名|ใบอนุญาตทำงาน|Tên|Ngày sinh|नाम|उमेर|Ім'я|Дата народження|Nume|Data nașterii|Prénom
"""


def _split(text: str) -> list[str]:
    return [n for n in text.replace("\n", "|").split("|") if n.strip()]


TABLE = [
    (name, kind)
    for kind, names in (("grant", GRANT), ("refusal", REFUSAL), ("stop", STOP))
    for name in _split(names)
]


def _list(tmp_path, header: str, *cells: str, regime: str = "none", **more):
    import csv

    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["case id", "first name", header])
        out.writerows([k, f"Ana{k}", cell] for k, cell in enumerate(cells, 1))
    spec = ListSpec("a", path, regime, **more)
    return read_list(spec, as_of="2026-11-01", recipients=["us"])


@pytest.mark.parametrize(("name", "kind"), TABLE)
def test_what_a_name_means(name, kind):
    assert judge(name).kind == kind


def test_the_table_is_long_enough():
    assert len(TABLE) >= 300 and len(_split(NOTHING)) >= 150


@pytest.mark.parametrize("name", _split(NOTHING))
def test_ordinary_names_do_not_stop_a_list(name):
    assert judge(name).kind in {"nothing", "unknown"}
    assert not judge(name).speaks


@pytest.mark.parametrize(("name", "kind"), TABLE)
def test_nobody_who_refused_is_used(tmp_path, name, kind):
    """A refuser's cell under each name: a no to a grant, a yes to a refusal, anything where it is not certain."""
    if kind == "grant":
        found = _list(tmp_path, name, "no")
        scoped = judge(name).target in {"release_expires"}
        # "no end" is said of an end, and is no refusal
        assert found.report.used == (1 if scoped else 0)
        # of recipients, "no" is none: a person has to look
        assert bool(found.report.stops) is (judge(name).target == "release_recipient")
        return
    for cell in (
        "yes",
        "Yes",
        "2026-01-05",
        "1",
        "x",
        "TRUE",
        "refused",
        "거부",
        "비동의",
        "declined",
    ):
        assert _list(tmp_path, name, cell).report.used == 0
    if kind == "stop":
        for cell in ("no", "", "0"):
            found = _list(tmp_path, name, cell)
            assert found.report.used == 0 and len(found.records) == 0
            assert [s.column for s in found.report.stops] == [name]
            assert name.split("/")[-1].split('"')[0] in found.report.stops[0].fix


@pytest.mark.parametrize(
    "negation",
    [
        "No",
        "Not",
        "Non",
        "Without",
        "Never",
        "Sin",
        "Não",
        "Pas de",
        "Fără",
        "Walang",
        "미",
        "不",
        "Keine",
    ],
)
@pytest.mark.parametrize(
    "word",
    [
        "consent",
        "permission",
        "authorization",
        "sharing",
        "ROI",
        "consentimiento",
        "동의",
        "同意",
        "autorización",
    ],
)
def test_a_negated_word_is_never_a_grant(negation, word):
    for name in (
        f"{negation} {word}",
        f"{negation}_{word}",
        f"{negation}{word}",
        f"form/{negation} {word}",
    ):
        if word != "ROI" or " " in name or "_" in name:
            assert judge(name).kind in {"stop", "refusal"}, name


@pytest.mark.parametrize(
    "ending",
    [
        "refused",
        "declined",
        "denied",
        "withdrawn",
        "revoked",
        "ended",
        "expired?",
        "cancelled",
        "lapsed",
        "rejected",
        "missing",
        "not given",
    ],
)
@pytest.mark.parametrize(
    "word",
    ["Consent", "ROI", "Release of information", "Permission", "Authorization", "Data sharing"],
)
def test_an_ended_word_is_never_a_grant(ending, word):
    judged = judge(f"{word} {ending}")
    assert judged.target not in {"release_given", "release_scope", "release_recipient"}
    assert judged.kind != "nothing"


def test_a_column_mapped_by_hand_is_obeyed_and_does_not_stop(tmp_path):
    columns = {"reference": "case id", "given": "first name"}
    found = _list(
        tmp_path,
        "DO NOT LINK",
        "yes",
        "no",
        "",
        "?",
        columns={**columns, "release_refused": "DO NOT LINK"},
    )
    assert not found.report.stops and found.records.given.tolist() == ["Ana2", "Ana3"]
    assert found.report.release == {"the release was refused": 2}
    found = _list(
        tmp_path, "OK to share", "yes", "no", columns={**columns, "release_given": "OK to share"}
    )
    assert not found.report.stops and found.records.given.tolist() == ["Ana1"]


def test_a_refusal_taken_for_a_release_by_hand_stops(tmp_path):
    columns = {"reference": "case id", "given": "first name"}
    for name in ("Consent refused", "No consent", "Consent not given", "미동의", "Do not share"):
        found = _list(tmp_path, name, "yes", columns={**columns, "release_given": name})
        assert [s.column for s in found.report.stops] == [name] and found.report.used == 0
        assert f'release_refused = "{name}"' in found.report.stops[0].fix
    found = _list(
        tmp_path, "No objection", "yes", columns={**columns, "release_given": "No objection"}
    )
    assert found.report.used == 1  # who has none may be linked: only a person can tell


def test_a_refusal_holds_for_every_row_of_its_reference(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("case id,first name,consent refused\n1,Ana,\n2,Eva,\n1,Ana,yes\n")
    for regime in ("none", "vawa"):
        found = read_list(ListSpec("a", path, regime), as_of="2026-11-01", recipients=["us"])
        assert "Ana" not in found.records.given.tolist()
    free = read_list(ListSpec("a", path, "none"), as_of="2026-11-01", recipients=["us"])
    assert free.records.given.tolist() == ["Eva"]


def test_a_column_said_to_be_of_something_else(tmp_path):
    found = _list(tmp_path, "Sealed", "yes", "no", not_consent=["sealed"])
    assert found.report.used == 2 and not found.report.stops
    with pytest.raises(InputError, match="no column 'Seled'"):
        _list(tmp_path, "Sealed", "yes", not_consent=["Seled"])
    with pytest.raises(InputError, match="not_consent"):
        _list(
            tmp_path,
            "Sealed",
            "yes",
            not_consent=["Sealed"],
            columns={"given": "first name", "release_refused": "Sealed"},
        )


FORBIDS = _split("""
do not share|Do not share with police|DO NOT LINK|don't share|No consent|no consent given|did not consent|does not consent to sharing|revoked
ROI revoked 3/4|withdrew consent|client withdrew her consent|consent withdrawn by phone|consent was refused|refused consent|declined to share info
refused to sign|did not sign ROI|opted out|not to be shared|must not be linked|no compartir|no quiere compartir|no autoriza|sin consentimiento
retiró su consentimiento|não autoriza|ne pas partager|sans consentement|fără acord|nu este de acord|동의철회|동의 거부|미동의|비동의|공유 거부
不同意|撤回同意|不得披露|拒绝分享|không đồng ý|từ chối chia sẻ|ไม่ยินยอม|ถอนความยินยอม|सहमति नहीं|असहमत|walang pahintulot|не дає згоди|keine Einwilligung
""")
SAYS_NOTHING = _split("""
Ana|Diaz|Farm work|withdrew from school|refused entry at the border|passport was taken|did not know the recruiter|visa refused|not linked to gang
Referred by police|no contact since May|could not leave|wages were not paid|released from custody|no documents|employer refused to release her passport|denied permission to leave the house|work authorization expired
did not disclose abuse|did not sign a contract|not released yet|shared a room with six others
restricted to the house|never paid|consented to medical exam|signed a contract|declined to state|Client refused|not applicable|No|yes|서비스 제공
노동|Declined services|the employer refused to pay|was not allowed to leave|No data|data not collected|Withdrawn
""")


@pytest.mark.parametrize("cell", FORBIDS)
def test_a_cell_that_forbids_stops_the_list(tmp_path, cell):
    found = _list(tmp_path, "Caseworker", "", cell)
    assert [s.column for s in found.report.stops] == ["Caseworker"] and found.report.used == 0
    assert cell not in str(found.report.stops[0].to_dict())
    assert _list(tmp_path, "Caseworker", "", cell, not_consent=["Caseworker"]).report.used == 2


@pytest.mark.parametrize("cell", SAYS_NOTHING)
def test_an_ordinary_cell_does_not(tmp_path, cell):
    assert not _list(tmp_path, "Caseworker", "", cell).report.stops


def test_cells_of_refused_columns_torn_rows_and_columns_without_a_name(tmp_path):
    assert _list(tmp_path, "Notes", "x", "withdrew").report.stops
    assert _list(tmp_path, "Comments", "refused").report.stops
    assert _list(tmp_path, "", "client does not consent").report.stops[0].column == "C"
    assert _list(tmp_path, "ROI date", "2026-01-05", "refused").report.stops
    assert not _list(tmp_path, "ROI date", "2026-01-05", "").report.stops
    path = tmp_path / "torn.csv"
    path.write_text(
        "case id,first name,x\n1,Ana,\n2,Eva,a,b,do not share\n3,Ivy,do not share,b,c\n"
    )
    found = read_list(ListSpec("a", path, "none"), as_of="2026-11-01", recipients=["us"])
    assert found.report.stops and found.report.used == 0


def test_a_group_of_columns_above_the_names_counts(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["Client", "", "Refused to share", ""],
        ["Case No.", "First name", "Yes", "No"],
        ["A 1", "Ana", "x", ""],
        ["A 2", "Eva", "", "x"],
    ):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    found = read_list(
        ListSpec("a", tmp_path / "list.xlsx", "none"), as_of="2026-11-01", recipients=[]
    )
    assert {s.column for s in found.report.stops} == {"Yes", "No"} and found.report.used == 0


def test_two_columns_for_one_field_of_a_release_stop(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("case id,first name,roi expires,consent expires\n1,Ana,2027-01-01,2020-01-01\n")
    found = read_list(ListSpec("a", path, "none"), as_of="2026-11-01", recipients=["us"])
    assert found.report.used == 0 and len(found.report.stops) == 1
    path.write_text("case id,first name,roi,roi\n1,Ana,yes,no\n2,Eva,yes,yes\n")
    for columns in (
        {},
        {"reference": "case id", "given": "first name", "release_given": "roi"},
    ):
        found = read_list(
            ListSpec("a", path, "none", columns), as_of="2026-11-01", recipients=["us"]
        )
        assert found.records.given.tolist() == ["Eva"]


def test_the_watch_looks_at_torn_rows_and_passes_all_on():
    watch = CellWatch({0: Watched("a", judge("a")), 1: Watched("b", judge("b"))})
    rows = [(1, ["x", "do not share"], ""), (2, ["y", "z"], "torn")]
    assert list(watch.over(rows)) == rows and watch.found == [1]
