/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - findings: what lockdep would print, from usage bits and strong paths.
 *
 * lockdep-design.rst, "Single-lock state rules" and "Multi-lock dependency rules"; lockdep.c,
 * check_irq_usage(), check_noncircular(), check_deadlock().  One finding per (kind, irq, class pair).
 */
#include <string.h>
#include <xxhash.h>
#include "depgraph.h"

const struct irq_kind irq_kinds[2] = {
	{ "hardirq", "HARDIRQ", SD_U_IN_HARDIRQ_W, SD_U_IN_HARDIRQ_R, SD_U_HARDIRQ_ON_W, SD_U_HARDIRQ_ON_R },
	{ "softirq", "SOFTIRQ", SD_U_IN_SOFTIRQ_W, SD_U_IN_SOFTIRQ_R, SD_U_SOFTIRQ_ON_W, SD_U_SOFTIRQ_ON_R },
};

bool has_usage(struct checker *c, uint32_t cls, unsigned bit)
{
	return class_at(c->p, cls)->usage >> bit & 1;
}

const char *lock_name(struct checker *c, uint32_t cls)
{
	const struct sd_class *k = &c->r->classes[cls];

	return *k->lockdep_name ? k->lockdep_name : k->name;
}

struct sd_witness *usage_wit(struct checker *c, uint32_t cls, unsigned bit)
{
	return c->r->classes[cls].wit[bit];
}

void add_wit(struct checker *c, struct sd_finding *f, struct sd_witness *w)
{
	struct sd_witness **v = sd_arena_alloc(c->a, (f->nwit + 1) * sizeof(struct sd_witness *));

	if (!w)
		return;
	if (f->nwit)
		memcpy(v, f->wit, f->nwit * sizeof(*v));
	v[f->nwit++] = w;
	f->wit = v;
}

/* --- rank --- */

#define TOO_LONG (2 * LONGEST)  /* where what is far down is the finding */

/*
 * Does the finding rest on the context of this witness?  An order of two locks is the same whatever interrupts
 * are doing, so circles and recursion do not.
 */
static bool context_matters(const struct sd_finding *f, const struct sd_witness *w)
{
	return (f->kind != SD_K_CIRCULAR && f->kind != SD_K_RECURSIVE) || w->role[0] == 'I';
}

/*
 * A path that meets a function again does so for another object, of which it knows less: a parent, or what the first has made.
 * Names are kept once (kept()), and this is asked for millions of pairs, so it is not their letters that are compared.
 */
static bool meets_again(const struct sd_witness *w)
{
	for (size_t i = 0; w->steps && i < w->nsteps; i++)
		for (size_t k = i + 1; k < w->nsteps; k++)
			if (w->steps[i].function == w->steps[k].function)
				return true;
	return false;
}

/*
 * High: every witness starts at a known entry, no pointer on the way has more than a few targets, no class
 * is known by its type alone, and nothing that only the object or its other users know decides the path.  Low: a context is unknown where it matters, or a pointer is very wide.
 */
struct weight { unsigned indirect, targets, ways, longest; bool proved, known, exact, keyed, doubt, again, levels, variant, unseen, member; };

/* Two nesting levels of one lock: in which order two objects are taken, by address or depth, their classes do not say. */
static bool takes_levels(const struct checker *c, const struct sd_finding *f)
{
	for (size_t i = 0; i < f->nchain; i++)
		for (size_t k = 0; k < i; k++)
			if (levels_of_one_lock(c->p, f->chain[i], f->chain[k]))
				return true;
	return false;
}

/* Another lock of the chain is in the same object, of which each has its own keys: it is one object then, more likely than two. */
static bool with_its_like(const struct checker *c, const struct sd_finding *f, size_t i)
{
	const struct raw_class *raw = raw_at(c->p, class_at(c->p, f->chain[i])->raw);

	for (size_t k = 0; k < f->nchain && raw->own_keys && !raw->many_keys && raw->chain->len; k++) {
		const struct raw_class *other = raw_at(c->p, class_at(c->p, f->chain[k])->raw);

		if (f->chain[k] != f->chain[i] && other->chain->len && !other->global &&
		    g_array_index(other->chain, struct chain_step, 0).rec == g_array_index(raw->chain, struct chain_step, 0).rec)
			return true;
	}
	return false;
}

/* recursive() has followed the object itself: it is the same lock, whatever its key. */
static bool one_object(const struct sd_finding *f)
{
	return f->kind == SD_K_RECURSIVE && !f->uncertain;
}

static struct weight weigh(struct checker *c, const struct sd_finding *f)
{
	struct weight k = { .proved = true, .known = true, .exact = true, .keyed = true };

	for (size_t i = 0; i < f->nwit; i++) {
		k.indirect += f->wit[i]->indirect;
		k.targets = MAX(k.targets, f->wit[i]->targets);
		k.ways = MAX(k.ways, f->wit[i]->ways);
		k.longest = MAX(k.longest, (unsigned)f->wit[i]->nsteps);
		k.doubt |= f->wit[i]->doubt;
		k.member |= f->wit[i]->member;
		k.again |= meets_again(f->wit[i]);
		k.proved &= f->wit[i]->proved || !context_matters(f, f->wit[i]);
		k.known &= f->wit[i]->proved && !f->wit[i]->inferred;
	}
	for (size_t i = 0; i < f->nchain; i++) {
		k.exact &= !c->r->classes[f->chain[i]].by_type_only;
		k.keyed &= !c->several_keys[f->chain[i]] || with_its_like(c, f, i) || one_object(f);
		k.variant |= class_at(c->p, f->chain[i])->varies;
		k.unseen |= !strcmp(c->r->classes[f->chain[i]].lock_type, "bit_spinlock");
	}
	k.levels = f->kind == SD_K_CIRCULAR && takes_levels(c, f);
	return k;
}

/* Each step of a long way is one more branch that must be taken, the more so where one is doubtful; interrupts' own ways are long without that. */
static bool too_far(const struct sd_finding *f, const struct weight *k)
{
	if (f->kind == SD_K_INCONSISTENT || f->kind == SD_K_IRQ_INVERSION)
		return k->doubt && k->longest > TOO_LONG;
	return k->longest > (k->doubt ? LONGEST : TOO_LONG);
}

static enum sd_rank rank_by(const struct sd_finding *f, const struct weight *k)
{
	if (!k->proved || k->targets > WIDE || k->indirect > 6 || f->uncertain || too_far(f, k))
		return SD_RANK_LOW;
	if (!k->exact || !k->keyed || !k->known || k->doubt || k->again || k->levels || k->variant || k->unseen || k->member || k->ways > MOST_WAYS || k->indirect > MOST_INDIRECT || k->longest > LONGEST)
		return SD_RANK_MEDIUM;
	return SD_RANK_HIGH;
}

static size_t ndeps(const struct sd_finding *f)
{
	return !f->deps ? 0 : f->kind == SD_K_CIRCULAR ? f->nchain : MAX(f->nchain - 1, 1);
}

/*
 * Members that must say so before it happens, where one of them says little: two or fewer may come together by chance, of more
 * somebody has taken care.
 */
#define FEW_CHOICES 2

/*
 * The use in an interrupt.  Where it is the whole finding (sleeping there) as strictly as what is under a lock; else what is handed
 * down decides: a lock's other users have no say in which of its members an interrupt finds, unless it must find many.
 */
static bool use_is_open(struct checker *c, const struct sd_finding *f, const struct use *u)
{
	if (f->kind != SD_K_INCONSISTENT && f->kind != SD_K_IRQ_INVERSION)
		return choices_of_use(c->p, f->chain[0], u, OF_MEMBERS) != 0;
	return choices_of_use(c->p, f->chain[0], u, OF_GIVEN) || choices_of_use(c->p, f->chain[0], u, OF_PROPERTIES) > FEW_CHOICES;
}

static void note_open_use(struct checker *c, const struct sd_finding *f)
{
	static const enum sd_usage bits[] = { SD_U_IN_HARDIRQ_W, SD_U_IN_HARDIRQ_R, SD_U_IN_SOFTIRQ_W, SD_U_IN_SOFTIRQ_R };
	uint32_t cls = f->chain[0];

	for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
		if (f->nwit && usage_wit(c, cls, bits[i]) == f->wit[0])
			f->wit[0]->member = use_is_open(c, f, &c->u[cls].by[bits[i]]);
}

/*
 * The interrupt comes whenever it likes, between any two states of the object: who keeps in it that the second spinlock is not
 * taken does so for other reasons (`if (fasync->on) kill_fasync()`: the user asks for it), and may change it at any time.
 */
static bool between_spinlocks(const struct checker *c, const struct sd_finding *f, const struct edge *e)
{
	return f->kind == SD_K_IRQ_INVERSION && spinning_type(c->r->classes[e->from].lock_type) && spinning_type(c->r->classes[e->to].lock_type);
}

static bool dep_is_open(const struct checker *c, const struct sd_finding *f, const struct edge *e, unsigned kind)
{
	return !between_spinlocks(c, f, e) && choices_of_dep(c->p, c->g, e, kind, OF_MEMBERS) != 0;
}

/* Which of its witnesses members of objects decide, and which rest on a lock that may not be held any more. */
static void note_open(struct checker *c, const struct sd_finding *f)
{
	for (size_t i = 0; i < ndeps(f); i++) {
		const struct edge e = edge_at(c->g, f->deps[i]);
		struct sd_witness *w = dep_of(c->g, c->a, e.no)->wit[f->kind_bit[i]];

		if (!w)
			continue;
		w->member = dep_is_open(c, f, &e, f->kind_bit[i]);
		w->doubt |= gone_at_dep(c->p, c->g, &e, f->kind_bit[i]);
	}
	note_open_use(c, f);
	if (f->kind == SD_K_INCONSISTENT || f->kind == SD_K_IRQ_INVERSION) {
		uint32_t to = f->chain[f->nchain - 1];
		struct sd_witness *w = usage_wit(c, to, f->unsafe_bit);

		w->doubt |= gone_at_use(c->p, to, &c->u[to].by[f->unsafe_bit]);
	}
}

bool rank_finding(struct checker *c, struct sd_finding *f)
{
	struct weight k = weigh(c, f);
	bool sure;

	k.member = false;
	f->rank = rank_by(f, &k);
	sure = f->rank == SD_RANK_HIGH;
	if (sure) {
		note_open(c, f);
		k = weigh(c, f);
		f->rank = rank_by(f, &k);
	}
	f->rank_reason = sd_arena_printf(c->a, "%s; %u indirect call%s, at most %u target%s; %s",
					 !k.proved ? "rests on an unknown context" : !k.known ? "a context is inferred, or does not matter" :
					 "every context known", k.indirect, k.indirect == 1 ? "" : "s", k.targets, k.targets == 1 ? "" : "s",
					 f->uncertain ? "paths or objects that may not be as they look" :
					 k.doubt ? "a step that seldom comes so: a last reference, a lock of the round before, what may sleep, another driver's table" :
					 k.again ? "a path meets a function again, for another object" :
					 k.levels ? "two nesting levels of one lock" :
					 k.variant ? "a condition on the object chooses the lock" :
					 k.member ? "a member of an object decides whether it happens" :
					 k.unseen ? "a bit spinlock, which lockdep does not see" :
					 !k.keyed ? "objects of a class may have different keys" :
					 k.exact ? "classes exact" : "a class is known by its type alone");
	return sure;
}

static void fingerprint(struct checker *c, struct sd_finding *f)
{
	GString *s = g_string_new(sd_finding_kind_name[f->kind]);

	g_string_append_printf(s, "|%s", f->irq);
	for (size_t i = 0; i < f->nchain; i++)
		g_string_append_printf(s, "|%s", str(c->p, raw_at(c->p, class_at(c->p, f->chain[i])->raw)->name));
	for (size_t i = 0; i < f->nwit; i++)
		if (f->wit[i]->nsteps)
			g_string_append_printf(s, "|%s", f->wit[i]->steps[0].function);
	f->fingerprint = sd_arena_printf(c->a, "%016llx", (unsigned long long)XXH64(s->str, s->len, 0));
	g_string_free(s, TRUE);
}

/* One class against another: in a large graph there are as many of these as products of classes. */
static bool is_pair(const struct sd_finding *f)
{
	return f->kind == SD_K_IRQ_INVERSION || (f->kind == SD_K_WAIT_CONTEXT && f->nchain > 1);
}

static bool listed(const struct checker *c, const struct sd_finding *f)
{
	return !c->big || f->rank < (is_pair(f) ? SD_RANK_MEDIUM : SD_RANK_LOW);
}

/* By what is known of it so far; what follows can only make it weaker. */
static bool rank_so_far(struct checker *c, struct sd_finding *f)
{
	struct weight k = weigh(c, f);

	f->rank = rank_by(f, &k);
	c->dropped += !listed(c, f);
	return listed(c, f);
}

bool worth_proving(struct checker *c, struct sd_finding *f, size_t n)
{
	size_t had = f->nwit;
	struct sd_witness **now = f->wit, **all = g_newa(struct sd_witness *, had + n + 1), *sketch = g_newa(struct sd_witness, n + 1);
	bool worth;

	if (!rank_so_far(c, f))
		return false;           /* only an optimisation: its classes say so, mostly */
	for (size_t i = 0; i < had; i++)
		all[i] = f->wit[i];
	for (size_t i = 0; i < n; i++) {
		struct edge e = edge_in(c->g, f->chain[i], f->deps[i]);

		sketch_dep(c->p, c->g, &e, f->kind_bit[i], &sketch[i]);
		all[had + i] = &sketch[i];
	}
	f->wit = all;
	f->nwit = had + n;
	worth = rank_so_far(c, f);
	f->wit = now;
	f->nwit = had;
	return worth;
}

void keep_finding(struct checker *c, struct sd_finding *f)
{
	if (!rank_finding(c, f) && !listed(c, f)) {
		c->dropped++;
		return;
	}
	fingerprint(c, f);
	g_array_append_val(c->out, *f);
}

void set_chain(struct checker *c, struct sd_finding *f, uint32_t first, const struct path *path)
{
	f->nchain = path ? path->n + 1u : 1;
	f->chain = sd_arena_alloc(c->a, f->nchain * sizeof(*f->chain));
	f->chain[0] = first;
	if (!path)
		return;
	f->deps = sd_arena_alloc(c->a, (path->n + 1) * sizeof(*f->deps));
	f->kind_bit = sd_arena_alloc(c->a, path->n + 1);
	for (uint32_t i = 0; i < path->n; i++) {
		f->chain[i + 1] = c->g->to[path->edge[i]];
		f->deps[i] = path->edge[i];
		f->kind_bit[i] = path->kind[i];
	}
}

/* A dependency is in many findings, and each of them would look as far again. */
static bool known_far(struct checker *c, uint32_t dep, unsigned kind, unsigned most)
{
	bool known;
	const uint32_t *beyond = memo_at(&c->far, (uint64_t)dep << 2 | kind, &known);

	return *beyond > most;
}

static void note_far(struct checker *c, uint32_t dep, unsigned kind, unsigned most)
{
	bool known;
	uint32_t *beyond = memo_at(&c->far, (uint64_t)dep << 2 | kind, &known);

	*beyond = MAX(*beyond, most + 1);
}

static enum proof dep_wit(struct checker *c, uint32_t dep, unsigned kind, unsigned most)
{
	struct edge e = edge_at(c->g, dep);
	struct sd_dep *d = dep_of(c->g, c->a, dep);
	bool far;

	if (d->wit[kind])
		return PROVED;
	if (!(e.kinds >> kind & 1))
		return NO_WITNESS;
	if (known_far(c, dep, kind, most))
		return NOT_LISTED;
	if (most != ANY_DEPTH || !proved_ahead(c, dep, kind, &d->wit[kind], &d->held[kind], &far))
		d->wit[kind] = witness_dep(c->p, c->a, c->g, &e, kind, most, &d->held[kind], &far);
	if (far)
		note_far(c, dep, kind, most);
	if (d->wit[kind] || far)
		return d->wit[kind] ? PROVED : NOT_LISTED;
	drop_kind(c->g, dep, kind);
	return NO_WITNESS;
}

/* Calls that the way down may have for the finding to be listed: what ranks high has no more than LONGEST steps in all. */
static unsigned most_calls(struct checker *c, const struct sd_finding *f, size_t i)
{
	struct sd_witness sketch;
	struct edge e;

	if (!c->big || !is_pair(f))
		return ANY_DEPTH;
	e = edge_at(c->g, f->deps[i]);
	sketch_dep(c->p, c->g, &e, f->kind_bit[i], &sketch);
	return sketch.nsteps < LONGEST ? (unsigned)(LONGEST - sketch.nsteps) : 0;
}

enum proof add_dep_wits(struct checker *c, struct sd_finding *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum proof proof = dep_wit(c, f->deps[i], f->kind_bit[i], most_calls(c, f, i));

		c->dropped += proof == NOT_LISTED;
		if (proof != PROVED)
			return proof;
	}
	for (size_t i = 0; i < n; i++)
		add_wit(c, f, dep_of(c->g, c->a, f->deps[i])->wit[f->kind_bit[i]]);
	return PROVED;
}

/* --- one class, both ways --- */

static void inconsistent(struct checker *c, uint32_t cls, const struct irq_kind *k)
{
	struct sd_finding f = { .kind = SD_K_INCONSISTENT, .irq = k->name };

	if (is_sleeping_lock(&c->r->classes[cls]))
		return;
	if (has_usage(c, cls, k->in_w) && (has_usage(c, cls, k->on_w) || has_usage(c, cls, k->on_r))) {
		f.safe_bit = k->in_w;
		f.unsafe_bit = has_usage(c, cls, k->on_w) ? k->on_w : k->on_r;
	} else if (has_usage(c, cls, k->in_r) && has_usage(c, cls, k->on_w)) {
		f.safe_bit = k->in_r;
		f.unsafe_bit = k->on_w;
	} else {
		return;                 /* readers never wait for readers in interrupt */
	}
	set_chain(c, &f, cls, NULL);
	add_wit(c, &f, usage_wit(c, cls, f.safe_bit));
	add_wit(c, &f, usage_wit(c, cls, f.unsafe_bit));
	f.title = sd_arena_printf(c->a, "inconsistent lock state: %s: {%s} and {%s}", lock_name(c, cls),
				  sd_usage_name[f.safe_bit], sd_usage_name[f.unsafe_bit]);
	keep_finding(c, &f);
}

/* --- the same lock twice --- */

static struct sd_witness *held_witness(struct checker *c, const struct sd_witness *taken, struct sd_step at)
{
	struct sd_witness *held = sd_arena_alloc(c->a, sizeof(*held));

	held->role = "held here";
	held->entry = taken->entry;
	held->proved = taken->proved;
	held->nsteps = 1;
	held->steps = sd_arena_alloc(c->a, sizeof(at));
	held->steps[0] = at;
	return held;
}

/* What decides how a search for the second acquisition ends: once is enough. */
static char *search_key(struct checker *c, const struct source *s)
{
	const struct rec_call *call;
	const struct held *h;

	if (s->what != SRC_CALL)
		return g_strdup_printf("%c%u/%u/%u", s->what == SRC_ENTRY ? 'e' : 'a', s->inst, s->held, s->rec);
	h = &g_array_index(inst_at(c->p, s->inst)->heldv, struct held, s->held);
	call = &g_array_index(inst_at(c->p, s->inst)->calls, struct rec_call, s->rec);
	return g_strdup_printf("c%u/%u/%u/%u", call->callee, s->bit, s->from,
			       call->args ? term_into_callee(c->p, call->args, call->nargs, h->l.obj) : 0);
}

/*
 * @same: the object is proved to be one.  Else there are two of a class and nothing says in which order: lockdep
 * would ask for a nesting level, but often something else orders them, so that is of low rank.
 */
static void recursive(struct checker *c, bool same, bool *done)
{
	GHashTable *tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < c->g->self->len; i++) {
		const struct self *self = &g_array_index(c->g->self, struct self, i);
		const struct source *s = &c->g->src[self->src];
		uint32_t cls = s->from;
		struct sd_finding f = { .kind = SD_K_RECURSIVE, .irq = "", .uncertain = !same };
		struct sd_witness *w;
		struct sd_step at;

		/* a recursive read under a read lock: lockdep.c, check_deadlock() */
		if (done[cls] || (!s->exclusive && elem_reader(self->el)) || !g_hash_table_add(tried, search_key(c, s)))
			continue;
		w = same ? witness_same_object(c->p, c->a, s, self->el, &at) :
			witness_two_objects(c->p, c->a, s, self->el, &at);
		if (!w)
			continue;
		done[cls] = true;
		w->role = "taken again";
		set_chain(c, &f, cls, NULL);
		add_wit(c, &f, w);
		w->member = choices_at(c->p, s, self->el, DEPTH, OF_MEMBERS);
		/* a work item that would wait for itself mostly says so in its object before */
		f.uncertain |= w->member && s->what == SRC_ENTRY && c->r->classes[cls].is_map;
		w->doubt |= gone_at_source(c->p, s, self->el, DEPTH);
		add_wit(c, &f, held_witness(c, w, at));
		f.title = sd_arena_printf(c->a, same ? "possible recursive locking detected: %s" :
					  "possible recursive locking detected: two objects of %s", lock_name(c, cls));
		keep_finding(c, &f);
	}
	g_hash_table_destroy(tried);
}

static gint by_rank(gconstpointer x, gconstpointer y)
{
	const struct sd_finding *a = x, *b = y;
	int c = (int)a->rank - (int)b->rank;

	if (!c)
		c = (int)a->kind - (int)b->kind;
	if (!c)
		c = strcmp(a->title, b->title);
	return c ? c : strcmp(a->fingerprint, b->fingerprint);
}

static void add_note(struct checker *c, const char *what, const char *text)
{
	struct sd_gap gap = { what, "", "", 0, text };

	g_array_append_val(c->p->gaps, gap);
}

/* What this file and check_path.c did not look for, or left out. */
static void note_left_out(struct checker *c)
{
	if (c->big)
		add_note(c, "low-rank", sd_arena_printf(c->a, "%u possible findings are not listed, for the graph is large and they do not rank high; nor were circles of "
							"more than three locks looked for: scan the part of interest alone for them", c->dropped));
	if (c->given_up)
		add_note(c, "no-witness", sd_arena_printf(c->a, "%u possible findings were given up: of each, %d ways had no witness", c->given_up, TRIES));
}

static bool *find_several_keys(const struct checker *c)
{
	bool *several = g_new(bool, c->n + 1);

	for (uint32_t i = 0; i < c->n; i++)
		several[i] = several_keys(raw_at(c->p, class_at(c->p, i)->raw));
	return several;
}

void check_all(struct prog *p, struct depgraph *g, struct usage *u, struct sd_results *r)
{
	struct checker c = { .p = p, .g = g, .u = u, .r = r, .a = r->arena, .out = g_array_new(FALSE, FALSE, sizeof(struct sd_finding)), .n = p->classes->len,
			     .big = is_large(g) };

	bool *done;

	c.several_keys = find_several_keys(&c);
	for (size_t k = 0; k < G_N_ELEMENTS(irq_kinds); k++) {
		guint first = c.out->len;

		for (uint32_t i = 0; i < c.n; i++)
			inconsistent(&c, i, &irq_kinds[k]);
		inversions(&c, &irq_kinds[k], first);
	}
	name_users(&c);
	circles(&c);
	free_ahead(&c);
	done = g_new0(bool, c.n + 1);
	recursive(&c, true, done);
	if (!c.big)
		recursive(&c, false, done);     /* all of low rank */
	g_free(done);
	check_states(&c);
	g_free(c.several_keys);
	memo_free(&c.far);
	note_left_out(&c);
	g_array_sort(c.out, by_rank);
	r->nfinding = c.out->len;
	r->findings = sd_arena_alloc(r->arena, (r->nfinding + 1) * sizeof(*r->findings));
	if (r->nfinding)
		memcpy(r->findings, c.out->data, r->nfinding * sizeof(*r->findings));
	for (size_t i = 0; i < r->nfinding; i++)
		r->findings[i].id = (uint32_t)i + 1;
	g_array_free(c.out, TRUE);
}
