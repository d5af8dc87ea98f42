-- Version 5: readings know the track that they were read for.

-- Another one than `track` where pieces of one vehicle were joined. Rows of earlier versions do not have it: -1 says so.
ALTER TABLE readings ADD COLUMN piece BIGINT NOT NULL DEFAULT -1;
