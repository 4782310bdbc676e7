"""The sentences of imports: code and parameters -> what is wrong and what to do.

Every code of employees.sheets.codes has one. They are made in the reader's language at the
moment they are shown; what is stored is the code with its parameters.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

_FILE: dict[str, str | Promise] = {
    "file_too_large": _(
        "The file is larger than %(limit_mib)s MiB. Split it, or save only the sheet that matters."
    ),
    "file_empty": _("The file is empty (zero bytes). Save it again and upload it again."),
    "wrong_extension": _(
        "Files ending in “%(extension)s” are not read. Save the sheet as XLSX or CSV."
    ),
    "wrong_format": _(
        "The content is not what the ending “%(extension)s” says. Open the file in a spreadsheet "
        "program and save it as XLSX or CSV."
    ),
    "encrypted": _("The file is protected by a password. Save it without one."),
    "macros": _("The file holds macros. Save it as an ordinary XLSX workbook without macros."),
    "zip_damaged": _("The file is damaged or cut off. Save it again and upload it again."),
    "zip_path": _(
        "The file holds parts with unsafe names. Save it again from a spreadsheet program."
    ),
    "zip_doubled": _(
        "The file holds the same part twice. Save it again from a spreadsheet program."
    ),
    "zip_parts": _(
        "The file holds more than %(limit)s parts. Remove pictures and unused sheets, and save it."
    ),
    "zip_bomb": _(
        "The file unpacks to far more than it should (limit %(limit_mib)s MiB). Copy the rows into "
        "a new workbook and save that."
    ),
    "zip_trailing": _(
        "There is something before or behind the workbook in this file. Save it again from a "
        "spreadsheet program."
    ),
    "xml_dtd": _(
        "The file holds declarations (DTD) that no spreadsheet needs. Save it again from a "
        "spreadsheet program."
    ),
    "xml_encoding": _(
        "A part of the file is not written in UTF-8. Save it again from a spreadsheet program."
    ),
    "xml_damaged": _(
        "The workbook is damaged inside. Open it in a spreadsheet program, repair it and save it."
    ),
    "reader_died": _(
        "The file could not be read within safe bounds. Copy the rows into a new workbook and "
        "save that."
    ),
    "too_slow": _(
        "Reading the file took more than %(seconds)s seconds. Split it into smaller files."
    ),
    "too_much_memory": _(
        "Reading the file needs more than %(limit_mib)s MiB of memory. Split it into smaller files."
    ),
    "too_many_rows": _(
        "The sheet has more than %(limit)s rows, or data as far down as row %(row)s. Split it, or "
        "delete the stray cells."
    ),
    "too_many_columns": _(
        "Row %(row)s has data beyond column %(limit)s. Delete the stray cells and columns."
    ),
    "no_data": _("The workbook holds no data. Fill in the template and upload it again."),
    "no_header": _(
        "No header was found in the first %(rows)s rows with data. Put the headings above the "
        "rows: %(expected)s."
    ),
    "header_only": _("There is a header in row %(header_row)s, but no row with data below it."),
    "column_missing": _(
        "The header in row %(header_row)s lacks: %(columns)s. Add the columns, or map them by hand."
    ),
    "column_twice": _(
        "Several columns give “%(field)s”: %(columns)s. Delete or rename all but one."
    ),
    "sheets_ambiguous": _("Several sheets hold data: %(sheets)s. Choose which one is to be read."),
    "sheet_unknown": _("There is no sheet “%(sheet)s”. The workbook has: %(sheets)s."),
    "sheets_hidden": _(
        "Only hidden sheets hold data: %(sheets)s. Unhide the one to be read, or choose it."
    ),
    "mapping_unknown": _(
        "These mapped headings are not in the sheet: %(columns)s. Map the columns again."
    ),
    "csv_encoding": _(
        "The text is damaged in row %(row)s (broken UTF-8). Save the file again as CSV UTF-8."
    ),
    "csv_nul": _("The file holds NUL characters. Save it again as CSV UTF-8."),
    "csv_quotes": _(
        "A quotation mark opened before or in row %(row)s is never closed. Close it, or save the "
        "file again from a spreadsheet program."
    ),
    "csv_endless_line": _(
        "A line is longer than %(limit)s characters. Save the file again as CSV with one line "
        "per row."
    ),
}
_CELL: dict[str, str | Promise] = {
    "cell_empty": _("The cell is empty. Fill it in."),
    "cell_formula": _("The cell holds a formula. Copy the column and paste it as values."),
    "cell_error": _("The cell holds the error %(value)s. Correct the formula and paste values."),
    "cell_merged": _(
        "The cell is part of merged cells. Unmerge them and fill in a value in each row."
    ),
    "cell_type": _("The cell holds a %(found)s where text or a number is expected. Retype it."),
    "cells_missing": _(
        "The row has %(found)s cells instead of %(expected)s. Add the missing separators."
    ),
    "cells_extra": _(
        "The row has %(found)s cells instead of %(expected)s. Put text that holds the separator "
        "in quotation marks."
    ),
    "text_too_long": _("The text has %(length)s characters; at most %(limit)s fit. Shorten it."),
    "text_control": _("The text holds a control character (%(codepoint)s). Retype the cell."),
    "text_bidi": _(
        "The text holds a character that turns the writing direction (%(codepoint)s). Retype it."
    ),
    "text_number_damaged": _(
        "The cell holds a number whose digits may have been changed. Format it as text and retype."
    ),
    "int_unreadable": _("“%(value)s” is not a whole number. Write digits only."),
    "choice_unknown": _("“%(value)s” is not known. Write one of: %(allowed)s."),
    "golongan_unknown": _("“%(value)s” is no golongan. Write it like III/b (PPPK: IX)."),
    "golongan_contradicts": _(
        "The rank and the golongan in “%(value)s” contradict each other. Write the right one."
    ),
}
_NIP: dict[str, str | Promise] = {
    "nip_empty": _("There is no NIP. Write its 18 digits."),
    "nip_number": _(
        "The NIP is a number; spreadsheets change its last digits. Format the column as text and "
        "retype the 18 digits."
    ),
    "nip_scientific": _(
        "The spreadsheet has damaged the NIP (scientific form). Format the column as text and "
        "retype the 18 digits."
    ),
    "nip_characters": _("The NIP holds something other than digits. Write its 18 digits."),
    "nip_foreign_digits": _("The NIP holds digits of another script. Retype it with 0 to 9."),
    "nip_length": _("The NIP has %(length)s digits instead of %(expected)s. Check and retype it."),
    "nip_zeros": _("The NIP holds only zeros. Write the person's NIP."),
    "nip_birth_date": _("The first 8 digits of the NIP are no birth date. Check and retype it."),
    "nip_age": _(
        "By this NIP the person was under %(minimum)s years old when appointed. Check and retype."
    ),
    "nip_sex": _("Digit 15 of the NIP must be 1 or 2. Check and retype it."),
    "nip_sequence": _("The NIP ends in 000, which is never issued. Check and retype it."),
    "nip_normalised": _(
        "The NIP was read without apostrophe, blanks and separators: check the 18 digits."
    ),
    "nip_month": _("Digits 13 and 14 of the NIP (%(month)s) are no month: check it."),
    "nip_looks_pppk": _(
        "Digits 13 and 14 (%(month)s) look like a PPPK number: check the employment type."
    ),
    "nip_looks_pns": _("The number looks like a PNS's: check the employment type."),
    "nip_year": _(
        "The year of appointment in the NIP is not between %(first)s and %(last)s: check it."
    ),
    "nip_birth_date_differs": _(
        "The birth date in the NIP differs from the one on record: give a reason if both are right."
    ),
    "nip_sex_differs": _(
        "The sex digit of the NIP differs from the record: give a reason if both are right."
    ),
    "nip_tmt_differs": _(
        "The appointment month in the NIP differs from the TMT CPNS on record: give a reason if "
        "both are right."
    ),
}
_DATE: dict[str, str | Promise] = {
    "date_impossible": _("“%(value)s” is a day that does not exist. Correct the date."),
    "date_serial": _("The number %(value)s is no date. Write it like 05-04-2021."),
    "date_month_first": _(
        "“%(value)s” has the month before the day. Write day-month-year, like 05-04-2021."
    ),
    "date_two_digit_year": _("“%(value)s” has a year of two digits. Write all four."),
    "date_year": _(
        "“%(value)s” has a year outside %(first)s-%(last)s. Write a date of the Gregorian calendar."
    ),
    "date_unreadable": _("“%(value)s” is no date. Write it like 05-04-2021."),
    "text_from_date": _("A date cell was taken as text: %(date)s. Check it."),
    "date_serial_read": _("A bare number was read as the date %(date)s. Check it."),
    "date_day_first": _("Read as %(date)s (day before month). Check it."),
    "date_ambiguous": _(
        "Could be read two ways; read as %(date)s (day before month). Correct it if wrong."
    ),
    "date_words": _("Read as %(date)s. Check it."),
    "date_normalised": _("Read as %(date)s. Check it."),
    "date_time_dropped": _("The time of day was left out: %(date)s. Check it."),
}
_AMOUNT: dict[str, str | Promise] = {
    "amount_ambiguous": _(
        "“%(value)s” may mean %(small)s or %(large)s (decimal point). State the decimal sign of "
        "the file, or write the amount without thousands sign and zeros at the end."
    ),
    "amount_contradicts": _(
        "“%(value)s” does not fit the decimal sign stated for this file (%(decimal)s). Correct "
        "the amount, or state the other sign."
    ),
    "amount_negative": _("“%(value)s” is negative or a dash. Write an amount of zero or more."),
    "amount_not_finite": _("“%(value)s” is not an amount. Write a number."),
    "amount_exponent": _("“%(value)s” is in scientific form. Write out the amount."),
    "amount_underscore": _("“%(value)s” holds an underscore. Write digits and a decimal sign."),
    "amount_foreign_digits": _("The amount holds digits of another script. Retype it with 0 to 9."),
    "amount_decimals": _(
        "“%(value)s” has more than %(kept)s decimals. Round it as the source document does."
    ),
    "amount_too_large": _("The amount is too large for credit points. Check and retype it."),
    "amount_is_date": _(
        "The spreadsheet has turned the amount into a date. Format the cell as a number and retype."
    ),
    "amount_unreadable": _("“%(value)s” is not an amount. Write digits and one decimal sign."),
    "amount_comma": _("The comma was read as decimal sign: %(amount)s. Check it."),
    "amount_thousands": _("A thousands sign was left out: %(amount)s. Check it."),
    "amount_noise": _("Noise of the spreadsheet's arithmetic was rounded: %(amount)s. Check it."),
}
_WARNING: dict[str, str | Promise] = {
    "encoding": _("The text was read as %(encoding)s. Check names with accents."),
    "delimiter": _("The columns are separated by: %(delimiter)s. Check the preview."),
    "sep_line": _("The first line (sep=) names the separator and was not read as data."),
    "mixed_newlines": _("The lines end in different ways. Check that no row is split."),
    "title_rows": _(
        "%(count)s rows above the header in row %(header_row)s were not read. Check the preview."
    ),
    "columns_reordered": _("The columns stand in another order. They were matched by heading."),
    "heading_variant": _("The heading “%(heading)s” was taken for “%(expected)s”. Check it."),
    "columns_extra": _("These columns are not known and were not read: %(columns)s."),
    "sheets_hidden_ignored": _(
        "Hidden sheets with data were not read: %(sheets)s. Unhide them if they matter."
    ),
    "blank_rows": _("%(count)s blank rows above row %(row)s were left out."),
    "subtotal_skipped": _("Row %(row)s looks like a subtotal and was left out. Check it."),
    "numbering_skipped": _("Row %(row)s only numbers the columns and was left out."),
    "row_outside_columns": _(
        "Row %(row)s has text outside the known columns only and was left out. Check it."
    ),
    "row_hidden": _("The row is hidden in the sheet but was read. Delete it if it must not count."),
    "duplicate_row": _("The same as row %(row)s: counted once. Delete one of them."),
    "cells_unheaded": _(
        "Cells in columns without a heading were not read. Give the column a heading, or clear "
        "the cells."
    ),
    "blanks_trimmed": _("Blanks at the start or the end were left out."),
    "blanks_unusual": _("Unusual blanks were replaced by ordinary ones. Check the text."),
    "invisible_removed": _("Invisible characters were left out. Check the text."),
    "text_composed": _("Accents written as separate characters were composed (NFC)."),
    "text_emoji": _("The text holds pictograms. Check whether they belong there."),
    "text_formula_like": _(
        "The text begins with “%(character)s” like a formula. It is kept as text: check it."
    ),
    "text_line_break": _("The text holds a line break or tab. It is kept: check it."),
    "text_from_number": _("A number was taken as text. Check leading zeros."),
    "int_normalised": _("Read as %(number)s. Check it."),
    "choice_spelling": _("“%(value)s” was taken for “%(taken)s”. Check it."),
    "golongan_spelling": _("“%(value)s” was taken for “%(taken)s”. Check it."),
    "dash_as_empty": _("A dash was taken for an empty cell. Fill it in if it matters."),
}
SENTENCES: dict[str, str | Promise] = {**_FILE, **_CELL, **_NIP, **_DATE, **_AMOUNT, **_WARNING}
# Words that stand in parameters as codes.
_WORDS: dict[tuple[str, str], str | Promise] = {
    ("found", "boolean"): _("truth value"),
    ("found", "date"): _("date"),
    ("found", "number"): pgettext_lazy("in a cell", "number"),
    ("delimiter", "semicolon"): _("semicolon"),
    ("delimiter", "tab"): _("tab"),
    ("delimiter", "bar"): _("vertical bar"),
    ("delimiter", "comma"): _("comma"),
    ("decimal", "comma"): _("comma"),
    ("decimal", "point"): _("point"),
}


def sentence(code: str, params: Mapping[str, object]) -> str:
    """What is wrong (or was assumed) and what to do, in the active language.

    Dates are written in words ("5 April 2021"), amounts with the language's decimal sign; dates
    and amounts that were stored as JSON text come out alike. Raises KeyError for a code that is
    not in employees.sheets.codes.
    """
    text = str(SENTENCES[code])
    return text % {name: _shown(name, value) for name, value in params.items()}


def place(sheet_row: int | None, column: str | None) -> str:
    """Where: "Row 5, column NIP", "Row 5", or an empty text for the whole file."""
    if sheet_row is None:
        return ""
    if column is None:
        return gettext("Row %(row)s") % {"row": sheet_row}
    return gettext("Row %(row)s, column %(column)s") % {"row": sheet_row, "column": column}


def _shown(name: str, value: object) -> object:
    if isinstance(value, str):
        return _shown_text(name, value)
    if isinstance(value, date):
        return formats.date_format(value, "j F Y")
    if isinstance(value, Decimal):
        return formats.number_format(value, use_l10n=True)
    if isinstance(value, Iterable):
        return ", ".join(str(item) for item in value)
    return value


def _shown_text(name: str, value: str) -> str:
    if name == "date":
        return formats.date_format(date.fromisoformat(value), "j F Y")
    if name == "amount":
        return formats.number_format(Decimal(value), use_l10n=True)
    return str(_WORDS.get((name, value), value))
