-- What mails say in the words of staff: each change is a row of its own, and the last one counts.
CREATE TABLE mail_text (
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    number BIGINT NOT NULL,
    -- All of them, or none: from then on the words that came with the program hold again.
    subject TEXT,
    heading TEXT,
    body TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (kind, language, number)
);
