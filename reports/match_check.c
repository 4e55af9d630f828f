/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_check.c - the claims of a report: usage of its locks, dependencies along its chain.
 *
 * Where several classes could be the lock, those are taken that make most of the report true.
 */
#include <string.h>
#include "match.h"
#include "splat_line.h"
#include "view.h"

/* --- what the report says of a lock's usage --- */

uint8_t match_reported_bits(const struct sd_splat_lock *lk)
{
	static const enum sd_usage in[4] = { SD_U_IN_HARDIRQ_W, SD_U_IN_HARDIRQ_R, SD_U_IN_SOFTIRQ_W, SD_U_IN_SOFTIRQ_R };
	static const enum sd_usage on[4] = { SD_U_HARDIRQ_ON_W, SD_U_HARDIRQ_ON_R, SD_U_SOFTIRQ_ON_W, SD_U_SOFTIRQ_ON_R };
	uint8_t bits = 0;

	for (int i = 0; i < 4 && lk->usage[i]; i++) {
		if (strchr("-?", lk->usage[i]))
			bits |= (uint8_t)(1u << in[i]);
		if (strchr("+?", lk->usage[i]))
			bits |= (uint8_t)(1u << on[i]);
	}
	for (size_t k = 0; k < lk->nstacks; k++)
		for (int u = 0; u < SD_U_COUNT; u++)
			if (!strcmp(lk->stacks[k].role, sd_usage_name[u]))
				bits |= (uint8_t)(1u << u);
	return bits;
}

const struct sd_stack *match_role_stack(const struct sd_splat_lock *lk, const char *role)
{
	for (size_t i = 0; i < lk->nstacks; i++)
		if (!strcmp(lk->stacks[i].role, role) && lk->stacks[i].nframes)
			return &lk->stacks[i];
	return NULL;
}

bool match_has_bit(const struct mindex *ix, const struct mlock *l, int bit)
{
	const struct sd_class *c = match_class(ix, l);

	return c && (c->usage & (1u << bit));
}

static void add_usages(const struct mindex *ix, struct mreport *m, size_t lock)
{
	const struct sd_splat_lock *lk = &m->sp->locks[lock];
	uint8_t bits = match_reported_bits(lk);

	for (int u = 0; u < SD_U_COUNT; u++) {
		struct musage *x;

		if (!(bits & (1u << u)))
			continue;
		x = APPEND(ix->a, m->usages, m->nusages);
		x->lock = lock;
		x->bit = (enum sd_usage)u;
		x->st = match_role_stack(lk, sd_usage_name[u]);
		x->found = match_has_bit(ix, &m->locks[lock], u);
	}
}

/* --- dependencies --- */

static void add_deps(const struct mindex *ix, struct mreport *m)
{
	for (size_t i = 0; i < m->sp->ndeps; i++) {
		struct mdep *d = APPEND(ix->a, m->deps, m->ndeps);

		d->from = m->sp->deps[i].from;
		d->to = m->sp->deps[i].to;
		d->st = m->sp->deps[i].stack.nframes ? &m->sp->deps[i].stack : NULL;
		m->locks[d->from].wanted = m->locks[d->to].wanted = true;
	}
}

/* A lock whose class may not be held when the trigger is taken: check_wait_context(). */
static void add_wait_deps(const struct mindex *ix, struct mreport *m)
{
	const struct sd_splat *sp = m->sp;
	int outer = sp->trigger == SD_NO_LOCK ? -1 : sp->locks[sp->trigger].wait_outer;

	for (size_t i = 0; i < sp->nheld && outer > 0; i++) {
		const struct sd_splat_lock *h = &sp->locks[sp->held[i].lock];
		struct mdep *d;

		if (h->wait_inner <= 0 || h->wait_inner >= outer || sp->held[i].lock == sp->trigger)
			continue;
		d = APPEND(ix->a, m->deps, m->ndeps);
		d->from = sp->held[i].lock;
		d->to = sp->trigger;
		d->st = sp->backtrace.nframes ? &sp->backtrace : NULL;
		m->locks[d->from].wanted = true;
	}
}

/* Shortest way from -> ... -> to over dependencies: for reports that name only some of a chain's locks. */
static bool dep_path(const struct mindex *ix, uint32_t from, uint32_t to, struct mdep *out)
{
	const struct sd_results *r = ix->r;
	uint32_t *queue = g_new(uint32_t, r->nclass + 1), *parent = g_new(uint32_t, r->nclass + 1);
	size_t head = 0, tail = 0;
	bool found = false;

	for (size_t i = 0; i < r->nclass; i++)
		parent[i] = UINT32_MAX;
	queue[tail++] = from;
	parent[from] = from;
	while (head < tail && !found) {
		uint32_t c = queue[head++];

		for (size_t i = mindex_first_dep(r, c); i < r->ndep && r->deps[i].from == c && !found; i++) {
			if (parent[r->deps[i].to] != UINT32_MAX)
				continue;
			parent[r->deps[i].to] = c;
			queue[tail++] = r->deps[i].to;
			found = r->deps[i].to == to;
		}
	}
	for (uint32_t c = found ? parent[to] : from; c != from; c = parent[c])
		*APPEND(ix->a, out->via, out->nvia) = c;        /* last first */
	g_free(queue);
	g_free(parent);
	return found;
}

static const struct sd_finding *recursive_finding(const struct mindex *ix, uint32_t class)
{
	for (size_t i = 0; i < ix->r->nfinding; i++) {
		const struct sd_finding *f = &ix->r->findings[i];

		if (f->kind == SD_K_RECURSIVE && f->nchain && f->chain[0] == class)
			return f;
	}
	return NULL;
}

static void find_deps(const struct mindex *ix, struct mreport *m)
{
	for (size_t i = 0; i < m->ndeps; i++) {
		struct mdep *d = &m->deps[i];
		const struct sd_class *a = match_class(ix, &m->locks[d->from]), *b = match_class(ix, &m->locks[d->to]);
		uint32_t from, to;

		if (!a || !b)
			continue;
		from = (uint32_t)(a - ix->r->classes);
		to = (uint32_t)(b - ix->r->classes);
		d->dep = mindex_dep(ix->r, from, to);
		if (!d->dep && from == to)
			d->again = recursive_finding(ix, from);
		d->found = d->dep || d->again;
		if (!d->found && m->sp->chain_partial && from != to)
			d->found = dep_path(ix, from, to, d);
	}
}

/* --- which of several candidate classes: those that make most of the report true --- */

static int total_score(const struct mindex *ix, const struct mreport *m)
{
	int score = 0;

	for (size_t i = 0; i < m->sp->nlocks; i++) {
		const struct mlock *l = &m->locks[i];
		const struct sd_class *c = match_class(ix, l);

		if (!c)
			continue;
		score += 2 * l->cand[l->chosen].score;
		score += __builtin_popcount(c->usage & match_reported_bits(l->lk));
	}
	for (size_t i = 0; i < m->ndeps; i++) {
		const struct mlock *a = &m->locks[m->deps[i].from], *b = &m->locks[m->deps[i].to];

		if (a->ncand && b->ncand && mindex_dep(ix->r, a->cand[a->chosen].class, b->cand[b->chosen].class))
			score += 5;
	}
	return score;
}

/* Hill climbing, one lock at a time: ends because the total only grows. */
static void choose(const struct mindex *ix, struct mreport *m)
{
	int best = total_score(ix, m), now;
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < m->sp->nlocks; i++) {
			struct mlock *l = &m->locks[i];
			size_t keep = l->chosen;

			for (size_t k = 0; k < l->ncand; k++) {
				l->chosen = k;
				now = total_score(ix, m);
				if (now > best) {
					best = now;
					keep = k;
					changed = true;
				}
			}
			l->chosen = keep;
		}
	}
}

static bool in_scope(enum sd_splat_kind kind)
{
	return kind != SD_S_RCU && kind != SD_S_FREED && kind != SD_S_NESTED && kind != SD_S_BAD_CONTENTION;
}

static void want_locks(const struct mindex *ix, struct mreport *m)
{
	const struct sd_splat *sp = m->sp;

	for (size_t i = 0; i < sp->nchain; i++)
		m->locks[sp->chain[i]].wanted = true;
	if (sp->kind == SD_S_HELD_USER || sp->kind == SD_S_HELD_EXIT)
		for (size_t i = 0; i < sp->nheld; i++)
			m->locks[sp->held[i].lock].wanted = true;
	if (sp->kind == SD_S_WAIT_CONTEXT)
		add_wait_deps(ix, m);
	else
		add_deps(ix, m);
}

static void order_locks(const struct mindex *ix, struct mreport *m)
{
	const struct sd_splat *sp = m->sp;
	bool *done = sd_arena_alloc(ix->a, sp->nlocks + 1);

	for (size_t i = 0; i < sp->nchain + sp->nlocks; i++) {
		size_t l = i < sp->nchain ? sp->chain[i] : i - sp->nchain;

		if (done[l] || !m->locks[l].wanted)
			continue;
		done[l] = true;
		*APPEND(ix->a, m->order, m->norder) = l;
	}
}

void match_check(const struct mindex *ix, const struct sd_splat *sp, struct mreport *m)
{
	memset(m, 0, sizeof(*m));
	m->sp = sp;
	m->locks = sd_arena_alloc(ix->a, (sp->nlocks + 1) * sizeof(*m->locks));
	m->missing = g_ptr_array_new_with_free_func(g_free);
	m->verdict = M_IN_CODE;
	if (!in_scope(sp->kind)) {
		m->verdict = M_OUT_OF_SCOPE;
		return;
	}
	want_locks(ix, m);
	match_resolve(ix, sp, m->locks);
	choose(ix, m);
	find_deps(ix, m);
	order_locks(ix, m);
	for (size_t i = 0; i < m->norder; i++)
		add_usages(ix, m, m->order[i]);
	match_judge(ix, m);
}

void match_report_free(struct mreport *m)
{
	for (size_t i = 0; i < m->sp->nlocks; i++) {
		for (size_t k = 0; k < m->locks[i].ncand; k++)
			g_ptr_array_free(m->locks[i].cand[k].functions, TRUE);
		if (m->locks[i].tried)
			g_ptr_array_free(m->locks[i].tried, TRUE);
	}
	g_ptr_array_free(m->missing, TRUE);
}
