# shellcheck shell=bash
# The second half of scripts/demo, sourced by it: single copies, their proofs, and a forgery. Its functions
# use what scripts/demo defines and sets: PROGRAM, WORK, EXAMPLE_DATABASE and the helpers.

# Small, so that tables of the example's size have more than one chunk to show.
readonly CHUNK_BYTES=1MiB

# Rows and one digest of what a target holds from before, by means that are not regraft's.
others_sql() {
  printf "SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '-') FROM %s AS t WHERE %s" \
    "$1" "$2"
}

prepare_copies() {
  heading "Single copies"
  tell "regraft copy does one merge at a time, without a plan. The targets are changed for it by"
  tell "docs/examples/ctb/prepare.sql, and are not changed by anything else. Each command below also"
  tell "gets --json, for its figures, and --chunk-bytes $CHUNK_BYTES, for more chunks."
  quietly psql -X -q -v ON_ERROR_STOP=1 -d "$EXAMPLE_DATABASE" -1 -f "$REPO_ROOT/docs/examples/ctb/prepare.sql"
  query "$NOTES_DATABASE" "
    CREATE TABLE others (relation text PRIMARY KEY, condition text NOT NULL, before text NOT NULL);
    CREATE TABLE merge (number int GENERATED ALWAYS AS IDENTITY, report jsonb NOT NULL,
      source_rows bigint NOT NULL, target_rows bigint NOT NULL, remainder_rows bigint NOT NULL);
    CREATE TABLE verify (copy jsonb NOT NULL);"
}

# The targets' own rows, and the table that their triggers would have written into.
note_others() {
  local relation condition
  for relation in outreach.entity_resolution_queue outreach.company_target_errors \
    people.people_errors cl.cl_err_existence shq.error_master; do
    condition='ctb_src IS NULL'
    [[ $relation != shq.* ]] || condition=true
    notes -v relation="$relation" -v condition="$condition" \
      -v before="$(ask "$(others_sql "$relation" "$condition")")" \
      <<<"INSERT INTO others VALUES (:'relation', :'condition', :'before')"
  done
}

# One merge: the command, its report, and two checks in plain SQL. The caller sets
#   source, target, remainder   tables; remainder may be empty
#   mine                        SQL that is true for this merge's rows in the target
#   columns, inverse            columns of the source, and the same rebuilt from the target
merge() {
  local -a arguments=(copy "$source" "$target" "$@")
  local set_aside="SELECT $columns FROM $source WHERE false" remainder_count=0
  heading "$source -> $target"
  show_command "${arguments[@]}"
  "$PROGRAM" "${arguments[@]}" --json --chunk-bytes "$CHUNK_BYTES" >"$WORK/report" 2>"$WORK/words" </dev/null ||
    { cat "$WORK/words" "$WORK/report" >&2; die "the merge of $source failed"; }
  sed 's/^regraft: /  /' "$WORK/words"

  if [[ -n $remainder && $(ask "SELECT to_regclass('$remainder') IS NOT NULL") == t ]]; then
    set_aside="SELECT $columns FROM $remainder"
    remainder_count="(SELECT count(*) FROM $remainder)"
  fi
  notes -v report="$(cat "$WORK/report")" -v counts="$(ask "
      SELECT (SELECT count(*) FROM $source) || ', ' || (SELECT count(*) FROM $target WHERE $mine) || ', '
             || $remainder_count")" >"$WORK/told" <<'SQL'
    INSERT INTO merge (report, source_rows, target_rows, remainder_rows)
    SELECT :'report'::jsonb, c[1], c[2], c[3] FROM string_to_array(:'counts', ', ') AS t, LATERAL (SELECT t::bigint[]) AS u(c)
    RETURNING format(E'  regraft   %s rows, %s bytes in %s s; %s of %s chunks verified\n'
                     '  equation  %s in the source = %s in the target + %s set aside',
      report->>'rows', report->>'bytes', round((report#>>'{seconds,copy}')::numeric, 3),
      report->>'chunks_verified', report->>'chunks', source_rows, target_rows, remainder_rows),
      (report->>'verified')::boolean AND report->'chunks' = report->'chunks_verified'
      AND report->'differences' = '[]' AND source_rows = target_rows + remainder_rows
      AND source_rows = (report->>'rows_source')::bigint AND target_rows = (report->>'rows')::bigint
      AND remainder_rows = (report->>'rows_remainder')::bigint AND source_rows > 0;
SQL
  sed 's/|[tf]*$//' "$WORK/told"
  [[ $(tail -n 1 "$WORK/told") == *'|t' ]] || die "SQL counts other rows than regraft reports for $source"
  ask "SELECT format('  set aside %s: %s', count(*), reason) FROM regraft.remainder JOIN regraft.run USING (run_id)
       JOIN regraft.copy USING (copy_id) WHERE source_name = '$source' GROUP BY reason ORDER BY 1"
  check_rebuilt "$set_aside"
}

# Takes columns of the source from where they went, and compares both ways, duplicates counted.
check_rebuilt() {
  local from_source="SELECT $columns FROM $source" differences
  local from_target="(SELECT $inverse FROM $target WHERE $mine UNION ALL $1)"
  differences=$(ask "
    SELECT (SELECT count(*) FROM ($from_source EXCEPT ALL $from_target) AS missing)
         + (SELECT count(*) FROM ($from_target EXCEPT ALL $from_source) AS invented)")
  tell "  rebuilt   $(tr -s ' \n' ' ' <<<"${about:-$columns}")from the target: $differences differences"
  ((differences == 0)) || die "columns of $source cannot be rebuilt from $target"
}

merge_source_urls() {
  local source=company.company_source_urls target=outreach.company_source_urls remainder=
  local mine="origin = 'company'" columns inverse
  columns=$(ask "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                 WHERE attrelid = '$source'::regclass AND attnum > 0 AND NOT attisdropped")
  inverse=$columns
  local about='all columns '
  merge --set origin=company --create
}

merge_queues() {
  local target=outreach.entity_resolution_queue remainder=
  local source=people.people_resolution_queue
  local mine="ctb_src = '$source'"
  local columns='queue_id, created_at, status, error_details::text, notes'
  local inverse="(queue_data->>'queue_id')::int, created_at AT TIME ZONE 'UTC', resolution_status,
    queue_data->>'error_details', queue_data->>'notes'"
  merge --set queue_type=people_resolution --set ctb_src="$source" \
    --column status=resolution_status --overflow queue_data

  source=people.paid_enrichment_queue
  mine="ctb_src = '$source'"
  columns='id, queued_at, processed_at, empty_slots, company_name'
  inverse="(queue_data->>'id')::int, created_at AT TIME ZONE 'UTC', resolved_at AT TIME ZONE 'UTC',
    (queue_data->>'empty_slots')::text[], candidate_name"
  merge --set queue_type=paid_enrichment --set ctb_src="$source" \
    --column id= --column company_name=candidate_name --column status=resolution_status \
    --column queued_at=created_at --column processed_at=resolved_at --overflow queue_data
}

# Errors that nobody can act on any more must not block, be retried, or be swept away by a TTL job.
merge_company_errors() {
  local target=outreach.company_target_errors
  local -a quiet=(--set severity=info --set disposition=ARCHIVED --set ttl_tier=INFINITE
    --allow triggers-suppressed --overflow ctb_overflow)

  local source=marketing.failed_company_match remainder=archive.failed_company_match_remainder
  local mine="ctb_src = '$source'"
  local columns='id, best_match_notes, best_match_score, created_at'
  local inverse="(ctb_overflow->>'id')::int, blocking_reason,
    (ctb_overflow->>'best_match_score')::numeric(5,2), created_at AT TIME ZONE 'UTC'"
  merge --set ctb_src="$source" --set pipeline_stage=company_match --set failure_code=CT-FAILED-MATCH \
    --column best_match_notes=blocking_reason --column resolution_notes=resolution_note \
    --map 'error_type=best_match_notes:{"no_candidate":"unmatched","below_threshold":"unmatched","ambiguous_name":"ambiguous","subsidiary_of_match":"ambiguous"}' \
    "${quiet[@]}" --remainder "$remainder"

  source=marketing.failed_no_pattern remainder=archive.failed_no_pattern_remainder
  mine="ctb_src = '$source'"
  columns='id, failure_reason, failure_notes, created_at'
  inverse="(ctb_overflow->>'id')::int, blocking_reason, ctb_overflow->>'failure_notes',
    created_at AT TIME ZONE 'UTC'"
  merge --set ctb_src="$source" --set pipeline_stage=email_pattern --set failure_code=CT-NO-PATTERN \
    --set error_type=missing_pattern --column failure_reason=blocking_reason \
    --column resolution_notes=resolution_note "${quiet[@]}" --remainder "$remainder"
}

# The CHECK of this target admits six words as error_type; the sources have ten of their own.
merge_people_errors() {
  local target=people.people_errors
  local -a quiet=(--set status=abandoned --set retry_strategy=discard --set disposition=ARCHIVED
    --set ttl_tier=INFINITE --allow triggers-suppressed --overflow raw_payload --column person_id=)

  local source=marketing.failed_email_verification remainder=archive.failed_email_verification_remainder
  local mine="ctb_src = '$source'"
  local columns='id, person_id, verification_error, created_at, updated_at'
  local inverse="(raw_payload->>'id')::int, raw_payload->>'person_id', error_code,
    created_at AT TIME ZONE 'UTC', (raw_payload->>'updated_at')::timestamp"
  merge --set ctb_src="$source" --set error_stage=enrichment \
    --set 'error_message=the generated e-mail address was not verified' \
    --column verification_error=error_code \
    --map 'error_type=verification_error:{"mailbox_not_found":"validation","domain_not_found":"validation","disposable_domain":"validation","catch_all":"ambiguity","smtp_timeout":"external_fail","mailbox_full":"external_fail"}' \
    "${quiet[@]}" --remainder "$remainder"

  source=marketing.failed_slot_assignment remainder=archive.failed_slot_assignment_remainder
  mine="ctb_src = '$source'"
  columns='id, person_id, resolution_notes, fuzzy_score, lost_to_person_name'
  inverse="(raw_payload->>'id')::int, raw_payload->>'person_id', error_code,
    (raw_payload->>'fuzzy_score')::numeric(5,2), raw_payload->>'lost_to_person_name'"
  merge --set ctb_src="$source" --set error_stage=slot_fill \
    --set 'error_message=the slot went to somebody else' --column resolution_notes=error_code \
    --map 'error_type=resolution_notes:{"title_not_mapped":"missing_data","*":"conflict"}' \
    "${quiet[@]}" --remainder "$remainder"
}

merge_existence_errors() {
  local source=marketing.failed_low_confidence target=cl.cl_err_existence remainder=
  local mine="ctb_src = '$source'"
  local columns='id, match_notes, fuzzy_score, linkedin_url, created_at'
  local inverse="(evidence->>'id')::int, reason_code, (evidence->>'fuzzy_score')::numeric(5,2),
    evidence->>'linkedin_url', created_at AT TIME ZONE 'UTC'"
  merge --set ctb_src="$source" --set error_type=low_confidence --set verification_run_id=failed_low_confidence \
    --column match_notes=reason_code --column company_name_raw=company_name \
    --column matched_company_domain=company_domain --overflow evidence
}

check_others() {
  heading "Rows of others"
  local relation condition before after
  while IFS='|' read -r relation condition before; do
    after=$(ask "$(others_sql "$relation" "$condition")")
    tell "  $relation: ${before% *} rows, md5 ${before#* }"
    [[ $before == "$after" ]] || die "$relation: rows of others have changed: $after"
  done < <(notes <<<'SELECT relation, condition, before FROM others ORDER BY relation')
  tell "  The same now as before the first merge; the targets' triggers wrote nothing into shq.error_master."
}

# Each target on fresh connections, from the ledger, the target and the source alone.
verify_all() {
  heading "regraft verify"
  local target
  for target in outreach.company_source_urls outreach.entity_resolution_queue \
    outreach.company_target_errors people.people_errors cl.cl_err_existence; do
    "$PROGRAM" verify --target "$target" --json >"$WORK/report" 2>"$WORK/words" </dev/null ||
      { cat "$WORK/report" "$WORK/words" >&2; die "regraft verify --target $target found differences"; }
    notes -v report="$(cat "$WORK/report")" >"$WORK/told" <<'SQL'
      INSERT INTO verify (copy) SELECT jsonb_array_elements(:'report'::jsonb->'copies')
      RETURNING format('  %s <- %s: %s rows found, %s of %s chunks verified, source %s', copy->>'target', copy->>'source',
        copy->>'rows_found', copy->>'chunks_verified', copy->>'chunks', copy->>'source_state'),
        (copy->>'verified')::boolean AND copy->'chunks' = copy->'chunks_verified'
        AND copy->'rows' = copy->'rows_found' AND copy->>'source_state' = 'unchanged';
SQL
    sed 's/|[tf]*$//' "$WORK/told"
    ! grep -qv '|t$' "$WORK/told" || die "regraft verify --target $target is incomplete"
  done
  [[ $(notes <<<"SELECT (SELECT count(*) FROM verify) = count(*) FROM merge") == t ]] ||
    die "regraft verify knows other copies than were made"
}

# One character of one value, behind the program's back; then back again.
forge_and_find() {
  heading "A forgery"
  local target=outreach.company_source_urls key place code=0
  key=$(ask "SELECT source_id FROM $target WHERE source_url LIKE 'https:%' ORDER BY source_id
             OFFSET (SELECT count(*) / 2 FROM $target) LIMIT 1")
  tell "  UPDATE $target SET source_url = replace(source_url, 'https:', 'http:') WHERE source_id = '$key'"
  ask "UPDATE $target SET source_url = replace(source_url, 'https:', 'http:') WHERE source_id = '$key'"
  # Where the row came from, asked of the ledger.
  place=$(ask "SELECT c.chunk FROM company.company_source_urls s JOIN regraft.chunk c ON c.leaf_oid = s.tableoid
               JOIN regraft.run r USING (run_id) JOIN regraft.copy USING (copy_id)
               WHERE s.source_id = '$key' AND target_name = '$target'
                 AND (s.ctid::text::point)[0] >= first_block
                 AND ((s.ctid::text::point)[0] < end_block OR end_block = -1)")
  show_command verify --target "$target"
  "$PROGRAM" verify --target "$target" >"$WORK/told" 2>&1 </dev/null || code=$?
  sed 's/^/  /' "$WORK/told"
  tell "  exit code $code"
  ((code == 2)) || die "a forged value must be answered by exit code 2, not $code"
  "$PROGRAM" verify --target "$target" --json >"$WORK/report" 2>/dev/null </dev/null || true
  [[ $(notes -v report="$(cat "$WORK/report")" -v key="$key" -v chunk="$place" <<'SQL'
    SELECT jsonb_array_length(rows) = 1 AND rows#>>'{0,key}' LIKE '%' || :'key' || '%' AND rows#>>'{0,kind}' = 'changed'
           AND rows#>'{0,columns}' = '["source_url"]' AND rows#>>'{0,chunk}' = :'chunk'
    FROM (SELECT :'report'::jsonb #> '{copies,0,rows_different}') AS t(rows);
SQL
  ) == t ]] || die "regraft verify did not name chunk $place, row $key and column source_url, and only those"
  tell "  It names the chunk ($place), the row, the column and both values, and nothing else."

  ask "UPDATE $target SET source_url = s.source_url FROM company.company_source_urls AS s
       WHERE $target.source_id = s.source_id AND s.source_id = '$key'"
  "$PROGRAM" verify --target "$target" >"$WORK/told" 2>&1 </dev/null ||
    { cat "$WORK/told" >&2; die "the repaired target is not found intact"; }
  tell "  With the value put back, regraft verify finds the copy intact again."
}

summary() {
  heading "Summary"
  table "$NOTES_DATABASE" "
    SELECT report->>'source' AS source, report->>'target' AS target, source_rows AS \"rows\",
           target_rows AS \"= merged\", remainder_rows AS \"+ set aside\", (report->>'bytes')::bigint AS bytes,
           ((report->>'rows')::bigint / (report#>>'{seconds,copy}')::numeric)::bigint AS \"rows/s\",
           (report->>'chunks_verified') || '/' || (report->>'chunks') AS \"chunks verified\"
    FROM merge
    UNION ALL
    SELECT 'all', NULL, sum(source_rows), sum(target_rows), sum(remainder_rows),
           sum((report->>'bytes')::bigint)::bigint,
           (sum((report->>'rows')::bigint) / sum((report#>>'{seconds,copy}')::numeric))::bigint,
           sum((report->>'chunks_verified')::int) || '/' || sum((report->>'chunks')::int)
    FROM merge"
}

copy_story() {
  prepare_copies
  note_others
  merge_source_urls
  merge_queues
  merge_company_errors
  merge_people_errors
  merge_existence_errors
  check_others
  verify_all
  forge_and_find
  summary
}
