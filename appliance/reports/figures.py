"""The few numbers that stand for a period, beside those of the period before."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from appliance.ratings.rules import Index
from appliance.reports import print_use
from appliance.reports.periods import Period
from appliance.reports.phrases import Phrase
from appliance.reports.rules import Figure, Kind
from appliance.reports.use_counts import UseCounts
from appliance.reports.visit_counts import VisitCounts

NOTHING = "none"  # a deposit that was waived
Measure = int | float | Decimal | None
NAMES: Mapping[str, tuple[Phrase, Kind]] = {
    "visits": (Phrase("Kunjungan", "Visits"), Kind.COUNT),
    "persons": (Phrase("Orang yang dilayani", "People served"), Kind.COUNT),
    "kept_share": (Phrase("Tepat janji", "Promise kept"), Kind.SHARE),
    "wait_p50": (Phrase("Tunggu median", "Median wait"), Kind.SECONDS),
    "wait_p90": (Phrase("Tunggu persentil 90", "90th percentile of waits"), Kind.SECONDS),
    "ikm": (Phrase("IKM", "IKM"), Kind.DECIMAL),
    "respondents": (Phrase("Responden SKM", "SKM respondents"), Kind.COUNT),
    "lockers": (Phrase("Pemakaian loker", "Lockers used"), Kind.COUNT),
    "cards": (Phrase("Kartu dan jaminan dititipkan", "Cards and guarantees held"), Kind.COUNT),
    "readings": (Phrase("Baca di tempat", "Read in the room"), Kind.COUNT),
    "scans": (Phrase("Hasil pindai", "Scans"), Kind.COUNT),
    "scanned_pages": (Phrase("Halaman dipindai", "Pages scanned"), Kind.COUNT),
    "downloads": (Phrase("Softcopy diunduh", "Softcopies fetched"), Kind.COUNT),
    "requests": (Phrase("Permintaan softcopy", "Softcopy requests"), Kind.COUNT),
    "photocopies": (Phrase("Fotokopi", "Photocopies"), Kind.COUNT),
    "complaints": (Phrase("Pengaduan dan saran", "Complaints"), Kind.COUNT),
    "cancelled": (Phrase("Dibatalkan", "Cancelled"), Kind.COUNT),
    "estimated_dates": (Phrase("Tanggal diperkirakan", "Date estimated"), Kind.COUNT),
    "unknown_waits": (Phrase("Waktu tunggu tidak diketahui", "Waits unknown"), Kind.COUNT),
}


def measured(
    period: Period, visits: VisitCounts, use: UseCounts, index: Index | None
) -> Mapping[str, Measure]:
    """The numbers of one period by their keys; None is for what nobody measured."""
    total, scans = visits.total, use.scans()
    deposits = Counter(use.of_visits("deposit", "kind"))
    return {
        "visits": total.visits,
        "persons": total.persons,
        "kept_share": total.share,
        "wait_p50": visits.wait_p50_s,
        "wait_p90": visits.wait_p90_s,
        "ikm": index.ikm if index else None,
        "respondents": index.respondents if index else None,
        "lockers": use.lockers().times,
        "cards": deposits.total() - deposits[NOTHING],
        "readings": print_use.total(period).times,
        "scans": scans.files,
        "scanned_pages": scans.pages,
        "downloads": _sum(use.in_time("marked_copy", "purpose", "made_at")),
        "requests": _sum(use.of_visits("softcopy_request", "state")),
        "photocopies": _sum(use.of_visits("photocopy", "state")),
        "complaints": sum(one.made for one in use.complaints()),
        "cancelled": visits.cancelled,
        "estimated_dates": visits.estimated,
        "unknown_waits": total.unknown,
    }


def compared(
    now: Mapping[str, Measure], before: Mapping[str, Measure], minutes: str
) -> tuple[Figure, ...]:
    """The numbers of a period beside those of the one before, in the order of the page."""
    hints = {
        "kept_share": Phrase(f"paling lama {minutes} menit", f"at most {minutes} minutes"),
    }
    return tuple(
        Figure(key, name, kind, now[key], before[key], hints.get(key))
        for key, (name, kind) in NAMES.items()
    )


def _sum(counts: Mapping[str, int]) -> int:
    return sum(counts.values())
