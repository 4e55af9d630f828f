/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_state.c - findings about one place: sleeping where one must not, locks left or lost.
 *
 * Sleeping locks under spinning ones, and in interrupts: lockdep.c, check_wait_context(); might_sleep()
 * under a spinlock: kernel/sched/core.c, __might_resched(); a lock held on return to user
 * space: lockdep_sys_exit(); a release of what is not held: print_unlock_imbalance_bug(); a lock
 * initialised while held: debug_check_no_locks_freed().
 */
#include <string.h>
#include "depgraph.h"

static bool is_sleep(const struct sd_class *k)
{
	return !strcmp(k->name, SLEEP_CLASS);
}

/* Is there such a finding of the class already? */
static bool reported(const struct checker *c, enum sd_finding_kind kind, uint32_t cls)
{
	for (guint i = 0; i < c->out->len; i++) {
		const struct sd_finding *o = &g_array_index(c->out, struct sd_finding, i);

		if (o->kind == kind && o->chain[0] == cls)
			return true;
	}
	return false;
}

/* How the lock itself waits. */
static enum sd_wait wait_type(const struct checker *c, const struct sd_class *k)
{
	static const struct { const char *type; enum sd_wait wait; } spin[] = {
		{ "raw_spinlock", SD_WAIT_SPIN }, { "bit_spinlock", SD_WAIT_SPIN },
		{ "spinlock", SD_WAIT_CONFIG }, { "rwlock", SD_WAIT_CONFIG }, { "local_lock", SD_WAIT_CONFIG },
	};

	if (is_sleeping_lock(k))
		return SD_WAIT_SLEEP;
	for (size_t i = 0; i < G_N_ELEMENTS(spin); i++)
		if (!strcmp(k->lock_type, spin[i].type))
			return c->p->in->raw_nesting ? spin[i].wait : SD_WAIT_SPIN;
	return SD_WAIT_NONE;
}

/* The worst that may be waited for while it is held: what the rules say of a map, else as it waits itself. */
static enum sd_wait wait_under(const struct checker *c, uint32_t cls)
{
	const struct raw_class *raw = raw_at(c->p, class_at(c->p, cls)->raw);
	struct sd_rule *const *r = raw->global && !raw->chain->len ? rules_of(c->p, plain_name(c->p, raw->global)) : NULL;

	for (; r && *r; r++)
		if ((*r)->word == SD_R_CLASS && (*r)->class_wait)
			return c->p->in->raw_nesting || (*r)->class_wait != SD_WAIT_CONFIG ? (*r)->class_wait : SD_WAIT_SPIN;
	return wait_type(c, &c->r->classes[cls]);
}

bool is_sleeping_lock(const struct sd_class *k)
{
	return is_sleep(k) || sleeping_type(k->lock_type);
}

/* How a class waits, and what may be waited for under it; asked for each dependency. */
struct waits { uint8_t own, under; bool is_sleep, varies; };

static struct waits *find_waits(const struct checker *c)
{
	struct waits *w = g_new(struct waits, c->n + 1);

	for (uint32_t i = 0; i < c->n; i++)
		w[i] = (struct waits){ wait_type(c, &c->r->classes[i]), wait_under(c, i), is_sleep(&c->r->classes[i]), class_at(c->p, i)->varies };
	return w;
}

/* lockdep.c, check_wait_context(); of sleeping as such the scheduler complains, and it counts preemption: maps do not disable it. */
static bool may_wait(const struct waits *from, const struct waits *to)
{
	uint8_t under = to->is_sleep ? from->own : from->under;

	return !under || to->own <= under;
}

static void *keep(struct checker *c, const void *what, size_t size)
{
	return memcpy(sd_arena_alloc(c->a, size), what, size);
}

static void under_lock(struct checker *c, const struct waits *waits, uint32_t from, uint32_t i)
{
	const struct edge e = edge_in(c->g, from, i);
	const struct sd_class *to = &c->r->classes[e.to];
	struct sd_finding f = { .irq = "" };
	uint32_t chain[] = { e.from, e.to }, dep = i;
	unsigned k = 3;
	uint8_t kind;

	if (!e.kinds)
		return;         /* its witness could not be found: no fact */
	if (may_wait(&waits[e.from], &waits[e.to]) || waits[e.to].varies)
		return;         /* a variant is chosen where sleeping is allowed, so the code that chooses knows */
	while (k && !(e.kinds >> k & 1))
		k--;
	kind = (uint8_t)k;
	f.kind = is_sleep(to) ? SD_K_SLEEPING : SD_K_WAIT_CONTEXT;
	f.nchain = is_sleep(to) ? 1 : 2;
	f.chain = chain;
	f.deps = &dep;
	f.kind_bit = &kind;
	if (!worth_proving(c, &f, 1) || add_dep_wits(c, &f, 1) != PROVED)
		return;
	f.chain = keep(c, chain, sizeof(chain));
	f.deps = keep(c, &dep, sizeof(dep));
	f.kind_bit = keep(c, &kind, 1);
	f.title = is_sleep(to) ? sd_arena_printf(c->a, "sleeping function called under %s", lock_name(c, e.from)) :
		sd_arena_printf(c->a, "invalid wait context: %s taken under %s", lock_name(c, e.to), lock_name(c, e.from));
	keep_finding(c, &f);
}

static void in_interrupt(struct checker *c, uint32_t cls)
{
	static const uint8_t bits[] = { SD_U_IN_HARDIRQ_W, SD_U_IN_HARDIRQ_R, SD_U_IN_SOFTIRQ_W, SD_U_IN_SOFTIRQ_R };
	const struct sd_class *k = &c->r->classes[cls];
	struct sd_finding f = { .irq = "" };

	if (!is_sleeping_lock(k) || has_variant(c->p, class_at(c->p, cls)->raw))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(bits) && !f.nwit; i++)
		if (has_usage(c, cls, bits[i])) {
			f.irq = i < 2 ? "hardirq" : "softirq";
			add_wit(c, &f, k->wit[bits[i]]);
		}
	if (!f.nwit)
		return;
	f.kind = is_sleep(k) ? SD_K_SLEEPING : SD_K_WAIT_CONTEXT;
	set_chain(c, &f, cls, NULL);
	f.title = is_sleep(k) ? sd_arena_printf(c->a, "sleeping function called in %s", f.irq) :
		sd_arena_printf(c->a, "invalid wait context: %s taken in %s", lock_name(c, cls), f.irq);
	keep_finding(c, &f);
}

/* A lock that sleeps on PREEMPT_RT, in a hardirq that is no thread there: lockdep.c, task_wait_context(). */
static void in_unthreaded(struct checker *c, uint32_t inst)
{
	const struct inst *in = inst_at(c->p, inst);

	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);
		struct sd_finding f = { .kind = SD_K_WAIT_CONTEXT, .irq = "hardirq" };
		uint32_t cls = final_of(c->p, a->l.cls);

		if (a->trylock || !unthreaded(a->irq) || skip_class(c->p, a->l.cls) ||
		    wait_type(c, &c->r->classes[cls]) != SD_WAIT_CONFIG || reported(c, f.kind, cls))
			continue;
		set_chain(c, &f, cls, NULL);
		add_wit(c, &f, witness_from(c->p, c->a, inst, cls, D_TAKEN_UNTHREADED));
		f.title = sd_arena_printf(c->a, "invalid wait context: %s taken in hardirq", lock_name(c, cls));
		keep_finding(c, &f);
	}
}

/* Does the result tell this exit from those that leave no lock?  Else the difference may be our own. */
static bool told_apart(const struct inst *in, const struct exit_effect *x)
{
	for (uint32_t i = 0; i < in->nexit; i++)
		if (&in->exits[i] != x && (in->exits[i].ret & x->ret))
			return false;
	return true;
}

static void one_state(struct checker *c, uint32_t root, const struct exit_effect *x, uint32_t cls, bool release)
{
	struct sd_finding f = { .irq = "", .kind = release ? SD_K_BAD_UNLOCK : SD_K_HELD_AT_EXIT };

	if (cls == UINT32_MAX || reported(c, f.kind, cls))
		return;
	set_chain(c, &f, cls, NULL);
	add_wit(c, &f, witness_from(c->p, c->a, root, cls, release ? D_RELEASED : D_TAKEN));
	if (!f.nwit)
		return;
	f.title = sd_arena_printf(c->a, release ? "bad unlock balance detected: %s" : "lock held when returning to user space: %s",
				  lock_name(c, cls));
	f.uncertain = !told_apart(inst_at(c->p, root), x);
	keep_finding(c, &f);
}

/* What a system call leaves behind; what is entered with no lock held (--only) can release none either. */
static void at_exit(struct checker *c, const struct entry *e)
{
	uint32_t root;
	const struct inst *in;
	bool syscall = e->rule && e->rule->role && !strcmp(e->rule->role, "syscall");

	if (func_at(c->p, e->fn)->is_api)
		return;
	root = get_root(c->p, e->fn);
	in = inst_at(c->p, root);
	if (in->truncated)
		return;
	for (uint32_t i = 0; i < in->nexit; i++) {
		const struct exit_effect *x = &in->exits[i];

		if (!syscall && !told_apart(in, x))
			continue;       /* of a function by itself only what is sure: a trylock whose result is only warned about */

		for (unsigned k = 0; k < x->nheld && syscall; k++)
			if (!skip_class(c->p, x->held[k].l.cls))
				one_state(c, root, x, final_of(c->p, x->held[k].l.cls), false);
		for (unsigned k = 0; k < x->nrel && (syscall || c->p->in->only); k++)
			one_state(c, root, x, final_of(c->p, x->rel[k].cls), true);
	}
}

static void init_held(struct checker *c, uint32_t inst)
{
	const struct inst *in = inst_at(c->p, inst);

	for (guint i = 0; i < in->inits->len; i++) {
		struct sd_finding f = { .kind = SD_K_HELD_FREED, .irq = "" };
		uint32_t cls = final_of(c->p, g_array_index(in->inits, struct rec_rel, i).cls);

		if (reported(c, f.kind, cls))
			continue;
		set_chain(c, &f, cls, NULL);
		add_wit(c, &f, witness_from(c->p, c->a, inst, cls, D_INITIALISED));
		f.title = sd_arena_printf(c->a, "held lock freed: %s initialised while held", lock_name(c, cls));
		keep_finding(c, &f);
	}
}

void check_states(struct checker *c)
{
	struct waits *waits = find_waits(c);

	for (uint32_t from = 0; from < c->g->nclass; from++)
		for (uint32_t i = c->g->first[from]; i < c->g->first[from + 1]; i++)
			under_lock(c, waits, from, i);
	g_free(waits);
	for (uint32_t i = 0; i < c->n; i++)
		in_interrupt(c, i);
	for (guint i = 0; i < c->p->entries->len; i++)
		at_exit(c, &g_array_index(c->p->entries, struct entry, i));
	for (uint32_t i = 0; i < c->p->insts->len; i++)
		if (inst_at(c->p, i)->entry) {
			init_held(c, i);
			in_unthreaded(c, i);
		}
}
