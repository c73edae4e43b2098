-- Who may look at the dashboard, who is signed in, who guesses, and what was done there.

CREATE TABLE person (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username      text NOT NULL UNIQUE CHECK (username ~ '^[a-z0-9._-]{1,32}$'),
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('national', 'province')),
    province      text NOT NULL DEFAULT '',
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    CHECK ((role = 'province') = (province <> ''))
);

-- Only the hash of a token is kept: a stolen copy of the database opens nothing.
CREATE TABLE person_session (
    token_hash bytea PRIMARY KEY,
    person     bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    begun_at   timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX person_session_person ON person_session (person);

-- Tries that count against somebody, in all processes together; the key is a hash.
CREATE TABLE attempt (
    key bytea NOT NULL,
    at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attempt_key ON attempt (key, at);
CREATE INDEX attempt_at ON attempt (at);

CREATE TABLE person_journal (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT now(),
    username text NOT NULL,
    action   text NOT NULL,
    subject  text NOT NULL DEFAULT '',
    detail   text NOT NULL DEFAULT ''
);
CREATE INDEX person_journal_username ON person_journal (username, id);
