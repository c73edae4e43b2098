"""Static tables out of the source's HTML: what is kept of them, and what never is."""

import html

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.mirror.tables import MOST_OPENED, MOST_ROWS, StatTable, table_of

HEAD = 'style="font-weight:bold;background-color:#003366"'
BLANK = '<td style=""><nobr>&nbsp;</nobr></td>'
# As a spreadsheet becomes at the source: titles in a cell, blank cells at the right, no <th>.
RECORDED = f"""<table class="excel" cellpadding=0 width=642 style="border-collapse:
 collapse"><tbody>
<tr style="height:20px;"><td><nobr>Tenaga Kesehatan Tahun 2014</nobr></td>{BLANK * 4}</tr>
<tr>{BLANK * 5}</tr>
<tr><td {HEAD} rowspan=2><nobr>Tenaga &amp; Jenis</nobr></td><td {HEAD} colspan=2>Status</td>
<td {HEAD} rowspan=2>Jumlah</td>{BLANK}</tr>
<tr><td {HEAD}>DIKBUD</td><td {HEAD}>SWASTA</td>{BLANK}</tr>
<tr><td><nobr> Dokter </nobr></td><td>-</td><td>48</td><td>1.048</td>{BLANK}</tr>
<tr><td>Bidan</td><td>3</td><td>4</td><td>7</td>{BLANK}</tr>
<tr><td>Sumber: Dinas Kesehatan</td>{BLANK * 4}</tr>
</tbody></table>"""


def texts(rows) -> list[list[str]]:
    return [[cell.text for cell in row] for row in rows]


def test_a_recorded_table_is_its_titles_its_head_its_figures_and_its_notes() -> None:
    for source in (RECORDED, html.escape(RECORDED)):
        table = table_of(source)

        assert table.above == ("Tenaga Kesehatan Tahun 2014",)
        assert texts(table.head) == [["Tenaga & Jenis", "Status", "Jumlah"], ["DIKBUD", "SWASTA"]]
        assert [(cell.columns, cell.rows) for cell in table.head[0]] == [(1, 2), (2, 1), (1, 2)]
        assert texts(table.body) == [["Dokter", "-", "48", "1.048"], ["Bidan", "3", "4", "7"]]
        assert [cell.is_number for cell in table.body[0]] == [False, True, True, True]
        assert table.notes == ("Sumber: Dinas Kesehatan",)


def test_nothing_that_runs_or_loads_is_kept() -> None:
    table = table_of(
        "<table><tr><th onclick='x()'>Kec.<script>alert(1)</script><img src=//evil.example></th>"
        "<th>Jml</th></tr><tr><td>&lt;b&gt;Bonjol&lt;/b&gt;</td><td>5</td></tr></table>"
    )

    assert texts(table.head) == [["Kec.", "Jml"]]
    assert texts(table.body) == [["<b>Bonjol</b>", "5"]]  # text, which screens escape


def test_a_table_in_a_cell_and_cells_left_open_keep_their_place() -> None:
    inner = "<table><tr><td>di<td>dalam</table>"
    table = table_of(f"<table><tr><td>A {inner} luar<td>1<tr><td>B<td>2</table>")

    assert texts(table.body) == [["A di dalam luar", "1"], ["B", "2"]]


def test_what_is_no_table_or_beyond_measure_is_none() -> None:
    for source in ("", "tidak ada", "<table></table>", "<table><tr><td>&nbsp;</td></tr></table>"):
        assert table_of(source) is None
    assert table_of("<table>" + "<tr><td>1<td>2" * (MOST_ROWS + 1)) is None
    assert table_of("<table><tr>" + "<td colspan=90>1" * 2) is None


def test_what_is_made_to_keep_us_busy_is_read_once_through() -> None:
    blanks = table_of(f"<table><tr><td colspan={' ' * 500_000}x>1</table>")  # once for hours

    assert texts(blanks.body) == [["1"]]
    assert table_of("<table>" + "<tr>" * (MOST_OPENED + 1) + "<td>1</table>") is None


@given(st.lists(st.sampled_from(
    ["<table>", "</table>", "<tr>", "<td>", "<th rowspan=3>", "<td colspan='2'>", "</td>", "1",
     "a", "&nbsp;", "<b>", "<script>", "</script>", "<!--", "-->", "<", "&lt;td&gt;"]
), max_size=60))  # fmt: skip
def test_any_mixture_is_a_table_that_can_be_kept_or_none(pieces) -> None:
    table = table_of("".join(pieces))

    if table is not None:
        assert msgspec.json.decode(msgspec.json.encode(table), type=StatTable) == table
        assert any(cell.text for row in (*table.head, *table.body) for cell in row)
