-- The visits of each device and month by what was said, so that no page has to go through a year
-- of visits. Counted again, a device's month at a time, wherever a visit changed.

CREATE TABLE visit_count (
    trait  text NOT NULL,  -- empty: all visits
    month  date NOT NULL,
    device uuid NOT NULL,
    code   text NOT NULL,
    visits bigint NOT NULL,
    PRIMARY KEY (trait, month, device, code)
);
CREATE INDEX visit_count_device ON visit_count (device, month);

CREATE TABLE visit_count_stale (
    device uuid NOT NULL,
    month  date NOT NULL,
    PRIMARY KEY (device, month)
);

DROP INDEX visit_fact_day;
CREATE INDEX visit_fact_day ON visit_fact (day, device);
CREATE INDEX visit_fact_device ON visit_fact (device, day);
