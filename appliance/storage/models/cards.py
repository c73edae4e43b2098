"""What visits left for their lockers, who was told of it, and cards in the wrong hands."""

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from appliance.storage.models.row import Row, UtcField
from appliance.storage.models.visits import Visit


class Deposit(Row):
    id = AutoField()
    uuid = TextField()
    visit = ForeignKeyField(Visit, column_name="visit_id", backref="+")
    kind = TextField()
    card_type = TextField()
    tray_slot = IntegerField(null=True)
    state = TextField()
    received_at = UtcField()
    received_by = TextField()
    envelope = IntegerField(null=True)
    returned_at = UtcField(null=True)
    returned_by = TextField(null=True)
    handed_to = TextField(null=True)
    receipt = IntegerField(null=True)
    note = TextField(default="")

    class Meta:
        table_name = "deposit"


class DepositContact(Row):
    id = AutoField()
    deposit = ForeignKeyField(Deposit, column_name="deposit_id", backref="+")
    at = UtcField()
    by = TextField()
    way = TextField()
    outcome = TextField()
    note = TextField(default="")

    class Meta:
        table_name = "deposit_contact"


class CardSwap(Row):
    id = AutoField()
    uuid = TextField()
    first = ForeignKeyField(Deposit, column_name="first_id", backref="+")
    second = ForeignKeyField(Deposit, column_name="second_id", backref="+")
    noted_at = UtcField()
    noted_by = TextField()
    note = TextField(default="")
    settled_at = UtcField(null=True)
    settled_by = TextField(null=True)

    class Meta:
        table_name = "card_swap"
