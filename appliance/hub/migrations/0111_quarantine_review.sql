-- Why somebody settled a record that was kept aside, and which were settled by one and the same deed.

ALTER TABLE quarantine
    ADD COLUMN settled_why text NOT NULL DEFAULT '',
    ADD COLUMN settled_in uuid;
CREATE INDEX quarantine_deed ON quarantine (settled_in) WHERE settled_in IS NOT NULL;
