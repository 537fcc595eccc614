"""Rows written as a CSV file or an Excel workbook, aside and then put in place whole."""

from __future__ import annotations

import csv
import errno
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from paroleclinic.cells import harmless, shown
from paroleclinic.cohort.standings import Standing
from paroleclinic.cohort.tables import Cell, Column, Row, Table

BOM = "\ufeff"  # Excel on Windows takes a CSV file without it for its old code page: José becomes JosÃ©
ROWS = 1_048_575  # of a sheet, heading left out
FIRST_YEAR = 1900  # that a workbook knows
TAKEN = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY)
LONGEST_NAME = 31  # characters of a sheet's


class CannotWrite(OSError):
    """A file that cannot be written; the message says why and what to do."""


class Line(NamedTuple):
    """A line of the sheet that explains the others."""

    about: str
    name: str
    says: str


def write(target: Path, make: Callable[[Path], object]) -> None:
    """Let `make` write a file beside `target` and move it there; what was there before stays when that fails. Raises CannotWrite."""
    beside = target.with_name(f".{secrets.token_hex(4)}{target.suffix}")
    try:
        make(beside)
        beside.replace(target)
    except (OSError, FileCreateError) as error:
        raise CannotWrite(reason(error.__cause__ or error, target)) from None
    finally:
        beside.unlink(missing_ok=True)


def reason(error: BaseException, target: Path) -> str:
    """Why a file cannot be written, as a sentence without its full stop."""
    if isinstance(error, OSError) and error.errno in TAKEN:
        return f"{target} cannot be written: it is open in another program, such as Excel, or not yours to change"
    return f"{target} cannot be written: {error.strerror if isinstance(error, OSError) else error}"


def write_csv(path: Path, rows: Iterable[Row], *, bom: bool) -> int:
    """Write rows as RFC 4180 has it, UTF-8; no text in it is a formula to a spreadsheet. How many lines there are."""
    count = 0
    with path.open("x", newline="", encoding="utf-8-sig" if bom else "utf-8") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        for row in rows:
            writer.writerow([_in_csv(cell) for cell in row])
            count += 1
    return count


def write_workbook(
    path: Path, tables: Sequence[Table], learners: Iterable[Standing], about: Sequence[Line], at: datetime
) -> dict[str, int]:
    """Write a sheet a table and one that explains them. Nothing in it is a formula or a link. Table -> its rows.

    `at` stands in the file as the moment it was made. A sheet that is full goes on in another.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        options = {
            "constant_memory": True, "tmpdir": scratch, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        }  # fmt: skip
        book = Workbook(str(path), options)
        try:
            looks = _Looks(book)
            sheets = [_Sheet(book, looks, table) for table in tables]
            book.set_properties({"title": "Marks", "created": at})
            _explain(book, looks, about)
            for one in learners:
                for sheet in sheets:
                    for row in sheet.table.rows(one):
                        sheet.add(row)
            for sheet in sheets:
                sheet.end()
        except BaseException:
            for sheet in book.worksheets():  # closing the book would put it together first
                sheet.row_data_fh.close()
            raise
        book.close()
    return {sheet.table.name: sheet.total for sheet in sheets}


class _Looks:
    def __init__(self, book: Any) -> None:
        self.text = book.add_format({"num_format": "@"})  # text that stays text when somebody edits it
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.share = book.add_format({"num_format": "0%"})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})


class _Sheet:
    def __init__(self, book: Any, looks: _Looks, table: Table) -> None:
        self._book, self._looks, self.table = book, looks, table
        self.total, self._sheets = 0, 0
        self._shares = [looks.share if column.drawn == "share" else None for column in table.columns]
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        name = self.table.name if self._sheets == 1 else f"{self.table.name} {self._sheets}"
        self._sheet = self._book.add_worksheet(name[:LONGEST_NAME])
        _head(self._sheet, self._looks, self.table.columns)
        self._row = 0

    def add(self, row: Row) -> None:
        if self._row == ROWS:
            self._end_sheet()
            self._begin()
        self._row += 1
        self.total += 1
        sheet, at, text = self._sheet, self._row, self._looks.text
        for place, cell in enumerate(row):
            if cell is None:
                continue
            if isinstance(cell, str):
                sheet.write_string(at, place, shown(cell), text)
            elif isinstance(cell, datetime) and cell.year >= FIRST_YEAR:
                sheet.write_datetime(at, place, cell, self._looks.moment)
            elif isinstance(cell, datetime):
                sheet.write_string(at, place, str(cell), text)
            else:
                sheet.write_number(at, place, cell, self._shares[place])

    def end(self) -> None:
        self._end_sheet()

    def _end_sheet(self) -> None:
        self._sheet.autofilter(0, 0, self._row, len(self.table.columns) - 1)


def _head(sheet: Any, looks: _Looks, columns: Sequence[Column]) -> None:
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, looks.head)


def _explain(book: Any, looks: _Looks, about: Sequence[Line]) -> None:
    sheet = book.add_worksheet("about")
    _head(sheet, looks, (Column("about", "", 16), Column("name", "", 20), Column("meaning", "", 110)))
    for row, line in enumerate(about, 1):
        for place, text in enumerate(line):
            sheet.write_string(row, place, shown(text), looks.wrapped)


def _in_csv(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return harmless(cell)
    return f"{cell:%Y-%m-%d %H:%M:%S}" if isinstance(cell, datetime) else cell
