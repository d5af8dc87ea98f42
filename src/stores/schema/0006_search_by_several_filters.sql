-- Version 6: texts are found by several filters at once, and by their length.

-- The most probable texts first among those that two or three filters let pass; for one filter, see version 4.
CREATE INDEX plate_texts_by_tier_class ON plate_texts (tier, vehicle_class, probability DESC, text, video, track);

CREATE INDEX plate_texts_by_tier_region ON plate_texts (tier, region, probability DESC, text, video, track);

CREATE INDEX plate_texts_by_class_region ON plate_texts (vehicle_class, region, probability DESC, text, video, track);

CREATE INDEX plate_texts_by_all_filters ON plate_texts (tier, vehicle_class, region, probability DESC, text, video, track);

-- For patterns without any letter or digit.
CREATE INDEX plate_texts_by_length ON plate_texts (length(text), text);
