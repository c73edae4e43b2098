-- What goes down to the devices, and how they say they are.

-- The public halves of the hub's own keys; the secrets are in a file.
CREATE TABLE hub_key (
    id          text PRIMARY KEY,
    signing_key bytea NOT NULL CHECK (length(signing_key) = 32),
    box_key     bytea NOT NULL CHECK (length(box_key) = 32),
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE config_document (
    office      text NOT NULL REFERENCES office,
    version     integer NOT NULL CHECK (version > 0),
    document    bytea NOT NULL,
    signature   bytea NOT NULL CHECK (length(signature) = 64),
    key_id      text NOT NULL REFERENCES hub_key,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (office, version)
);

-- One row: writers of the catalogue take turns at it, so that versions appear in their order.
CREATE TABLE catalogue_state (
    id          integer PRIMARY KEY CHECK (id = 1),
    version     bigint NOT NULL,
    oldest      bigint NOT NULL,  -- a cursor before it has missed deletions
    pack        bytea,            -- the manifest of the newest pack: document, signature, key
    signature   bytea,
    key_id      text REFERENCES hub_key
);
INSERT INTO catalogue_state VALUES (1, 0, 0, NULL, NULL, NULL);

CREATE TABLE catalogue_item (
    id          text PRIMARY KEY,
    version     bigint NOT NULL UNIQUE,
    document    jsonb,  -- NULL: deleted
    changed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE blob (
    sha256      bytea PRIMARY KEY CHECK (length(sha256) = 32),
    size_bytes  bigint NOT NULL,
    media_type  text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- In parts, so that a range is read without the rest; here, so that every hub process has them.
CREATE TABLE blob_part (
    sha256      bytea NOT NULL REFERENCES blob ON DELETE CASCADE,
    number      integer NOT NULL,
    content     bytea NOT NULL,
    PRIMARY KEY (sha256, number)
);
ALTER TABLE blob_part ALTER content SET STORAGE EXTERNAL;

CREATE TABLE health_last (
    device      uuid PRIMARY KEY REFERENCES device,
    at          timestamptz NOT NULL DEFAULT now(),
    document    jsonb NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE health_log (
    at          timestamptz NOT NULL DEFAULT now(),
    device      uuid NOT NULL,
    document    jsonb NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX health_log_device ON health_log (device, at);
CREATE TABLE health_log_default PARTITION OF health_log DEFAULT;

CREATE TABLE device_command (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device      uuid NOT NULL REFERENCES device,
    kind        text NOT NULL CHECK (kind IN ('rotate-key', 'send-health', 'check-config')),
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX device_command_device ON device_command (device, id);
