-- What officers said in their own words about a line of the journal. The line itself holds only a
-- salted hash of it: the words can go, with the person they tell of, and the chain stays whole.
CREATE TABLE journal_words (
    seq   INTEGER PRIMARY KEY REFERENCES journal (seq),
    salt  BLOB NOT NULL,  -- goes with the words, so that nobody can try names against the hash
    words TEXT NOT NULL
) STRICT;
