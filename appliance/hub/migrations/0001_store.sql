-- Offices, their devices and keys, and what the devices have written, stream by stream.

CREATE TABLE office (
    code        text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name        text NOT NULL,
    province    text NOT NULL DEFAULT '',
    timezone    text NOT NULL DEFAULT 'Asia/Jakarta',
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE device (
    id          uuid PRIMARY KEY,
    office      text NOT NULL REFERENCES office,
    state       text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'revoked')),
    software    text NOT NULL DEFAULT '',
    enrolled_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX device_office ON device (office);

CREATE TABLE device_key (
    id           text PRIMARY KEY,  -- a fingerprint of the key
    device       uuid NOT NULL REFERENCES device,
    public_key   bytea NOT NULL UNIQUE CHECK (length(public_key) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- A rotated key replaces the older ones when the device first signs with it: until then the
    -- answer to its rotation may have been lost.
    confirmed_at timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX device_key_device ON device_key (device);

-- What the hub wants to see signed by a new key: one a device, for a short time.
CREATE TABLE key_nonce (
    device      uuid PRIMARY KEY REFERENCES device,
    nonce       text NOT NULL,
    expires_at  timestamptz NOT NULL
);

CREATE TABLE claim (
    code_hash   bytea PRIMARY KEY,
    office      text NOT NULL REFERENCES office,
    device      uuid REFERENCES device,  -- only for this device, whose keys it replaces
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_by     uuid REFERENCES device,
    used_key    text REFERENCES device_key
);

CREATE TABLE stream (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device      uuid NOT NULL REFERENCES device,
    epoch       uuid NOT NULL,
    sequence    bigint NOT NULL DEFAULT 0,
    chain       bytea NOT NULL CHECK (length(chain) = 32),
    previous    uuid,
    reason      text NOT NULL DEFAULT '',
    told_at     text NOT NULL DEFAULT '',  -- when it began, by the device's own clock
    opened_at   timestamptz NOT NULL DEFAULT now(),
    appended_at timestamptz,
    UNIQUE (device, epoch)
) WITH (fillfactor = 50);  -- heads move without touching an index

CREATE SEQUENCE record_received AS bigint CACHE 1;  -- see received.py before changing it

CREATE TABLE record (
    received_at timestamptz NOT NULL DEFAULT now(),
    received_id bigint NOT NULL DEFAULT nextval('record_received'),
    stream      bigint NOT NULL,
    sequence    bigint NOT NULL,
    event_id    uuid NOT NULL,
    type        text NOT NULL,
    subject     text NOT NULL,
    occurred_at timestamptz,  -- NULL: the device's clock was unset
    recorded_at timestamptz,
    clock       smallint NOT NULL,
    boot_id     text NOT NULL,
    boot_ms     bigint NOT NULL,
    links       jsonb,  -- the other attributes, such as the event that this one corrects
    data        jsonb NOT NULL,
    PRIMARY KEY (stream, sequence, received_at)
) PARTITION BY RANGE (received_at);
CREATE INDEX record_event ON record (event_id);
CREATE INDEX record_order ON record (received_id);
CREATE TABLE record_default PARTITION OF record DEFAULT;

CREATE TABLE quarantine (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now(),
    stream      bigint NOT NULL REFERENCES stream,
    sequence    bigint NOT NULL,
    event_id    uuid,
    raw         bytea NOT NULL,
    problem     text NOT NULL,
    settled_at  timestamptz,
    settled_as  text NOT NULL DEFAULT '' CHECK (settled_as IN ('', 'released', 'dropped')),
    settled_by  text NOT NULL DEFAULT '',
    UNIQUE (stream, sequence, received_at)
);
CREATE INDEX quarantine_event ON quarantine (event_id);
CREATE INDEX quarantine_open ON quarantine (id) WHERE settled_at IS NULL;
