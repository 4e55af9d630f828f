/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_judge.c - which claims decide, and the verdict.
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

static struct musage *usage_of(struct mreport *m, size_t lock, int bit)
{
	for (size_t i = 0; i < m->nusages; i++)
		if (m->usages[i].lock == lock && (int)m->usages[i].bit == bit)
			return &m->usages[i];
	return NULL;
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
	if (!match_has_bit(ix, &m->locks[m->sp->chain[0]], SD_U_IN_HARDIRQ_W) &&
	    !match_has_bit(ix, &m->locks[m->sp->chain[0]], SD_U_IN_HARDIRQ_R))
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

void match_judge(const struct mindex *ix, struct mreport *m)
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
		missing(m, "a strong path: the dependencies are there, but through recursive readers, which do not block each other");
}
