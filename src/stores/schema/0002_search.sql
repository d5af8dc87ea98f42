-- Version 2: texts to search plates by, and corrections by people.

-- What a plate may say: the text that was read, its alternatives, or a person's correction instead of both. Derived
-- from vehicles and corrections in the transaction that writes those.
CREATE TABLE plate_texts (
    video ${TEXT} NOT NULL,
    track BIGINT NOT NULL,
    text ${TEXT} NOT NULL,
    kind ${TEXT} NOT NULL CHECK (kind IN ('read', 'alternative', 'corrected')),
    probability DOUBLE PRECISION NOT NULL,
    unknown ${TEXT} NOT NULL,
    PRIMARY KEY (video, track, text),
    FOREIGN KEY (video, track) REFERENCES vehicles (video, track) ON DELETE CASCADE
);

CREATE INDEX plate_texts_by_text ON plate_texts (text);

CREATE INDEX plate_texts_by_probability ON plate_texts (probability DESC, text);

-- Three characters from each place on, two at the end: parts of a text are found without reading all texts.
CREATE INDEX plate_texts_by_part2 ON plate_texts (substr(text, 2, 3)) WHERE length(text) > 2;

CREATE INDEX plate_texts_by_part3 ON plate_texts (substr(text, 3, 3)) WHERE length(text) > 3;

CREATE INDEX plate_texts_by_part4 ON plate_texts (substr(text, 4, 3)) WHERE length(text) > 4;

CREATE INDEX plate_texts_by_part5 ON plate_texts (substr(text, 5, 3)) WHERE length(text) > 5;

CREATE INDEX plate_texts_by_part6 ON plate_texts (substr(text, 6, 3)) WHERE length(text) > 6;

CREATE INDEX plate_texts_by_part7 ON plate_texts (substr(text, 7, 3)) WHERE length(text) > 7;

CREATE INDEX plate_texts_by_part8 ON plate_texts (substr(text, 8, 3)) WHERE length(text) > 8;

CREATE INDEX plate_texts_by_part9 ON plate_texts (substr(text, 9, 3)) WHERE length(text) > 9;

-- plate, reason and corrected_at are the person's. track to plate_before describe the vehicle as it was then; they find
-- it again after its video was processed anew. vehicle is the track that it has now, or -1; in_force is 1 for the last
-- correction of a vehicle, else 0.
CREATE TABLE corrections (
    video ${TEXT} NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    corrected_at ${TEXT} NOT NULL,
    plate ${TEXT} NOT NULL,
    reason ${TEXT} NOT NULL,
    track BIGINT NOT NULL,
    first_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    largest_x0 DOUBLE PRECISION NOT NULL,
    largest_y0 DOUBLE PRECISION NOT NULL,
    largest_x1 DOUBLE PRECISION NOT NULL,
    largest_y1 DOUBLE PRECISION NOT NULL,
    plate_before ${TEXT} NOT NULL,
    vehicle BIGINT NOT NULL,
    in_force BIGINT NOT NULL,
    PRIMARY KEY (video, number)
);
