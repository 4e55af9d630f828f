/* SPDX-License-Identifier: GPL-2.0-or-later */
/* work.c - one translation unit, in a worker process. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>
#include "scan_int.h"

static struct sd_extract_in input(const struct sd_plan *p, const struct sd_command *c, size_t nargs)
{
	return (struct sd_extract_in) {
		.file = c->file, .directory = c->directory, .args = c->args, .nargs = nargs,
		.srcroot = p->srcroot, .objroot = p->objroot,
	};
}

/*
 * The lockdep view changes the configuration behind the source's back, which some files (early
 * boot code, assembly offsets) do not survive: those are read as they are configured.
 */
static void extract_plain(const struct sd_plan *p, const struct sd_command *c, struct sd_arena *a, struct sd_extract_out *out)
{
	struct sd_extract_in in = input(p, c, c->nargs);
	struct sd_extract_out plain;

	sd_extract_tu(&in, a, out);
	if (c->nview == 0 || (!out->reason && out->nerrors == 0))
		return;
	memset(&plain, 0, sizeof(plain));
	in = input(p, c, c->nargs - c->nview);
	sd_extract_tu(&in, a, &plain);
	if ((!plain.reason && out->reason) || (!plain.reason && plain.nerrors < out->nerrors))
		*out = plain;
}

/* Has @g macros of headers that the TU does not include, and that it asks for? */
static const char *clashes(const struct sd_pch *g, const struct sd_extract_out *out, const char *const *deps, size_t ndeps)
{
	static const struct sd_pch *of;         /* a worker has one thread and dies with it */
	static struct sd_pch_clash *clash;

	if (!g->base)
		return NULL;
	if (of != g) {
		sd_pch_clash_free(clash);
		clash = sd_pch_clash_new(g);
		of = g;
	}
	return sd_pch_clashes(clash, out->deps, out->ndeps, deps, ndeps);
}

static bool extract_with_pch(const struct sd_plan *p, const struct sd_command *c, const struct sd_pch *g, struct sd_arena *a,
			     struct sd_extract_out *out)
{
	struct sd_extract_in in = input(p, c, c->nargs);
	const char **deps, *macro;
	size_t ndeps;

	static struct sd_extract_cache *cache;  /* a worker has one thread and dies with it */

	if (!cache)
		cache = sd_extract_cache_new();
	in.cache = cache;
	in.args = sd_pch_args(c, g, a, &in.nargs);
	if (sd_extract_tu(&in, a, out)) {
		sd_warn("%s: does not go with its precompiled header: %s", c->rel, out->reason);  /* seen with --verbose */
		return false;
	}
	deps = out->deps;
	ndeps = out->ndeps;
	sd_pch_add_deps(g, a, &deps, &ndeps);
	macro = clashes(g, out, deps, ndeps);
	if (macro) {
		sd_warn("%s: has %s from its precompiled header, of a file that it does not include", c->rel, macro);
		return false;
	}
	out->deps = deps;
	out->ndeps = ndeps;
	return true;
}

/* Nothing that this file tells the headers came too late for its precompiled one. */
static bool suits(const struct sd_command *c, const struct sd_pch *g)
{
	static const struct sd_pch *of[2];      /* a worker has one thread and dies with it */
	static GHashTable *conditions[2];
	int i = g->base != NULL;

	if (of[i] != g) {
		g_clear_pointer(&conditions[i], g_hash_table_destroy);
		conditions[i] = sd_pch_conditions(g);
		of[i] = g;
	}
	return !sd_pch_is_told(c->file, conditions[i]);
}

/* Where most of the first TUs clash, the others are not tried. */
static bool extract_with_local(const struct sd_plan *p, const struct sd_command *c, struct sd_arena *a, struct sd_extract_out *out)
{
	static const struct sd_pch *of;         /* a worker has one thread and dies with it */
	static unsigned good, bad;
	bool done;

	if (of != c->local)
		good = bad = 0;
	of = c->local;
	if ((bad >= 2 && bad > good) || !suits(c, c->local))
		return false;
	done = extract_with_pch(p, c, c->local, a, out);
	good += done;
	bad += !done;
	return done;
}

static enum sd_pch_use extract(const struct sd_plan *p, const struct sd_command *c, struct sd_arena *a, struct sd_extract_out *out)
{
	memset(out, 0, sizeof(*out));
	if (access(c->file, R_OK) != 0) {       /* scan.c knows these words: the build may make it */
		out->reason = errno == ENOENT ? "file not found" : sd_arena_strdup(a, g_strerror(errno));
		return SD_PCH_NONE;
	}
	if (c->pch && suits(c, c->pch)) {
		if (c->local && extract_with_local(p, c, a, out))
			return SD_PCH_LOCAL;
		if (extract_with_pch(p, c, c->pch, a, out))
			return SD_PCH_USED;
		if (!c->again)
			return SD_PCH_UNFIT;
	}
	extract_plain(p, c, a, out);
	return c->again ? SD_PCH_FELL_BACK : SD_PCH_NONE;
}

void sd_work_tu(const struct sd_plan *p, const struct sd_command *c, GByteArray *bytes)
{
	struct sd_arena *a = sd_arena_new();
	gint64 start = g_get_monotonic_time();
	struct sd_extract_out out;
	struct sd_answer answer;

	enum sd_pch_use pch = extract(p, c, a, &out);

	answer = (struct sd_answer) {
		.pch = pch, .reason = out.reason, .first_error = out.first_error, .nerrors = out.nerrors,
		.nfns = out.reason ? 0 : out.nfns, .deps = out.deps, .ndeps = out.ndeps,
	};
	answer.fns = sd_arena_alloc(a, (answer.nfns + 1) * sizeof(*answer.fns));
	for (size_t i = 0; i < answer.nfns; i++) {
		const struct sd_extract_fn *f = &out.fns[i];

		answer.fns[i] = (struct sd_db_fn) { f->name, f->file, f->line, f->ir, f->irlen, XXH3_64bits(f->ir, f->irlen) };
	}
	answer.seconds = (double)(g_get_monotonic_time() - start) / 1e6;
	sd_answer_encode(&answer, bytes);
	sd_arena_free(a);
}
