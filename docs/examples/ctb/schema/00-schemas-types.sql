-- Schemas, extensions, roles and enumerated types. Everything else refers to these.

CREATE SCHEMA archive;
CREATE SCHEMA bit;
CREATE SCHEMA blog;
CREATE SCHEMA cl;
CREATE SCHEMA company;
CREATE SCHEMA company_target;
CREATE SCHEMA dol;
CREATE SCHEMA intake;
CREATE SCHEMA marketing;
CREATE SCHEMA outreach;
CREATE SCHEMA people;
CREATE SCHEMA shq;
CREATE SCHEMA talent_flow;

CREATE EXTENSION IF NOT EXISTS "uuid-ossp" SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

-- Roles belong to the whole cluster, so another database may already have made them.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ctb_reader', 'ctb_writer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;  -- a parallel load was first
            END;
        END IF;
    END LOOP;
END $$;

CREATE TYPE public.error_disposition AS ENUM ('RETRY', 'PARKED', 'ARCHIVED', 'IGNORE', 'RESOLVED');
CREATE TYPE public.ttl_tier AS ENUM ('SHORT', 'MEDIUM', 'LONG', 'INFINITE');
CREATE TYPE public.pressure_domain AS ENUM (
    'STRUCTURAL_PRESSURE', 'DECISION_SURFACE', 'NARRATIVE_VOLATILITY');
CREATE TYPE public.pressure_class_type AS ENUM (
    'COST_PRESSURE', 'VENDOR_DISSATISFACTION', 'DEADLINE_PROXIMITY',
    'ORGANIZATIONAL_RECONFIGURATION', 'OPERATIONAL_CHAOS');
CREATE TYPE outreach.hub_status_enum AS ENUM ('PASS', 'IN_PROGRESS', 'FAIL', 'BLOCKED');
CREATE TYPE outreach.lifecycle_state AS ENUM (
    'SUSPECT', 'WARM', 'TALENTFLOW_WARM', 'REENGAGEMENT', 'APPOINTMENT', 'CLIENT',
    'DISQUALIFIED', 'UNSUBSCRIBED');
CREATE TYPE outreach.funnel_membership AS ENUM (
    'COLD_UNIVERSE', 'TALENTFLOW_UNIVERSE', 'WARM_UNIVERSE', 'REENGAGEMENT_UNIVERSE');
CREATE TYPE outreach.event_type AS ENUM (
    'EVENT_OPEN', 'EVENT_CLICK', 'EVENT_REPLY', 'EVENT_OPENS_X3', 'EVENT_CLICKS_X2',
    'EVENT_TALENTFLOW_MOVE', 'EVENT_BIT_THRESHOLD', 'EVENT_MANUAL_OVERRIDE', 'EVENT_BOUNCE',
    'EVENT_UNSUBSCRIBE');
CREATE TYPE outreach.blog_source_type AS ENUM (
    'website', 'blog', 'press', 'news', 'social', 'filing', 'careers');
