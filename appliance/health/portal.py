"""What the health page says of the portal: only what somebody at the office should know of.

Nobody in the room is worse off while a portal is away, so that alone is no trouble for days.
"""

import datetime as dt

from appliance.errors import N_
from appliance.health.checks import Check
from appliance.health.checks import State as Health
from appliance.sync.desk import PortalReport
from appliance.sync.standing import State

NAME = "portal"
AWAY_TOO_LONG = dt.timedelta(days=3)
DROP_TOLD_FOR = dt.timedelta(days=7)
UNENROLLED = N_("Peranti belum terdaftar di portal. Minta kodenya, lalu daftarkan di Sinkronisasi.")
PENDING = N_("Pendaftaran peranti menunggu persetujuan portal.")
FOR_A_PERSON = {
    State.BLOCKED: N_("Pengiriman ke portal terhenti. Sebab dan caranya ada di Sinkronisasi."),
    State.SUSPENDED: N_("Portal meminta peranti ini menunggu. Hubungi pengelola portal."),
    State.REVOKED: N_("Portal mencabut izin peranti ini. Minta kode baru, lalu daftarkan ulang."),
}
AWAY = N_(
    "Portal tidak menerima catatan sejak %(days)s hari. Periksa Internet kantor; catatan"
    " tetap disimpan, dan dapat dibawa sebagai berkas."
)
HELD = N_("Catatan tertahan: %(count)s. Sebabnya ada di Sinkronisasi.")
DROPPED = N_(
    "Penyimpanan hampir penuh, jadi catatan teknis dibuang: %(count)s. Kosongkan penyimpanan."
)
WELL = N_("Portal menerima catatan.")
AWAY_FOR_NOW = N_("Portal sedang tidak menerima; catatan menunggu di sini.")


def portal_check(report: PortalReport, now: dt.datetime) -> Check:
    """How we stand with the portal; the gravest trouble first."""
    standing = report.standing
    if not report.papers.is_enrolled:
        return Check(NAME, Health.DEGRADED, UNENROLLED)
    if standing.state in FOR_A_PERSON:
        return Check(NAME, Health.DEGRADED, FOR_A_PERSON[standing.state])
    away = _away(report, now)
    if away >= AWAY_TOO_LONG:
        return Check(NAME, Health.DEGRADED, AWAY, {"days": away.days})
    if report.held:
        return Check(NAME, Health.DEGRADED, HELD, {"count": report.held})
    if standing.dropped_at is not None and now - standing.dropped_at < DROP_TOLD_FOR:
        return Check(NAME, Health.DEGRADED, DROPPED, {"count": standing.dropped})
    if standing.state is State.PENDING:
        return Check(NAME, Health.OK, PENDING)
    return Check(NAME, Health.OK, WELL if standing.problem is None else AWAY_FOR_NOW)


def _away(report: PortalReport, now: dt.datetime) -> dt.timedelta:
    """For how long nothing has got through although it was tried."""
    standing = report.standing
    if standing.problem is None:
        return dt.timedelta()
    heard = standing.answered_at or report.papers.enrolled_at or standing.since
    return now - heard if heard else dt.timedelta()
