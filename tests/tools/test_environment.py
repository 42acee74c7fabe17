"""What the first start says when the machine lacks something: one line, with what to do."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project whose requirements ask for nothing, so that real environments are quickly made."""
    venv = tmp_path / ".venv"
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(environment, "STAMP", venv / "installed.json")
    monkeypatch.setattr(environment, "UNFINISHED", venv / "unfinished")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\n")
    return tmp_path


@pytest.fixture
def fake(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes what would be made and fetched, and pretends that it worked."""
    done: list[str] = []

    def make_venv() -> None:
        done.append("made")
        environment.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        environment.PYTHON.touch()

    def fetch(kind: str) -> None:
        done.append(kind)
        environment.UNFINISHED.touch()

    monkeypatch.setattr(environment, "make_venv", make_venv)
    monkeypatch.setattr(environment, "fetch", fetch)
    monkeypatch.setattr(environment, "works", lambda: environment.PYTHON.exists())
    return done


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error."""
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_a_second_start_installs_nothing(fake: list[str]) -> None:
    assert environment.main([]) == 0
    assert environment.main([]) == 0
    assert fake == ["made", "runtime"]


def test_what_development_needs_comes_on_top_and_holds_for_running_too(fake: list[str]) -> None:
    environment.main([])
    environment.main(["--dev"])
    environment.main([])
    environment.main(["--dev"])
    assert fake == ["made", "runtime", "dev"]


def test_other_pins_are_installed_into_the_same_environment(fake: list[str], project: Path) -> None:
    environment.main(["--dev"])
    (project / "requirements.txt").write_text("# something else\n")
    environment.main([])
    environment.main(["--dev"])
    assert fake == ["made", "dev", "runtime", "dev"]


def test_an_interrupted_start_is_noticed_and_made_anew(
    fake: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    environment.main([])
    environment.UNFINISHED.touch()
    assert environment.main([]) == 0
    assert fake == ["made", "runtime", "made", "runtime"]
    assert "interrupted" in capsys.readouterr().out
    assert not environment.UNFINISHED.exists()


def test_a_moved_folder_gets_an_environment_of_its_own(
    fake: list[str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.main([])
    monkeypatch.setattr(environment, "home", lambda: "elsewhere 3.11")
    environment.main([])
    assert fake == ["made", "runtime", "made", "runtime"]


def test_an_environment_made_by_hand_is_completed_not_thrown_away(fake: list[str]) -> None:
    environment.PYTHON.parent.mkdir(parents=True)
    environment.PYTHON.touch()
    environment.main([])
    assert fake == ["runtime"]


def test_a_broken_environment_is_made_anew(fake: list[str]) -> None:
    environment.VENV.mkdir()
    environment.main([])
    assert fake == ["made", "runtime"]


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_without_a_part_of_python_the_line_names_the_package(
    missing: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    assert environment.main([]) == 1
    assert "apt install python3-venv" in said(capsys)


def test_a_python_too_old_is_told_so(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "OLDEST", (4, 0))
    assert environment.main([]) == 1
    assert "Python 3.11 or later is needed" in said(capsys)


def test_when_venv_itself_fails_the_line_names_the_package(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "No module named ensurepip")
    monkeypatch.setattr(environment, "run", lambda *_command, **_variables: failed)
    assert environment.main([]) == 1
    assert "apt install python3-venv" in said(capsys)
    assert not environment.VENV.exists()


def test_without_a_network_the_reason_and_the_way_on_are_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = "WARNING: Retrying\nERROR: No matching distribution found for flask==3.1.3\n"
    failed = subprocess.CompletedProcess([], 1, "", error)
    monkeypatch.setattr(environment, "make_venv", environment.VENV.mkdir)
    monkeypatch.setattr(environment, "run", lambda *_command, **_variables: failed)
    assert environment.main([]) == 1
    line = said(capsys)
    assert "No matching distribution found for flask==3.1.3" in line
    assert "run the same command again" in line
    assert environment.UNFINISHED.exists()  # so that the next start knows


def test_ctrl_c_while_installing_ends_in_a_line(
    fake: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(kind: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "fetch", interrupted)
    assert environment.main([]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_person_who_may_not_install_chromium_is_told_how(
    monkeypatch: pytest.MonkeyPatch, fake: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda _name: None)
    assert environment.main(["--dev", "--browser"]) == 1
    assert "apt install chromium" in said(capsys)


def test_the_file_reads_on_a_python_too_old_for_the_product() -> None:
    source = Path(environment.__file__).read_text("utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert sys.version_info >= environment.OLDEST
