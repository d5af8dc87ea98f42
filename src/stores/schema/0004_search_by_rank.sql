-- Version 4: plate_texts knows what searches filter by, and is found by more kinds of parts.

-- Derived from vehicles and corrections, so made anew: the program fills it after these statements.
DROP TABLE plate_texts;

-- vehicle_class to last_us are the vehicle's, as corrected. whole is 1 for a text that was read or corrected and has no
-- unknown character, else 0.
CREATE TABLE plate_texts (
    video ${TEXT} NOT NULL,
    track BIGINT NOT NULL,
    text ${TEXT} NOT NULL,
    kind ${TEXT} NOT NULL CHECK (kind IN ('read', 'alternative', 'corrected')),
    probability DOUBLE PRECISION NOT NULL,
    unknown ${TEXT} NOT NULL,
    whole BIGINT NOT NULL,
    vehicle_class ${TEXT} NOT NULL,
    tier ${TEXT} NOT NULL,
    region ${TEXT} NOT NULL,
    first_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    PRIMARY KEY (video, track, text),
    FOREIGN KEY (video, track) REFERENCES vehicles (video, track) ON DELETE CASCADE
);

CREATE INDEX plate_texts_by_text ON plate_texts (text);

-- The most probable texts first, among all and among those that one filter lets pass.
CREATE INDEX plate_texts_by_probability ON plate_texts (probability DESC, text, video, track);

CREATE INDEX plate_texts_by_class ON plate_texts (vehicle_class, probability DESC, text, video, track);

CREATE INDEX plate_texts_by_tier ON plate_texts (tier, probability DESC, text, video, track);

CREATE INDEX plate_texts_by_region ON plate_texts (region, probability DESC, text, video, track);

-- How often a plate was met is counted in this index alone.
CREATE INDEX plate_texts_whole ON plate_texts (text, video) WHERE whole = 1;

-- Three characters from each place on, fewer at the end: parts of a text are found without reading all texts. The text
-- stands beside them, so that only rows that fit are read.
CREATE INDEX plate_texts_by_part1 ON plate_texts (substr(text, 1, 3), text);

CREATE INDEX plate_texts_by_part2 ON plate_texts (substr(text, 2, 3), text) WHERE length(text) >= 2;

CREATE INDEX plate_texts_by_part3 ON plate_texts (substr(text, 3, 3), text) WHERE length(text) >= 3;

CREATE INDEX plate_texts_by_part4 ON plate_texts (substr(text, 4, 3), text) WHERE length(text) >= 4;

CREATE INDEX plate_texts_by_part5 ON plate_texts (substr(text, 5, 3), text) WHERE length(text) >= 5;

CREATE INDEX plate_texts_by_part6 ON plate_texts (substr(text, 6, 3), text) WHERE length(text) >= 6;

CREATE INDEX plate_texts_by_part7 ON plate_texts (substr(text, 7, 3), text) WHERE length(text) >= 7;

CREATE INDEX plate_texts_by_part8 ON plate_texts (substr(text, 8, 3), text) WHERE length(text) >= 8;

CREATE INDEX plate_texts_by_part9 ON plate_texts (substr(text, 9, 3), text) WHERE length(text) >= 9;

CREATE INDEX plate_texts_by_part10 ON plate_texts (substr(text, 10, 3), text) WHERE length(text) >= 10;
