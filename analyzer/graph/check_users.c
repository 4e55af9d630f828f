/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_users.c - who else takes the lock of an inconsistent state with interrupts on.
 *
 * lockdep stops at the first report of a class, and so do we: one finding.  But each function that takes the lock with
 * interrupts on must be mended, and whoever mends one wants to see the others, or that it is not the one shown.
 *
 * Requires: the findings of inconsistent states, ranked.  Sets: their further witnesses, after those that the rank and the
 * fingerprint rest on.
 */
#include <string.h>
#include "depgraph.h"

#define MOST_USERS 16           /* named with each finding */

static bool has_users(const struct sd_finding *f)
{
	return f->kind == SD_K_INCONSISTENT && f->rank != SD_RANK_LOW && f->nwit == 2;
}

/* The same place in a report of its own would rank no lower than medium. */
static bool worth_naming(const struct sd_witness *w)
{
	return w->nsteps && w->proved && w->targets <= WIDE && w->indirect <= 6;
}

static bool starts_like(const struct sd_witness *w, const struct sd_witness *shown)
{
	return shown->nsteps && !strcmp(w->steps[0].function, shown->steps[0].function) &&
	       !strcmp(w->steps[0].file, shown->steps[0].file);
}

static void name_others(struct checker *c, struct sd_finding *f, const struct users *of)
{
	unsigned n = 0;

	for (guint i = 0; i < of->all->len && n < MOST_USERS; i++) {
		const struct use *u = &g_array_index(of->all, struct use, i);
		struct sd_witness *w = witness_usage(c->p, c->a, of->cls, u, of->bit);

		if (!worth_naming(w) || starts_like(w, f->wit[1]))
			continue;
		w->role = sd_arena_printf(c->a, "also %s", sd_usage_name[of->bit]);
		add_wit(c, f, w);
		n++;
	}
}

void name_users(struct checker *c)
{
	GArray *of = g_array_new(FALSE, FALSE, sizeof(struct users)), *whose = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < c->out->len; i++) {
		const struct sd_finding *f = &g_array_index(c->out, struct sd_finding, i);
		struct users u = { .cls = f->chain[0], .bit = (unsigned)f->unsafe_bit };

		if (!has_users(f))
			continue;
		g_array_append_val(of, u);
		g_array_append_val(whose, i);
	}
	if (of->len)
		find_users(c->p, &g_array_index(of, struct users, 0), of->len);
	for (guint i = 0; i < of->len; i++) {
		struct users *u = &g_array_index(of, struct users, i);

		name_others(c, &g_array_index(c->out, struct sd_finding, g_array_index(whose, guint, i)), u);
		g_array_free(u->all, TRUE);
	}
	g_array_free(of, TRUE);
	g_array_free(whose, TRUE);
}
