#include "engine/base/status_macros.h"
#include "engine/ledger/ledger.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace regraft::ledger {
namespace {

// A remainder row belongs to the chunk whose leaf and block range hold it.
constexpr const char* kChunksQuery = R"sql(
SELECT c.chunk, c.leaf_oid, c.leaf_schema, c.leaf_name, c.leaf_kind, c.has_ctid, c.first_block,
       c.end_block, coalesce(string_agg(m.row_ctid::text, ';'), '')
FROM regraft.chunk c
LEFT JOIN regraft.remainder m
  ON m.run_id = c.run_id AND m.leaf_oid = c.leaf_oid
 AND (m.row_ctid::text::point)[0] >= c.first_block
 AND (c.end_block = -1 OR (m.row_ctid::text::point)[0] < c.end_block)
WHERE c.run_id = $1
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY c.chunk
)sql";

constexpr const char* kDoneQuery = R"sql(
SELECT chunk, xid, rows, source_bytes, source_digest, written_bytes, written_digest
FROM regraft.chunk_done
WHERE run_id = $1
ORDER BY chunk
)sql";

std::string ChunkAsCsv(int64_t run_id, const Chunk& chunk) {
  const auto quoted = [](const std::string& text) {
    return pg::QuoteIdentifier(text);  // CSV has the same quoting rule
  };
  return absl::StrCat(run_id, ",", chunk.number, ",", chunk.leaf.oid, ",",
                      quoted(chunk.leaf.name.schema), ",", quoted(chunk.leaf.name.name), ",",
                      std::string(1, chunk.leaf.relkind), ",", chunk.leaf.has_ctid ? "t" : "f", ",",
                      chunk.range.first_block, ",", chunk.range.end_block, "\n");
}

Chunk ChunkFromRow(const pg::Result& result, int row) {
  Chunk chunk{.number = result.Int64(row, 0)};
  chunk.leaf.oid = static_cast<uint32_t>(result.Int64(row, 1));
  chunk.leaf.name = {result.Text(row, 2), result.Text(row, 3)};
  chunk.leaf.relkind = result.Value(row, 4)[0];
  chunk.leaf.has_ctid = result.Bool(row, 5);
  chunk.range = {.leaf = 0, .first_block = result.Int64(row, 6), .end_block = result.Int64(row, 7)};
  chunk.excluded = absl::StrSplit(AsAbsl(result.Value(row, 8)), ';', absl::SkipEmpty());
  return chunk;
}

// Of kDoneQuery: the set whose bytes stand in column `bytes`, and its digest behind them.
absl::StatusOr<digest::SetDigest> SetFromRow(const pg::Result& result, int row, int bytes) {
  constexpr int kRows = 2;
  digest::SetDigest set{
      .sum = {}, .rows = result.Int64(row, kRows), .bytes = result.Int64(row, bytes)};
  ASSIGN_OR_RETURN(set.sum, digest::Digest128::FromHex(result.Value(row, bytes + 1)));
  return set;
}

}  // namespace

absl::Status InsertChunks(pg::Connection& connection, int64_t run_id,
                          const std::vector<Chunk>& chunks) {
  ASSIGN_OR_RETURN(pg::CopyIn copy,
                   connection.StartCopyIn(
                       "COPY regraft.chunk (run_id, chunk, leaf_oid, leaf_schema, leaf_name,"
                       " leaf_kind, has_ctid, first_block, end_block) FROM STDIN (FORMAT csv)"));
  for (const Chunk& chunk : chunks) RETURN_IF_ERROR(copy.Put(ChunkAsCsv(run_id, chunk)));
  return copy.Finish().status();
}

absl::StatusOr<std::vector<Chunk>> ReadChunks(pg::Connection& connection, int64_t run_id) {
  ASSIGN_OR_RETURN(const pg::Result result, connection.Query(kChunksQuery, {absl::StrCat(run_id)}));
  std::vector<Chunk> chunks;
  chunks.reserve(static_cast<size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) chunks.push_back(ChunkFromRow(result, row));
  return chunks;
}

absl::StatusOr<std::vector<DoneChunk>> ReadDone(pg::Connection& connection, int64_t run_id) {
  ASSIGN_OR_RETURN(const pg::Result result, connection.Query(kDoneQuery, {absl::StrCat(run_id)}));
  std::vector<DoneChunk> done;
  done.reserve(static_cast<size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) {
    DoneChunk chunk{.number = result.Int64(row, 0),
                    .xid = static_cast<uint64_t>(result.Int64(row, 1))};
    ASSIGN_OR_RETURN(chunk.source, SetFromRow(result, row, 3));
    ASSIGN_OR_RETURN(chunk.written, SetFromRow(result, row, 5));
    done.push_back(chunk);
  }
  return done;
}

absl::Status InsertDone(pg::Connection& connection, int64_t run_id, const DoneChunk& chunk) {
  return connection.Run(absl::StrCat(
      "INSERT INTO regraft.chunk_done (run_id, chunk, xid, rows, source_bytes, source_digest,"
      " written_bytes, written_digest) VALUES (",
      run_id, ", ", chunk.number, ", pg_current_xact_id(), ", chunk.written.rows, ", ",
      chunk.source.bytes, ", '", chunk.source.sum.Hex(), "', ", chunk.written.bytes, ", '",
      chunk.written.sum.Hex(), "')"));
}

}  // namespace regraft::ledger
