-- Contacts, campaigns, mails sent and what came back.

CREATE TABLE outreach.people (
    person_id            uuid DEFAULT gen_random_uuid(),
    target_id            uuid NOT NULL,
    company_unique_id    text NOT NULL,
    slot_type            text,
    email                text NOT NULL,
    email_verified       boolean NOT NULL DEFAULT false,
    email_verified_at    timestamptz,
    contact_status       text NOT NULL DEFAULT 'active',
    lifecycle_state      outreach.lifecycle_state NOT NULL DEFAULT 'SUSPECT',
    funnel_membership    outreach.funnel_membership NOT NULL DEFAULT 'COLD_UNIVERSE',
    email_open_count     integer NOT NULL DEFAULT 0,
    email_click_count    integer NOT NULL DEFAULT 0,
    email_reply_count    integer NOT NULL DEFAULT 0,
    current_bit_score    integer NOT NULL DEFAULT 0,
    last_event_ts        timestamptz,
    last_state_change_ts timestamptz,
    source               text,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    outreach_id          uuid,
    CONSTRAINT people_pkey PRIMARY KEY (person_id),
    CONSTRAINT people_slot_type_check
        CHECK (slot_type IN (
            'CHRO', 'HR_MANAGER', 'BENEFITS_LEAD', 'PAYROLL_ADMIN', 'HR_SUPPORT', 'OTHER')),
    CONSTRAINT people_contact_status_check
        CHECK (contact_status IN ('active', 'paused', 'bounced', 'unsubscribed', 'disqualified')),
    CONSTRAINT people_current_bit_score_check CHECK (current_bit_score BETWEEN 0 AND 100)
);

CREATE TABLE outreach.campaigns (
    campaign_id           uuid DEFAULT gen_random_uuid(),
    campaign_name         varchar(255) NOT NULL,
    campaign_type         varchar(50) NOT NULL DEFAULT 'cold',
    campaign_status       varchar(50) NOT NULL DEFAULT 'draft',
    target_bit_score_min  integer DEFAULT 25,
    target_outreach_state varchar(50),
    daily_send_limit      integer DEFAULT 100,
    total_send_limit      integer,
    total_targeted        integer NOT NULL DEFAULT 0,
    total_sent            integer NOT NULL DEFAULT 0,
    total_opened          integer NOT NULL DEFAULT 0,
    total_clicked         integer NOT NULL DEFAULT 0,
    total_replied         integer NOT NULL DEFAULT 0,
    start_date            date,
    end_date              date,
    created_by            varchar(100),
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT campaigns_pkey PRIMARY KEY (campaign_id),
    CONSTRAINT campaigns_campaign_type_check
        CHECK (campaign_type IN ('cold', 'warm', 'reengagement', 'talentflow', 'manual')),
    CONSTRAINT campaigns_campaign_status_check
        CHECK (campaign_status IN ('draft', 'active', 'paused', 'completed', 'archived')),
    CONSTRAINT campaigns_target_bit_score_min_check CHECK (target_bit_score_min BETWEEN 0 AND 100)
);

CREATE TABLE outreach.sequences (
    sequence_id          uuid DEFAULT gen_random_uuid(),
    campaign_id          uuid,
    sequence_name        varchar(255) NOT NULL,
    sequence_order       integer NOT NULL DEFAULT 1,
    subject_template     text,
    body_template        text,
    template_type        varchar(50) DEFAULT 'email',
    delay_days           integer NOT NULL DEFAULT 0,
    delay_hours          integer NOT NULL DEFAULT 0,
    send_time_preference varchar(20) DEFAULT 'business_hours',
    sequence_status      varchar(50) NOT NULL DEFAULT 'active',
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sequences_pkey PRIMARY KEY (sequence_id),
    CONSTRAINT sequences_template_type_check
        CHECK (template_type IN ('email', 'linkedin', 'phone', 'sms')),
    CONSTRAINT sequences_send_time_preference_check
        CHECK (send_time_preference IN ('business_hours', 'morning', 'afternoon', 'any')),
    CONSTRAINT sequences_sequence_status_check
        CHECK (sequence_status IN ('active', 'paused', 'archived'))
);

CREATE TABLE outreach.send_log (
    send_id           uuid DEFAULT gen_random_uuid(),
    campaign_id       uuid,
    sequence_id       uuid,
    person_id         uuid,
    target_id         uuid,
    company_unique_id text,
    email_to          varchar(255) NOT NULL,
    email_subject     text,
    sequence_step     integer NOT NULL DEFAULT 1,
    send_status       varchar(50) NOT NULL DEFAULT 'pending',
    scheduled_at      timestamptz,
    sent_at           timestamptz,
    delivered_at      timestamptz,
    bounced_at        timestamptz,
    opened_at         timestamptz,
    clicked_at        timestamptz,
    replied_at        timestamptz,
    open_count        integer NOT NULL DEFAULT 0,
    click_count       integer NOT NULL DEFAULT 0,
    error_message     text,
    retry_count       integer NOT NULL DEFAULT 0,
    source_system     varchar(100),
    external_id       varchar(255),
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT send_log_pkey PRIMARY KEY (send_id),
    CONSTRAINT send_log_send_status_check
        CHECK (send_status IN ('pending', 'scheduled', 'sent', 'delivered', 'bounced', 'failed'))
);

CREATE TABLE outreach.engagement_events (
    event_id             uuid DEFAULT gen_random_uuid(),
    person_id            uuid NOT NULL,
    target_id            uuid NOT NULL,
    company_unique_id    text NOT NULL,
    event_type           outreach.event_type NOT NULL,
    event_subtype        text,
    event_ts             timestamptz NOT NULL DEFAULT now(),
    source_system        text,
    source_campaign_id   text,
    source_email_id      text,
    metadata             jsonb NOT NULL DEFAULT '{}',
    is_processed         boolean NOT NULL DEFAULT false,
    processed_at         timestamptz,
    triggered_transition boolean NOT NULL DEFAULT false,
    transition_to_state  outreach.lifecycle_state,
    event_hash           varchar(64),
    is_duplicate         boolean NOT NULL DEFAULT false,
    created_at           timestamptz NOT NULL DEFAULT now(),
    outreach_id          uuid,
    CONSTRAINT engagement_events_pkey PRIMARY KEY (event_id)
);
