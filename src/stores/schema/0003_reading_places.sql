-- What a reading's fusion depends on besides its slots. Rows of earlier versions do not have it: [] says so.

-- 1 if an edge of the frame cuts the plate.
ALTER TABLE readings ADD COLUMN cut BIGINT NOT NULL DEFAULT 0;

-- Where each slot's character stands on the plate.
ALTER TABLE readings ADD COLUMN places ${TEXT} NOT NULL DEFAULT '[]';
