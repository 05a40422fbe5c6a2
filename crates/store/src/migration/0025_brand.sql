-- How the shop shows itself. A picture is known by the hash of its bytes.
CREATE TABLE picture (
    hash TEXT PRIMARY KEY,
    bytes {bytes} NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL
);

-- What staff write for the law: terms, privacy and their like. The newest number holds; what held
-- before it stays. A text of nothing takes the page away.
CREATE TABLE legal_text (
    slug TEXT NOT NULL,
    language TEXT NOT NULL,
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (slug, language, number)
);
