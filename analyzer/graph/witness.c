/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * witness.c - the call paths that prove a use or a dependency.
 *
 * Innermost frame first.  The way out to the entry follows the predecessors that contexts.c kept; the
 * way in, from a call down to the acquisition, is descent.c's, but for searches that carry an object through
 * the arguments, or look for something else than an acquisition.
 */
#include <string.h>
#include "depgraph.h"

#define NO_CLASS UINT32_MAX
#define MOST_VIAS 7             /* a way with more is of low rank */

/* A call that found its callee in a member; rec: of which there is more than one, 0 where there is not. */
struct via { sd_sym slot, rec; uint32_t fn, caller; };

/* steps NULL: a sketch, which only counts (nsteps) and weighs. */
struct trace {
	struct prog *p; struct sd_arena *a;
	GArray *steps;
	unsigned nsteps, indirect, targets, ways;
	bool inferred, doubt, may_sleep;
	uint32_t kept;                  /* a class that is left held; NO_CLASS none */
	unsigned nvia; struct via via[MOST_VIAS];
};

static void add_step(struct trace *t, const struct inst *in, int line, const char *via)
{
	const struct func *f = func_at(t->p, in->fn);

	t->nsteps++;
	t->may_sleep |= in->sleeps_plainly;
	if (t->steps) {
		struct sd_step s = { kept(t->p, f->plain), kept(t->p, f->ir->file), line, via };

		g_array_append_val(t->steps, s);
	}
}

static int event_line(struct prog *p, const struct inst *in, uint32_t ev)
{
	return func_at(p, in->fn)->ir->events[ev].line;
}

/* The frame @in denies that the object of some call further in is one with that callee. */
static bool denies_callee(const struct trace *t, const struct inst *in, uint32_t ev)
{
	for (unsigned i = 0; i < t->nvia; i++) {
		const struct via *v = &t->via[i];

		if (denies_table(t->p, in, ev, v->slot, v->fn) ||
		    (v->rec && is_stranger(t->p, func_at(t->p, in->fn), func_at(t->p, v->caller), v->fn, v->rec)))
			return true;
	}
	return false;
}

static void add_via(struct trace *t, const struct inst *in, const struct rec_call *c)
{
	uint32_t fn = inst_at(t->p, c->callee)->fn;

	if (t->nvia < MOST_VIAS)
		t->via[t->nvia++] = (struct via){ c->slot, c->ntargets > 1 ? record_of_op(t->p, c->slot, fn) : 0, fn, in->fn };
}

static void add_call(struct trace *t, const struct inst *in, const struct rec_call *c)
{
	const char *via = "";

	if (c->slot) {
		if (t->steps)
			via = sd_arena_printf(t->a, "%s, %u target%s", kept(t->p, c->slot), c->ntargets, c->ntargets == 1 ? "" : "s");
		t->indirect++;
		t->targets = MAX(t->targets, guesses(c));
		t->ways = MIN(MAX(t->ways, 1u) * MAX(c->ntargets, 1u), 1000u);
		add_via(t, in, c);
	}
	t->doubt = t->doubt || c->doubt || denies_callee(t, in, c->ev);
	add_step(t, in, event_line(t->p, in, c->ev), via);
}

static const char *entry_text(struct trace *t, uint32_t entry)
{
	const struct entry *e;
	static const char *const ctx[] = { "unknown context", "task", "softirq", "hardirq" };
	const char *role;

	if (entry == UINT32_MAX)
		return "";
	if (entry == INFERRED_TASK) {
		t->inferred = true;
		return "task: inferred, for it may sleep where it is entered";
	}
	e = &g_array_index(t->p->entries, struct entry, entry);
	t->inferred |= e->assumed;
	if (!t->steps)
		return "";
	role = entry_role(t->p, e);
	if (e->assumed)
		return sd_arena_printf(t->a, "%s: %s", ctx[e->ctx], role);
	if (e->rule && e->rule->call.kind == SD_O_NONE && !e->rule->member)
		return sd_arena_printf(t->a, "%s: %s", ctx[e->ctx], role);
	return sd_arena_printf(t->a, "%s: %s, registered at %s:%d", ctx[e->ctx], role, kept(t->p, e->file), e->line);
}

static bool holds_class(const struct prog *p, const struct inst *in, uint32_t held0, uint32_t nheld, uint32_t cls)
{
	for (uint32_t i = 0; i < nheld; i++)
		if (final_of(p, g_array_index(in->heldv, struct held, held0 + i).l.cls) == cls)
			return true;
	return false;
}

/* Returns the class that is looked for further out. */
static uint32_t look_for_held(struct trace *t, const struct inst *in, uint32_t ev, uint32_t held0, uint32_t nheld, uint32_t relset, uint32_t cls)
{
	if (cls == NO_CLASS)
		return cls;
	t->doubt |= holds_class(t->p, in, held0, nheld, cls) || may_be_taken(t->p, in, ev, cls);
	return relset && released_by(t->p, relset, cls) ? NO_CLASS : cls;
}

/*
 * From (@inst, @bit) outward; returns the entry's text.  @cls is taken at the inner end: where somebody on the way holds it already, that is
 * a recursion, a finding by itself, or it is not taken for it is held (a transaction that the task is in).
 */
static const char *outward(struct trace *t, uint32_t inst, unsigned bit, uint32_t cls)
{
	for (unsigned n = 0; n < 200; n++) {
		const struct pred *pr = pred_at(inst_at(t->p, inst), bit);
		const struct inst *caller;
		const struct rec_call *c;

		if (!pr->set)
			return entry_text(t, pr->call);
		caller = inst_at(t->p, pr->inst);
		c = &g_array_index(caller->calls, struct rec_call, pr->call);
		cls = look_for_held(t, caller, c->ev, c->held0, c->nheld, c->relset, cls);
		add_call(t, caller, c);
		inst = pr->inst;
		bit = pr->bit;
	}
	return "";
}

static struct sd_witness *finish(struct trace *t, const char *role, const char *entry, bool proved)
{
	struct sd_witness *w = sd_arena_alloc(t->a, sizeof(*w));

	w->role = role;
	w->entry = entry;
	w->nsteps = t->steps->len;
	w->steps = sd_arena_alloc(t->a, (w->nsteps + 1) * sizeof(*w->steps));
	if (w->nsteps)
		memcpy(w->steps, t->steps->data, w->nsteps * sizeof(*w->steps));
	w->indirect = t->indirect;
	w->targets = t->targets;
	w->ways = t->ways;
	w->proved = proved;
	w->inferred = t->inferred;
	w->doubt = t->doubt;
	w->member = false;
	g_array_free(t->steps, TRUE);
	return w;
}

static struct trace start(struct prog *p, struct sd_arena *a)
{
	return (struct trace){ .p = p, .a = a, .steps = g_array_new(FALSE, FALSE, sizeof(struct sd_step)), .kept = NO_CLASS };
}

/* --- searches down the call graph --- */

#define ANY_COST 250

/*
 * How an instance was reached: the caller's position in the queue, the call, the states in which it is entered
 * so, and what calls may still cost (acqset.c).
 */
struct down { uint32_t inst, prev, call; tid obj; uint64_t in; int level; };
typedef int (*down_match)(struct prog *p, const struct inst *in, const struct down *d, const void *arg);       /* event at which it matches, -1 */
typedef bool (*down_follow)(struct prog *p, const struct rec_call *call, const struct down *d, const void *arg);

/* Without an object an instance is met again only in entry states that are new; a stamp per search tells. */
static bool first_visit(struct prog *p, const struct down *d)
{
	if (p->visited[d->inst] != p->visit) {
		p->visited[d->inst] = p->visit;
		p->visited_in[d->inst] = 0;
	}
	if (!(d->in & ~p->visited_in[d->inst]))
		return false;
	p->visited_in[d->inst] |= d->in;
	return true;
}

static uint64_t down_key(uint32_t inst, tid obj)
{
	return (uint64_t)inst << 32 | obj;
}

static tid obj_into_callee(struct prog *p, const struct rec_call *c, tid obj)
{
	return c->args ? term_into_callee(p, c->args, c->nargs, obj) : 0;
}

/* The match at queue position @i, and the calls that led there. */
static void add_found(struct trace *t, const GArray *q, guint i, uint32_t ev)
{
	const struct down *d = &g_array_index(q, struct down, i);

	add_step(t, inst_at(t->p, d->inst), event_line(t->p, inst_at(t->p, d->inst), ev), "");
	t->doubt |= t->kept != NO_CLASS && gone_after(t->p, inst_at(t->p, d->inst), ev, t->kept);
	while (d->prev != UINT32_MAX) {
		const struct inst *up = inst_at(t->p, g_array_index(q, struct down, d->prev).inst);
		const struct rec_call *c = &g_array_index(up->calls, struct rec_call, d->call);

		add_call(t, up, c);
		t->doubt |= t->kept != NO_CLASS && gone_after(t->p, up, c->ev, t->kept);
		d = &g_array_index(q, struct down, d->prev);
	}
}

/* Call @c of the instance at queue position @i, if anything leads on there. */
static void go_down(struct prog *p, GArray *q, GHashTable *seen, guint i, guint c, bool with_obj, down_follow follow, const void *arg)
{
	const struct down *d = &g_array_index(q, struct down, i);
	const struct rec_call *call = &g_array_index(inst_at(p, d->inst)->calls, struct rec_call, c);
	struct down next = { call->callee, i, c, with_obj ? obj_into_callee(p, call, d->obj) : 0, 0, d->level - (int)call_cost(call) };
	uint64_t *key;

	if (!(d->in & call->emask) || (with_obj && !next.obj) || next.level < 0 || !follow(p, call, d, arg))
		return;
	next.in = states_below(d->in & call->emask, call->irq, call->bh);
	if (!with_obj) {
		if (first_visit(p, &next))
			g_array_append_val(q, next);
		return;
	}
	key = g_new(uint64_t, 1);
	*key = down_key(next.inst, next.obj);
	if (g_hash_table_add(seen, key))
		g_array_append_val(q, next);
}

/* Everything that is taken at event @ev of @in is taken only when a last reference went. */
static bool doubtful(const struct inst *in, uint32_t ev)
{
	bool doubt = false;

	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (a->ev == ev && !a->doubt)
			return false;
		doubt |= a->ev == ev;
	}
	return doubt;
}

/*
 * Breadth first from instance @first, entered in one of states @in, where the object is called @obj (0: any); adds
 * the steps, innermost first.  Only what these states allow is followed: no mutex behind !in_interrupt() from a handler.
 */
static bool search_from(struct trace *t, uint32_t first, uint64_t in, int level, tid obj, down_match match, down_follow follow, const void *arg)
{
	GArray *q = g_array_new(FALSE, FALSE, sizeof(struct down));
	GHashTable *seen = g_hash_table_new_full(hash_u64, g_int64_equal, g_free, NULL);
	struct down d = { first, UINT32_MAX, 0, obj, in, level };
	bool found = false;

	if (!t->p->visited) {
		t->p->visited = g_new0(uint32_t, t->p->insts->len);
		t->p->visited_in = g_new0(uint64_t, t->p->insts->len);
	}
	t->p->visit++;
	g_array_append_val(q, d);
	for (guint i = 0; i < q->len && !found && i < 200000; i++) {
		const struct inst *at;
		int ev;

		d = g_array_index(q, struct down, i);
		at = inst_at(t->p, d.inst);
		ev = match(t->p, at, &d, arg);
		if (ev >= 0) {
			add_found(t, q, i, (uint32_t)ev);
			t->doubt |= doubtful(at, (uint32_t)ev);
			found = true;
			break;
		}
		for (guint c = 0; c < at->calls->len; c++)
			go_down(t->p, q, seen, i, c, obj != 0, follow, arg);
	}
	g_array_free(q, TRUE);
	g_hash_table_destroy(seen);
	return found;
}

/* The same from what call @first, of an instance entered in states @in, reaches. */
static bool search_down(struct trace *t, const struct rec_call *first, uint64_t in, int level, tid obj,
			down_match match, down_follow follow, const void *arg)
{
	tid inside = obj ? obj_into_callee(t->p, first, obj) : 0;

	return (!obj || inside) &&
	       search_from(t, first->callee, states_below(in & first->emask, first->irq, first->bh), level - (int)call_cost(first), inside,
			   match, follow, arg);
}

/*
 * Who calls has got the lock by trylock, so as not to wait for it: that somebody below who gives it back then waits for it has reasons
 * of its own (`rtnl_unlock()` waits only for devices that were unregistered meanwhile).
 */
static bool has_tried(const struct prog *p, const struct inst *in, const struct rec_call *c, uint32_t cls)
{
	for (uint32_t i = 0; i < c->nheld; i++) {
		const struct held *h = &g_array_index(in->heldv, struct held, c->held0 + i);

		if (h->trylock && final_of(p, h->l.cls) == cls)
			return true;
	}
	return false;
}

/* The steps from @node down to where it is acquired, innermost first. */
static enum descent add_descent(struct trace *t, uint32_t node, int level, const struct aim *aim)
{
	GArray *hops = g_array_new(FALSE, FALSE, sizeof(struct hop));
	uint32_t inst, ev;
	enum descent found = node == UINT32_MAX ? D_NONE : descend(t->p, node, level, aim, hops, &inst, &ev);

	if (found == D_FOUND) {
		add_step(t, inst_at(t->p, inst), event_line(t->p, inst_at(t->p, inst), ev), "");
		t->doubt |= doubtful(inst_at(t->p, inst), ev);
	}
	for (guint i = hops->len; i-- > 0; ) {
		const struct hop *h = &g_array_index(hops, struct hop, i);
		const struct inst *in = inst_at(t->p, h->inst);
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, h->call);

		t->doubt |= has_tried(t->p, in, c, elem_class(aim->el));
		add_call(t, in, c);
	}
	g_array_free(hops, TRUE);
	return found;
}

struct want { uint32_t el; uint32_t from; };    /* from: the class held on the way */

static int match_acquire(struct prog *p, const struct inst *in, const struct down *d, const void *arg)
{
	const struct want *w = arg;

	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (acquires(p, a, d->in, w->el) && (!d->obj || a->l.obj == d->obj) && !(a->relset && released_by(p, a->relset, w->from)))
			return (int)a->ev;
	}
	return -1;
}

static bool may_acquire(struct prog *p, const struct rec_call *call, const struct down *d, const void *arg)
{
	const struct want *w = arg;
	int level = d->level - (int)call_cost(call);

	if (level < 0 || (call->relset && released_by(p, call->relset, w->from)))
		return false;
	for (uint64_t mask = d->in & call->emask; mask; mask &= mask - 1) {
		uint32_t node = node_below(p, call, (unsigned)__builtin_ctzll(mask));

		if (node != UINT32_MAX && row_has(p->acq->rows, taken_by(p, node, (unsigned)level)->all, w->el))
			return true;
	}
	return false;
}

/* @arg: true to look for the very place, not for calls that return with irqs on. */
static int match_enable(struct prog *p, const struct inst *in, const struct down *d, const void *arg)
{
	const bool *itself = arg;

	for (guint i = 0; i < in->enables->len; i++) {
		const struct rec_enable *e = &g_array_index(in->enables, struct rec_enable, i);
		sd_sym callee = func_at(p, in->fn)->ir->events[e->ev].callee;

		if (e->hard && !e->relset && (e->emask & d->in) && !(*itself && (!callee || !rules_of(p, plain_name(p, callee)))))
			return (int)e->ev;
	}
	return -1;
}

static bool enables_plainly(struct prog *p, const struct rec_call *call, const struct down *d, const void *arg)
{
	(void)d, (void)arg;
	return !call_weakness(call) && inst_at(p, call->callee)->enables_plainly != 0;
}

static bool may_enable(struct prog *p, const struct rec_call *call, const struct down *d, const void *arg)
{
	(void)d, (void)arg;
	return inst_at(p, call->callee)->may_enable != 0;
}

/* --- what the stages ask for --- */

/*
 * A spinning lock is held over what may sleep: that is a finding by itself.  What follows from it, or from our taking it to sleep
 * though something that we do not see forbids it, is doubtful.
 */
static bool spins(const struct prog *p, uint32_t cls)
{
	return spinning_type(str(p, raw_at(p, class_at(p, cls)->raw)->lock_type));
}

static bool may_sleep_for(const struct prog *p, uint32_t cls)
{
	const struct raw_class *c = raw_at(p, class_at(p, cls)->raw);

	return sleeping_type(str(p, c->lock_type)) || !strcmp(str(p, c->name), SLEEP_CLASS);
}

static bool known_point(const struct inst *in, unsigned bit)
{
	(void)in;
	return bit / (NTRI * NTRI) != SD_CTX_UNKNOWN;
}

/* The nearest entry state of an instance, known contexts first. */
static unsigned best_bit(const struct inst *in)
{
	unsigned best = 0;
	uint32_t cost = UINT32_MAX;

	for (unsigned bit = 0; bit < ENTRY_BITS; bit++)
		if (in->entry >> bit & 1) {
			uint32_t c = pred_at(in, bit)->dist + (known_point(in, bit) ? 0u : 1000u);

			if (c < cost) {
				cost = c;
				best = bit;
			}
		}
	return best;
}

/* Hardirqs are on because the code itself enabled them: true whoever calls. */
static bool enabled_by_code(const struct inst *in, const struct use *u, unsigned bit)
{
	if (bit != SD_U_HARDIRQ_ON_W && bit != SD_U_HARDIRQ_ON_R)
		return false;
	if (u->what == BY_ACQUIRE)
		return g_array_index(in->acqs, struct rec_acq, u->rec).irq == AT(IRQ_IS_ON, CTX_INHERIT);
	return u->what == BY_CALL || (u->what == BY_ENABLE && g_array_index(in->enables, struct rec_enable, u->rec).irq == AT(IRQ_IS_ON, CTX_INHERIT));
}

/* Events are in the order of blocks: what is held at one, and was taken at a later one, is held since the round before of a loop. */
static bool since_last_round(const struct prog *p, const struct inst *in, uint32_t held0, uint32_t nheld, uint32_t cls, uint32_t ev)
{
	for (uint32_t i = 0; i < nheld; i++) {
		const struct held *h = &g_array_index(in->heldv, struct held, held0 + i);

		if (final_of(p, h->l.cls) == cls && h->ev < ev)
			return false;
	}
	return true;
}

struct sd_witness *witness_usage(struct prog *p, struct sd_arena *a, uint32_t cls, const struct use *u, unsigned bit)
{
	struct trace t = start(p, a);
	const struct inst *in = inst_at(p, u->inst);
	const char *role = sd_usage_name[bit];
	const char *entry;

	if (u->what == BY_ENTRY) {
		add_step(&t, in, func_at(p, in->fn)->ir->line, "its object's map is held around it");
		return finish(&t, role, entry_text(&t, u->rec), true);
	}
	if (u->what == BY_ACQUIRE) {
		t.doubt = g_array_index(in->acqs, struct rec_acq, u->rec).doubt;
		add_step(&t, in, event_line(p, in, g_array_index(in->acqs, struct rec_acq, u->rec).ev), "");
	} else if (u->what == BY_ENABLE) {
		const struct rec_enable *e = &g_array_index(in->enables, struct rec_enable, u->rec);

		t.doubt = e->doubt || since_last_round(p, in, e->held0, e->nheld, cls, e->ev);
		add_step(&t, in, event_line(p, in, e->ev), "enabled here while held");
	} else {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, u->rec);

		const bool itself = true, at_call = false;

		if (search_down(&t, c, UINT64_C(1) << u->bit, ANY_COST, 0, match_enable, enables_plainly, &itself) ||
		    search_down(&t, c, UINT64_C(1) << u->bit, ANY_COST, 0, match_enable, may_enable, &itself) ||
		    search_down(&t, c, UINT64_C(1) << u->bit, ANY_COST, 0, match_enable, may_enable, &at_call))
			g_array_index(t.steps, struct sd_step, 0).via = "enabled here while held";
		t.doubt |= (t.may_sleep && spins(p, cls)) || since_last_round(p, in, c->held0, c->nheld, cls, c->ev);
		add_call(&t, in, c);
	}
	entry = outward(&t, u->inst, u->bit, NO_CLASS);
	return finish(&t, role, entry, known_point(in, u->bit) || enabled_by_code(in, u, bit));
}

static int match_init(struct prog *p, const struct inst *in, const struct down *d, const void *arg)
{
	const struct want *w = arg;

	(void)d;
	for (guint i = 0; i < in->inits->len; i++)
		if (final_of(p, g_array_index(in->inits, struct rec_rel, i).cls) == elem_class(w->el))
			return (int)g_array_index(in->inits, struct rec_rel, i).ev;
	return -1;
}

static int match_release(struct prog *p, const struct inst *in, const struct down *d, const void *arg)
{
	const struct want *w = arg;

	(void)d;
	for (guint i = 0; i < in->rels->len; i++) {
		const struct rec_rel *r = &g_array_index(in->rels, struct rec_rel, i);

		if (final_of(p, r->cls) == elem_class(w->el) && func_at(p, in->fn)->ir->events[r->ev].callee &&
		    rules_of(p, plain_name(p, func_at(p, in->fn)->ir->events[r->ev].callee)))
			return (int)r->ev;
	}
	return -1;
}

static bool follow_all(struct prog *p, const struct rec_call *call, const struct down *d, const void *arg)
{
	(void)p, (void)call, (void)d, (void)arg;
	return true;
}

static int match_unthreaded(struct prog *p, const struct inst *in, const struct down *d, const void *arg)
{
	const struct want *w = arg;

	(void)d;
	for (guint i = 0; i < in->acqs->len; i++) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, i);

		if (!a->trylock && unthreaded(a->irq) && final_of(p, a->l.cls) == elem_class(w->el))
			return (int)a->ev;
	}
	return -1;
}

static int match_any_acquire(struct prog *p, const struct inst *in, const struct down *d, const void *arg)
{
	const struct want *w = arg;

	(void)d;
	for (guint i = 0; i < in->acqs->len; i++)
		if (final_of(p, g_array_index(in->acqs, struct rec_acq, i).l.cls) == elem_class(w->el))
			return (int)g_array_index(in->acqs, struct rec_acq, i).ev;
	return -1;
}

struct sd_witness *witness_from(struct prog *p, struct sd_arena *a, uint32_t inst, uint32_t cls, enum done what)
{
	static const struct { const char *role; int (*match)(struct prog *, const struct inst *, const struct down *, const void *); } how[] = {
		[D_TAKEN] = { "taken", match_any_acquire },
		[D_RELEASED] = { "released", match_release },
		[D_INITIALISED] = { "initialised", match_init },
		[D_TAKEN_UNTHREADED] = { "taken", match_unthreaded },
	};
	struct trace t = start(p, a);
	struct want w = { elem_of(cls, false, false), UINT32_MAX };
	unsigned bit = best_bit(inst_at(p, inst));
	const char *entry;

	if (what == D_TAKEN)
		t.kept = cls;
	if (!search_from(&t, inst, ENTRY_ALL, ANY_COST, 0, how[what].match, follow_all, &w)) {
		g_array_free(t.steps, TRUE);
		return NULL;
	}
	entry = outward(&t, inst, bit, NO_CLASS);
	return finish(&t, how[what].role, entry, known_point(inst_at(p, inst), bit));
}

/* A dependency on a callback's map: from the callback down. */
static struct sd_witness *entry_dep_witness(struct prog *p, struct sd_arena *a, const struct source *s, const struct aim *aim, unsigned level,
					    struct sd_step *held, enum descent *end)
{
	struct trace t = start(p, a);
	const struct entry *e = &g_array_index(p->entries, struct entry, s->rec);
	const struct func *f = func_at(p, e->fn);

	*held = (struct sd_step){ kept(p, f->plain), kept(p, e->file), e->line, s->held ? "held around it" : "" };
	*end = add_descent(&t, node_at(inst_at(p, s->inst), s->bit), (int)level,
			   &(struct aim){ aim->el, s->held ? aim->from : UINT32_MAX, aim->most });
	if (*end != D_FOUND) {
		g_array_free(t.steps, TRUE);
		return NULL;
	}
	return finish(&t, "dependency", entry_text(&t, s->rec), true);
}

/*
 * What is held around an entry is taken in it: a variable is one object, and so is what the entry's own arguments name.  A map is a class
 * to lockdep, whatever the object; that a callback waits for another one's is seldom meant, but may be.
 */
static struct sd_witness *again_in_entry(struct prog *p, struct sd_arena *a, const struct source *s, uint32_t el, struct sd_step *held)
{
	const struct entry *e = &g_array_index(p->entries, struct entry, s->rec);
	const struct under *u = s->held ? &g_array_index(p->under, struct under, e->under0 + s->held - 1) : NULL;
	const struct raw_class *raw = raw_at(p, u ? u->cls : e->map - 1);
	struct want w = { el, s->from };
	struct trace t;
	struct sd_witness *again;

	if (!raw->global && u && u->obj) {
		t = start(p, a);
		*held = (struct sd_step){ kept(p, func_at(p, e->fn)->plain), kept(p, e->file), e->line, "held around it" };
		if (search_from(&t, s->inst, UINT64_C(1) << s->bit, DEPTH, u->obj, match_acquire, may_acquire, &w))
			return finish(&t, "dependency", entry_text(&t, s->rec), true);
		g_array_free(t.steps, TRUE);
		return NULL;
	}
	if (!raw->global && u && strcmp(str(p, raw->lock_type), "map"))
		return NULL;
	again = entry_dep_witness(p, a, s, &(struct aim){ el, s->from, ANY_DEPTH }, DEPTH, held, &(enum descent){ D_NONE });
	if (again)
		again->doubt |= !raw->global;
	return again;
}

/* The class that is taken there, for outward(). */
static uint32_t aimed_at(struct trace *t, const struct source *s, uint32_t el)
{
	const struct inst *in = inst_at(t->p, s->inst);
	uint32_t cls = elem_class(el);

	if (cls == s->from)
		return NO_CLASS;
	if (s->what == SRC_ACQUIRE) {
		const struct rec_acq *a = &g_array_index(in->acqs, struct rec_acq, s->rec);

		return look_for_held(t, in, a->ev, a->held0, a->nheld, a->relset, cls);
	}
	const struct rec_call *c = &g_array_index(in->calls, struct rec_call, s->rec);

	return look_for_held(t, in, c->ev, c->held0, c->nheld, c->relset, cls);
}

static struct sd_witness *dep_witness(struct prog *p, struct sd_arena *a, const struct source *s, const struct aim *aim, unsigned level, tid obj,
				      struct sd_step *held, enum descent *end)
{
	struct trace t;
	const struct inst *in = inst_at(p, s->inst);
	const struct held *h;
	const struct func *f = func_at(p, in->fn);
	const char *entry;

	if (s->what == SRC_ENTRY)
		return entry_dep_witness(p, a, s, aim, level, held, end);
	t = start(p, a);
	h = &g_array_index(in->heldv, struct held, s->held);
	*held = (struct sd_step){ kept(p, f->plain), kept(p, f->ir->file), event_line(p, in, h->ev), "" };
	if (s->what == SRC_ACQUIRE) {
		const struct rec_acq *acq = &g_array_index(in->acqs, struct rec_acq, s->rec);

		t.doubt = acq->doubt || acq->ev <= h->ev;       /* held since the round before of a loop: is it not released? */
		add_step(&t, in, event_line(p, in, acq->ev), "");
	} else {
		const struct rec_call *c = &g_array_index(in->calls, struct rec_call, s->rec);
		struct want w = { aim->el, aim->from };

		t.doubt = c->ev <= h->ev;
		if (!obj)
			*end = add_descent(&t, node_below(p, c, s->bit), (int)level - (int)call_cost(c), aim);
		else
			*end = search_down(&t, c, UINT64_C(1) << s->bit, (int)level, obj, match_acquire, may_acquire, &w) ? D_FOUND : D_NONE;
		if (*end != D_FOUND) {
			g_array_free(t.steps, TRUE);
			return NULL;
		}
		t.doubt |= t.may_sleep && spins(p, s->from) && !may_sleep_for(p, elem_class(aim->el));
		add_call(&t, in, c);
	}
	entry = outward(&t, s->inst, s->bit, aimed_at(&t, s, aim->el));
	return finish(&t, "dependency", entry, known_point(in, s->bit));
}

struct sd_witness *witness_of_source(struct prog *p, struct sd_arena *a, const struct edge *e, unsigned kind, const struct edge_src *src, unsigned most,
				     struct sd_step *held, bool *far)
{
	struct aim aim = { elem_of(e->to, !(kind & 2), src->nested), e->from, most };
	enum descent end = D_FOUND;
	struct sd_witness *w = dep_witness(p, a, src->source, &aim, src->level, 0, held, &end);

	*far = end == D_TOO_FAR;
	return w;
}

struct sd_witness *witness_dep(struct prog *p, struct sd_arena *a, struct depgraph *g, const struct edge *e, unsigned kind, unsigned most,
			       struct sd_step *held, bool *far)
{
	const struct edge_src src = edge_source(g, e, kind);

	return witness_of_source(p, a, e, kind, &src, most, held, far);
}

void sketch_dep(struct prog *p, struct depgraph *g, const struct edge *e, unsigned kind, struct sd_witness *w)
{
	const struct source *s = edge_source(g, e, kind).source;
	const struct inst *in = inst_at(p, s->inst);
	struct trace t = { .p = p, .kept = NO_CLASS };
	bool known = true;

	if (s->what == SRC_ENTRY) {
		entry_text(&t, s->rec);
	} else {
		uint32_t held = g_array_index(in->heldv, struct held, s->held).ev;

		if (s->what == SRC_ACQUIRE) {
			const struct rec_acq *acq = &g_array_index(in->acqs, struct rec_acq, s->rec);

			t.doubt = acq->doubt || acq->ev <= held;
		} else {
			const struct rec_call *c = &g_array_index(in->calls, struct rec_call, s->rec);

			t.doubt = c->ev <= held;
			add_call(&t, in, c);
		}
		outward(&t, s->inst, s->bit, aimed_at(&t, s, elem_of(e->to, false, false)));
		known = known_point(in, s->bit);
	}
	*w = (struct sd_witness){ .role = "dependency", .entry = "", .nsteps = t.nsteps + 1, .indirect = t.indirect, .targets = t.targets, .ways = t.ways,
				  .proved = known, .inferred = t.inferred, .doubt = t.doubt };
}

struct sd_witness *witness_place(struct prog *p, struct sd_arena *a, struct depgraph *g, const struct edge *e, unsigned kind,
				 struct sd_step *held)
{
	const struct source *s = edge_source(g, e, kind).source;
	const struct inst *in = inst_at(p, s->inst);
	const struct func *f = func_at(p, in->fn);
	struct trace t = start(p, a);

	*held = (struct sd_step){ kept(p, f->plain), kept(p, f->ir->file), f->ir->line, "" };
	if (s->what == SRC_ENTRY) {
		add_step(&t, in, f->ir->line, "acquired below");
		return finish(&t, "dependency", "", true);
	}
	held->line = event_line(p, in, g_array_index(in->heldv, struct held, s->held).ev);
	if (s->what == SRC_ACQUIRE)
		add_step(&t, in, event_line(p, in, g_array_index(in->acqs, struct rec_acq, s->rec).ev), "");
	else
		add_step(&t, in, event_line(p, in, g_array_index(in->calls, struct rec_call, s->rec).ev), "acquired below this call");
	return finish(&t, "dependency", "", known_point(in, s->bit));
}

/* An object that is surely one: nothing unknown and no array element on its path. */
static bool one_object(const struct prog *p, tid t)
{
	for (; t; t = term(p, t)->a) {
		const struct term *x = term(p, t);

		if (x->kind == T_ANY || x->kind == T_INDEX)
			return false;
		if (!x->a)
			return x->kind != T_NONE;
	}
	return false;
}

struct sd_witness *witness_same_object(struct prog *p, struct sd_arena *a, const struct source *s, uint32_t el, struct sd_step *held)
{
	const struct inst *in = inst_at(p, s->inst);
	const struct held *h;

	if (s->what == SRC_ENTRY)
		return again_in_entry(p, a, s, el, held);
	h = &g_array_index(in->heldv, struct held, s->held);
	if (!one_object(p, h->l.obj))
		return NULL;
	if (s->what == SRC_ACQUIRE && g_array_index(in->acqs, struct rec_acq, s->rec).l.obj != h->l.obj)
		return NULL;
	return dep_witness(p, a, s, &(struct aim){ el, s->from, ANY_DEPTH }, DEPTH, h->l.obj, held, &(enum descent){ D_NONE });
}

struct sd_witness *witness_two_objects(struct prog *p, struct sd_arena *a, const struct source *s, uint32_t el, struct sd_step *held)
{
	return dep_witness(p, a, s, &(struct aim){ el, s->from, ANY_DEPTH }, DEPTH, 0, held, &(enum descent){ D_NONE });
}
