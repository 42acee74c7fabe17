"""The spreadsheet, calculated anew by LibreOffice: every formula comes to the value that it carried."""

import io
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.domain.period import Period
from app.services.reports import project_named, report
from app.services.reports.rows import counted_rows
from app.wording.report.files import report_file
from tests.interop.calendars.programs import install, run
from tests.reports.october import NOVEMBER, TARGETS, load_project

# Without it LibreOffice believes the values that a file of others carries.
ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


@pytest.mark.parametrize("language", ["sv", "en"])
def test_formulas_come_to_what_they_carried(app: Flask, tmp_path: Path, language: str) -> None:
    install(("soffice", "libreoffice-calc-nogui"))
    office, _ = load_project(more=TARGETS)
    period = Period.parse("2026-10")
    found = report(office, period, now=NOVEMBER)
    rows = counted_rows([office], period, project_named(office, "kontoret"), found["checksum"])
    content = report_file(found, "xlsx", language, now=NOVEMBER, rows=rows)
    calculated = load_workbook(calculate(content, tmp_path), data_only=True)
    carried = load_workbook(io.BytesIO(content), data_only=True)
    compared = 0
    for sheet in load_workbook(io.BytesIO(content)):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    expected = carried[sheet.title][cell.coordinate].value
                    assert calculated[sheet.title][cell.coordinate].value == pytest.approx(expected), cell
                    compared += 1
    assert compared > 40


def calculate(content: bytes, folder: Path) -> Path:
    """The file as LibreOffice writes it after calculating everything."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE, "utf-8")
    (folder / "report.xlsx").write_bytes(content)
    target = folder / "calculated"
    run(
        "soffice",
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        target,
        folder / "report.xlsx",
    )
    return target / "report.xlsx"
