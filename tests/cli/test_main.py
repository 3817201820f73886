"""The command line: exit codes, and every way in which its user can be mistaken."""

import builtins
import io
import json
import os
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from acctcore import records
from acctcore.cli import main as run
from acctcore.cli.main import LARGEST, ROOMS
from tests.simulation.texts import OPEN, START, scenario, step

ROOT = Path(__file__).parents[2]
A = str(ROOT / "docs/scenarios/a-per-seat-europe.toml")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def to_file(text: str | bytes, name: str = "story.toml") -> str:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return to_file


def answered(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


# What is right


def test_a_scenario_that_does_not_add_up_is_told_and_ends_with_1(
    write: Callable[..., str], capsys: Capture
) -> None:
    path = write(scenario(OPEN, START, '[expect]\nbalances.EUR = "0.00"'))
    code, out, err = answered(capsys, "simulate", path)
    assert (code, err) == (1, "")
    assert "✗ the end is as the scenario expects\n  · balance: expected 0.00 EUR, found 31.00 EUR\n" in out
    assert [
        answered(capsys, "simulate", path, *more)[0] for more in (["--json"], ["--explain", "INV-1"])
    ] == [1, 1]


def test_what_could_not_be_asked_is_told(write: Callable[..., str], capsys: Capture) -> None:
    pay = step("2024-01-02", "payments.receive", payment_id='"P"', amount='"owed"')
    code, out, _ = answered(capsys, "simulate", write(scenario(OPEN, pay)))
    assert code == 1
    assert "✗ could not be asked: amount: nothing is owed" in out


def test_check(write: Callable[..., str], capsys: Capture) -> None:
    path = write(scenario(OPEN))
    assert answered(capsys, "check", path) == (0, f"{path}: fine; 1 plan, 1 step\n", "")
    assert answered(capsys, "check", A)[1].endswith("fine; 2 plans, 14 steps\n")


def test_standard_input(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(scenario(OPEN).encode())))
    assert answered(capsys, "check", "-") == (0, "standard input: fine; 1 plan, 1 step\n", "")


@pytest.mark.parametrize("room", ROOMS)
def test_a_diagram_of_every_room(room: str, capsys: Capture) -> None:
    code, out, err = answered(capsys, "diagram", room)
    assert (code, err) == (0, "")
    assert out.startswith("stateDiagram-v2\n    [*] --> ")


def test_records(capsys: Capture) -> None:
    _, out, _ = answered(capsys, "simulate", A, "--json")
    data = json.loads(out)
    assert data["problems"] == []
    for entry in data["entries"]:
        assert records.dump(records.load(entry["command"])) == entry["command"]
        assert records.dump(records.load(entry["decision"])) == entry["decision"]
    for each in data["documents"]:
        assert records.dump(records.load(each["document"])) == each["document"]
    assert records.dump(records.load(data["file"])) == data["file"]
    assert [each["number"] for each in data["documents"]][:2] == ["INV-1", "CN-1"]
    assert data["statements"][0]["closing"] == 0


def test_records_of_a_family(write: Callable[..., str], capsys: Capture) -> None:
    family = write(Path(A).read_text("utf-8").replace("[account]", "[account]\nchildren = 2", 1))
    _, out, _ = answered(capsys, "simulate", family, "--json")
    data = json.loads(out)
    assert (data["type"], data["accounts"], data["problems"]) == ("simulation.family/1", 2, [])
    one = json.loads(answered(capsys, "simulate", A, "--json")[1])
    billed = sum(each["document"]["total"] for each in one["documents"] if "INV" in each["number"])
    (invoices,) = [each for each in data["sums"] if each["kind"] == "invoice"]
    assert invoices["amount"] == {"amount": f"{Decimal(2 * billed) / 100:.2f}", "currency": "EUR"}


def test_records_of_a_derivation(capsys: Capture) -> None:
    _, out, _ = answered(capsys, "simulate", A, "--explain", "INV-2:1", "--json")
    data = json.loads(out)
    assert (data["type"], data["number"]) == ("simulation.derivation/1", "INV-2")
    assert [amount["result"] for amount in data["amounts"]] == ["58.03 EUR"]


def test_records_of_a_what_if(write: Callable[..., str], capsys: Capture) -> None:
    seats = '[[step]]\nat = 2024-04-05\ndo = "subscriptions.change_quantity"\nsubscription_id = "sub-1"\n'
    path = write(seats + 'item = "seat"\nquantity = 9\n')
    code, out, _ = answered(capsys, "simulate", A, "--what-if", path, "--until", "2024-04-05", "--json")
    data = json.loads(out)
    assert code == 0
    assert data["balances"] == [
        {
            "currency": "EUR",
            "without": {"amount": "198.42", "currency": "EUR"},
            "with": {"amount": "243.05", "currency": "EUR"},
            "difference": {"amount": "44.63", "currency": "EUR"},
        }
    ]
    assert [change["with"]["number"] for change in data["documents"]] == ["CN-5", "INV-7"]
    assert (data["without"]["type"], data["with"]["type"]) == ("simulation.result/1", "simulation.result/1")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param("", "No document comes, goes or differs.", id="nothing differs"),
        pytest.param(
            'expect = "refused"\n', "✗ every step was answered as the scenario expects", id="as expected?"
        ),
    ],
)
def test_a_what_if_tells_what_came_of_it(
    more: str, told: str, write: Callable[..., str], capsys: Capture
) -> None:
    path = write('[[step]]\nat = 2024-04-05\ndo = "account.amend"\nparty = "p"\n' + more)
    code, out, _ = answered(capsys, "simulate", A, "--what-if", path)
    assert told in out
    assert code == (1 if more else 0)


def test_a_what_if_after_the_end_expects_nothing_of_the_new_end(
    write: Callable[..., str], capsys: Capture
) -> None:
    base = write(scenario(OPEN, START, '[expect]\nbalances.EUR = "31.00"'))
    path = write('[[step]]\nat = 2024-02-05\ndo = "account.amend"\nparty = "p"\n', "more.toml")
    assert answered(capsys, "simulate", base, "--what-if", path)[0] == 0
    explained = answered(capsys, "simulate", base, "--what-if", path, "--explain", "INV-2")
    assert explained[0] == 0
    assert explained[1].startswith("INV-2  invoice, issued 2024-02-01\n")


def test_the_last_credit_note_takes_the_tax_that_is_left(write: Callable[..., str], capsys: Capture) -> None:
    taxes = '[policies.taxes]\nrates = [{ category = "S", rate = "7" }]'
    cancel = step("2024-01-09", "subscriptions.cancel", subscription_id='"s"', when="2024-01-01")
    _, out, _ = answered(capsys, "simulate", write(scenario(taxes, OPEN, START, cancel)), "--explain", "CN-1")
    assert "tax S 7 % on 31.00 EUR = 2.17 EUR\n" in out
    assert "  nothing is left of its base, so all of it goes\n" in out


def test_a_story_with_problems_shows_both_checks(write: Callable[..., str], capsys: Capture) -> None:
    base = write(scenario(OPEN, START, '[expect]\nbalances.EUR = "0.00"'))
    path = write('[[step]]\nat = 2024-01-01T20:00:00\ndo = "account.amend"\nparty = "p"\n', "more.toml")
    code, out, _ = answered(capsys, "simulate", base, "--what-if", path)
    assert code == 1
    assert out.index("without the further steps") < out.index("with them")


def test_a_byte_order_mark_and_windows_lines_are_fine(write: Callable[..., str], capsys: Capture) -> None:
    content = b"\xef\xbb\xbf" + scenario(OPEN).replace("\n", "\r\n").encode()
    assert answered(capsys, "check", write(content))[0] == 0


# What is wrong


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"\xff\xfe\x00", ":1: is no UTF-8 text", id="bad UTF-8"),
        pytest.param(b"a = 1\nb = '\xe4'", ":2: is no UTF-8 text", id="bad UTF-8 on a later line"),
        pytest.param(b"\x00\x01\x02", ":1: expected a TOML document", id="binary"),
        pytest.param(b"x" * (LARGEST + 1), "is larger than 1,000,000 bytes", id="huge"),
        pytest.param(b"a = ", ":1: expected a TOML document", id="bad TOML"),
        pytest.param(b"", "account: expected a table [account] with id and zone, found nothing", id="empty"),
    ],
)
@pytest.mark.parametrize("verb", ["simulate", "check", "what-if"])
def test_a_file_that_is_no_scenario(
    content: bytes, told: str, verb: str, write: Callable[..., str], capsys: Capture
) -> None:
    path = write(content)
    arguments = ("simulate", A, "--what-if", path) if verb == "what-if" else (verb, path)
    code, out, err = answered(capsys, *arguments)
    assert code == 2
    assert path in out + err
    if not (verb == "what-if" and not content):
        assert told in (out + err)


def test_each_mistake_has_a_line_of_its_own_for_editors(write: Callable[..., str], capsys: Capture) -> None:
    path = write(scenario(step("2024-01-01", "account.opn"), step("2024-01-01", "account.open", zon='"x"')))
    code, out, err = answered(capsys, "check", path)
    assert (code, err) == (2, "")
    lines = out.splitlines()
    assert [line.partition(": ")[0].removeprefix(path) for line in lines] == [":21", ":27", ""]
    assert lines[-1] == f"{path}: 2 mistakes"
    assert answered(capsys, "simulate", path) == (2, "", out)


def test_what_is_read_plays_no_tricks_on_the_terminal(write: Callable[..., str], capsys: Capture) -> None:
    _, out, _ = answered(capsys, "check", write('acctcore = "\\u001b[31m\\u202e"'))
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param("nowhere.toml", "there is no such file", id="missing"),
        pytest.param(".", "is a directory", id="a directory"),
        pytest.param("a\0b", "cannot be read", id="no name of a file"),
        pytest.param("x" * 5000, "cannot be read", id="a name too long"),
        pytest.param(f"{A}/x", "cannot be read", id="below a file"),
    ],
)
def test_a_file_that_cannot_be_read(path: str, told: str, capsys: Capture) -> None:
    code, out, err = answered(capsys, "simulate", path)
    assert (code, out) == (2, "")
    assert told in err


def test_a_file_that_may_not_be_read(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", denied)
    assert answered(capsys, "check", A) == (2, "", f"acctcore: {A}: may not be read (permission denied)\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ("--explain", "INV-9"), "there is no such document; there are: INV-1, CN-1", id="no document"
        ),
        pytest.param(("--explain", "INV-2:9"), "INV-2 has 2 lines", id="no line"),
        pytest.param(("--explain", "INV-2:0"), "INV-2 has 2 lines", id="line zero"),
        pytest.param(("--explain", "INV-2:x"), "INV-2 has 2 lines", id="no number"),
        pytest.param(("--explain", ""), "there is no such document", id="nothing"),
        pytest.param(("--until", "2023-12-31"), "the scenario begins on 2024-01-17", id="too early"),
        pytest.param(("--until", "9999-12-31"), "more than 30 years after the scenario", id="too late"),
        pytest.param(("--what-if", "nowhere"), "there is no such file", id="no further steps"),
    ],
)
def test_an_option_that_fits_nothing(arguments: tuple[str, str], told: str, capsys: Capture) -> None:
    code, out, err = answered(capsys, "simulate", A, *arguments)
    assert (code, out) == (2, "")
    assert told in err


def test_a_run_without_documents_has_none_to_explain(write: Callable[..., str], capsys: Capture) -> None:
    assert answered(capsys, "simulate", write(scenario(OPEN)), "--explain", "x")[2].endswith(
        "there are: none\n"
    )


def test_an_unknown_room_lists_the_rooms(capsys: Capture) -> None:
    code, out, err = answered(capsys, "diagram", "kitchen")
    assert (code, out) == (2, "")
    assert (
        "the rooms are: account, approvals, authorisations, chargebacks, holds, invoices, payments, re" in err
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("simulate",),
        ("simulate", A, "--fly"),
        ("simulate", A, "--until", "tomorrow"),
        ("check", "a", "b"),
    ],
)
def test_a_command_line_that_is_none(arguments: tuple[str, ...], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: acctcore")


@pytest.mark.parametrize("arguments", [("--help",), ("simulate", "--help")])
def test_help_tells_the_exit_codes(arguments: tuple[str, ...], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(arguments)
    assert stopped.value.code == 0
    assert "exit codes:" in capsys.readouterr().out


def test_the_command_says_which_release_it_is(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["--version"])
    release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert (stopped.value.code, capsys.readouterr().out) == (0, f"acctcore {release}\n")


@pytest.mark.parametrize(
    ("library", "arguments", "told"),
    [
        pytest.param("rich", (), "this needs rich; install it with: pip install 'acctcore[cli]'", id="rich"),
        pytest.param("acctcore.records", ("--json",), "this needs acctcore.records", id="records"),
    ],
)
def test_a_library_that_is_missing(
    library: str, arguments: tuple[str, ...], told: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any) -> object:
        if name == library or name.startswith(f"{library}."):
            raise ModuleNotFoundError(name, name=library)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    for name in [
        name for name in sys.modules if name.startswith(("rich", "acctcore.cli.plain", "acctcore.cli.show"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("plain", "show"):
        monkeypatch.delattr(sys.modules["acctcore.cli"], name, raising=False)
    code, out, err = answered(capsys, "simulate", A, *arguments)
    assert (code, out) == (3, "")
    assert told in err


def test_check_and_diagram_need_no_extra() -> None:
    code = (
        "import sys; sys.modules['rich'] = sys.modules['cattrs'] = None\n"
        "from acctcore.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    for arguments in (["check", A], ["diagram", "account"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("acctcore.simulation.simulate", interrupted)
    assert answered(capsys, "simulate", A) == (130, "", "")


@pytest.mark.parametrize("arguments", ["simulate {} --json", "simulate {}", "diagram account"])
def test_nobody_reads_to_the_end(arguments: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "acctcore.cli", *arguments.format(A).split()],
        cwd=ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize("arguments", ["simulate {} --json", "simulate {}", "diagram account"])
def test_a_disk_that_is_full(arguments: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "acctcore.cli", *arguments.format(A).split()],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    told = b"acctcore: the output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (4, told)


def test_streams_that_are_closed(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert answered(capsys, "check", "-") == (2, "", "acctcore: standard input: is closed\n")
    monkeypatch.setattr(sys, "stdout", None)
    assert run(["diagram", "account"]) == 4
    assert capsys.readouterr().err == "acctcore: standard output is closed\n"


def test_the_reference_tells_every_option_room_key_and_exit_code(
    write: Callable[..., str], capsys: Capture
) -> None:
    reference = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        run(["simulate", "--help"])
    printed = capsys.readouterr().out
    told = {*re.findall(r"--[a-z-]+", printed), *ROOMS} - {"--help"}
    told |= {f"| {code}" for code in re.findall(r"^  (\d+) ", printed, re.MULTILINE)}
    assert [each for each in sorted(told) if not re.search(rf"`?{re.escape(each)}\b", reference)] == []
    family = write(Path(A).read_text("utf-8").replace("[account]", "[account]\nchildren = 2", 1))
    for arguments in ([A], [A, "--explain", "INV-2"], [family]):
        data = json.loads(answered(capsys, "simulate", *arguments, "--json")[1])
        (row,) = [line for line in reference.splitlines() if line.startswith(f"| `{data['type']}` ")]
        assert re.findall(r"`(\w+)`", row) == [key for key in data if key != "type"]


def test_the_command_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "argv", ["acctcore", "diagram", "account"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("acctcore.cli", run_name="__main__")
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("stateDiagram")


def test_streams_of_another_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert run(["diagram", "account"]) == 0


def test_a_terminal_that_lacks_letters() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "acctcore.cli", "simulate", A],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C", "COLUMNS": "80"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


def test_a_narrow_terminal_hides_no_figure(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    _, out, _ = answered(capsys, "simulate", A)
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= 80
