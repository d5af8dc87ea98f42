-- Version 1: videos, the vehicles seen in them, and each reading of a plate.
--
-- ${TEXT} is TEXT for SQLite, and TEXT COLLATE "C" for PostgreSQL, so that both compare byte by byte.
-- Bytes that are no UTF-8, and NUL, stand in texts as \xHH, a backslash as \\ (see text_columns.h).
-- Times end in _us: microseconds; those of vehicles and readings count from the start of the video.

CREATE TABLE runs (
    settings ${TEXT} NOT NULL PRIMARY KEY,
    version ${TEXT} NOT NULL,
    settings_text ${TEXT} NOT NULL,
    started_at ${TEXT} NOT NULL,
    ended_at ${TEXT} NOT NULL
);

CREATE TABLE videos (
    id ${TEXT} NOT NULL PRIMARY KEY,
    path ${TEXT} NOT NULL,
    bytes BIGINT NOT NULL,
    modified_us BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    frames BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    codec ${TEXT} NOT NULL,
    frame_rate DOUBLE PRECISION NOT NULL,
    recorded_at ${TEXT} NOT NULL,
    status ${TEXT} NOT NULL CHECK (status IN ('unfinished', 'finished', 'failed', 'truncated')),
    reason ${TEXT} NOT NULL,
    settings ${TEXT} NOT NULL
);

CREATE INDEX videos_by_path ON videos (path, bytes, modified_us);

-- A box is four columns: left, top, right, bottom, in pixels of the upright frame.
CREATE TABLE vehicles (
    video ${TEXT} NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    track BIGINT NOT NULL,
    vehicle_class ${TEXT} NOT NULL,
    class_confidence DOUBLE PRECISION NOT NULL,
    first_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    first_x0 DOUBLE PRECISION NOT NULL,
    first_y0 DOUBLE PRECISION NOT NULL,
    first_x1 DOUBLE PRECISION NOT NULL,
    first_y1 DOUBLE PRECISION NOT NULL,
    last_x0 DOUBLE PRECISION NOT NULL,
    last_y0 DOUBLE PRECISION NOT NULL,
    last_x1 DOUBLE PRECISION NOT NULL,
    last_y1 DOUBLE PRECISION NOT NULL,
    largest_x0 DOUBLE PRECISION NOT NULL,
    largest_y0 DOUBLE PRECISION NOT NULL,
    largest_x1 DOUBLE PRECISION NOT NULL,
    largest_y1 DOUBLE PRECISION NOT NULL,
    hits BIGINT NOT NULL,
    plate ${TEXT} NOT NULL,
    tier ${TEXT} NOT NULL,
    unread_reason ${TEXT} NOT NULL,
    region ${TEXT} NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    region_confidence DOUBLE PRECISION NOT NULL,
    characters ${TEXT} NOT NULL,
    alternatives ${TEXT} NOT NULL,
    looks BIGINT NOT NULL,
    readings BIGINT NOT NULL,
    best_frame BIGINT NOT NULL,
    best_shot ${TEXT} NOT NULL,
    plate_shot ${TEXT} NOT NULL,
    settings ${TEXT} NOT NULL,
    PRIMARY KEY (video, track)
);

CREATE INDEX vehicles_by_plate ON vehicles (plate);

CREATE INDEX vehicles_by_tier ON vehicles (tier);

CREATE INDEX vehicles_by_time ON vehicles (video, first_us, last_us);

-- Corners as a reader of the plate sees them: 0 top-left, 1 top-right, 2 bottom-right, 3 bottom-left.
CREATE TABLE readings (
    video ${TEXT} NOT NULL,
    track BIGINT NOT NULL,
    frame BIGINT NOT NULL,
    time_us BIGINT NOT NULL,
    corner0_x DOUBLE PRECISION NOT NULL,
    corner0_y DOUBLE PRECISION NOT NULL,
    corner1_x DOUBLE PRECISION NOT NULL,
    corner1_y DOUBLE PRECISION NOT NULL,
    corner2_x DOUBLE PRECISION NOT NULL,
    corner2_y DOUBLE PRECISION NOT NULL,
    corner3_x DOUBLE PRECISION NOT NULL,
    corner3_y DOUBLE PRECISION NOT NULL,
    plate_score DOUBLE PRECISION NOT NULL,
    width_px DOUBLE PRECISION NOT NULL,
    height_px DOUBLE PRECISION NOT NULL,
    sharpness DOUBLE PRECISION NOT NULL,
    contrast DOUBLE PRECISION NOT NULL,
    text ${TEXT} NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    slots ${TEXT} NOT NULL,
    PRIMARY KEY (video, track, frame),
    FOREIGN KEY (video, track) REFERENCES vehicles (video, track) ON DELETE CASCADE
);

CREATE INDEX readings_by_text ON readings (text);
