-- A later signing key is introduced by the one before it: its signature over the new one.
ALTER TABLE hub_key
    ADD COLUMN introduced_by text UNIQUE REFERENCES hub_key,
    ADD COLUMN introduction bytea CHECK (length(introduction) = 64),
    ADD CHECK ((introduced_by IS NULL) = (introduction IS NULL));
