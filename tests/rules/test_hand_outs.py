"""What `lp` says, as CUPS 2.4 says it, and how long a wish to print holds."""

import pytest

from appliance.clock import Stamp
from appliance.config import Settings, StationSettings
from appliance.documents import hand_out_rules
from appliance.documents.hand_out_rules import HandOutProblem, check_print, is_overdue
from appliance.errors import Refused
from appliance.toml_source import convert
from tests.fakes import FakeClock


@pytest.mark.parametrize(
    ("code", "complaint", "problem"),
    [
        (127, "env: 'lp': No such file or directory", HandOutProblem.NO_PROGRAM),
        (-9, "no answer within 30 s", HandOutProblem.SILENT),
        (1, "lp: Error - scheduler not responding.", HandOutProblem.SILENT),
        (1, "lp: Error - The printer or class does not exist.", HandOutProblem.NO_QUEUE),
        (1, 'lp: Destination "kantor" is not accepting jobs.', HandOutProblem.NOT_ACCEPTING),
        (1, 'lp: Error - unable to access "/x.pdf" - No such file', HandOutProblem.GONE),
        (1, "lp: Unsupported document-format", HandOutProblem.NOT_PRINTED),
        (1, "", HandOutProblem.NOT_PRINTED),
    ],
)
def test_every_failure_of_lp_has_its_sentence(code, complaint, problem):
    assert hand_out_rules.print_problem(code, complaint) is problem
    assert hand_out_rules.sentence(problem)


def test_every_problem_has_a_sentence():
    assert all(hand_out_rules.sentence(problem) for problem in HandOutProblem)
    assert hand_out_rules.sentence(None) == ""


def test_the_number_of_a_print_is_found():
    assert hand_out_rules.print_request("request id is kantor-12 (2 file(s))\n") == "kantor-12"
    assert hand_out_rules.print_request("?") == ""


def test_a_wish_holds_a_minute_and_no_restart():
    clock = FakeClock()
    asked = clock.stamp()

    clock.advance(60)
    assert not is_overdue(asked, clock.stamp())
    clock.advance(1)
    assert is_overdue(asked, clock.stamp())
    again = Stamp(asked.at, "another boot", asked.boot_ms, asked.quality)
    assert is_overdue(again, asked)


def test_a_visit_prints_its_share():
    check_print(10, 40, 50)
    with pytest.raises(Refused, match="paling banyak"):
        check_print(11, 40, 50)


@pytest.mark.parametrize("name", ["-o", "a b", "x/y", "a;b"])
def test_what_is_no_name_of_a_queue_is_no_setting(name, tmp_path):
    with pytest.raises(Exception, match="printer"):
        convert({"station": {"printer": name}}, Settings, source=tmp_path / "x.toml")
    assert StationSettings().printer == ""
