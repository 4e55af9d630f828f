-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- recall.sql: what lockdep observed (o_*, from the tables) against what statdep derived (the attached
-- database `s`).  Read by tests/truth/recall after o_class, o_edge, o_pair and o_kind are filled.
--
-- An observed class is any static class with its name among its names; of several those of the file in which lockdep
-- saw the class initialised, if there are any.

CREATE TABLE s_class AS
	SELECT c.id, l.s AS name, n.s AS path, f.s AS file, t.s AS type, c.usage
	FROM s.res_class c JOIN s.res_name o ON o.class = c.id LEFT JOIN s.res_str l ON l.id = o.lockdep_name
	LEFT JOIN s.res_str n ON n.id = c.name LEFT JOIN s.res_str f ON f.id = o.file LEFT JOIN s.res_str t ON t.id = c.lock_type;
CREATE INDEX s_class_name ON s_class (name);

CREATE TABLE cls AS
	SELECT o.id, o.class, o.name, o.file, o.usage, CASE k.kind WHEN '' THEN 'map' ELSE k.kind END AS kind
	FROM o_class o JOIN o_kind k USING (class);
CREATE INDEX cls_class ON cls (class);

CREATE TABLE hit AS
	SELECT c.id AS cls, s.id AS stat, s.file = c.file AS same FROM cls c JOIN s_class s USING (name);
DELETE FROM hit WHERE NOT same AND cls IN (SELECT cls FROM hit WHERE same);
CREATE INDEX hit_cls ON hit (cls);

CREATE TABLE dep AS SELECT from_id, to_id, SUM(DISTINCT 1 << bit) AS kinds FROM s.res_dep GROUP BY 1, 2;
CREATE UNIQUE INDEX dep_ft ON dep (from_id, to_id);

CREATE TABLE edge AS
	SELECT e.*, a.id AS a, b.id AS b, a.name AS an, b.name AS bn,
	       CASE WHEN a.kind = 'map' OR b.kind = 'map' THEN 'maps'
		    WHEN a.kind = 'spin' AND b.kind = 'spin' THEN 'spin' ELSE 'sleep' END AS grp,
	       EXISTS (SELECT 1 FROM hit x JOIN hit y ON y.cls = b.id JOIN dep d ON d.from_id = x.stat AND d.to_id = y.stat
		       WHERE x.cls = a.id) AS found
	FROM o_edge e JOIN cls a ON a.class = e.from_class JOIN cls b ON b.class = e.to_class;

-- Not listed, but two that are listed lead from the one class to the other; and as much for the ends of different
-- observed dependencies, none of which was observed itself: what that says by chance.
CREATE TABLE two AS
	SELECT e.rowid AS edge, EXISTS (SELECT 1 FROM hit x JOIN hit y ON y.cls = e.b JOIN dep d ON d.from_id = x.stat
					JOIN dep f ON f.from_id = d.to_id AND f.to_id = y.stat WHERE x.cls = e.a) AS found
	FROM edge e WHERE NOT e.found;
CREATE INDEX two_edge ON two (edge);

CREATE TABLE nth AS
	SELECT grp, a, b, ROW_NUMBER() OVER (PARTITION BY grp ORDER BY a, b) - 1 AS i, COUNT(*) OVER (PARTITION BY grp) AS n
	FROM (SELECT DISTINCT grp, a, b FROM edge);
CREATE INDEX nth_i ON nth (grp, i);
CREATE INDEX nth_ab ON nth (a, b);
CREATE TABLE chance AS
	SELECT e.grp, e.a, o.b,
	       EXISTS (SELECT 1 FROM hit x JOIN hit y ON y.cls = o.b JOIN dep d ON d.from_id = x.stat AND d.to_id = y.stat
		       WHERE x.cls = e.a) AS one,
	       EXISTS (SELECT 1 FROM hit x JOIN hit y ON y.cls = o.b JOIN dep d ON d.from_id = x.stat
		       JOIN dep f ON f.from_id = d.to_id AND f.to_id = y.stat WHERE x.cls = e.a) AS two
	FROM nth e JOIN nth o ON o.grp = e.grp AND o.i = (e.i + e.n / 2) % e.n
	WHERE NOT EXISTS (SELECT 1 FROM nth k WHERE k.a = e.a AND k.b = o.b);

CREATE TABLE pair AS
	SELECT p.*, CASE WHEN a.kind = 'map' OR b.kind = 'map' THEN 'maps'
		    WHEN a.kind = 'spin' AND b.kind = 'spin' THEN 'spin' ELSE 'sleep' END AS grp,
	       EXISTS (SELECT 1 FROM hit x JOIN hit y ON y.cls = b.id JOIN dep d ON d.from_id = x.stat AND d.to_id = y.stat
		       WHERE x.cls = a.id) AS found
	FROM o_pair p JOIN cls a ON a.class = p.held JOIN cls b ON b.class = p.acquired;

-- usage characters: hardirq W, R, softirq W, R; '-' IN, '+' ON, '?' both; enum sd_usage is IN x 4, then ON x 4
CREATE TABLE bit AS
	WITH n(i) AS (VALUES (0), (1), (2), (3)), w(ch, what) AS (VALUES ('-', 'IN'), ('+', 'ON'), ('?', 'IN'), ('?', 'ON'))
	SELECT c.id AS cls, c.class, c.kind, w.what || CASE n.i / 2 WHEN 0 THEN '-HARDIRQ' ELSE '-SOFTIRQ' END
	       || CASE n.i % 2 WHEN 0 THEN '-W' ELSE '-R' END AS bit,
	       EXISTS (SELECT 1 FROM hit h JOIN s_class s ON s.id = h.stat
		       WHERE h.cls = c.id AND s.usage >> (n.i + CASE w.what WHEN 'IN' THEN 0 ELSE 4 END) & 1) AS found
	FROM cls c JOIN n JOIN w ON w.ch = substr(c.usage, n.i + 1, 1);
