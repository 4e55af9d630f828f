/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * splat_chain.c - from the parts of a report to its dependency chain.
 *
 * Where the stack of a dependency stands, after lockdep.c: print_circular_bug() prints under
 * #k where #k was taken with #k-1 held, under #0 where it is being taken with the last held.
 * print_shortest_lock_dependencies() prints under a class where it was taken with the class
 * printed next held; for a search backwards, where the class printed *next* was taken with
 * this one held.  Since v5.14 the part "between safe lock and holding lock" has a printer of
 * its own, whose first class has no "acquired at".
 */
#include <string.h>
#include "splat_parse.h"

static void add_chain(struct parser *p, size_t lock)
{
	struct sd_splat *sp = p->r.sp;

	if (sp->nchain && sp->chain[sp->nchain - 1] == lock)
		return;
	*APPEND(p->a, sp->chain, sp->nchain) = lock;
}

static void add_dep(struct parser *p, size_t from, size_t to, const struct sd_stack *st)
{
	struct sd_splat *sp = p->r.sp;
	struct sd_splat_dep *d = APPEND(p->a, sp->deps, sp->ndeps);

	d->from = from;
	d->to = to;
	if (st)
		d->stack = *st;
	d->stack.role = "acquired at";
}

static const struct entry *entry_number(const struct rstate *r, int number)
{
	for (size_t i = 0; i < r->nentries; i++)
		if (r->entries[i].number == number)
			return &r->entries[i];
	return NULL;
}

static void circular_chain(struct parser *p)
{
	const struct entry *e, *first = entry_number(&p->r, 0);
	struct sd_splat *sp = p->r.sp;
	int n = 0;

	while ((e = entry_number(&p->r, n)) != NULL) {
		if (n)
			add_dep(p, sp->chain[sp->nchain - 1], e->lock, &e->stack);
		*APPEND(p->a, sp->chain, sp->nchain) = e->lock;
		n++;
	}
	if (first && sp->nchain > 1)
		add_dep(p, sp->chain[sp->nchain - 1], first->lock, &first->stack);
	else
		sp->complete = false;
}

/* Printed from the last lock of the path to the first; backwards: from the first to the last. */
static void inversion_chain(struct parser *p)
{
	const struct rstate *r = &p->r;
	struct sd_splat *sp = p->r.sp;
	size_t n = r->nentries;

	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &r->entries[sp->backwards ? i : n - 1 - i];
		const struct entry *below = i ? &r->entries[sp->backwards ? i - 1 : n - 1 - i] : NULL;

		if (sp->nchain)
			add_dep(p, sp->chain[sp->nchain - 1], e->lock, &below->stack);
		*APPEND(p->a, sp->chain, sp->nchain) = e->lock;
	}
}

static void order_chain(struct parser *p)
{
	const struct rstate *r = &p->r;
	const struct entry *prev = NULL;
	bool old = false;       /* before v5.14 the first class has a stack, too */

	for (size_t i = 0; i < r->nentries; i++) {
		const struct entry *e = &r->entries[i];

		if (e->section != SEC_FROM_SAFE)
			continue;
		if (!prev)
			old = e->acquired;
		else
			add_dep(p, prev->lock, e->lock, old ? &prev->stack : &e->stack);
		*APPEND(p->a, p->r.sp->chain, p->r.sp->nchain) = e->lock;
		prev = e;
	}
	for (size_t i = r->nentries; prev && i-- > 0;) {
		const struct entry *e = &r->entries[i];

		if (e->section != SEC_TO_UNSAFE)
			continue;
		add_dep(p, prev->lock, e->lock, &e->stack);
		*APPEND(p->a, p->r.sp->chain, p->r.sp->nchain) = e->lock;
		prev = e;
	}
}

static void drop_chain(struct sd_splat *sp)
{
	sp->nchain = sp->ndeps = 0;
	sp->chain = NULL;
	sp->deps = NULL;
}

/* The log ends before the lists: the lines at the top still name the locks. */
static void top_chain(struct parser *p)
{
	struct sd_splat *sp = p->r.sp;
	const struct rstate *r = &p->r;

	drop_chain(sp);
	sp->chain_partial = true;
	sp->complete = false;
	if (r->nchain) {
		for (size_t i = 0; i < r->nchain; i++)
			add_chain(p, r->chain[i]);
	} else if (sp->kind == SD_S_IRQ_ORDER) {
		size_t four[4] = { r->safe, sp->holding, sp->trigger, r->unsafe };

		for (int i = 0; i < 4; i++)
			if (four[i] != SD_NO_LOCK)
				add_chain(p, four[i]);
	} else if (sp->trigger != SD_NO_LOCK) {
		size_t second = sp->kind == SD_S_CIRCULAR ? sp->holding : r->other;

		add_chain(p, sp->backwards && second != SD_NO_LOCK ? second : sp->trigger);
		if (second != SD_NO_LOCK)
			add_chain(p, sp->backwards ? sp->trigger : second);
	}
	for (size_t i = 1; i < sp->nchain; i++)
		add_dep(p, sp->chain[i - 1], sp->chain[i], NULL);
	if (sp->kind == SD_S_CIRCULAR && sp->nchain > 1)
		add_dep(p, sp->chain[sp->nchain - 1], sp->chain[0], &sp->backtrace);
}

/* Do the lists connect what the top of the report says?  Else the log cut one of them short. */
static bool chain_whole(const struct parser *p)
{
	const struct sd_splat *sp = p->r.sp;
	size_t first, last;

	if (sp->nchain < 2)
		return false;
	switch (sp->kind) {
	case SD_S_IRQ_INVERSION:
		first = sp->backwards ? p->r.other : sp->trigger;
		last = sp->backwards ? sp->trigger : p->r.other;
		break;
	case SD_S_IRQ_ORDER:
		first = p->r.safe;
		last = p->r.unsafe;
		break;
	default:
		first = sp->trigger;
		last = sp->holding;
		break;
	}
	return (first == SD_NO_LOCK || first == sp->chain[0]) &&
	       (last == SD_NO_LOCK || last == sp->chain[sp->nchain - 1]);
}

static void single_chain(struct parser *p)
{
	struct sd_splat *sp = p->r.sp;
	struct sd_stack *st;

	if (sp->trigger != SD_NO_LOCK)
		add_chain(p, sp->trigger);
	if (sp->kind == SD_S_RECURSIVE && sp->trigger != SD_NO_LOCK)
		add_dep(p, sp->holding == SD_NO_LOCK ? sp->trigger : sp->holding, sp->trigger, &sp->backtrace);
	if (sp->kind == SD_S_INCONSISTENT && sp->trigger != SD_NO_LOCK && sp->new_bit[0]) {
		st = splat_usage_stack(p, sp->trigger, sp->new_bit);
		st->frames = sp->backtrace.frames;
		st->nframes = sp->backtrace.nframes;
	}
}

void splat_finish(struct parser *p)
{
	struct sd_splat *sp = p->r.sp;

	splat_flush(p);
	switch (sp->kind) {
	case SD_S_CIRCULAR:
		circular_chain(p);
		break;
	case SD_S_IRQ_INVERSION:
		inversion_chain(p);
		break;
	case SD_S_IRQ_ORDER:
		order_chain(p);
		break;
	default:
		single_chain(p);
		return;
	}
	if (!chain_whole(p))
		top_chain(p);
}

/* --- the same report again --- */

static bool same_lock(const struct sd_splat_lock *a, const struct sd_splat_lock *b)
{
	return !strcmp(a->name, b->name) && a->subclass == b->subclass;
}

static bool same_report(const struct sd_splat *a, const struct sd_splat *b)
{
	if (a->kind != b->kind || strcmp(a->headline, b->headline) || a->nchain != b->nchain || !a->nchain ||
	    strcmp(a->prev_bit, b->prev_bit) || strcmp(a->new_bit, b->new_bit))
		return false;
	for (size_t i = 0; i < a->nchain; i++)
		if (!same_lock(&a->locks[a->chain[i]], &b->locks[b->chain[i]]))
			return false;
	return true;
}

/* How much a report tells: a whole one, then one with file and line, beats the others. */
static int telling(const struct sd_splat *sp)
{
	bool lines = false;

	for (size_t i = 0; i < sp->backtrace.nframes; i++)
		lines |= sp->backtrace.frames[i].file[0] != '\0';
	return 2 * sp->complete + lines;
}

struct sd_splats splat_group(struct parser *p)
{
	struct sd_splats out = { NULL, 0 };

	for (size_t i = 0; i < p->nfound; i++) {
		struct sd_splat *sp = p->found[i], *old = NULL;
		size_t k;

		for (k = 0; k < out.n && !old; k++)
			if (same_report(out.v[k], sp))
				old = out.v[k--];
		if (!old) {
			*APPEND(p->a, out.v, out.n) = sp;
			continue;
		}
		if (telling(sp) > telling(old)) {
			out.v[k] = sp;
			sp->repeats = old->repeats;
			sp->nrepeats = old->nrepeats;
			*APPEND(p->a, sp->repeats, sp->nrepeats) = old->line;
		} else {
			*APPEND(p->a, old->repeats, old->nrepeats) = sp->line;
		}
	}
	return out;
}
