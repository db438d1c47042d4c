"""What people of other languages call their columns, and how questions ask for a field.

Folded words parted by spaces, names parted by ``;``. The tables of `column_words` go before these.
"""

from __future__ import annotations

__all__ = ["ASKED", "FILLING", "LANGUAGES", "PEOPLE", "QUESTIONS"]

LANGUAGES = {
    "reference": "n;nr;nro;num;numero;numero de dossier;no de dossier;no dossier;dossier;code;matricule;identifiant;id dossier"
    ";aktenzeichen;fallnummer;fall nr;lfd nr;kennung;processo;numero do processo;numero do caso;ficha;codigo;prontuario;codice;numero pratica"
    ";nr crt;nr dosar;numar dosar;cod;dosnr;dossiernummer;volgnummer;numer sprawy;lp;l p;номер;номер справи;номер дела;код"
    ";đosya no;dosya no;sira no;so ho so;ma so;ma ho so;stt;so thu tu;เลขที่;ลำดับ;ลำดับที่;รหัส;เลขคดี;เลขที่คดี;รหัสผู้เสียหาย"
    ";番号;ケース番号;管理番号;整理番号;受付番号;编号;編號;序号;序號;案号;案件编号;个案编号;個案編號;個案號;档案号"
    ";क्रम संख्या;क्रमांक;केस नंबर;संख्या;सि नं;क्र सं;दर्ता नं;मुद्दा नं;nomor;nomor kasus;no kasus;no urut;kode;numero ng kaso;bilang"
    ";personal id;person number;unique id;unique identifier;unique client id;client uid;beneficiary id;beneficiary code;survivor code;incident id"
    ";client identifier;individual id;hmis id;case code;serial no;serial number;sr no;sl no;s no;sn;record identifier;short id;registration number"
    ";registration id;respondent id;response id;responseid;participant code;household id;입소번호;대상자번호;식별번호;고유번호;일련번호;순번",
    "date": "date d entree;date d admission;date d enregistrement;date d accueil;date de premier contact;date d identification;date de l entretien"
    ";aufnahmedatum;datum;erstkontakt;datum der aufnahme;datum erstkontakt;meldedatum;data;data de entrada;data de atendimento;data do registro"
    ";data de cadastro;data di ingresso;data di registrazione;data primo contatto;data inregistrarii;data identificarii;data primirii;datum intake"
    ";data przyjecia;data rejestracji;дата;дата звернення;дата реєстрації;дата обращения;дата регистрации;kayit tarihi;basvuru tarihi;tarih"
    ";ngay tiep nhan;ngay dang ky;ngay vao;วันที่รับ;วันที่;วันที่ลงทะเบียน;วันที่รับแจ้ง;วันที่รับเรื่อง;受付日;登録日;相談日;保護日;日付;登记日期;登記日期"
    ";接案日期;受理日期;日期;दर्ता मिति;मिति;पंजीकरण तिथि;दिनांक;तिथि;tanggal;tanggal masuk;tanggal registrasi;petsa;petsa ng intake"
    ";date signal created;arrival date;date of arrival;date of registration;date created;datecreated;entry date;project start date;date of incident report"
    ";상담일시;접수일시;초기상담일;최초접수일;의뢰일;발생일",
    "gender": "sexe;genre;geschlecht;sesso;genere;sex genul;genul;gen;geslacht;plec;стать;пол;cinsiyet;gioi tinh;เพศ;性别;性別;लिङ्ग;लिंग;jenis kelamin"
    ";kasarian;nem;pohlavi;pol;gjinia;الجنس;sexo genero;sex gender;gender sex;gender identity s",
    "given": "prenom;prenoms;vorname;vornamen;rufname;prenume;prenumele;primeiro nome;voornaam;imie;імя;ім я;имя;isim;ad;adi;ten;名前;given name hanja"
    ";名 名;keresztnev;jmeno;ime;emri;pangalan;unang pangalan;nama depan;पहिलो नाम;पहला नाम;ชื่อ ตัว;ชื่อจริง;first name only;nombre s",
    "given_more": "deuxieme prenom;zweiter vorname;segundo nome;nome do meio;secondo nome;patronymic;отчество;по батькові;ten đem;ten dem;ชื่อกลาง;बीचको नाम;मध्य नाम"
    ";panggitnang pangalan",
    "family": "apellidos;apellido s;nom de famille;nom;nachname;familienname;zuname;sobrenome;apelido;cognome;numele de familie;nume de familie;achternaam;familienaam;nazwisko"
    ";прізвище;фамилия;soyad;soyadi;soyisim;ho;นามสกุล;สกุล;苗字;名字;थर;उपनाम;कुलनाम;apelyido;nama keluarga;nama belakang;vezeteknev;prijmeni;prezime;mbiemri",
    "family_more": "nom de jeune fille;geburtsname;segundo sobrenome",
    "full_name": "nom complet;nom et prenom;nom et prenoms;nom prenom;prenom et nom;name vorname;vor und nachname;vollstandiger name;nome completo;nome;nome e cognome"
    ";cognome e nome;nume si prenume;nume;nume complet;naam;volledige naam;imie i nazwisko;піб;п і б;прізвище та імя;фио;ф и о;имя и фамилия;ad soyad;adi soyadi"
    ";ho ten;ho va ten;ten đay đu;ชื่อ นามสกุล;ชื่อ สกุล;ชื่อ;氏名;お名前;全名;名称;中文姓名;姓 名;नाम;पूरा नाम;पुरा नाम;नाम थर;nama;nama lengkap;buong pangalan"
    ";영문성명;영문이름;한글성명;한글이름;성명 영문;성명 한글;대상자명;피해자명;피해자 성명;피해자성명;내담자명;이용자명;name in english;legal name;nombre y apellido;nombre y apellidos"
    ";apellidos y nombres;apellidos y nombre",
    "birth_date": "date de naissance;ne le;nee le;naissance;geburtsdatum;geb datum;geburtstag;geboren am;data de nascimento;nascimento;dt nascimento"
    ";data di nascita;data nasterii;data de nastere;geboortedatum;data urodzenia;дата народження;дата рождения;dogum tarihi;ngay sinh;ngay thang nam sinh"
    ";วันเกิด;วัน เดือน ปีเกิด;วันเดือนปีเกิด;生年月日;誕生日;出生年月;出生年月日;生日;जन्म मिति;जन्ममिति;जन्म तिथि;जन्मतिथि;जन्म तारीख;tanggal lahir;petsa ng kapanganakan"
    ";kapanganakan;datum narozeni;datum rođenja;datum rodjenja;szuletesi datum;data e lindjes;تاريخ الميلاد;born date;date born;birth date d m y;생일;출생일;생년월일 6자리;dob date of birth",
    "birth_year": "annee de naissance;geburtsjahr;ano de nascimento;anno di nascita;anul nasterii;geboortejaar;rok urodzenia;рік народження;год рождения;dogum yili;nam sinh"
    ";ปีเกิด;生年;出生年;出生年份;जन्म वर्ष;जन्म साल;tahun lahir;출생년도;생년;year of birth yyyy",
    "birth_month": "mois de naissance;geburtsmonat;mes de nacimiento;출생월;出生月",
    "birth_day": "jour de naissance;dia de nacimiento;출생일자",
    "stated_age": "alter;idade;eta;varsta;leeftijd;wiek;вік;возраст;yas;tuoi;อายุ;年齢;年龄;年齡;उमेर;आयु;उम्र;umur;usia;edad en anos;age ans;kor;vek;mosha;연령 세;나이 만",
    "citizenship": "nationalite;pays d origine;pays de naissance;staatsangehorigkeit;nationalitat;herkunftsland;geburtsland;nacionalidade;pais de origem;pais de nascimento"
    ";nazionalita;cittadinanza;paese di origine;cetatenie;cetatenia;nationalitate;tara de origine;tara;nationaliteit;land van herkomst;obywatelstwo;narodowosc"
    ";громадянство;країна походження;гражданство;страна происхождения;национальность;uyruk;uyrugu;milliyet;quoc tich;สัญชาติ;ประเทศต้นทาง;国籍;國籍;出身国"
    ";原籍国;来源国;राष्ट्रियता;नागरिकता;राष्ट्रीयता;देश;kewarganegaraan;negara asal;nasyonalidad;bansang pinagmulan;statni prislusnost;allampolgarsag;drzavljanstvo"
    ";shtetesia;الجنسية;출신국;출신국가;출신 국가;국가;pais;pays;land;nationality citizenship;citizenship country;country of nationality",
    "language": "langue;langue parlee;langue maternelle;sprache;muttersprache;idioma preferido;lingua;lingua materna;limba;limba vorbita;taal;jezyk;мова;язык;dil;ngon ngu;ภาษา"
    ";言語;母語;语言;語言;भाषा;bahasa;wika;사용언어;모국어",
    "exploitation": "forme d exploitation;type d exploitation;type de traite;art der ausbeutung;ausbeutungsform;form der ausbeutung;tipo de exploracao;forma de exploracao"
    ";tipo di sfruttamento;forma di sfruttamento;tipul de exploatare;forma de exploatare;tip exploatare;vorm van uitbuiting;forma wykorzystania;вид експлуатації"
    ";форма експлуатації;вид эксплуатации;форма эксплуатации;somuru turu;hinh thuc boc lot;loai boc lot;รูปแบบการแสวงหาประโยชน์;ประเภทการแสวงประโยชน์;搾取の形態"
    ";被害類型;剥削形式;剥削类型;剝削類型;शोषणको प्रकार;शोषण का प्रकार;jenis eksploitasi;uri ng pagsasamantala;case type;gbv type;forma de explotacion;modalidad de explotacion"
    ";modalidad de trata;착취 유형;피해 유형;인신매매유형;인신매매 유형;exploitation type s;type s of exploitation;kind of exploitation;exploitation kind",
    "sector": "secteur;secteur d activite;metier;branche;wirtschaftszweig;tatigkeit;setor;setor de trabalho;ramo de atividade;settore;settore lavorativo;sectorul;domeniul"
    ";domeniu de activitate;sectie;sectorul de munca;сфера;галузь;сектор;отрасль;sektor;is kolu;nganh nghe;linh vuc;อุตสาหกรรม;ประเภทงาน;業種;职业;行业;行業;工作类型"
    ";कामको प्रकार;काम का प्रकार;क्षेत्र;pekerjaan;industriya;uri ng trabaho;tipo de trabajo;actividad economica;venue;venue industry;kind of work;industry of exploitation"
    ";exploitation sector;sector of exploitation;sector of work;place of work type;근무업종;종사업종;직종;일의 종류",
    "area": "departement;comte;bezirk;landkreis;bundesland;kreis;municipio;estado;regione;judet;judetul;regio;provincie;wojewodztwo;область;район;il;ilce;tinh;huyen"
    ";จังหวัด;อำเภอ;都道府県;県;省;地区;जिल्ला;प्रदेश;जिला;राज्य;provinsi;kabupaten;lalawigan;지역;시군구;시도;관할지역;incident county;county of incident;county parish",
    "leg.Exploitation.country": "pays d exploitation;pays de destination;ausbeutungsland;zielland;pais de exploracao;paese di sfruttamento;tara de exploatare;tara de destinatie"
    ";країна експлуатації;страна эксплуатации;착취국가;착취국;목적국;剥削国家;nuoc boc lot;ประเทศปลายทาง;country exploited in;country where exploited",
    "leg.Transit.country": "pays de transit;transitland;pais de trafego;tara de tranzit;경유국;过境国;nuoc qua canh",
    "leg.Recruitment.country": "pays de recrutement;anwerbeland;pais de recrutamento;tara de recrutare;모집국;모집국가;招募国",
    "leg.kind": "type of leg;kind of leg;tipo de tramo;tipo de etapa;구간유형;구간 유형",
    "leg.country": "country of this leg;country of leg;country of the leg;leg s country;pais del tramo;pais de la etapa;pays de l etape;구간국가;구간 국가",
    "leg.date": "date of this leg;date of leg;date of the leg;fecha del tramo;date de l etape;구간일자",
    "parent": "parent table index;parent form id;submission uuid;parent submission id",
}  # fmt: skip
"""Target to names, as `column_words.ALIASES`."""

QUESTIONS = (
    r"what|which|when|how|where|who|in which|in what|from which|are you|is the|do you|did you|please|enter|indicate|specify|select|choose|write|record|tell us|state"
    r"|cual|cuales|que|cuando|cuantos|como|donde|de que|en que|por favor|indique|escriba|quel|quelle|quels|quelles|quand|comment|ou|dans quel|veuillez|indiquez"
    r"|qual|quais|quando|quantos|onde|em que|wie|was|wann|wo|welche[rs]?|bitte|care|cand|cum|unde|in ce|як|який|яка|коли|де|в якій|как|какой|какая|когда|где|в какой|ano|kailan|ilang|saan"
)
"""How questions begin, folded."""
FILLING = frozenset(
    [
        "what", "is", "was", "are", "were", "which", "when", "how", "please", "enter", "indicate", "specify",
        "select", "choose", "write", "record", "tell", "us", "state", "your", "you", "the", "this", "their", "his",
        "her", "its", "s", "a", "an", "of", "in", "to", "for", "do", "did", "does", "be", "been", "from", "one",
        "all", "that", "apply", "here", "below", "as", "it", "on", "id", "card", "passport", "and", "or", "with",
        "by", "which", "full-time", "s/he", "he", "she", "they", "me", "cual", "cuales", "es", "son", "su", "sus",
        "el", "la", "los", "las", "del", "de", "que", "en", "fue", "fueron", "usted", "por", "favor", "indique",
        "escriba", "tu", "tus", "quel", "quelle", "quels", "quelles", "est", "etes", "sont", "votre", "vos", "le",
        "les", "l", "d", "du", "des", "dans", "avez", "vous", "veuillez", "indiquez", "qual", "quais", "e", "o",
        "os", "as", "seu", "sua", "seus", "suas", "do", "da", "dos", "das", "voce", "em", "wie", "ist", "ihr",
        "ihre", "ihren", "der", "die", "das", "sie", "bitte", "care", "este", "sunt", "dvs", "dumneavoastra", "ce",
        "va", "cum", "який", "яка", "ваше", "ваша", "ваш", "у", "в", "какой", "какая", "ваше", "ваша", "ваш", "как",
        "ano", "ang", "iyong", "mo",
    ]
)  # fmt: skip
"""Words of a question that say nothing of what is asked for."""
PEOPLE = frozenset(
    [
        "client", "clients", "survivor", "survivors", "victim", "victims", "person", "persons", "participant",
        "beneficiary", "respondent", "applicant", "resident", "individual", "patient", "potential", "alleged", "pv",
        "sobreviviente", "victima", "persona", "cliente", "beneficiario", "beneficiaria", "personne", "victime",
        "vitima", "pessoa", "opfer", "klient", "klientin", "betroffene", "victimei", "beneficiarului",
        "постраждалої", "постраждалого", "потерпілої", "пострадавшего",
    ]
)  # fmt: skip
"""Words for the person a record is about."""
ASKED = {
    "old": "stated_age", "old now": "stated_age", "age now": "stated_age", "born": "birth_date", "born on": "birth_date", "nacio": "birth_date", "ne": "birth_date",
    "anos tiene": "stated_age", "edad tiene": "stated_age", "cuantos anos tiene": "stated_age", "cuando nacio": "birth_date", "age": "stated_age", "alt": "stated_age", "quantos anos tem": "stated_age", "anos tem": "stated_age", "quando nasceu": "birth_date",
    "quand ne": "birth_date", "quand nee": "birth_date", "wann geboren": "birth_date", "geboren": "birth_date", "heissen": "full_name", "call": "full_name", "se llama": "full_name",
    "country": "citizenship", "where": "citizenship", "where come": "citizenship", "country come": "citizenship", "country born": "citizenship", "where born": "citizenship", "pais viene": "citizenship", "pais": "citizenship",
    "country exploited": "leg.Exploitation.country", "country was exploited": "leg.Exploitation.country", "country exploitation": "leg.Exploitation.country", "country exploitation happen": "leg.Exploitation.country",
    "country exploitation take place": "leg.Exploitation.country", "pais explotado": "leg.Exploitation.country", "pais explotada": "leg.Exploitation.country",
    "country recruited": "leg.Recruitment.country", "where recruited": "leg.Recruitment.country", "country pass through": "leg.Transit.country", "countries pass through": "leg.Transit.country", "country travel through": "leg.Transit.country",
    "kind work": "sector", "type work": "sector", "work": "sector", "sort work": "sector", "job": "sector", "industry": "sector", "work forced": "sector", "tipo trabajo hacia": "sector", "tipo trabajo": "sector", "trabajo hacia": "sector",
    "kind exploitation": "exploitation", "type exploitation": "exploitation", "types exploitation": "exploitation", "form exploitation": "exploitation", "forms exploitation": "exploitation", "exploited": "exploitation", "tipo explotacion": "exploitation",
    "male female": "gender", "male or female": "gender", "man woman": "gender", "language speak": "language", "languages speak": "language", "idioma habla": "language", "language prefer": "language", "langue parlez": "language",
    "kind trafficking": "exploitation", "type trafficking": "exploitation",
    "county live": "area", "state live": "area", "county": "area",
}  # fmt: skip
"""What is left of a question without its filling, to the target."""
