"""The section of a report that is about the service's quality: block II of the SKD and the SKM."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from appliance.ratings.questions import HIGHEST, QUESTIONS
from appliance.ratings.rules import CHANNELS, REFUSALS, UNSAID, Index
from appliance.ratings.skd_items import STATEMENTS
from appliance.ratings.skd_rules import ItemFigures, Quadrant, SkdFigures
from appliance.reports import rules
from appliance.reports.phrases import Phrase, label_of
from appliance.reports.rules import Cell, Chart, Column, Kind, Section, Table, head

NAME = Phrase("Blok II. Mutu layanan", "Block II. Quality of the service")
SHEET = "Blok II Mutu layanan"
MONTHLY = Phrase(
    "Penilaian disimpan per bulan, tanpa hari, supaya tidak dapat dihubungkan dengan kunjungan."
    " Lihat laporan bulan.",
    "Ratings are kept by month, without a day, so that nobody can tie them to a visit. See the"
    " report of the month.",
)
GRADES = {
    "A": Phrase("A – Sangat baik", "A – Very good"),
    "B": Phrase("B – Baik", "B – Good"),
    "C": Phrase("C – Kurang baik", "C – Not so good"),
    "D": Phrase("D – Tidak baik", "D – Not good"),
}
TOO_FEW = Phrase(
    "Belum diberi mutu: ada unsur dengan kurang dari 10 jawaban",
    "No grade yet: an element has fewer than 10 answers",
)
QUADRANTS = {
    Quadrant.IMPROVE: Phrase("Prioritas perbaikan", "Improve first"),
    Quadrant.KEEP: Phrase("Pertahankan", "Keep"),
    Quadrant.LATER: Phrase("Prioritas rendah", "Later"),
    Quadrant.ENOUGH: Phrase("Sudah cukup", "More than enough"),
}
REFUSED = (*REFUSALS, UNSAID)
_ANSWERS = Column(Phrase("Jawaban", "Answers"))


def of_a_day() -> Section:
    """Why a day has no ratings."""
    return Section("block2", NAME, SHEET, "star", (), MONTHLY)


@dataclass(frozen=True, slots=True)
class Ratings:
    """What people answered in whole months; `course` is the index of each month of a longer
    period, `refusals` by reason, `channels` by where people answered."""

    index: Index
    sample: int
    skd: SkdFigures
    course: Mapping[dt.date, Index]
    channels: Mapping[str, int]
    refusals: Mapping[str, int]


def block_two(ratings: Ratings) -> Section:
    """The nine elements with their index, the sixteen items, who answered where and who did not."""
    index = ratings.index
    names = {one.element: Phrase(one.name_id, one.name_en) for one in QUESTIONS}
    elements = tuple((names[one.element], one.mean, one.answered) for one in index.elements)
    heads = (head("Unsur", "Element"), head("Nilai rata-rata", "Mean", Kind.DECIMAL), _ANSWERS)
    skm = Phrase("Unsur SKM, nilai 1 sampai 4", "SKM elements, 1 to 4")
    tables = [
        Table("skm", skm, heads, elements, Chart.BARS, full=HIGHEST),
        Table(
            "ikm",
            Phrase("Indeks Kepuasan Masyarakat", "Satisfaction index (IKM)"),
            (head("Butir", "Item"), head("Nilai", "Value")),
            _summary(index, ratings.sample),
            note=Phrase(
                "IKM = jumlah nilai rata-rata tertimbang × 25, pecahan eksak, dibulatkan ke dua"
                " desimal, lalu diberi mutu.",
                "IKM = sum of the weighted means × 25 in exact fractions, rounded to two decimals,"
                " then graded.",
            ),
        ),
    ]
    if ratings.course:
        tables.append(_by_month(ratings.course))
    asked = (
        ("rating_channels", Phrase("Cara menilai", "How they rated"), CHANNELS, ratings.channels),
        ("refusals", Phrase("Tidak menilai", "Did not rate"), REFUSED, ratings.refusals),
    )
    tables += [
        rules.counted(key, name, {one.code: label_of(one) for one in choices}, counts)
        for key, name, choices, counts in asked
    ]
    return Section("block2", NAME, SHEET, "star", (*tables, *_skd(ratings.skd)))


def _skd(skd: SkdFigures) -> Iterator[Table]:
    texts = {one.item: Phrase(one.text_id, one.text_en) for one in STATEMENTS}
    yield Table(
        "skd",
        Phrase("Item SKD, nilai 1 sampai 10", "SKD items, 1 to 10"),
        (
            head("Item", "Item"),
            head("Kepuasan", "Satisfaction", Kind.DECIMAL),
            head("Kepentingan", "Importance", Kind.DECIMAL),
            head("Selisih", "Gap", Kind.DECIMAL),
            Column(Phrase("n kepuasan", "n satisfaction")),
            Column(Phrase("n kepentingan", "n importance")),
            head("Kuadran", "Quadrant"),
        ),
        tuple(_item(texts[one.item], one) for one in skd.items),
        Chart.BARS,
        full=10,
    )
    yield Table(
        "skd_index",
        Phrase("Kepuasan SKD (0–100)", "SKD satisfaction (0–100)"),
        (head("Butir", "Item"), head("Nilai", "Value", Kind.DECIMAL)),
        (
            (Phrase("Indeks kepuasan (IKK)", "Satisfaction index (IKK)"), skd.index),
            (Phrase("Indeks antikorupsi (IPAK)", "Integrity index (IPAK)"), skd.integrity),
            (Phrase("Kepuasan keseluruhan, 1–10", "Overall satisfaction, 1–10"), skd.overall),
            (Phrase("Responden SKD", "SKD respondents"), skd.respondents),
        ),
        note=Phrase(
            "Skala SKD bukan skala IKM: mutu A sampai D tidak berlaku di sini.",
            "This is not the scale of the IKM: grades A to D do not apply here.",
        ),
    )


def _item(text: Phrase, one: ItemFigures) -> tuple[Cell, ...]:
    return (
        *(text, one.satisfaction, one.importance, one.gap),
        *(one.satisfaction_answered, one.importance_answered),
        QUADRANTS[one.quadrant] if one.quadrant else None,
    )


def _summary(index: Index, sample: int) -> tuple[tuple[Cell, ...], ...]:
    grade = GRADES[index.grade] if index.grade else TOO_FEW if index.respondents else None
    return (
        ("IKM", index.ikm),
        (Phrase("Mutu pelayanan", "Grade"), grade),
        (Phrase("Bobot tiap unsur", "Weight of each element"), index.weight.value),
        (Phrase("Responden", "Respondents"), index.respondents),
        (Phrase("Dianjurkan (Krejcie-Morgan)", "Advised (Krejcie-Morgan)"), sample),
    )


def _by_month(course: Mapping[dt.date, Index]) -> Table:
    rows = tuple((month, one.ikm, one.respondents) for month, one in course.items())
    return Table(
        "ikm_course",
        Phrase("IKM per bulan", "IKM by month"),
        (
            head("Bulan", "Month", Kind.PART),
            head("IKM", "IKM", Kind.DECIMAL),
            Column(Phrase("Responden", "Respondents")),
        ),
        rows,
        Chart.COLUMNS,
        full=100,
    )
