-- Movements of people between companies.

CREATE TABLE talent_flow.movement_history (
    history_id        uuid DEFAULT gen_random_uuid(),
    person_identifier text NOT NULL,
    from_outreach_id  uuid,
    to_outreach_id    uuid,
    movement_type     varchar(30),
    detected_at       timestamptz,
    detection_source  varchar(50),
    processed_at      timestamptz DEFAULT now(),
    signal_emitted    varchar(50),
    bit_event_created boolean DEFAULT false,
    correlation_id    uuid,
    process_id        uuid,
    created_at        timestamptz DEFAULT now(),
    CONSTRAINT movement_history_pkey PRIMARY KEY (history_id),
    CONSTRAINT uq_movement_history UNIQUE (person_identifier, from_outreach_id, to_outreach_id)
);

CREATE TABLE talent_flow.movements (
    movement_id      uuid DEFAULT gen_random_uuid(),
    contact_id       uuid NOT NULL,
    movement_type    varchar(20) NOT NULL,
    old_company_id   text,
    new_company_id   text,
    old_title        text,
    new_title        text,
    confidence_score integer NOT NULL DEFAULT 0,
    detected_at      timestamptz NOT NULL DEFAULT now(),
    detected_source  varchar(50) NOT NULL DEFAULT 'manual',
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT movements_pkey PRIMARY KEY (movement_id),
    CONSTRAINT movements_movement_type_check
        CHECK (movement_type IN ('hire', 'departure', 'promotion', 'lateral')),
    CONSTRAINT movements_confidence_score_check CHECK (confidence_score BETWEEN 0 AND 100)
);
