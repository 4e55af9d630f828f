-- SPDX-License-Identifier: GPL-2.0-or-later
-- schema.sql - every table, and the views that others may rely on (documented in README.md).
--
-- Three groups of tables:
--   meta                 key/value strings of the scan
--   tu, dep, fn          facts: what scan writes, one transaction per translation unit
--   tu_old               rows that tu had before: old.c makes it where it is missing
--   res_*                results: what the analysis writes, replaced as a whole
-- The tables are ours to change with the schema version (PRAGMA user_version); the v_* views are
-- a contract: their names and columns stay.

CREATE TABLE meta (
	key TEXT PRIMARY KEY NOT NULL,          -- "source", "objtree", "config", "version" ...
	value TEXT NOT NULL
) WITHOUT ROWID;

-- ---------------------------------------------------------------- facts

-- One content of one file.  TUs name it by id, so that a header is one row for all of them.
CREATE TABLE dep (
	id INTEGER PRIMARY KEY,
	file TEXT NOT NULL,                     -- relative to the source tree; "obj:..." is generated
	hash INTEGER NOT NULL,                  -- XXH3 of the content, 64 bits
	UNIQUE (file, hash)
);

-- One function as it was compiled: the same text in two TUs is one row if the IR is the same.
CREATE TABLE fn (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,                     -- link name
	file TEXT NOT NULL,                     -- file of the definition
	line INTEGER NOT NULL,                  -- from 1
	hash INTEGER NOT NULL,                  -- XXH3 of ir, 64 bits
	ir BLOB NOT NULL                        -- sd_fn_encode()
);                                              -- (name, file, hash) is unique: facts.c looks before it adds
CREATE INDEX fn_hash ON fn (hash);

CREATE TABLE tu (
	file TEXT PRIMARY KEY NOT NULL,         -- main file
	status TEXT NOT NULL,                   -- ok, failed, not-built
	reason TEXT NOT NULL,                   -- one line for what is not ok; else empty
	functions INTEGER NOT NULL,             -- how many it has, those of headers included
	seconds REAL NOT NULL,                  -- wall time of the parse: informative
	command_hash INTEGER NOT NULL,          -- command line and versions
	facts_hash INTEGER NOT NULL,            -- of file, status, reason and every function
	deps BLOB NOT NULL,                     -- dep ids: varint of the main file's, then ascending differences
	fns BLOB NOT NULL                       -- fn ids: ascending differences as varints
) WITHOUT ROWID;

-- ---------------------------------------------------------------- results

-- One row, or none when nothing was analysed since the schema was made.
CREATE TABLE res_run (
	stamp TEXT NOT NULL,                    -- what the results were made from
	source INTEGER, read_lock INTEGER,      -- res_str
	coverage BLOB NOT NULL                  -- struct sd_coverage as varints
);

-- Every string of the results once; the other res_ tables hold ids, NULL for no string.
CREATE TABLE res_str (
	id INTEGER PRIMARY KEY,
	s TEXT NOT NULL
);

-- Every place of the results once (struct sd_step).
CREATE TABLE res_site (
	id INTEGER PRIMARY KEY,
	function INTEGER, file INTEGER,         -- res_str
	line INTEGER NOT NULL,
	via INTEGER                             -- res_str: how a call there calls
);

-- One call path (struct sd_witness) as varints: role, entry, indirect, targets, proved, number of
-- steps of its own, res_site of each; then where it goes on as another one does: how many rows
-- before this one, and from which step of that.  Nothing more when it shares no end.
-- Strings as res_str id, 0 for none.
CREATE TABLE res_witness (
	id INTEGER PRIMARY KEY,
	path BLOB NOT NULL
);

CREATE TABLE res_class (
	id INTEGER PRIMARY KEY,                 -- from 0, in the order of the names
	key TEXT NOT NULL UNIQUE,               -- the name; "name#2" should two classes share one
	name INTEGER, lockdep_name INTEGER, lock_type INTEGER, file INTEGER,
	line INTEGER NOT NULL,
	by_type_only INTEGER NOT NULL,
	is_map INTEGER NOT NULL,
	usage INTEGER NOT NULL,                 -- bit (1 << enum sd_usage)
	bits TEXT NOT NULL,                     -- "-.+."
	wit0 INTEGER, wit1 INTEGER, wit2 INTEGER, wit3 INTEGER,         -- res_witness, by enum sd_usage
	wit4 INTEGER, wit5 INTEGER, wit6 INTEGER, wit7 INTEGER
);

-- Every name that lockdep may print for a lock of a class: the first is res_class.lockdep_name, others follow
-- where one path gets several keys.
CREATE TABLE res_name (
	id INTEGER PRIMARY KEY,                 -- rising by class: its own name, then the others in their order
	class INTEGER NOT NULL,                 -- res_class
	own INTEGER NOT NULL,                   -- 1 for the class's own
	key TEXT NOT NULL UNIQUE,               -- res_class.key; "key=name" for the others
	lockdep_name INTEGER, file INTEGER,
	line INTEGER NOT NULL
);
CREATE INDEX res_name_class ON res_name (class);

CREATE TABLE res_acquire (
	id INTEGER PRIMARY KEY,                 -- rising by class
	class INTEGER NOT NULL,                 -- res_class
	site INTEGER NOT NULL,                  -- res_site
	mode TEXT NOT NULL,                     -- W r R
	context INTEGER, hardirqs INTEGER, softirqs INTEGER,
	trylock INTEGER NOT NULL
);

-- Each kind of each dependency, with its witness.  A dependency is what has the same ends.
CREATE TABLE res_dep (
	id INTEGER PRIMARY KEY,                 -- rising by (from_id, to_id, bit)
	from_id INTEGER NOT NULL, to_id INTEGER NOT NULL,               -- res_class
	bit INTEGER NOT NULL,                   -- 0 SR, 1 ER, 2 SN, 3 EN
	wit INTEGER,                            -- res_witness
	site INTEGER NOT NULL,                  -- res_site: acquisition of `to`, first step of wit
	held INTEGER NOT NULL                   -- res_site: where `from` was taken
);

CREATE TABLE res_call (
	id INTEGER PRIMARY KEY,
	caller INTEGER, callee INTEGER, file INTEGER,
	line INTEGER NOT NULL,
	kind INTEGER
);

CREATE TABLE res_entry (
	id INTEGER PRIMARY KEY,
	function INTEGER, file INTEGER,
	line INTEGER NOT NULL,
	context INTEGER, registered_by INTEGER, role INTEGER
);

CREATE TABLE res_finding (
	id INTEGER PRIMARY KEY,                 -- place in the array, from 0
	number INTEGER NOT NULL,                -- the id that reports print, from 1
	kind INTEGER NOT NULL, rank INTEGER NOT NULL,                   -- enum sd_finding_kind, sd_rank
	kind_name TEXT NOT NULL, rank_name TEXT NOT NULL,
	irq INTEGER, rank_reason INTEGER, title INTEGER, fingerprint INTEGER,
	safe_bit INTEGER NOT NULL, unsafe_bit INTEGER NOT NULL,
	first INTEGER, last INTEGER,            -- res_class: the ends of the chain
	chain BLOB NOT NULL,                    -- classes, varints
	deps BLOB,                              -- dependency and kind bit for each link, varints; NULL for none
	wits BLOB                               -- res_witness ids, varints, 0 for none; NULL for none
);

-- The witnesses of findings, one row per step: what v_witness shows.
CREATE TABLE res_step (
	finding INTEGER NOT NULL,               -- number of the finding
	step INTEGER NOT NULL,                  -- from 1, through all witnesses of the finding
	role INTEGER,
	site INTEGER NOT NULL,                  -- res_site
	text TEXT NOT NULL,
	PRIMARY KEY (finding, step)
) WITHOUT ROWID;

CREATE TABLE res_gap (
	id INTEGER PRIMARY KEY,
	what INTEGER, function INTEGER, file INTEGER,
	line INTEGER NOT NULL,
	text INTEGER
);

-- ---------------------------------------------------------------- the contract

CREATE VIEW v_tu (file, status, reason, functions, seconds) AS
	SELECT file, status, reason, functions, seconds FROM tu ORDER BY file;

CREATE VIEW v_class (id, name, lockdep_name, lock_type, file, line) AS
	SELECT o.key, n.s, l.s, t.s, f.s, o.line
	FROM res_class c JOIN res_name o ON o.class = c.id
	LEFT JOIN res_str n ON n.id = c.name LEFT JOIN res_str l ON l.id = o.lockdep_name
	LEFT JOIN res_str t ON t.id = c.lock_type LEFT JOIN res_str f ON f.id = o.file
	ORDER BY c.id, o.id;

CREATE VIEW v_acquire (class, function, file, line, mode, context, hardirqs, softirqs, trylock) AS
	SELECT c.key, u.s, f.s, p.line, a.mode, x.s, h.s, s.s, a.trylock
	FROM res_acquire a JOIN res_class c ON c.id = a.class JOIN res_site p ON p.id = a.site
	LEFT JOIN res_str u ON u.id = p.function LEFT JOIN res_str f ON f.id = p.file
	LEFT JOIN res_str x ON x.id = a.context
	LEFT JOIN res_str h ON h.id = a.hardirqs LEFT JOIN res_str s ON s.id = a.softirqs
	ORDER BY a.id;

CREATE VIEW v_usage (class, lockdep_name, bits, in_hardirq, in_softirq, on_hardirq, on_softirq) AS
	SELECT o.key, l.s, c.bits,
	       (c.usage & 3) != 0, (c.usage & 12) != 0, (c.usage & 48) != 0, (c.usage & 192) != 0
	FROM res_class c JOIN res_name o ON o.class = c.id LEFT JOIN res_str l ON l.id = o.lockdep_name
	ORDER BY c.id, o.id;

CREATE VIEW v_dependency (from_class, to_class, kind, from_lockdep, to_lockdep, function, file, line) AS
	SELECT a.key, b.key,
	       CASE d.bit WHEN 0 THEN 'SR' WHEN 1 THEN 'ER' WHEN 2 THEN 'SN' ELSE 'EN' END,
	       al.s, bl.s, u.s, f.s, p.line
	FROM res_dep d JOIN res_site p ON p.id = d.site
	JOIN res_name a ON a.class = d.from_id JOIN res_name b ON b.class = d.to_id
	LEFT JOIN res_str al ON al.id = a.lockdep_name LEFT JOIN res_str bl ON bl.id = b.lockdep_name
	LEFT JOIN res_str u ON u.id = p.function LEFT JOIN res_str f ON f.id = p.file
	ORDER BY d.id, a.id, b.id;

CREATE VIEW v_call (caller, callee, file, line, kind) AS
	SELECT a.s, b.s, f.s, c.line, k.s
	FROM res_call c
	LEFT JOIN res_str a ON a.id = c.caller LEFT JOIN res_str b ON b.id = c.callee
	LEFT JOIN res_str f ON f.id = c.file LEFT JOIN res_str k ON k.id = c.kind
	ORDER BY c.id;

CREATE VIEW v_entry (function, file, line, context, registered_by) AS
	SELECT u.s, f.s, e.line, x.s, r.s
	FROM res_entry e
	LEFT JOIN res_str u ON u.id = e.function LEFT JOIN res_str f ON f.id = e.file
	LEFT JOIN res_str x ON x.id = e.context LEFT JOIN res_str r ON r.id = e.registered_by
	ORDER BY e.id;

CREATE VIEW v_finding (id, kind, rank, title, from_class, to_class, fingerprint) AS
	SELECT n.number, n.kind_name, n.rank_name, t.s, a.key, b.key, p.s
	FROM res_finding n
	LEFT JOIN res_str t ON t.id = n.title LEFT JOIN res_str p ON p.id = n.fingerprint
	LEFT JOIN res_class a ON a.id = n.first LEFT JOIN res_class b ON b.id = n.last
	ORDER BY n.id;

CREATE VIEW v_witness (finding, step, role, function, file, line, text) AS
	SELECT w.finding, w.step, r.s, u.s, f.s, p.line, w.text
	FROM res_step w JOIN res_site p ON p.id = w.site
	LEFT JOIN res_str r ON r.id = w.role LEFT JOIN res_str u ON u.id = p.function
	LEFT JOIN res_str f ON f.id = p.file
	ORDER BY w.finding, w.step;

CREATE VIEW v_gap (what, function, file, line, text) AS
	SELECT w.s, u.s, f.s, g.line, t.s
	FROM res_gap g
	LEFT JOIN res_str w ON w.id = g.what LEFT JOIN res_str u ON u.id = g.function
	LEFT JOIN res_str f ON f.id = g.file LEFT JOIN res_str t ON t.id = g.text
	ORDER BY g.id;
