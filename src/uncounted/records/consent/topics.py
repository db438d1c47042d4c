"""Words that name what is no sharing: the matters of a case list, in twelve languages.

A column whose name holds one of these and no word of sharing asks about something else; a refusal whose object is one of these
("declined shelter", "no quiere volver a su casa") forbids nothing here. So a word stands here only if it cannot be said of a
record, of information or of whoever may see them: "client", "agency", "case", "form", "name" do not.

Words of scripts that part words by spaces are beginnings of words, or whole words where a bar follows; of the others a word counts
wherever it stands.
"""

from __future__ import annotations

import re
from functools import lru_cache

from uncounted.records import codes

__all__ = ["has_topic", "names_a_matter", "without_people"]

_PARTED = (
    # English: people and bodies
    "age| ages| aged| birth| birthdate born dob| sex| gender wom[ae]n| m[ae]n| female male| males| nonbinary| non.binary transgender"
    " questioning| pregnan child kid| kids| baby babies infant newborn daughter son| sons| mother father parent sibling brother sister"
    " husband wife spouse boyfriend girlfriend famil marri marital divorc widow household dependent orphan foster minor| minors| adult"
    " juvenile youth teen unaccompanied underage majority elder weight| height| hair| eye| eyes| tattoo scar| scars|"
    # English: origin, language, status
    " national citizen country countries origin| ethnic rac[ei]al race| races| raceno asian| black| white| hispanic latin indigenous am.ind"
    " amindaknative middle.east language english spanish interpret translat literat religio muslim christian visa| visas| immigra migra emigra asylum refugee"
    " undocumented passport deport border crossed crossing smuggl arriv depart travel transit transport flight bus| airport citizenship"
    " residency permit| permits| naturali[sz]"
    # English: home, food, money, work, school
    " homeless housing hous[ei] shelter| shelters| home| return| repatriat apartment rent| rental evict bed| beds| room| roommate bathroom"
    " county| city| town| village province zip| food| meal| meals| clothes clothing hygiene toilet water| sleep| school educat student"
    " grade| degree| employ work| works| worked worker working workplace job| jobs| labor| labour| wage wages salary pay| paid| unpaid payment"
    " earning debt debts owe| owes| money| income| benefit benefits bank| banking loan cash| financ poverty farm agricult construct domestic restaurant hotel massage"
    " factory fishing fishery mining garment nanny cleaning sector| industry business occupation overtime hours| dismissed| fired|"
    # English: harm and exploitation
    " exploit traffick forced| forc?ing forcedlab force| coerc fraud threat violen abus assault rape| raped harm| harmed harms weapon gun| guns|"
    " beat| beaten| lock?ed.in means.of.control meansofcontrol movement freedom| captiv kidnap abduct prostitut sexual| commercial.sex recruit debtbondage bondage"
    " trauma suicid self.harm gang| gangs| perpetrat offender suspect| suspects| abuser batterer stalk protection.concern protection.status protection.order protective"
    # English: law, health, care
    " police| police.report arrest crime criminal offen[cs]e charge| charges| charged| court.date court.case trial| prosecut testif testimony convict sentenc jail prison custody"
    " detain detent bail| parole probation warrant lawsuit hospital medical medicine medication clinic.visit health| healthinsurance mental"
    " disab illness sick| disease hiv| std| injur wound drug drugs alcohol substance smok treatment therap counsel?ling symptom allerg vaccin dental"
    " diagnos| exam| exams| examination pain| insurance medicaid snap| tanf| ssi| veteran military combat safe| safety emergency crisis urgent danger"
    " doctor nurse surgery abortion contracept sti| rapid.test"
    # English: the course of a case
    " intake| referr?al referred| refer| exit| exited| entry| entered.us admission admitted discharg enrol follow.?up followup session| sessions| assessment screening screened"
    " attended attendance visit| visits| visited walk.?in repeat| returning| confirmed.victim victim.of potential.victim suspected.victim victim.status"
    " indicator determination eligib waitlist waiting.list vehicle car| license driver licence driving phone.calls make.calls internet|"
    " services| service| allowed.to.leave allowed.to.go allowed.to.use allowed.to.make allowed.to.have legal.help legal.aid legal.needs legal.service statement| statements| contract| contracts| complaint| complaints|"
    " dv| ipv| sa| lt| st| csec| csea| idp| idps| esl| lgbt lgbtq tip| hoh| ho.h| phq| phq9 ptsd| gad| gbv| tps| uac| ice| cps| dcfs| snap| wic| moved.out moved.in new.client is.victim is.a.victim third.party.report boarding hungry| no.show no.fixed out.of out.reach case.notes opt.in.housing check.in check.in| drop.in in.person in.kind phone.in not.applicable non.profit winter coat| blanket bus.ticket ticket.home trip| vacation holiday birthday weather"
    # English: forms of records kept by the reader's neighbours
    " dataquality data.quality version| veteranstatus exportid userid fleeing living.situation priorliving"
    # Spanish and Portuguese
    " edad| idade| sexo| genero mujer hombre mulher homem embaraz gravid gestante hij[oa]s?| filh[oa]s?| nin[oa]s?| crianca menor| menores| adult[oa]s? madre| padre| mae| pai|"
    " espos[oa] marido casad[oa] solter[oa] divorciad viud[oa] viuv[oa] nacional pais| paises ciudadan cidada idioma interprete espanol ingles etnia raza raca indigena relig"
    " visa visto| pasaporte passaporte asilo refugi migra deport frontera fronteira viaj viag transporte casa| hogar| vivienda moradia albergue abrigo refugio| calle| cuarto| cama|"
    " comida| alimento ropa| roupa agua| escuela| escola estudi trabaj trabalh empleo emprego laboral salario sueldo pago| pagos| pagamento deuda divida dinero dinheiro ingreso| ingresos| renda"
    " agricol construccion construcao domestic restaurante fabrica pesca| explota explora| exploracao trata| trafico forzad forcad amenaz ameac violen abus agresi agress golpe arma| armas|"
    " policia| polici denuncia juicio| juzgad tribunal| delito crime| detenid preso| prision prisao fiscal.report hospital medic| medica medico salud| saude enferm doen?ca discapac deficien vih|"
    " droga alcohol| alcool tratamiento tratamento terapia atencion.med atendimento.med psicolog lesion lesao herid emergen segur[oa]s?| seguridad seguranca riesgo risco regresar volver| voltar"
    " ingreso| egreso entrada| salida| saida| seguimiento acompanhamento sesion sessao entrevista evaluacion avaliacao victima.de vitima.de explotacion captacion provincia| departamento| municipio"
    " fecha.de.nac restaurantes autobus onibus parto bebe| tio| tia| abuel abogad advogad"
    # French
    " age| naissance sexe| genre| femme homme enceinte enfant fils| fille| filles| mere| pere| mari| epou[xs] celibataire nationalit pays| langue| interprete ethni religion visa| passeport asile"
    " refugie frontiere voyage transport maison| logement hebergement foyer| chambre| lit| repas| nourriture vetement ecole| etudi travail emploi salaire paye[ers]?| dette argent| revenu"
    " agricole usine| hotel| exploitation traite| prostitution menac violenc viol| abus| agress coups| arme| armes| police| plainte| tribunal| crime| delit| detenu| prison| hopital medecin| medical"
    " soins| sante| maladie| handicap vih| drogue| alcool| traitement therap psycholog blessure urgence| securite danger| retour| rentrer| entree| sortie| suivi| seance| entretien| evaluation"
    " victime.de mineure?s?| adulte| bebe|"
    # Romanian
    " varsta nastere femeie femei| barbat insarcinat gravid copii copil| fiic[ae] fiu| fii| mama| tata| sot| sotie casatorit necasatorit national tara| limba interpret etni relig viza| pasaport"
    " azil refugiat frontiera calator transport casa| acasa| locuin adapost camera| pat| mancare haine scoala| munca| munc lucrea angajat salariu plat[ait] datori[ei] bani| venit agricol fabrica| hotel| exploat"
    " trafic| traficat proxen amenint violen abuz agresi arma| arme| politi plangere instanta infractiun detinut inchiso spital| medic| medical sanata boala| boli| dizabil hiv| drog| droguri alcool tratament terap"
    " psiholog ranit[a]? urgent siguranta pericol intoarc intrare| iesire| sedint interviu evaluare| victima.a minor[ai]?| adult[ai]?| bebelus trimis[ae]?"
    # Ukrainian and Russian
    " вік| возраст народжен рожден стать| пол| жінк женщин чоловік мужчин вагітн беремен дит[ияею] дітей| діти| дети| детей| доньк дочк син| сын| мат[иі]| батьк отец| мам[аиу]| тат[оа]| одружен замуж"
    " громадян граждан країн стран[аы]| мов[аи]| язык перекладач переводчик віз[аи]| виз[аы]| паспорт притулк убежищ біжен бежен кордон границ транспорт поїзд дом| додому дім| житл жиль притулок кімнат комнат ліжк їж[аіу]| еда|"
    " одяг одежд школ навчан учеб робот[аиу]| работ[аыу]| праця| працює зарплат борг долг гроші деньг дохід доход експлуатац эксплуатац торгівл торговл примус принужд погроз угроз насиль насил зброя оружи поліці полиц суд| злочин"
    " преступ арешт арест вязни тюрм лікар больниц лікарн врач медич медиц здоров хвороб болезн інвалід инвалид віл| вич| наркотик алкогол лікуван лечен терапі психолог травм безпек безопасн небезпек опасн поверн вернут виїзд вїзд"
    " неповнолітн несовершеннолет дорослі взросл направлен"
    # Vietnamese (marks are folded away)
    " tuoi| ngay.sinh gioi.tinh co.thai mang.thai tre.em co.con con.cai con.gai con.trai hai.con chong| ket.hon quoc.tich dan.toc ngon.ngu phien.dich ton.giao thi.thuc ho.chieu ti.nan bien.gioi di.chuyen"
    " ve.nha ve.que nha.o cho.o thuc.an quan.ao truong| lam.viec viec.lam luong| tien| thu.nhap nha.may boc.lot buon.ban cuong.buc đe.doa bao.luc xam.hai vu.khi toa.an toi.pham benh.vien benh| bac.si suc.khoe"
    " khuyet.tat hiv| ma.tuy ruou| đieu.tri tam.ly thuong.tich khan.cap an.toan kham| vi.thanh.nien"
    # German, Tagalog and Polish, a little
    " alter| geburt geschlecht schwanger kinder| arbeit| polizei krankenhaus edad| kasarian buntis anak| trabaho pulis| ospital wiek| plec| ciaza dzieci| praca| szpital"
)
_WHEREVER = (
    # Korean
    "법률 가족 동반 임신 출산 자녀 아이 아동 아들 엄마 아빠 남편 아내 결혼 이혼 미성년 성년 성별 나이 연령 국적 언어 통역 종교 비자 체류 여권 난민 망명 국경 귀국 귀가 본국 이주 출국 입국 집 주거 주택 숙소 숙식 입소 퇴소 쉼터.입 식사 음식 옷 학교 교육 노동 취업 근무 직장"
    " 업무.시간 임금 월급 급여 빚 부채 돈 소득 농업 어업 공장 식당 착취 인신매매 성매매 강요 협박 폭력 폭행 학대 강간 무기 신고 고소 재판 법원 범죄 체포 구금 구속 수사 조사 병원 진료 치료 검진 검사 약물 의료 건강 질병 장애 마약 알코올 상담 심리 부상 응급 긴급 안전 위험 퇴원 면회 외출 이동 접수 생년월일 출생"
    # Chinese and Japanese
    " 婚 怀孕 懷孕 孩子 子女 儿童 兒童 儿子 女儿 母亲 父亲 丈夫 妻子 结婚 結婚 离婚 未成年 成年 性别 性別 年龄 年齡 国籍 國籍 语言 語言 翻译 翻譯 宗教 签证 簽證 护照 護照 难民 難民 庇护 庇護 边境 回国 回國 回家 住房 住宿 住处 食物 吃饭 衣服 学校 學校 教育 工作 劳动 勞動 就业 工资 工資 债 債 钱 錢"
    " 收入 农业 工厂 餐馆 剥削 人口贩 卖淫 强迫 強迫 威胁 暴力 虐待 强奸 武器 报警 報警 警察 起诉 法院 犯罪 逮捕 拘留 医院 醫院 就医 治疗 治療 检查 檢查 药 医疗 健康 疾病 残疾 毒品 酒精 辅导 心理 受伤 紧急 安全 危险 出生 妊娠"
    # Thai
    " ตั้งครรภ์ บุตร ลูก เด็ก แม่ พ่อ สามี ภรรยา แต่งงาน หย่า อายุ เพศ สัญชาติ ภาษา ล่าม ศาสนา วีซ่า หนังสือเดินทาง ลี้ภัย ชายแดน กลับบ้าน กลับประเทศ ที่พัก บ้าน อาหาร เสื้อผ้า โรงเรียน ทำงาน งาน ค่าจ้าง เงิน หนี้ รายได้ โรงงาน แสวงหาประโยชน์ ค้ามนุษย์ บังคับ ข่มขู่ ความรุนแรง ทำร้าย ข่มขืน อาวุธ ตำรวจ ศาล คดี จับกุม"
    " โรงพยาบาล แพทย์ รักษา ตรวจ ยา สุขภาพ พิการ เสพติด สุรา ปรึกษา จิตใจ บาดเจ็บ ฉุกเฉิน ปลอดภัย เกิด"
    # Hindi and Nepali
    " गर्भ बच्च सन्तान छोरा छोरी बेटा बेटी माँ आमा पिता बुबा पति पत्नी विवाह शादी तलाक नाबाल उम्र उमेर आयु लिंग राष्ट्रिय नागरिक भाषा दोभाषे धर्म वीज़ा भिसा पासपोर्ट शरण सीमा घर आवास खाना भोजन कपड़ लुगा स्कूल विद्यालय शिक्षा काम रोजगार मजदूर वेतन तलब ज्याला कर्ज ऋण पैस आय कारखाना"
    " शोषण तस्करी बेचबिखन जबरन जबरजस्ती धमकी हिंसा दुर्व्यवहार बलात्कार हथियार पुलिस प्रहरी अदालत अपराध गिरफ्तार पक्राउ अस्पताल डॉक्टर डाक्टर इलाज उपचार जाँच दवा औषधि स्वास्थ्य बीमारी रोग विकलांग अपांग नशा शराब रक्सी परामर्श मनोसामाजिक चोट आपतकाल सुरक्ष खतरा जन्म"
)

_PERSONS = (
    "wom[ae]n|m[ae]n|female|male|girl|girls|boy|boys|child|children|kid|kids|baby|daughter|son|sons|mother|mom|father|dad|parent|parents|sibling|brother|sister|husband|wife"
    "|spouse|partner|boyfriend|girlfriend|family|minor|minors|adult|adults|juvenile|youth|teen|teens|orphan|individual|person|people"
    "|mujer|hombre|hij[oa]s?|nin[oa]s?|menor|menores|madre|padre|mama|papa|espos[oa]|marido|herman[oa]s?|familia|tio|tia|mulher|homem|filh[oa]s?|mae|pai|irma|irmao"
    "|femme|homme|enfants?|fils|fille|filles|mere|pere|mari|epou[xs]e?|mineure?|famille|femeia|femeie|barbat|copil|copii|copilul|mama|tata|sotul|sotia|minora?|familia"
    "|жінка|жінки|чоловік|дитина|дити[ні]|діти|мати|батько|мама|тато|донька|дочка|син|сестра|брат|женщина|мужчина|ребенок|дети|муж|жена"
    "|con|chong|vo|me|bo|gia.đinh"
)
"""People: who refuses, and not what."""
_PERSONS_WHEREVER = (
    "아이 아동 아들 딸 엄마 아빠 어머니 아버지 부모 남편 아내 가족 미성년자 孩子 儿童 兒童 儿子 女儿 母亲 父亲 妈妈 爸爸 丈夫 妻子 家人 ลูก เด็ก แม่ พ่อ สามี ภรรยา ครอบครัว"
    " बच्च छोरा छोरी बेटा बेटी माँ आमा पिता बुबा पति पत्नी परिवार"
)

_NEUTRAL = (
    # who, and what may be done with a record: words that could stand in a name about sharing that nobody foresaw
    "client|clients|survivor|survivors|victim|victims|participant|participants|caller|callers|witness|beneficiary|respondent|individual|person|people|persons|patient|guest|resident|she|they|them|their|theirs"
    "|his|her|hers|you|your|ours|mine|subject|interviewee|case|cases|record|records|file|files|form|forms|entry|info|information|data|details|name|names|list|lists|system|database|registry|sheet|column|field|value|item"
    "|question|answer|answers|response|responses|reply|decision|choice|preference|option|options|status|state|flag|flags|mark|marks|check|checked|tick|note|partner|partners|coalition|network|organization"
    "|organisation|organizations|organisations|org|other|others|another|anyone|anybody|everyone|everybody|nobody|noone|staff|member|members|group|public|external|internal|outside"
    "|third|party|parties|site|sites|said|says|say|told|tells|tell|want|wants|wanted|wish|wishes|wished|like|likes|would|could|should|must|shall|will|does|doing|done|okay|fine|good|well|happy|agree|agrees|agreed|leave"
    "|leaves|left|keep|keeps|kept|hold|holds|held|skip|skipped|pass|passed|take|takes|taken|took|give|gives|given|gave|send|sent|show|shown|shows|display|seen|viewed|view|open|opened|use|used|uses|using|usable|able|include|included|includes"
    "|omit|omitted|omits|drop|dropped|drops|block|blocks|away|back|aside|apart|only|never|ever|always|please|cannot|maybe|unless|except|with|without|from|about|into|onto|that|this|these|those|what|which|when|where|whom|whose|there|here"
    "|every|each|some|none|both|more|less|than|then|also|just|still|even|over|under|upon|only|yes|valid|invalid|clear|cleared|ready|final|approved|approve|approval|pending|request|requests|requested|asks|asked|asking|need|needs|needed|wants"
    "|legal|legally|written|verbal|verbally|oral|orally|signed|sign|signs|match|matches|matched|matching|merge|merging|join|joined|connect|connected|cross|reference|research|statistics|statistical|report|reports|reported|publish|published"
    "|special|handling|sensitive|care|caution|warning|limits|limit|limited|level|tier|code|codes|test"
    "|cliente|clientes|victima|victimas|persona|personas|participante|usuario|usuaria|caso|casos|registro|registros|ficha|datos|dato|informacion|nombre|lista|sistema|respuesta|decision|estado|otro|otra|otros|otras|agencia|agencias|socios|organizacion"
    "|organizaciones|equipo|quiere|quiso|desea|dijo|dice|puede|pueden|debe|deben|esta|estar|hacer|dar|solo|nunca|siempre|favor|para|como|cual|quien|todo|todos|toda|todas|nada|cada|sobre|entre|hasta|desde"
    "|vitima|vitimas|pessoa|pessoas|dados|informacao|nome|resposta|decisao|quer|disse|pode|podem|deve|apenas|somente|nunca|sempre|tudo|todos"
    "|victime|victimes|personne|personnes|donnees|dossier|liste|reponse|decision|autre|autres|equipe|veut|voudrait|souhaite|dit|peut|doit|seulement|jamais|toujours|tout|tous|toute|avec|sans|pour|dans"
    "|beneficiar|beneficiara|persoana|persoane|dosar|datele|lista|raspuns|decizie|altii|alte|echipa|vrea|doreste|spus|poate|trebuie|doar|niciodata|tot|toate|pentru|fara"
    "|клієнт|клієнта|клієнтка|особа|особи|справа|дані|запис|список|система|відповідь|рішення|інші|інших|команда|хоче|бажає|сказала|каже|може|треба|тільки|лише|ніколи|завжди|все|всі|кожен|для|без"
    "|khach|hang|nguoi|thong|tin|danh|sach|cau|tra|quyet|đinh|khac|muon|phai|luon|khong|cung"
)
"""Words that carry no matter: a name of these alone may be about anything."""


@lru_cache(maxsize=1)
def _neutral() -> frozenset[str]:
    return frozenset(codes.fold(w) for w in _NEUTRAL.split("|") if w)


def names_a_matter(words: str) -> bool:
    """Whether the folded name of a column says what it is about: it holds a word of content.

    Examples
    --------
    >>> (
    ...     names_a_matter("harmful traditional practice"),
    ...     names_a_matter("client said yes"),
    ...     names_a_matter("q 17"),
    ... )
    (True, False, False)
    """
    if has_topic(words):
        return True
    said = words.split()
    if _MAY_BE_ABOUT_DATA & set(said):
        return False
    return any(
        len(w) >= 4
        and w.isalpha()
        and _PARTED_SCRIPT.fullmatch(w) is not None
        and w not in _neutral()
        for w in said
    )


_MAY_BE_ABOUT_DATA = frozenset(
    [
        "not",
        "no",
        "non",
        "never",
        "off",
        "dont",
        "doesnt",
        "wont",
        "cannot",
        "nope",
        "against",
        "out",
        "in",
        "include",
        "included",
        "exclude",
        "study",
        "pool",
        "pooled",
        "data",
        "info",
        "information",
        "pii",
        "phi",
        "record",
        "records",
        "file",
        "files",
        "list",
        "lists",
        "database",
        "dataset",
        "me",
        "us",
        "count",
        "counted",
        "terms",
        "conditions",
        "policy",
        "notice",
        "study",
        "research",
        "board",
        "limits",
        "hands",
        "thumbs",
        "clear",
        "ok",
        "okay",
        "sin",
        "jamas",
        "tampoco",
        "contra",
        "datos",
        "registro",
        "lista",
        "estudio",
        "nao",
        "nem",
        "sem",
        "dados",
        "cadastro",
        "estudo",
        "pas",
        "aucun",
        "jamais",
        "sans",
        "donnees",
        "liste",
        "etude",
        "nu",
        "fara",
        "niciun",
        "datele",
        "lista",
        "studiu",
        "не",
        "ні",
        "без",
        "нет",
        "дані",
        "даних",
        "список",
        "khong",
        "du",
        "lieu",
    ]
)
"""A name with one of these and no matter may be about what becomes of a record."""
_PARTED_SCRIPT = re.compile(r"[a-zà-žđа-яєіїґё]+")


@lru_cache(maxsize=1)
def _parted() -> re.Pattern[str]:
    starts = []
    for word in _PARTED.split():
        whole = word.endswith("|")
        made = word.removesuffix("|").replace(".", "[ _-]?")
        starts.append(made + (r"\b" if whole else ""))
    return re.compile(rf"\b(?:{'|'.join(codes.fold(s) for s in dict.fromkeys(starts))})")


@lru_cache(maxsize=1)
def _wherever() -> re.Pattern[str]:
    words = sorted({codes.fold(w).replace(".", " ?") for w in _WHEREVER.split()}, key=len)
    return re.compile("|".join(words))


@lru_cache(maxsize=1)
def _people() -> tuple[re.Pattern[str], re.Pattern[str]]:
    whole = "|".join(
        w.replace(".", " ") for w in dict.fromkeys(w for w in _PERSONS.split("|") if w)
    )
    wherever = "|".join(codes.fold(w) for w in _PERSONS_WHEREVER.split())
    return re.compile(rf"\b(?:{codes.fold(whole)})\b"), re.compile(wherever)


def without_people(words: str) -> str:
    """Folded words without those that name people.

    Examples
    --------
    >>> without_people("the mother refused shelter")
    'the   refused shelter'
    """
    whole, wherever = _people()
    left = whole.sub(" ", words)
    return left if words.isascii() else wherever.sub(" ", left)


def has_topic(words: str) -> bool:
    """Whether folded words name something that is no sharing.

    Examples
    --------
    >>> has_topic("declined shelter"), has_topic("client said no"), has_topic("임신 여부")
    (True, False, True)
    """
    return _parted().search(words) is not None or (
        not words.isascii() and _wherever().search(words) is not None
    )
