"""Scan jobs and their pages."""

from peewee import AutoField, BooleanField, FloatField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


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
    pdf_name = TextField(null=True)
    pdf_bytes = IntegerField(null=True)
    pdf_sha256 = TextField(null=True)
    problem = TextField(null=True)

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

    class Meta:
        table_name = "scan_page"
