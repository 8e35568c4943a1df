// A table with everything that can be attached to one, for the tests that must see all of it.
#pragma once

#include "engine/catalog/dossier.h"
#include "tests/catalog/catalog_test.h"

#include <string>
#include <vector>

namespace regraft::catalog {

// Roles belong to the server: theirs carry the database's name, and go with the fixture.
class Everything : public CatalogTest {
 protected:
  ~Everything() override {
    for (const std::string& role : roles_)
      database_.Sql("DROP OWNED BY " + role + " CASCADE; DROP ROLE " + role);
  }

  std::string MakeRole(const std::string& suffix) {
    roles_.push_back(database_.name() + "_" + suffix);
    database_.Sql("CREATE ROLE " + roles_.back());
    return roles_.back();
  }

  // A table with everything that can be attached to one, and what it is attached to.
  void MakeEverything() {
    ada_ = MakeRole("ada");
    bob_ = MakeRole("bob");
    database_.Sql(
        "CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO public; CREATE EXTENSION IF NOT EXISTS "
        "plpgsql;"
        "CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TABLE s.parent (id int PRIMARY KEY);"
        "CREATE TABLE s.base (inherited int);"
        "CREATE TABLE s.\"Odd \"\"one\" ("
        "  id serial, \"Key\" int GENERATED ALWAYS AS IDENTITY (START 7 INCREMENT 2),"
        "  gone int, parent int CONSTRAINT to_parent REFERENCES s.parent ON DELETE CASCADE,"
        "  name varchar(20) COLLATE \"C\" DEFAULT 'x' NOT NULL, amount numeric(10,2),"
        "  doubled numeric GENERATED ALWAYS AS (amount * 2) STORED, body text,"
        "  CONSTRAINT odd_pkey PRIMARY KEY (id),"
        "  CONSTRAINT positive CHECK (amount > 0)) INHERITS (s.base) WITH (fillfactor = 70);"
        "ALTER TABLE s.\"Odd \"\"one\" DROP gone;"
        "ALTER TABLE s.\"Odd \"\"one\" ADD CONSTRAINT late CHECK (id > 0) NOT VALID;"
        "CREATE INDEX \"Odd index\" ON s.\"Odd \"\"one\" (lower(name)) WHERE amount > 1;"
        "CREATE UNIQUE INDEX by_key ON s.\"Odd \"\"one\" (\"Key\");"
        "CREATE STATISTICS s.pair (ndistinct) ON id, amount FROM s.\"Odd \"\"one\";"
        "CREATE TRIGGER tr BEFORE INSERT ON s.\"Odd \"\"one\" FOR EACH ROW EXECUTE FUNCTION s.f();"
        "CREATE RULE ru AS ON DELETE TO s.\"Odd \"\"one\" DO ALSO SELECT 1;"
        "ALTER TABLE s.\"Odd \"\"one\" ENABLE ROW LEVEL SECURITY;"
        "CREATE TABLE s.child (odd int CONSTRAINT to_odd REFERENCES s.\"Odd \"\"one\");"
        "CREATE VIEW s.v AS SELECT id FROM s.\"Odd \"\"one\";"
        "CREATE TABLE s.user_of_row (r s.\"Odd \"\"one\");"
        "CREATE FUNCTION s.atomic() RETURNS bigint LANGUAGE sql"
        "  BEGIN ATOMIC SELECT count(*) FROM s.\"Odd \"\"one\"; END;"
        "CREATE PUBLICATION p_all FOR ALL TABLES;"
        "COMMENT ON TABLE s.\"Odd \"\"one\" IS E'it''s\\nodd';"
        "COMMENT ON COLUMN s.\"Odd \"\"one\".\"Key\" IS 'the key'");
    database_.Sql("CREATE POLICY po ON s.\"Odd \"\"one\" FOR SELECT TO " + ada_ +
                  ", public USING (id > 0);"
                  "GRANT SELECT ON s.\"Odd \"\"one\" TO " +
                  ada_ +
                  " WITH GRANT OPTION;"
                  "SET ROLE " +
                  ada_ + "; GRANT SELECT ON s.\"Odd \"\"one\" TO " + bob_ +
                  ";"
                  "RESET ROLE; GRANT UPDATE (name) ON s.\"Odd \"\"one\" TO " +
                  bob_);
  }

  uint32_t Oid(const std::string& name) {
    return static_cast<uint32_t>(
        std::stoul(database_.Scalar("SELECT '" + name + "'::regclass::oid")));
  }
  Dossier ReadIt(const std::string& name) { return ReadDossier(connection_, Oid(name)).value(); }
  Dossier ReadEverything() { return ReadIt(kOdd); }

  // The facts of the table with everything that the statements change.
  std::vector<std::string> Changed(const std::string& sql, support::Here here = {}) {
    const Dossier before = ReadEverything();
    database_.Sql(sql, here);
    auto after = ReadDossier(connection_, before.oid);
    std::vector<std::string> facts;
    for (const DossierChange& change : CompareDossiers(before, after.value()))
      facts.push_back(change.fact);
    return facts;
  }

  static constexpr const char* kOdd = "s.\"Odd \"\"one\"";
  std::string ada_, bob_;

 private:
  std::vector<std::string> roles_;
};

}  // namespace regraft::catalog
