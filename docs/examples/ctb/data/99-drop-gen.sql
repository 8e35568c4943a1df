-- The generator leaves nothing behind.
SET client_min_messages = warning;
DROP SCHEMA gen CASCADE;
