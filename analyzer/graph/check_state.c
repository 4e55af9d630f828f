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

/* An edge's finding, without what may be said of it; its arrays are the edge's. */
struct under_lock { uint32_t chain[2], dep; uint8_t kind; };

/* false: what it waits for may be waited for there, or the finding would not be listed. */
static bool begin_under_lock(struct checker *c, const struct waits *waits, uint32_t from, uint32_t i, struct under_lock *u, struct sd_finding *f)
{
	const struct edge e = edge_in(c->g, from, i);
	const struct sd_class *to = &c->r->classes[e.to];
	unsigned k = 3;

	if (!e.kinds)
		return false;   /* its witness could not be found: no fact */
	if (may_wait(&waits[e.from], &waits[e.to]) || waits[e.to].varies)
		return false;   /* a variant is chosen where sleeping is allowed, so the code that chooses knows */
	while (k && !(e.kinds >> k & 1))
		k--;
	*u = (struct under_lock){ { e.from, e.to }, i, (uint8_t)k };
	*f = (struct sd_finding){ .kind = is_sleep(to) ? SD_K_SLEEPING : SD_K_WAIT_CONTEXT, .irq = "", .nchain = is_sleep(to) ? 1 : 2,
				  .chain = u->chain, .deps = &u->dep, .kind_bit = &u->kind };
	return worth_proving(c, f, 1);
}

static void under_lock(struct checker *c, const struct waits *waits, uint32_t from, uint32_t i)
{
	struct under_lock u;
	struct sd_finding f;

	if (!begin_under_lock(c, waits, from, i, &u, &f) || add_dep_wits(c, &f, 1) != PROVED)
		return;
	f.chain = keep(c, u.chain, sizeof(u.chain));
	f.deps = keep(c, &u.dep, sizeof(u.dep));
	f.kind_bit = keep(c, &u.kind, 1);
	f.title = f.kind == SD_K_SLEEPING ? sd_arena_printf(c->a, "sleeping function called under %s", lock_name(c, from)) :
		sd_arena_printf(c->a, "invalid wait context: %s taken under %s", lock_name(c, u.chain[1]), lock_name(c, from));
	keep_finding(c, &f);
}

/* Most edges make no finding that is listed, and which do no other edge's finding changes: found out for all at once. */
struct look { struct checker *c; const struct waits *waits; GArray **left; unsigned *dropped; };     /* [class]: edges, NULL none; findings that are not listed */

static void look_at_class(void *arg, unsigned worker, size_t from, size_t to)
{
	struct look *l = arg;
	struct checker mine = *l->c;
	struct under_lock u;
	struct sd_finding f;

	(void)worker;
	for (size_t cls = from; cls < to; cls++) {
		mine.dropped = 0;
		for (uint32_t i = mine.g->first[cls]; i < mine.g->first[cls + 1]; i++) {
			if (!begin_under_lock(&mine, l->waits, (uint32_t)cls, i, &u, &f))
				continue;
			if (!l->left[cls])
				l->left[cls] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
			g_array_append_val(l->left[cls], i);
		}
		l->dropped[cls] = mine.dropped;
	}
}

static void all_under_locks(struct checker *c)
{
	struct waits *waits = find_waits(c);
	struct look l = { c, waits, g_new0(GArray *, c->n + 1), g_new0(unsigned, c->n + 1) };

	par_for(c->p->jobs, c->n, 16, look_at_class, &l);
	for (uint32_t from = 0; from < c->n; from++) {
		c->dropped += l.dropped[from];
		for (guint k = 0; l.left[from] && k < l.left[from]->len; k++)
			under_lock(c, waits, from, g_array_index(l.left[from], uint32_t, k));
		if (l.left[from])
			g_array_free(l.left[from], TRUE);
	}
	g_free(l.left), g_free(l.dropped);
	g_free(waits);
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
	all_under_locks(c);
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
