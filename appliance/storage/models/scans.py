"""Scanners, scan jobs, their pages and files, what was handed out, and turns at a scanner."""

from peewee import AutoField, BooleanField, FloatField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class ScannerRow(Row):
    name = TextField(primary_key=True)
    vendor = TextField(default="")
    model = TextField(default="")
    abilities = TextField(default="{}")
    described_at = UtcField(null=True)
    problem = TextField(null=True)
    refresh_asked = BooleanField(default=False)

    class Meta:
        table_name = "scanner"


class ScanPreset(Row):
    code = TextField(primary_key=True)
    label_id = TextField()
    label_en = TextField()
    resolution_dpi = IntegerField()
    mode = TextField()
    source = TextField()
    paper = TextField()
    is_shown = BooleanField(default=True)
    changed_at = UtcField()
    changed_by = TextField()

    class Meta:
        table_name = "scan_preset"


class ScanJob(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    visit_id: int
    state = TextField()
    preset = TextField(default="")
    opened_at = UtcField()
    opened_by = TextField()
    closed_at = UtcField(null=True)
    page_count = IntegerField(null=True)
    problem = TextField(null=True)
    scanner = TextField(default="")
    discarded_for = TextField(null=True)
    grace_from = UtcField(null=True)
    text_state = TextField(null=True)
    text_pages = IntegerField(default=0)

    class Meta:
        table_name = "scan_job"


class ScanPage(Row):
    id = AutoField()
    uuid = TextField()
    job = ForeignKeyField(ScanJob, column_name="job_id", backref="+")
    job_id: int
    position = IntegerField()
    scanner = TextField()
    state = TextField()
    cancel_asked = BooleanField(default=False)
    resolution_dpi = IntegerField()
    mode = TextField()
    width_mm = FloatField()
    height_mm = FloatField()
    asked_at = UtcField()
    boot_id = TextField()
    asked_boot_ms = IntegerField()
    replaces = ForeignKeyField("self", column_name="replaces_id", backref="+", null=True)
    replaces_id: int | None
    rows_done = IntegerField(default=0)
    rows_total = IntegerField(default=0)
    image_name = TextField(null=True)
    width_px = IntegerField(null=True)
    height_px = IntegerField(null=True)
    size_bytes = IntegerField(null=True)
    sha256 = TextField(null=True)
    finished_at = UtcField(null=True)
    problem = TextField(null=True)
    source = TextField(default="flatbed")
    batch = TextField(null=True)
    turned = IntegerField(default=0)
    crop = TextField(null=True)
    is_blank = BooleanField(default=False)
    view_name = TextField(null=True)

    class Meta:
        table_name = "scan_page"


class ScanFile(Row):
    id = AutoField()
    job = ForeignKeyField(ScanJob, column_name="job_id", backref="+")
    job_id: int
    part = IntegerField()
    name = TextField(null=True)
    pages = IntegerField()
    size_bytes = IntegerField()
    sha256 = TextField()

    class Meta:
        table_name = "scan_file"


class ScanHandOut(Row):
    id = AutoField()
    uuid = TextField()
    job = ForeignKeyField(ScanJob, column_name="job_id", backref="+")
    job_id: int
    kind = TextField()
    state = TextField()
    problem = TextField(null=True)
    pages = IntegerField()
    asked_at = UtcField()
    boot_id = TextField()
    asked_boot_ms = IntegerField()
    ended_at = UtcField(null=True)

    class Meta:
        table_name = "scan_hand_out"


class ScanTurn(Row):
    id = AutoField()
    scanner = TextField()
    job = ForeignKeyField(ScanJob, column_name="job_id", backref="+")
    job_id: int
    asked_at = UtcField()
    granted_at = UtcField(null=True)
    granted_boot_ms = IntegerField(null=True)
    is_used = BooleanField(default=False)
    seen_boot_ms = IntegerField()
    boot_id = TextField()

    class Meta:
        table_name = "scan_turn"
