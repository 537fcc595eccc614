"""What looks like a real person's number is found, and what a memo about an invented client says is not."""

from __future__ import annotations

import json
import random
import time

import pytest
from typer.testing import CliRunner

from conftest import ROOT, hand_in
from paroleclinic.answers import FILE_NAME, answers_in
from paroleclinic.cli import app
from paroleclinic.grading import key_answers
from paroleclinic.handin import without_old_drafts
from paroleclinic.marking import looks_real, mark, plan_of
from paroleclinic.realdata import KINDS, invented_in, kinds, looks, strings, warning

REAL = {
    "a-number": """
His A-number is A 214-977-123.
A214977123
Write to the court about A#214-977-123 today.
Her number, A 87 654 321, stands on the notice.
File A-087-654-321 is closed.
The notice to appear says A087654321, so look it up.
the alien number is 214977123
Alien registration number: 214-977-123
USCIS# 214-977-123
A-number 214 977 123
a-no. 087654321
A\u00a0214\u2011977\u2011123
a214977123 is what he typed
Her A number is 214-977-123, and his is not known.
A:214977123""",
    "receipt": """
Your case is IOE0912345678.
Receipt EAC2190012345 came in May.
WAC-21-900-12345
wac2190012345
LIN 21 900 12345 is the I-131
Receipt number: MSC2190012345.
We checked SRC2115551234 and nothing moved.
ioe 0912345678""",
    "ssn": """
Her SSN is 219-55-1234.
219-55-1234
Social Security number: 219551234
his social is 219 55 1234
ITIN 912-70-1234
(219-55-1234)
ssn 219551234""",
    "passport": """
Passport number: C01234567
passport no. 512345678
Her Honduran passport F123456 runs out in May.
pasaporte AB1234567
I-94 number 123456789A1
The passport is 23456789, from Chicago.
Travel document number: AB123456""",
    "email": """
Write to me at marta.ruiz@gmail.com today.
m@clinic.co.uk
Marta_R+1@outlook.com.
(dana99@yahoo.com)
mailto:leo@legalaid.org
beto@prairielakes.edu answered""",
    "phone": """
Call me at (512) 867-5309.
512-867-5309
512.867.5309 is the new number
+1 512 867 5309
1-512-867-5309
His WhatsApp is +52 55 1234 5678.
+504 9876-5432
Text her: 867-5309
phone 5128675309
My cell is 512 867 5309, day and night.
tel. 55 1234 5678
call 011 52 55 1234 5678 from here
(555) 123-4567
Call (512)867-5309 before noon""",
    "born": """
She was born on 3 May 1999.
DOB: 05/03/1999
Date of birth: 1999-05-03
born May 3, 1999 in Tegucigalpa
Born in Choluteca, Honduras, on 3 May 1999.
D.O.B. 3/5/99
His birthday is May 3rd, 1999.
5/3/1999 (date of birth)
Nacida el 3 de mayo de 1999
Birthdate - 03 May 1999""",
    "address": """
Send it to 4521 Maple Street, Apt. 3.
He lives at 17 W. Oak Ave, Denver.
They moved to 903 North Lincoln Boulevard in March.
1600 Pine Ridge Dr., Tulsa
12 42nd Street
88 Elm Ct, Unit 4""",
}  # fmt: skip

INVENTED = """
Beto has an order from 15 October 2001, and A 000-214-977 is on it.
A 00 318 442 is what he typed at the door.
A000214977
Alien number: 000-214-977
IOE0001234567
The clinic's number is 555-0142.
Call (512) 555-0118 if the hospital calls.
512-555-0163
Text 555-0199 at any time.
Call the court's line at 1-800-898-7180.
Questions go to 1 (800) 375-5283.
888-555-1234 is a line that costs nothing.
abecker@example.org wrote on Monday.
dayron.r@mail.example
someone@clinic.example.com
A question to public.engagement@uscis.dhs.gov is not an answer.
passport 000123456
000-12-3456
666-12-3456
987-65-4321 stands on many specimens.
8 U.S.C. 1182(d)(5)
8 U.S.C. 1182(a)(9)(B)(i)(II) and 1182(a)(6)(A)(i) are different grounds.
8 CFR 212.5(b)(1) to (5), 8 CFR 235.3(b)(4) and 8 CFR 1003.23(b)(4)(ii)
INA 212(a)(9)(C), INA 245(a) and INA 244(f)(4)
See 90 Fed. Reg. 13611, 13618 (March 25, 2025).
Doc. 2025-05128, 90 FR 13611
Matter of Arrabally and Yerrabelly, 25 I&N Dec. 771 (BIA 2012)
Noem v. Doe, 605 U.S. ___ (2025), No. 24A1079
Case No. 1:25-cv-10495 in the District of Massachusetts
No. 25-1384, decided on 12 September 2025
PM-602-0194 and PM-602-0199 both speak of it.
PA-2026-05 and PA-2025-27
DHS Docket No. USCIS-2026-0067
OMB No. 1615-0013, Expires 06/30/2027
Form I-131, Form I-765, Form I-485 and Form I-134A
I-131 (edition 01/20/25)
An I-94 until 14 February 2027
The I-94 of 20241105 is the old one.
Pay $1,020 now and $1,000 at the airport.
$630,000,000 in all
It costs $1,000.00, $1,020.00 or $2,020.50.
250,000 people, or 1,234,567 in all years
He asked for 180 days, stayed 179 and left on day 365.
2026-11-12
On 12 November 2026 the order was 25 years old.
He came on 3 May 2002, not on 3 May 2001.
12/11/2026 is the day of the interview.
From 05/01/2024 to 04/30/2026 he had parole.
The parole of 14 June 2024 ends on 13 June 2026.
She filed on June 12, 2019 and again on June 12, 2020.
They married on 20 June 2026.
Dates: 9 November 2015, 8 November 2017, 16 October 2017, 15 October 2019
He was under 31 on 15 June 2012.
Anybody born before 15 June 1981 is too old.
The birth certificate of 3 May 2019 has no seal.
Her birth certificate, issued on 3 May 2019, is not translated.
Born in 1999, she was five when she came.
She was born here.
The baby is due on 12 June 2027, and no birth was filed yet.
He was born and then, on 14 August 2025, his mother filed.
After the birth of 2 June the family left.
He turns 21 on 12 June 2027.
His birthday is 12 June.
Both were born in Honduras; on 3 May 1999 the law changed.
The order says in absentia, 15 October 2001, Harlingen.
In Texas on 15 October the Supreme Court had not spoken.
On 14 August Supreme Court, the bus was late.
30 May Supreme Court
9 District Court judges
2026 Immigration Court, Harlingen
The 5 Federal Court cases agree.
In 2025 Judge Mills Way, as they call it, was closed.
The clinic sees 40 people a day.
He waited 3 hours in the street.
Go 3 blocks down the road.
Two Court Street offices, one Road.
It is 12 Monday Street talk.
Take bus 12 to the court.
Take the A 12 to Harlingen.
A 2026 rule and a 2012 case
A 180-day wait, a 365-day bar
A 10-year bar, A 3-year bar
A 2026-11-12 letter says so.
A 12 November 2026 letter
A-B-, 27 I&N Dec. 316
A-12 is the row.
Plan A 100 and plan B 200
Exhibit A 123
AB 12345678 is no number of his.
HAA123456789012
USC 1182
INA 1229a and USC 1229a(b)(5)(C)
See FR-2025-07-22 and FAQ-2025
ISBN 978-3-16-148410-0
Page 123 of 456
Lines 100-200-300
In rooms 101, 102 and 103
Call her before 2026-11-12.
Call on 12.11.2026 or 13.11.2026.
Call by 12-11-2026.
Call at 9, 10, 11 or 12.
Text of 8 CFR 212.5(e)(2)(i)
The text of 2025-13738 is long.
Text of PM-602-0194 in full
Cell C11 and cell C12
Her work card says C11, valid to 10/14/2026.
Category (c)(11) or (c)(8)
Call 911 if he cannot breathe.
Call 211 for a shelter.
Fax it, then call.
Phone the hospital, 24 hours a day, 7 days a week.
Reach the border by 18 January 2027.
The call lasted 1 hour 30 minutes, from 14:05 to 15:35.
Mobile units 1, 2 and 3
Passport valid from 19 February 2024 to 18 February 2029
The passport runs out on 2029-02-18.
Passport: issued 19 02 2024
A passport has 32 pages.
No passport, two visas, 3 letters
I-94, I-131, I-765
The I-94 says 10 April 2027.
The travel document of 2026 says 30 04 2027.
Social Security cards take 14 days.
A Social Security number comes with the work card.
His SSN is not ours to ask for.
SSN: XXX-XX-1234
A-XXX-XXX-123
A (left blank)
[phone]
you@
@clinic
a@b
3 @ $520 each
https://www.uscis.gov/i-131
https://www.federalregister.gov/d/2025-05128
www.justice.gov/eoir/page/file/1488820
https://web.archive.org/web/20250601123456/https://www.uscis.gov
20250601123456
201509-1615-006
36668725368980
1,234,567,890
1234567890
3.14159265358979
100% of 2,000,000
50 50 50
1 2 3 4 5 6 7 8 9 10
10 11 12 13 14 15
555-0142
000-000-0000
"""  # fmt: skip

POSITIVE = [(kind, line) for kind, lines in REAL.items() for line in lines.strip().splitlines()]
NEGATIVE = INVENTED.strip().splitlines()


def test_there_are_enough_lines_to_judge_by():
    assert len(POSITIVE) >= 60
    assert len(NEGATIVE) >= 120
    assert set(REAL) == set(KINDS)


@pytest.mark.parametrize(("kind", "line"), POSITIVE)
def test_what_looks_real_is_found_with_its_kind(kind, line):
    assert kinds(line) == (kind,)


@pytest.mark.parametrize("line", NEGATIVE)
def test_what_a_memo_says_of_an_invented_client_is_silent(line):
    assert looks(line) == ()


def test_all_of_it_in_one_text_is_found_as_in_single_lines():
    lines = [line for _, line in POSITIVE] + NEGATIVE
    random.Random(7).shuffle(lines)
    text = "\n\n".join(lines)
    assert len(looks(text)) == sum(len(looks(line)) for line in lines)


def test_a_find_says_where_it_stands():
    (one,) = looks("Ask Ana, (512) 867-5309, today.")
    assert "Ask Ana, (512) 867-5309, today."[one.start : one.end] == "(512) 867-5309"


def test_what_stands_in_the_case_file_is_silent_however_it_is_written():
    case = {
        "papers": [{"Number": "A 214-977-123", "Born": "3 May 1999", "Card": "C01234567"}, ["Receipt IOE0912345678"]],
        "from": "118 Palmito Street, Apt. 4",
        "mail": "Marta@Ruiz.net",
        "call": ("(512) 867-5309",),
    }
    invented = invented_in(strings(case))
    for line in (
        "A214977123", "A# 214 977 123", "born on May 3, 1999", "DOB 05/03/1999", "DOB 3/5/99", "passport C01234567", "IOE-09-123-45678",
        "118 Palmito St., Apt. 4", "marta@ruiz.net", "call 512.867.5309", "+1 512 867 5309",
    ):  # fmt: skip
        assert looks(line)
        assert looks(line, invented) == ()
    assert kinds("A 214-977-124, born 4 May 1999, 119 Palmito Street", lambda: invented) == (
        "a-number",
        "born",
        "address",
    )


def test_the_case_is_read_only_when_something_looks_real():
    assert kinds("Beto has an old order.", lambda: pytest.fail("nothing looked real")) == ()


def test_the_warning_is_polite_and_names_each_kind_once():
    says = warning(kinds("512-867-5309, 512-867-5310, m@gmail.com"))
    assert says == (
        "This looks like a phone number and an email address. "
        "Use invented details only; take real ones out before you hand in."
    )
    assert warning(()) == ""


RAW = [
    path for folder in ("law", "glossary", "questions", "teaching") for path in sorted((ROOT / folder).rglob("*.yaml"))
]


def test_the_course_itself_raises_no_alarm():
    for path in RAW:
        text = path.read_text(encoding="utf-8")
        assert [(one.kind, text[one.start : one.end]) for one in looks(text)] == [], path
    for path in (*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        assert set(kinds(path.read_text(encoding="utf-8"))) <= {"address"}, path  # an invented clinic may have one


def test_a_case_raises_no_alarm_against_its_own_papers():
    """Papers may say when an invented person was born and where they live; all else of them has a form kept for examples."""
    cases = sorted((ROOT / "scenarios").rglob("*.yaml"))
    assert len(cases) > 40
    for path in (
        *cases,
        *sorted((ROOT / "specimens").glob("*.yaml")),
        *sorted((ROOT / "consultations").glob("*.yaml")),
    ):
        papers, _, questions = path.read_text(encoding="utf-8").partition("\nquestions:")
        assert set(kinds(papers)) <= {"born", "address"}, path
        invented = invented_in([papers])
        for text in (papers, questions):
            assert [(one.kind, text[one.start : one.end]) for one in looks(text, invented)] == [], path


def test_hostile_text_takes_no_time():
    parts = (
        "A",
        "1",
        "1 ",
        "a.",
        "a@",
        "+1",
        "call ",
        "12 May ",
        "(",
        "1-",
        "born ",
        "12 Aa ",
        "a@a.",
        "passport ",
        "1999-01-01 ",
        "a@a.bc ",
        "born 1999-01-01 ",
        "A 12 Elm Street ",
    )
    start = time.monotonic()
    for part in parts:
        looks(part * (120_000 // len(part)))
    assert time.monotonic() - start < 15


@pytest.mark.parametrize("text", ["", "\x00", "\ud800 512-867-5309", "İ" * 50 + " 512-867-5309", "٥١٢-٨٦٧-٥٣٠٩"])
def test_odd_signs_are_read_all_the_same(text):
    assert kinds(text) == (("phone",) if len(text) > 5 else ())


REAL_MEMO = "Dear Ana, call me at (512) 867-5309. Your old number A 214-977-123 is in the file."


def test_grading_names_the_kinds_and_never_the_things(tiny):
    case = tiny.scenario("first-crossing")
    answers = key_answers(case) | {"note": REAL_MEMO}
    assert looks_real(case, answers) == ("phone", "a-number")
    assert looks_real(case, key_answers(case)) == looks_real(case, {"note": 7}) == looks_real(case, {}) == ()
    lines = [
        {"v": 1, "at": "2026-11-24T10:00:00.000Z", "case": case.id, "question": q, "answer": a}
        for q, a in answers.items()
    ]
    marked = mark(plan_of(tiny.unit("bridges"), [case], tiny.law), "\n".join(map(json.dumps, lines)).encode())
    assert [sheet.real for sheet in marked.cases] == [("phone", "a-number")]


def run(root, *words):
    result = CliRunner().invoke(app, [*map(str, words), "--course", str(root)], env={"COLUMNS": "250"})
    assert "Traceback" not in result.output
    assert "867" not in result.output
    assert "977" not in result.output
    return result.output


def test_collect_and_grade_tell_the_instructor_whose_memo_to_look_at(tiny, tmp_path):
    case = tiny.scenario("first-crossing")
    hand_in(tiny, "ana", case, key_answers(case) | {"note": REAL_MEMO})
    hand_in(tiny, "bo", case, key_answers(case))
    (tiny.root / "submitted").rename(tmp_path / "came")
    line = "ana, first-crossing: the memo holds what looks like a phone number and an A-number"
    says = run(tiny.root, "collect", tmp_path / "came", "--yes")
    assert line in says
    assert "If it is real, ask the learner" in says
    assert says.count("looks like") == 1
    assert "looks like" not in run(tiny.root, "collect", tmp_path / "came", "--yes"), "nothing new came"
    assert (tiny.root / "submitted/ana/bridges" / FILE_NAME).is_file()
    assert line in run(tiny.root, "grade", "--quiet")
    report = json.loads(run(tiny.root, "grade", "--all", "--json"))
    assert report["real_looking"] == [
        {"learner": "ana", "unit": "bridges", "case": "first-crossing", "kinds": ["phone", "a-number"]}
    ]


def line(answer, question="note"):
    return json.dumps({"v": 1, "at": "x", "case": "c", "question": question, "answer": answer}).encode() + b"\n"


def test_a_number_that_was_taken_out_of_a_memo_is_not_handed_in():
    before = line("Ana: 512-867-5309") + line("when", "when") + b"torn {\r\n"
    before += line("Ana: A 214-977-123") + line("Dear Ana")
    after = without_old_drafts(before)
    assert b"867" not in after
    assert b"977" not in after
    assert answers_in(after).of("c") == answers_in(before).of("c") == {"note": "Dear Ana", "when": "when"}
    assert answers_in(after).tries == answers_in(before).tries
    assert without_old_drafts(after) == after


BLOCKS = [line("512-867-5309"), line("Dear Ana") + line("512-867-5309"), line(["a"]) + line({"a": "b"}) + b"{"]


@pytest.mark.parametrize("data", [b"", b"\n", b"[]\n7\n", b"\xff\xfe", *BLOCKS])
def test_all_else_is_handed_in_byte_for_byte(data):
    assert without_old_drafts(data) == data
