/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch.c - precompiled headers beside the database: found again, built, forgotten.
 *
 * KEY is of directory, flags and libclang, and a number: some are kept for as many states of the tree.
 * KEY.h is the generated header, KEY.pch what libclang made of it, KEY.tail.h is included after it,
 * KEY.files names everything that went in with the hash of its content; it is written last, so what it
 * vouches for is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>
#include <glib/gstdio.h>
#include "pch.h"
#include "scan_int.h"

#define MIN_TUS 4               /* fewer are parsed sooner than the header is built: that takes as long as two */
#define MIN_AGAIN 3             /* of what few share it is smaller, and sooner built */
#define MANY 40                 /* as many gain from one that is made for them, though another may do */
#define VARIANTS 3              /* of one group: a checkout of another branch and back finds its own again */
#define MAX_ROUNDS 12           /* of taking out lines that do not compile */
#define MAX_LOCAL_ROUNDS 3      /* where there is less to gain */

struct sd_pch_set { GPtrArray *groups; };

/* ---------------------------------------------------------------- found again */

/* The paths of @text ("HASH PATH" lines) when all of them still have that content; else NULL. */
static GPtrArray *check_list(char *text, struct sd_filehash *hash)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	char **lines = g_strsplit(text, "\n", -1);
	bool good = true;

	for (char **l = lines; good && **l; l++) {
		char *end;
		uint64_t h = strtoull(*l, &end, 16);

		good = *end == ' ' && sd_filehash_get(hash, end + 1) == h;
		if (good)
			g_ptr_array_add(paths, g_strdup(end + 1));
	}
	if (!good || paths->len == 0)
		g_clear_pointer(&paths, g_ptr_array_unref);
	g_strfreev(lines);
	return paths;
}

void sd_pch_name(struct sd_pch *g, const char *stem)
{
	g_free(g->path);
	g_free(g->header);
	g_free(g->tail);
	g_free(g->list);
	g->path = g_strconcat(stem, ".pch", NULL);
	g->header = g_strconcat(stem, ".h", NULL);
	g->tail = g_strconcat(stem, ".tail.h", NULL);
	g->list = g_strconcat(stem, ".files", NULL);
}

static void name_files(struct sd_pch *g, const char *dir, int variant)
{
	char *stem = g_strdup_printf("%s/%016" G_GINT64_MODIFIER "x-%d", dir, g->key, variant);

	sd_pch_name(g, stem);
	g_free(stem);
}

static bool load(struct sd_pch *g, struct sd_filehash *hash)
{
	GPtrArray *paths = NULL;
	char *text;

	if (access(g->path, R_OK) == 0 && access(g->tail, R_OK) == 0 && g_file_get_contents(g->list, &text, NULL, NULL)) {
		paths = check_list(text, hash);
		g_free(text);
	}
	if (!paths)
		return false;
	g->files = sd_pch_files_new(g, paths);
	g->good = true;
	sd_cache_used(g->list);
	return true;
}

/* The variant for the tree as it is; when there is none, @g has the names of one to be made: a new one, or the oldest. */
static bool find(struct sd_pch *g, const char *dir, struct sd_filehash *hash)
{
	int oldest = 0;
	gint64 age, least = G_MAXINT64;

	for (int i = 0; i < VARIANTS; i++) {
		name_files(g, dir, i);
		if (load(g, hash))
			return true;
		age = sd_cache_date(g->list);
		if (age < least) {
			least = age;
			oldest = i;
		}
	}
	name_files(g, dir, oldest);
	return false;
}

/* ---------------------------------------------------------------- built, in a process of its own */

static bool write_list(const struct sd_pch *g, const struct sd_pch_out *out)
{
	struct sd_filehash *hash = sd_filehash_new();
	GString *s = g_string_new("");
	bool good;

	for (size_t i = 1; i < out->ndeps; i++)         /* the header itself is ours */
		g_string_append_printf(s, "%016" G_GINT64_MODIFIER "x %s\n", sd_filehash_get(hash, out->deps[i]), out->deps[i]);
	good = g_file_set_contents(g->list, s->str, (gssize)s->len, NULL);
	g_string_free(s, TRUE);
	sd_filehash_free(hash);
	return good;
}

/*
 * The first line is a line marker that says "system header", and what such a header includes is one, too: clang looks
 * at each of the others again whenever it loads the precompiled header, but we have compared their content already.
 */
static bool write_header(const struct sd_pch *g, const GPtrArray *lines)
{
	GString *s = g_string_new("# 1 \"statdep.h\" 3\n");
	bool good;

	for (guint i = 0; i < lines->len; i++)
		g_string_append(s, g_ptr_array_index(lines, i));
	g_string_append(s, g->trailer ? g->trailer : "");
	good = g_file_set_contents(g->header, s->str, (gssize)s->len, NULL);
	g_string_free(s, TRUE);
	return good;
}

/* Declares again in every TU what cannot be found by name in the precompiled header. */
static bool write_tail(const struct sd_pch *g, const struct sd_pch_out *out)
{
	GString *s = g_string_new("");
	bool good;

	for (size_t i = 0; i < out->ncleanups; i++)
		g_string_append_printf(s, "static __typeof__(%s) %s;\n", out->cleanups[i], out->cleanups[i]);
	good = g_file_set_contents(g->tail, s->str, (gssize)s->len, NULL);
	g_string_free(s, TRUE);
	return good;
}

/* Each of @lines is three lines of the file, after the first. */
static void take_out(GPtrArray *lines, const struct sd_pch_out *out)
{
	for (size_t i = out->nbad; i-- > 0;) {
		guint at = (out->bad[i] - 2) / 3;

		if (at < lines->len)
			g_ptr_array_remove_index(lines, at);
	}
}

static int build(const struct sd_plan *p, const struct sd_pch *g, bool verbose)
{
	const struct sd_extract_in in = {
		.file = g->header, .directory = g->directory, .args = g->args, .nargs = g->nargs,
		.srcroot = p->srcroot, .objroot = p->objroot, .all_errors = true,
	};
	GPtrArray *lines = g->lines ? g->lines : sd_pch_pick(p, g);
	int rounds = g->base ? MAX_LOCAL_ROUNDS : MAX_ROUNDS;
	struct sd_arena *a = sd_arena_new();
	struct sd_pch_out out = { .reason = "no header is included twice" };
	const char *before = NULL;

	g_unlink(g->list);
	for (int round = 0; round < rounds && lines->len && write_header(g, lines); round++) {
		if (sd_pch_build(&in, g->path, a, &out) == 0)
			return write_tail(g, &out) && write_list(g, &out) ? 0 : 1;
		if (verbose)
			sd_warn("precompiled header: %zu of %u headers do not compile with it: %s", out.nbad, lines->len, out.reason);
		/* a directory's headers mostly include one another: what is in the way comes with the next line, too */
		if (out.nbad == 0 || (g->base && g_strcmp0(out.reason, before) == 0))
			break;
		before = out.reason;
		take_out(lines, &out);
	}
	if (verbose)
		sd_warn("no precompiled header for %u TUs: %s", g->cmds->len, out.reason);
	return 1;
}

static pid_t start(const struct sd_plan *p, const struct sd_pch *g, const struct sd_pch_opts *o)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	alarm(o->timeout);
	if (!o->verbose)
		dup2(open("/dev/null", O_RDWR), 2);
	_exit(build(p, g, o->verbose));
}

/* ---------------------------------------------------------------- all groups */

/* One more child has ended; NULL when there is none. */
static struct sd_pch *reap(GHashTable *running)
{
	struct sd_pch *g = NULL;
	int status;
	pid_t pid;

	while (!g && g_hash_table_size(running)) {
		pid = waitpid(-1, &status, 0);
		if (pid > 0) {
			g = g_hash_table_lookup(running, GINT_TO_POINTER(pid));
			g_hash_table_remove(running, GINT_TO_POINTER(pid));
		} else if (errno != EINTR) {
			break;
		} else if (sd_interrupted()) {
			GHashTableIter it;
			gpointer key;

			g_hash_table_iter_init(&it, running);
			while (g_hash_table_iter_next(&it, &key, NULL))
				kill(GPOINTER_TO_INT(key), SIGKILL);
		}
	}
	return g;
}

void sd_pch_unlink(const struct sd_pch *g)
{
	g_unlink(g->path);
	g_unlink(g->header);
	g_unlink(g->tail);
	g_unlink(g->list);
}

void sd_pch_build_all(const struct sd_plan *p, GPtrArray *missing, struct sd_filehash *hash, const struct sd_pch_opts *o)
{
	GHashTable *running = g_hash_table_new(NULL, NULL);
	struct sd_pch *g;
	guint next = 0;

	do {
		while (next < missing->len && g_hash_table_size(running) < o->jobs && !sd_interrupted()) {
			pid_t pid = start(p, missing->pdata[next], o);

			((struct sd_pch *)missing->pdata[next])->tried = true;
			if (pid > 0)
				g_hash_table_insert(running, GINT_TO_POINTER(pid), missing->pdata[next]);
			next++;
		}
		g = reap(running);
		if (g)
			g->built = load(g, hash);
		if (g && !g->built)
			sd_pch_unlink(g);       /* half of one takes room, too */
	} while (g);
	g_hash_table_destroy(running);
}

static void use(struct sd_pch *g)
{
	for (guint i = 0; i < g->cmds->len; i++)
		((struct sd_command *)g_ptr_array_index(g->cmds, i))->pch = g;
}

/* For groups that got none, those of groups that need nothing now may do: see pch_join.c. */
static void load_others(GPtrArray *groups, const char *dir, struct sd_filehash *hash)
{
	bool wanted = false;

	for (guint i = 0; i < groups->len; i++) {
		const struct sd_pch *g = g_ptr_array_index(groups, i);

		wanted = wanted || (g->todo && !g->good);
	}
	for (guint i = 0; wanted && i < groups->len; i++) {
		struct sd_pch *g = g_ptr_array_index(groups, i);

		if (!g->todo && g->cmds->len >= MIN_TUS)
			find(g, dir, hash);
	}
}

/* @all: those too that may use another's once that is there. */
static void build_groups(const struct sd_plan *p, const GPtrArray *groups, bool all, struct sd_filehash *hash, const struct sd_pch_opts *o)
{
	GPtrArray *missing = g_ptr_array_new();

	for (guint i = 0; i < groups->len; i++) {
		struct sd_pch *g = g_ptr_array_index(groups, i);

		if (g->todo >= MIN_TUS && !g->good && !g->joined && !g->tried &&
		    (all || g->todo >= MANY || !sd_pch_may_join(groups, g)))
			g_ptr_array_add(missing, g);
	}
	if (missing->len && g_mkdir_with_parents(o->dir, 0777) == 0)
		sd_pch_build_all(p, missing, hash, o);
	g_ptr_array_free(missing, TRUE);
}

struct sd_pch_set *sd_pch_prepare(const struct sd_plan *p, const GPtrArray *todo, struct sd_filehash *hash, const struct sd_pch_opts *o)
{
	struct sd_pch_set *s = g_new0(struct sd_pch_set, 1);

	s->groups = sd_pch_groups(p, todo);
	for (guint i = 0; i < s->groups->len; i++) {
		struct sd_pch *g = g_ptr_array_index(s->groups, i);

		if (g->todo)
			find(g, o->dir, hash);
	}
	build_groups(p, s->groups, false, hash, o);
	load_others(s->groups, o->dir, hash);
	sd_pch_join(s->groups);
	build_groups(p, s->groups, true, hash, o);
	for (guint i = 0; i < s->groups->len; i++)
		if (((struct sd_pch *)g_ptr_array_index(s->groups, i))->good)
			use(g_ptr_array_index(s->groups, i));
	return s;
}

/* ---------------------------------------------------------------- a second one */

/* A place in the main file says nothing about other files; one in a header does. */
static uint64_t second_key(const struct sd_command *c, const char *reason)
{
	size_t n = strlen(c->rel);

	if (strncmp(reason, c->rel, n) == 0 && reason[n] == ':')
		reason += n + 1 + strspn(reason + n + 1, "0123456789:");
	return c->group->key ^ XXH3_64bits(reason, strlen(reason));
}

/* The header that @reason names; g_free.  NULL: none. */
static char *blamed(const struct sd_plan *p, const char *reason)
{
	const char *end = strstr(reason, ".h:");
	char *rel = end ? g_strndup(reason, (gsize)(end + 2 - reason)) : NULL, *abs = rel ? sd_plan_abs(p, rel) : NULL;

	g_free(rel);
	return abs;
}

/*
 * An error in a file that is in the header means that it is read again (it has no guard), and will be with any header
 * that has it.
 */
static void avoid(const struct sd_plan *p, struct sd_pch *g, const char *reason)
{
	char *path = blamed(p, reason);

	if (!path || !g->other || !sd_pch_has(g->other, path)) {
		g_free(path);
		return;
	}
	if (!g->avoid)
		g->avoid = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(g->avoid, path);
}

static struct sd_pch *second_group(const struct sd_command *c, uint64_t key)
{
	struct sd_pch *g = g_new0(struct sd_pch, 1);

	g->key = key;
	g->directory = c->group->directory;
	g->nargs = c->group->nargs;
	g->args = g_memdup2(c->group->args, g->nargs * sizeof(*g->args));
	g->cmds = g_ptr_array_new();
	g->second = true;
	g->other = c->pch ? c->pch->files : NULL;
	return g;
}

static struct sd_pch *add_to(GPtrArray *groups, GHashTable *by_key, struct sd_command *c, uint64_t key)
{
	struct sd_pch *g = g_hash_table_lookup(by_key, &key);

	if (!g) {
		g = second_group(c, key);
		g_hash_table_insert(by_key, &g->key, g);
		g_ptr_array_add(groups, g);
	}
	g_ptr_array_add(g->cmds, c);
	g->todo++;
	return g;
}

/* Those of @cmds that failed for one reason.  A file that is missing is missing with any header. */
static GPtrArray *second_groups(const struct sd_plan *p, const GPtrArray *cmds, GHashTable *reasons)
{
	GHashTable *by_key = g_hash_table_new(g_int64_hash, g_int64_equal);
	GPtrArray *groups = g_ptr_array_new();

	for (guint i = 0; i < cmds->len; i++) {
		struct sd_command *c = g_ptr_array_index(cmds, i);
		const char *reason = g_hash_table_lookup(reasons, c);

		if (!strstr(reason, "file not found")) {
			struct sd_pch *g = add_to(groups, by_key, c, second_key(c, reason));

			if (g->todo == 1)
				avoid(p, g, reason);
		}
		c->pch = NULL;
		c->again = true;
	}
	g_hash_table_destroy(by_key);
	return groups;
}

/* What @from avoids (NULL: nothing), @g does, too. */
static void unite(struct sd_pch *g, const struct sd_pch *from)
{
	for (guint i = 0; from && from->avoid && i < from->avoid->len; i++) {
		if (!g->avoid)
			g->avoid = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(g->avoid, g_strdup(g_ptr_array_index(from->avoid, i)));
	}
	if (from)
		g->other = from->other;
}

/* Too few of one reason for a header of their own: together they share what is in nobody's way. */
static GPtrArray *unite_small(const GPtrArray *groups)
{
	GHashTable *by_key = g_hash_table_new(g_int64_hash, g_int64_equal);
	GPtrArray *united = g_ptr_array_new();

	for (guint i = 0; i < groups->len; i++) {
		struct sd_pch *g = g_ptr_array_index(groups, i);

		for (guint k = 0; !g->good && g->todo < MIN_TUS && k < g->cmds->len; k++) {
			struct sd_command *c = g_ptr_array_index(g->cmds, k);

			unite(add_to(united, by_key, c, ~c->group->key), k ? NULL : g);         /* once */
		}
	}
	for (guint i = 0; i < united->len; i++) {
		struct sd_pch *g = g_ptr_array_index(united, i);

		g->least = MAX(2, g->todo / 3);
	}
	g_hash_table_destroy(by_key);
	return united;
}

static void find_all(GPtrArray *groups, GPtrArray *missing, guint least, struct sd_filehash *hash, const struct sd_pch_opts *o)
{
	for (guint i = 0; i < groups->len; i++) {
		struct sd_pch *g = g_ptr_array_index(groups, i);

		if (!find(g, o->dir, hash) && g->todo >= least)
			g_ptr_array_add(missing, g);
	}
}

void sd_pch_again(struct sd_pch_set *s, const struct sd_plan *p, const GPtrArray *cmds, GHashTable *reasons,
		  struct sd_filehash *hash, const struct sd_pch_opts *o)
{
	GPtrArray *groups = second_groups(p, cmds, reasons), *missing = g_ptr_array_new(), *united;

	find_all(groups, missing, MIN_TUS, hash, o);
	united = unite_small(groups);
	find_all(united, missing, MIN_AGAIN, hash, o);
	sd_pch_build_all(p, missing, hash, o);
	g_ptr_array_extend_and_steal(groups, united);
	for (guint i = 0; i < groups->len; i++) {
		struct sd_pch *g = g_ptr_array_index(groups, i);

		if (g->good)
			use(g);
		g_ptr_array_add(s->groups, g);
	}
	g_ptr_array_free(missing, TRUE);
	g_ptr_array_free(groups, TRUE);
}

void sd_pch_free(struct sd_pch *g)
{
	sd_pch_files_free(g->files);
	if (g->lines)
		g_ptr_array_free(g->lines, TRUE);
	if (g->avoid)
		g_ptr_array_free(g->avoid, TRUE);
	g_ptr_array_free(g->cmds, TRUE);
	g_free(g->trailer);
	g_free(g->args);
	g_free(g->path);
	g_free(g->header);
	g_free(g->list);
	g_free(g->tail);
	g_free(g);
}

void sd_pch_set_free(struct sd_pch_set *s)
{
	if (!s)
		return;
	for (guint i = 0; i < s->groups->len; i++)
		sd_pch_free(g_ptr_array_index(s->groups, i));
	g_ptr_array_free(s->groups, TRUE);
	g_free(s);
}

void sd_pch_count(const struct sd_pch_set *s, unsigned *used, unsigned *built)
{
	*used = *built = 0;
	for (guint i = 0; i < s->groups->len; i++) {
		const struct sd_pch *g = g_ptr_array_index(s->groups, i);

		*used += g->good;
		*built += g->built;
	}
}
