/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include "view.h"

/* Headlines are lockdep's own (kernel/locking/lockdep.c, kernel/sched/core.c): people search for them. */
static const struct sd_kind_words words[SD_K_COUNT] = {
	[SD_K_IRQ_INVERSION] = {
		"possible irq lock inversion dependency detected",
		"A lock that an interrupt handler takes is held while another lock is taken that is also taken "
		"with that interrupt enabled. The interrupt can arrive while the second lock is held and wait "
		"for the first, whose owner waits for the second.",
		"Take the unsafe lock with the interrupt disabled everywhere, or do not take it under the safe one.",
	},
	[SD_K_INCONSISTENT] = {
		"inconsistent lock state",
		"A lock is taken in an interrupt handler and also with that interrupt enabled. The handler can "
		"interrupt the owner on the same CPU and wait for it for ever.",
		"Disable the interrupt (_irqsave, _irq, _bh) at every site outside the handler.",
	},
	[SD_K_CIRCULAR] = {
		"possible circular locking dependency detected",
		"Locks are taken in different orders: each task can hold one lock and wait for the next.",
		"Choose one order and keep it, or drop one lock before the other is taken.",
	},
	[SD_K_RECURSIVE] = {
		"possible recursive locking detected",
		"A lock is taken while a lock of the same class is held: the same lock, or two objects in no agreed order.",
		"Do not take it twice; for two objects agree on an order and tell lockdep with a _nested() call.",
	},
	[SD_K_WAIT_CONTEXT] = {
		"[ BUG: Invalid wait context ]",
		"A lock that may sleep on PREEMPT_RT is taken where sleeping is not possible.",
		"Use a raw_spinlock_t where it must spin, or move the work out of the atomic section.",
	},
	[SD_K_SLEEPING] = {
		"BUG: sleeping function called from invalid context",
		"A function that may sleep is called with a spinlock held or with interrupts disabled.",
		"Call it before the lock is taken or after it is released, or use a variant that does not sleep.",
	},
	[SD_K_BAD_UNLOCK] = {
		"bad unlock balance detected!",
		"A lock is released on a path where it is not held.",
		"Release it on exactly the paths that took it.",
	},
	[SD_K_HELD_AT_EXIT] = {
		"lock held when returning to user space!",
		"An entry from user space returns with a lock still held.",
		"Release the lock on every way out, error paths included.",
	},
	[SD_K_HELD_FREED] = {
		"held lock freed!",
		"A lock is initialised while it is held: its owner and those who wait for it are forgotten.",
		"Initialise it once, before it is used, or release it first.",
	},
};

const struct sd_kind_words *sd_kind_words(enum sd_finding_kind k)
{
	return &words[k];
}

const char *sd_irq_upper(const struct sd_finding *f)
{
	return !strcmp(f->irq, "softirq") ? "SOFTIRQ" : "HARDIRQ";
}

char *sd_headline(const struct sd_finding *f)
{
	const char *irq = sd_irq_upper(f);

	if (f->kind == SD_K_IRQ_INVERSION)
		return g_strdup_printf("%s-safe -> %s-unsafe lock order detected", irq, irq);
	return g_strdup(words[f->kind].headline);
}

const char *sd_class_label(const struct sd_class *c)
{
	return *c->lockdep_name ? c->lockdep_name : c->name;
}

char *sd_class_init(const struct sd_class *c)
{
	if (!*c->file)
		return g_strdup("init site unknown");
	return g_strdup_printf("init %s:%d", c->file, c->line);
}

const char *sd_dep_kind_name(unsigned bit)
{
	static const char *const name[4] = { "SR", "ER", "SN", "EN" };

	return name[bit & 3];
}

char *sd_dep_kinds(uint8_t kinds)
{
	GString *s = g_string_new(NULL);

	/* the strongest first: a reader looks for EN */
	for (unsigned bit = 4; bit-- > 0; )
		if (kinds & (1u << bit))
			g_string_append_printf(s, "%s%s", s->len ? "," : "", sd_dep_kind_name(bit));
	return g_string_free(s, FALSE);
}

const struct sd_acquire *sd_class_sites(const struct sd_results *r, uint32_t class, size_t *n)
{
	size_t lo = 0, hi = r->nacquire, end;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->acquires[mid].class < class)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < r->nacquire && r->acquires[end].class == class; )
		end++;
	*n = end - lo;
	return r->acquires + lo;
}

/* lockdep.c, mark_usage(): IN-* for acquisitions that are no trylock, ON-* whenever irqs are on. */
bool sd_site_sets(const struct sd_acquire *a, enum sd_usage bit)
{
	bool read = a->mode != 'W', hard_on = !strcmp(a->hardirqs, "on");

	switch (bit) {
	case SD_U_IN_HARDIRQ_W: case SD_U_IN_HARDIRQ_R:
		return !a->trylock && !strcmp(a->context, "hardirq") && read == (bit == SD_U_IN_HARDIRQ_R);
	case SD_U_IN_SOFTIRQ_W: case SD_U_IN_SOFTIRQ_R:
		return !a->trylock && !strcmp(a->context, "softirq") && read == (bit == SD_U_IN_SOFTIRQ_R);
	case SD_U_HARDIRQ_ON_W: case SD_U_HARDIRQ_ON_R:
		return hard_on && strcmp(a->context, "hardirq") && read == (bit == SD_U_HARDIRQ_ON_R);
	case SD_U_SOFTIRQ_ON_W: case SD_U_SOFTIRQ_ON_R:
		return hard_on && !strcmp(a->softirqs, "on") && !strcmp(a->context, "task") &&
		       read == (bit == SD_U_SOFTIRQ_ON_R);
	case SD_U_COUNT:
		break;
	}
	return false;
}

static const struct sd_witness *witness_by_role(const struct sd_finding *f, const char *role)
{
	for (size_t i = 0; i < f->nwit; i++)
		if (f->wit[i] && !strcmp(f->wit[i]->role, role))
			return f->wit[i];
	return NULL;
}

static const struct sd_witness *usage_witness(const struct sd_results *r, const struct sd_finding *f,
					      uint32_t class, enum sd_usage bit)
{
	const struct sd_witness *w = witness_by_role(f, sd_usage_name[bit]);

	return w ? w : r->classes[class].wit[bit];
}

const struct sd_witness *sd_safe_witness(const struct sd_results *r, const struct sd_finding *f)
{
	return f->nchain ? usage_witness(r, f, f->chain[0], f->safe_bit) : NULL;
}

const struct sd_witness *sd_unsafe_witness(const struct sd_results *r, const struct sd_finding *f)
{
	return f->nchain ? usage_witness(r, f, f->chain[f->nchain - 1], f->unsafe_bit) : NULL;
}

bool sd_is_other_user(const struct sd_witness *w)
{
	return w && w->nsteps && g_str_has_prefix(w->role, "also ");
}

size_t sd_finding_ndeps(const struct sd_finding *f)
{
	if (!f->deps)
		return 0;
	return f->kind == SD_K_CIRCULAR ? f->nchain : f->nchain - 1;
}

/*
 * The finding's own dependency witnesses were walked again precisely, so they come first; they
 * can only be told apart by order, which is the chain's when there are as many as dependencies.
 */
const struct sd_witness *sd_dep_witness(const struct sd_results *r, const struct sd_finding *f, size_t i)
{
	const struct sd_witness *found = NULL;
	size_t n = 0;

	for (size_t k = 0; k < f->nwit; k++) {
		if (!f->wit[k] || !g_str_has_prefix(f->wit[k]->role, "dependency"))
			continue;
		if (n++ == i)
			found = f->wit[k];
	}
	if (n == sd_finding_ndeps(f) && found)
		return found;
	return i < sd_finding_ndeps(f) ? r->deps[f->deps[i]].wit[f->kind_bit[i] & 3] : NULL;
}

static bool has_irq_bits(const struct sd_finding *f)
{
	return f->kind == SD_K_IRQ_INVERSION || f->kind == SD_K_INCONSISTENT;
}

GPtrArray *sd_finding_witnesses(const struct sd_results *r, const struct sd_finding *f)
{
	GPtrArray *a = g_ptr_array_new();

	for (size_t i = 0; i < f->nwit; i++)
		if (f->wit[i])
			g_ptr_array_add(a, f->wit[i]);
	if (a->len)
		return a;
	if (has_irq_bits(f)) {
		g_ptr_array_add(a, (void *)sd_safe_witness(r, f));
		g_ptr_array_add(a, (void *)sd_unsafe_witness(r, f));
	}
	for (size_t i = 0; i < sd_finding_ndeps(f); i++)
		g_ptr_array_add(a, (void *)sd_dep_witness(r, f, i));
	while (g_ptr_array_remove(a, NULL))
		;
	return a;
}

const struct sd_step *sd_finding_place(const struct sd_results *r, const struct sd_finding *f)
{
	const struct sd_witness *w = NULL;
	const struct sd_step *step;
	GPtrArray *all;

	if (has_irq_bits(f))
		w = sd_unsafe_witness(r, f);
	else if (sd_finding_ndeps(f))
		w = sd_dep_witness(r, f, sd_finding_ndeps(f) - 1);
	if (w && w->nsteps)
		return &w->steps[0];
	all = sd_finding_witnesses(r, f);
	w = all->len ? all->pdata[0] : NULL;
	step = w && w->nsteps ? &w->steps[0] : NULL;
	g_ptr_array_free(all, TRUE);
	return step;
}

bool sd_shown(const struct sd_report_opts *o, const struct sd_finding *f)
{
	return f->rank <= o->min_rank && !(o->skip && o->skip(o->skip_arg, f));
}

void sd_count(const struct sd_results *r, const struct sd_report_opts *o, struct sd_counts *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < r->nfinding; i++) {
		const struct sd_finding *f = &r->findings[i];

		c->rank[f->rank]++;
		c->kind[f->kind]++;
		if (f->rank > o->min_rank)
			c->below++;
		else if (sd_shown(o, f))
			c->shown++;
		else
			c->skipped++;
	}
}

const char *sd_thousands(unsigned n, char *buf)
{
	char digits[12], *p = buf;
	int len = g_snprintf(digits, sizeof(digits), "%u", n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = 0;
	return buf;
}

char *sd_utf8(const char *s)
{
	return g_utf8_make_valid(s ? s : "", -1);
}

int sd_flush(FILE *out)
{
	if (fflush(out))
		return -1;
	if (!ferror(out))
		return 0;
	errno = EIO;
	return -1;
}
