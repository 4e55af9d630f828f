/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_check.c - the claims of a report, and which of them decide.
 *
 *   irq inversion, order   every dependency of the chain; IN-X of its first lock and X-ON of its
 *                          last, for one X that the report shows on both ends
 *   inconsistent state     both usages
 *   circular               every dependency of the cycle
 *   recursive              the class taken with itself held
 *   wait context           the lock taken with one held that must not be held then
 *   bad unlock, held       a finding of ours of that kind for that class
 *
 * Dependencies must also make a strong path (lockdep-design.rst, "Dependency types and strong
 * dependency paths"): with recursive readers all may be there and yet nothing can block.
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

static bool has_bit(const struct mindex *ix, const struct mlock *l, int bit)
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
		x->found = has_bit(ix, &m->locks[lock], u);
	}
}

static struct musage *usage_of(struct mreport *m, size_t lock, int bit)
{
	for (size_t i = 0; i < m->nusages; i++)
		if (m->usages[i].lock == lock && (int)m->usages[i].bit == bit)
			return &m->usages[i];
	return NULL;
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

/* --- strong paths --- */

/*
 * Chooses a kind for each dependency so that no -(xR)-> is followed by -(Sx)->.  @reader: what
 * is before the first one counts as xR (an IN-X lock that only readers take in irq).
 * Greedy is right: N before R leaves every choice open to the next one.
 */
static bool strong(struct mreport *m, bool reader)
{
	for (size_t i = 0; i < m->ndeps; i++) {
		uint8_t k = m->deps[i].dep ? m->deps[i].dep->kinds : SD_DEP_EN;

		if (reader)
			k &= SD_DEP_ER | SD_DEP_EN;
		if (!k)
			return false;
		reader = !(k & (SD_DEP_SN | SD_DEP_EN));
		m->deps[i].kind = k & SD_DEP_EN ? 3 : k & SD_DEP_SN ? 2 : k & SD_DEP_ER ? 1 : 0;
	}
	return true;
}

static bool ends_in_reader(const struct mreport *m)
{
	return m->ndeps && m->deps[m->ndeps - 1].kind < 2;
}

/* Around a cycle the last dependency is followed by the first. */
static bool strong_cycle(struct mreport *m)
{
	if (!strong(m, false))
		return false;
	return !ends_in_reader(m) || strong(m, true);
}

/* --- verdicts --- */

static void missing(struct mreport *m, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
static void missing(struct mreport *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	g_ptr_array_add(m->missing, g_strdup_vprintf(fmt, ap));
	va_end(ap);
	m->verdict = M_NOT_ALL;
}

static const char *printed(const struct mreport *m, size_t lock)
{
	return m->sp->locks[lock].printed;
}

static void judge_deps(struct mreport *m)
{
	for (size_t i = 0; i < m->ndeps; i++)
		if (!m->deps[i].found)
			missing(m, "%s -> %s", printed(m, m->deps[i].from), printed(m, m->deps[i].to));
}

static void judge_locks(struct mreport *m)
{
	for (size_t i = 0; i < m->norder; i++)
		if (!m->locks[m->order[i]].ncand)
			missing(m, "the lock %s", printed(m, m->order[i]));
	if (!m->sp->nchain && !m->sp->nheld)
		missing(m, "the locks: the log ends before the report names them");
}

/* Both ends for one irq kind: the first pair that the code has, else the first the report has. */
static bool pick_pair(struct mreport *m, bool soft, bool in_code, struct musage **safe, struct musage **unsafe)
{
	size_t first = m->sp->chain[0], last = m->sp->chain[m->sp->nchain - 1];
	int in = soft ? SD_U_IN_SOFTIRQ_W : SD_U_IN_HARDIRQ_W, on = soft ? SD_U_SOFTIRQ_ON_W : SD_U_HARDIRQ_ON_W;

	for (int i = 0; i < 4; i++) {
		struct musage *a = usage_of(m, first, in + i / 2), *b = usage_of(m, last, on + i % 2);

		if (!a || !b || (in_code && (!a->found || !b->found)))
			continue;
		*safe = a;
		*unsafe = b;
		return true;
	}
	return false;
}

static bool pair_is_strong(struct mreport *m, const struct musage *safe, const struct musage *unsafe)
{
	bool reads = safe->bit == SD_U_IN_HARDIRQ_R || safe->bit == SD_U_IN_SOFTIRQ_R;
	bool unsafe_reads = unsafe->bit == SD_U_HARDIRQ_ON_R || unsafe->bit == SD_U_SOFTIRQ_ON_R;

	return strong(m, reads) && !(unsafe_reads && ends_in_reader(m));
}

/*
 * A hardirq that hits a softirq sets IN-SOFTIRQ too, so lockdep may name the softirq in its
 * headline where the code's reason is the hardirq: either will do when the report shows both.
 */
static void judge_irq(struct mreport *m)
{
	bool soft = !strcmp(m->sp->irq, "softirq"), there;
	struct musage *safe = NULL, *unsafe = NULL;

	if (m->sp->nchain < 2) {
		missing(m, "the dependency chain: the log ends before the report names it");
		return;
	}
	there = pick_pair(m, soft, true, &safe, &unsafe);
	if (!there) {
		there = pick_pair(m, !soft, true, &safe, &unsafe);
		m->other_irq = there;
	}
	if (!there && !pick_pair(m, soft, false, &safe, &unsafe))
		pick_pair(m, !soft, false, &safe, &unsafe);
	if (!safe || !unsafe) {
		missing(m, "the usage of %s and %s: the log does not show it", printed(m, m->sp->chain[0]),
			printed(m, m->sp->chain[m->sp->nchain - 1]));
		return;
	}
	safe->decisive = unsafe->decisive = true;
	if (!safe->found)
		missing(m, "%s %s", printed(m, safe->lock), sd_usage_name[safe->bit]);
	if (!unsafe->found)
		missing(m, "%s %s", printed(m, unsafe->lock), sd_usage_name[unsafe->bit]);
	if (m->verdict == M_IN_CODE && !pair_is_strong(m, safe, unsafe))
		m->weak = true;
}

static void judge_inconsistent(struct mreport *m)
{
	const char *both[2] = { m->sp->prev_bit, m->sp->new_bit };

	for (int i = 0; i < 2; i++) {
		struct musage *x = NULL;

		for (int u = 0; u < SD_U_COUNT && m->sp->nchain; u++)
			if (!strcmp(both[i], sd_usage_name[u]))
				x = usage_of(m, m->sp->chain[0], u);
		if (!x) {
			missing(m, "%s: statdep has no such usage", both[i][0] ? both[i] : "the usage, cut from the log");
			continue;
		}
		x->decisive = true;
		if (!x->found)
			missing(m, "%s %s", printed(m, x->lock), sd_usage_name[x->bit]);
	}
}

static void judge_wait_context(const struct mindex *ix, struct mreport *m)
{
	bool any = false;

	for (size_t i = 0; i < m->ndeps; i++)
		any |= m->deps[i].found;
	if (m->ndeps && !any)
		judge_deps(m);
	if (m->ndeps || !m->sp->nchain)
		return;
	/* no held lock is to blame: the context itself is */
	if (!has_bit(ix, &m->locks[m->sp->chain[0]], SD_U_IN_HARDIRQ_W) &&
	    !has_bit(ix, &m->locks[m->sp->chain[0]], SD_U_IN_HARDIRQ_R))
		missing(m, "%s taken in hardirq context", printed(m, m->sp->chain[0]));
}

static void judge_finding(const struct mindex *ix, struct mreport *m, enum sd_finding_kind kind)
{
	for (size_t i = 0; i < ix->r->nfinding && !m->finding; i++) {
		const struct sd_finding *f = &ix->r->findings[i];

		for (size_t k = 0; k < m->sp->nlocks && f->kind == kind && f->nchain; k++) {
			const struct sd_class *c = match_class(ix, &m->locks[k]);

			if (c && f->chain[0] == (uint32_t)(c - ix->r->classes))
				m->finding = f;
		}
	}
	if (!m->finding)
		missing(m, "a %s finding for %s", sd_finding_kind_name[kind],
			m->sp->nlocks == 1 ? m->sp->locks[0].printed : "any of these locks");
}

static void judge_path(struct mreport *m)
{
	if (m->sp->kind == SD_S_CIRCULAR && m->sp->ndeps < 2)
		missing(m, "the rest of the cycle: the log ends before the report names it");
	else if (m->sp->kind == SD_S_CIRCULAR && m->verdict == M_IN_CODE)
		m->weak = !strong_cycle(m);
}

static void judge(const struct mindex *ix, struct mreport *m)
{
	judge_locks(m);
	if (m->sp->kind != SD_S_WAIT_CONTEXT)
		judge_deps(m);
	switch (m->sp->kind) {
	case SD_S_IRQ_INVERSION:
	case SD_S_IRQ_ORDER:
		judge_irq(m);
		break;
	case SD_S_INCONSISTENT:
		judge_inconsistent(m);
		break;
	case SD_S_WAIT_CONTEXT:
		judge_wait_context(ix, m);
		break;
	case SD_S_BAD_UNLOCK:
		judge_finding(ix, m, SD_K_BAD_UNLOCK);
		break;
	case SD_S_HELD_USER:
	case SD_S_HELD_EXIT:
		judge_finding(ix, m, SD_K_HELD_AT_EXIT);
		break;
	default:
		judge_path(m);
		break;
	}
	if (m->weak)
		missing(m, "a strong path: the dependencies are there, but only between readers that do not block each other");
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
	judge(ix, m);
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
