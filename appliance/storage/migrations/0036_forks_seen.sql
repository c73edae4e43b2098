-- How many new streams somebody has looked into; those after that are still told.
ALTER TABLE portal_state ADD COLUMN forks_seen INTEGER NOT NULL DEFAULT 0;
