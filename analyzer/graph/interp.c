/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interp.c - path-sensitive walk of one instance: which locks are held, and in which irq state,
 * at every acquisition and call.
 *
 * A forward worklist over blocks in reverse postorder; at each block a set of states, equal ones
 * met only once.  Facts that no later branch asks for are dropped at block entry, so states meet
 * again after a branch that did not matter.  Ends: states are finite, and past MAX_STATES a block
 * sees states without facts only; past twice that no more at all, which is counted.
 *
 * Requires: relevant, slots.  Sets: inst.acqs, calls, enables, exits.  Calls itself for callees.
 */
#include <string.h>
#include "run.h"

#define MAX_STATES 48

/* Eight states; the program keeps those that no run needs at present. */
#define CHUNK 8
struct chunk {
	struct chunk *next;
	uint32_t hash[CHUNK];   /* state_core_hash() */
	uint32_t core[CHUNK];   /* those of a bag with the same core have the same number */
	uint64_t known[CHUNK];  /* state_known() */
	struct state at[CHUNK];
};

/* Of a state that is looked for; core 0: none with it was met yet. */
struct look { uint32_t hash, core; uint64_t known; };

/* The states that reached a block: those before `done` went on, the others wait. */
struct bag {
	uint64_t hashes;        /* bit per hash % 64 of its states: most that come are new */
	uint32_t n, done, ncore;
	uint8_t ways;           /* bit per side of the branch that some state took; 3: several */
	struct chunk *chunk[2 * MAX_STATES / CHUNK];
};

bool run_reached(const struct run *r, uint32_t block) { return block >= r->f->ir->nblocks || r->bags[block].n; }

void run_truncated(struct run *r) { r->in->truncated = true; }

void run_set_call_term(struct run *r, uint32_t ev, tid t)
{
	if (r->call_term[ev] != t)
		r->serial = ++r->p->eval_serial;
	r->call_term[ev] = t;
}

void run_set_call_ret(struct run *r, uint32_t ev, tid t) { r->call_ret[ev] = t; }

void run_set_call_fields(struct run *r, uint32_t ev, GArray *fields)
{
	r->call_fields[ev] = fields;
	r->serial = ++r->p->eval_serial;
}

uint64_t run_call_bits(const struct run *r, uint32_t ev)
{
	return r->call_bits[ev].set ? r->call_bits[ev].bits : UINT64_MAX;
}

void run_set_call_bits(struct run *r, uint32_t ev, uint64_t bits)
{
	r->call_bits[ev].bits |= bits;
	r->call_bits[ev].set = true;
}


/* --- blocks --- */

static void push(struct run *r, uint32_t b, struct state *s);

static void forget_term(struct run *r, struct state *s, tid old, sd_sym type)
{
	tid any = mk_any(r->p, type);

	for (unsigned i = 0; i < s->nheld; i++)
		s->held[i].l.obj = term_replace(r->p, s->held[i].l.obj, old, any);
	for (unsigned i = 0; i < s->nrel; i++)
		s->rel[i].obj = term_replace(r->p, s->rel[i].obj, old, any);
}

/* Locks of objects that PHI @v named before do not belong to what it names now. */
static void forget_object(struct run *r, struct state *s, sd_vid v)
{
	forget_term(r, s, opaque(r, v), r->f->ir->vals[v].type);
}

/* Nor does what a call in the loop gave in the round before: hand-over-hand locking is no recursion. */
static void forget_results(struct run *r, uint32_t from, uint32_t b, struct state *s)
{
	const struct sd_fn *ir = r->f->ir;

	for (uint32_t k = b; k <= from && (s->nheld || s->nrel); k++)
		for (uint32_t i = 0; i < ir->blocks[k].nev; i++) {
			sd_vid v = r->f->call_value[ir->blocks[k].ev0 + i];

			if (v)
				forget_term(r, s, opaque(r, v), ir->vals[v].type);
		}
}

/* Computed before block @b, from nothing that is loaded: a loop that begins there does not change it. */
static bool set_before(const struct sd_fn *ir, sd_vid v, uint32_t b, unsigned depth)
{
	const struct sd_val *x = &ir->vals[v];

	switch (x->kind) {
	case SD_V_PARAM: case SD_V_CONST: case SD_V_GLOBAL: case SD_V_FUNC: case SD_V_STR: case SD_V_ADDRLOCAL:
		return true;
	case SD_V_PHI:
		return (uint64_t)x->num < b;
	case SD_V_CALL:
		return (uint64_t)x->num < ir->blocks[b].ev0;
	case SD_V_OP:
		return depth < 16 && set_before(ir, x->a, b, depth + 1) && (!x->b || set_before(ir, x->b, b, depth + 1));
	default:
		return false;
	}
}

/*
 * Round a loop, what its own conditions read may have changed; conditions tested only outside the loop
 * still hold, so that a lock taken before it and released after it under one condition stays paired.
 */
static void forget_loop_facts(struct run *r, uint32_t from, uint32_t b, struct state *s)
{
	for (unsigned i = s->nfact; i-- > 0; ) {
		uint16_t id = s->fact[i].id;
		bool inside = false;

		for (uint32_t k = b; k <= from && !inside; k++)
			inside = r->f->tests[(size_t)k * r->f->nwords + id / 64] >> (id % 64) & 1;
		if (inside && !r->f->stable[id] && !set_before(r->f->ir, r->f->fact_vid[id], b, 0))
			fact_set(s, id, S_ALL, 0);
	}
	if (!s->nheld && !s->nrel) {    /* what the caller assumed stays */
		memset(s->cond, 0, sizeof(s->cond));
		s->ncond = (uint8_t)r->in->ncond;
		memcpy(s->cond, r->in->cond, r->in->ncond * sizeof(s->cond[0]));
	}
}

static void enter_phis(struct run *r, uint32_t from, uint32_t b, struct state *s)
{
	const struct sd_fn *ir = r->f->ir;
	const struct sd_block *bl = &ir->blocks[b];
	struct state before;

	if (bl->nphi)
		state_copy(&before, s);
	if (from >= b) {
		forget_loop_facts(r, from, b, s);
		forget_results(r, from, b, s);
	}
	for (uint32_t i = 0; i < bl->nphi; i++) {
		sd_vid v = ir->phis[bl->phi0 + i];
		const struct sd_val *x = &ir->vals[v];
		uint16_t id = r->f->fact_id[r->f->canon[v]];

		if (from >= b && (s->nheld || s->nrel))
			forget_object(r, s, v);
		fact_set(s, id, S_ALL, 0);
		for (uint32_t k = 0; k < x->b; k++) {
			const struct sd_ir_op *o = &ir->ops[x->a + k];
			int tok;

			if (o->pred != from)
				continue;
			tok = token_get(&before, eval(r, &before, o->val));
			if (tok >= 0)
				token_set(s, opaque(r, v), (uint8_t)tok);
			if (r->f->phi_tracked[v])
				fact_set(s, id, signs_of(r, &before, o->val),
					 from < b && (r->f->phi_tracked[v] & PHI_WAY) && k < 250 ? (uint8_t)(k + 1) : 0);
			break;
		}
	}
}

/* Saved words of this frame that nothing from here on restores. */
static void drop_saved(struct run *r, uint32_t b, struct state *s)
{
	for (unsigned i = s->ntok; i-- > 0; ) {
		const struct term *t = term(r->p, s->tok[i].key);

		if (t->kind == T_OPAQUE && (uint64_t)t->num >> 32 == r->in->fn && !used_from(r->p, r->f, b, (sd_vid)t->num))
			token_forget(s, i);
	}
}

/* Takes @s: it is another one afterwards. */
static void flow_to(struct run *r, uint32_t from, uint32_t b, struct state *s)
{
	enter_phis(r, from, b, s);
	state_drop_dead(s, r->f->live + (size_t)b * r->f->nwords);
	drop_saved(r, b, s);
	push(r, b, s);
}

/*
 * Too many states: facts go, so that this one may equal another.  false: it does, or there is no room at all.  What is
 * met from here on may be on a way that a fact would have forbidden.
 */
static bool forget_facts(struct run *r, uint32_t b, struct state *s)
{
	if (s->nfact) {
		memset(s->fact, 0, sizeof(s->fact));
		s->nfact = 0;
		s->doubt = 1;
		push(r, b, s);
		return false;
	}
	if (r->bags[b].n < 2 * MAX_STATES)
		return true;
	run_truncated(r);
	return false;
}

static struct chunk *new_chunk(struct prog *p)
{
	struct chunk *c = p->chunks;

	if (!c)
		return g_new(struct chunk, 1);
	p->chunks = c->next;
	return c;
}

static void free_chunks(struct prog *p, struct bag *bag)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(bag->chunk) && bag->chunk[i]; i++) {
		bag->chunk[i]->next = p->chunks;
		p->chunks = bag->chunk[i];
	}
}

static struct state *state_in(const struct bag *bag, uint32_t i)
{
	return &bag->chunk[i / CHUNK]->at[i % CHUNK];
}

static bool alike(const struct bag *bag, uint32_t i, const struct state *s, struct look *l)
{
	const struct chunk *c = bag->chunk[i / CHUNK];

	if (c->hash[i % CHUNK] != l->hash)
		return false;
	if (!l->core && state_same_core(&c->at[i % CHUNK], s))
		l->core = c->core[i % CHUNK];
	return c->core[i % CHUNK] == l->core;
}

static uint64_t known_in(const struct bag *bag, uint32_t i)
{
	return bag->chunk[i / CHUNK]->known[i % CHUNK];
}

static void bag_add(struct prog *p, struct bag *bag, const struct state *s, const struct look *l)
{
	struct chunk **c = &bag->chunk[bag->n / CHUNK];

	if (!*c)
		*c = new_chunk(p);
	(*c)->hash[bag->n % CHUNK] = l->hash;
	(*c)->core[bag->n % CHUNK] = l->core ? l->core : ++bag->ncore;
	(*c)->known[bag->n % CHUNK] = l->known;
	state_copy(&(*c)->at[bag->n++ % CHUNK], s);
	bag->hashes |= UINT64_C(1) << l->hash % 64;
}

static void bag_remove(struct bag *bag, uint32_t i)
{
	uint32_t last = --bag->n;

	if (i == last)
		return;
	bag->chunk[i / CHUNK]->hash[i % CHUNK] = bag->chunk[last / CHUNK]->hash[last % CHUNK];
	bag->chunk[i / CHUNK]->core[i % CHUNK] = bag->chunk[last / CHUNK]->core[last % CHUNK];
	bag->chunk[i / CHUNK]->known[i % CHUNK] = known_in(bag, last);
	state_copy(state_in(bag, i), state_in(bag, last));
}

/* Those that went on with all that @s has; what is left of @s is the entry states that none of the same facts had. */
static bool has_gone(struct bag *bag, struct state *s, struct look *l)
{
	for (uint32_t i = 0; i < bag->done; i++) {
		if (!alike(bag, i, s, l) || (known_in(bag, i) & ~l->known))
			continue;
		if (state_covers(state_in(bag, i), s))
			return true;
		if (known_in(bag, i) == l->known && state_same(state_in(bag, i), s) && state_in(bag, i)->doubt <= s->doubt)
			s->emask &= ~state_in(bag, i)->emask;
	}
	return false;
}

/*
 * One that waits stands for @s, too, or @s for it, or one state for both: when all that tells them apart is the sign of
 * one thing known.  Nothing is lost by that: a later branch on it splits them again.
 */
static bool meets_waiting(struct bag *bag, struct state *s, struct look *l)
{
	for (uint32_t i = bag->done; i < bag->n; i++) {
		struct state *w = state_in(bag, i);
		uint64_t known = known_in(bag, i);

		if (!alike(bag, i, s, l))
			continue;
		if (known == l->known && state_same(w, s)) {
			w->emask |= s->emask;
			w->doubt &= s->doubt;
			return true;
		}
		if (!(known & ~l->known) && state_covers(w, s))
			return true;
		if (!(known == l->known && state_join(s, w)) && ((l->known & ~known) || !state_covers(s, w)))
			continue;
		l->known = state_known(s);
		bag_remove(bag, i);
		i = bag->done - 1;      /* it is another one now: look again */
	}
	return false;
}

static void push(struct run *r, uint32_t b, struct state *s)
{
	struct bag *bag = &r->bags[b];
	struct look l = { state_core_hash(s), 0, state_known(s) };

	if ((bag->hashes >> l.hash % 64 & 1) && (has_gone(bag, s, &l) || meets_waiting(bag, s, &l)))
		return;
	if (bag->n >= MAX_STATES && !forget_facts(r, b, s))
		return;
	bag_add(r->p, bag, s, &l);
	r->first = MIN(r->first, b);
}

static void note_indirect(struct run *r, uint32_t ev, const struct state *s, bool resolved)
{
	uint64_t *key = g_new(uint64_t, 1);
	guint flags;

	*key = (uint64_t)r->in->fn << 32 | ev;
	flags = GPOINTER_TO_UINT(g_hash_table_lookup(r->p->seen_indirect, key));
	flags |= INDIRECT_SEEN | (resolved ? INDIRECT_RESOLVED : 0) | (s->nheld ? INDIRECT_LOCKED : 0);
	g_hash_table_insert(r->p->seen_indirect, key, GUINT_TO_POINTER(flags));
}

/* Calls through this member never carry the caller's lock state: the callback is an entry. */
static bool is_dispatch(struct run *r, tid target)
{
	const struct term *t = term(r->p, target);
	struct sd_rule *const *rules;

	if (t->kind != T_LOAD || term(r->p, t->a)->kind != T_FIELD)
		return false;
	t = term(r->p, t->a);
	rules = rules_of_member(r->p, t->rec, t->s);
	for (; rules && *rules; rules++)
		if ((*rules)->word == SD_R_ENTRY && (*rules)->dispatch)
			return true;
	return false;
}

static struct sd_rule *const *member_rules(struct run *r, tid target)
{
	const struct term *t = term(r->p, target);

	if (t->kind != T_LOAD || term(r->p, t->a)->kind != T_FIELD)
		return NULL;
	t = term(r->p, t->a);
	return rules_of_member(r->p, t->rec, t->s);
}

static void do_indirect(struct run *r, uint32_t ev, GArray *in, GArray *out)
{
	const struct sd_event *e = &r->f->ir->events[ev];
	GArray *targets = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i < in->len; i++) {
		const struct state *s = &g_array_index(in, struct state, i);
		tid t = eval(r, s, e->target);
		sd_sym slot = 0;

		g_array_set_size(targets, 0);
		collect_targets(r, s, e->target, e->nargs, targets, &slot, 0);
		if (targets->len > 1)
			drop_other_containers(r, s, ev, targets);
		note_indirect(r, ev, s, targets->len || is_dispatch(r, t));
		if (is_dispatch(r, t))
			g_array_set_size(targets, 0);
		apply_callee(r, ev, s, targets, slot, out);
	}
	g_array_free(targets, TRUE);
}

static void do_direct(struct run *r, uint32_t ev, GArray *in, GArray *out)
{
	const struct sd_event *e = &r->f->ir->events[ev];
	uint32_t fn = func_find(r->p, e->callee);
	GArray *targets = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	if (fn && !func_at(r->p, fn - 1)->is_api && !func_at(r->p, fn - 1)->is_boundary) {
		fn--;
		func_at(r->p, fn)->has_caller = true;
		g_array_append_val(targets, fn);
	}
	for (guint i = 0; i < in->len; i++)
		apply_callee(r, ev, &g_array_index(in, struct state, i), targets, 0, out);
	g_array_free(targets, TRUE);
}

static bool allocates(struct sd_rule *const *rules)
{
	for (; *rules; rules++)
		if ((*rules)->word == SD_R_ALLOC)
			return true;
	return false;
}

static void do_call(struct run *r, uint32_t ev, GArray *in, GArray *out)
{
	const struct sd_event *e = &r->f->ir->events[ev];
	struct sd_rule *const *rules = NULL;
	int done;

	for (guint i = 0; i < in->len; i++)
		call_result_sign(r, &g_array_index(in, struct state, i), ev, S_ALL);
	if (e->callee)
		rules = rules_of(r->p, plain_name(r->p, e->callee));
	else if (in->len)
		rules = member_rules(r, eval(r, &g_array_index(in, struct state, 0), e->target));
	done = rules ? apply_rules(r, ev, rules, in, out) : EFFECT_NONE;
	if (done == EFFECT_NONE) {
		if (e->callee)
			do_direct(r, ev, in, out);
		else
			do_indirect(r, ev, in, out);
	}
	if (rules && allocates(rules))
		for (guint i = 0; i < out->len; i++)
			narrow_result(r, &g_array_index(out, struct state, i), ev, S_ZERO | S_POS);
	if (e->flags & SD_EF_NORETURN)
		g_array_set_size(out, 0);
}

/* Equal states may come out of a call that forked and joined; keep the first of each. */
static void unite(GArray *states)
{
	uint32_t *hash = g_newa(uint32_t, states->len + 1);
	struct state *at = (struct state *)(void *)states->data;
	guint n = 0, i;

	for (guint k = 0; k < states->len; k++) {
		hash[n] = state_hash(&at[k]);
		for (i = 0; i < n && !(hash[i] == hash[n] && state_same(&at[i], &at[k])); i++)
			;
		if (i < n) {
			at[i].emask |= at[k].emask;
			at[i].doubt &= at[k].doubt;
		} else {
			if (n < k)
				state_copy(&at[n], &at[k]);
			n++;
		}
	}
	g_array_set_size(states, n);
}

static void run_events(struct run *r, const struct sd_block *bl, GArray **states, GArray **spare)
{
	for (uint32_t i = 0; i < bl->nev && (*states)->len; i++) {
		uint32_t ev = bl->ev0 + i;
		GArray *t;

		if (r->f->ir->events[ev].kind == SD_E_STORE) {
			for (guint k = 0; k < (*states)->len; k++)
				apply_store(r, ev, &g_array_index(*states, struct state, k));
			continue;
		}
		g_array_set_size(*spare, 0);
		do_call(r, ev, *states, *spare);
		t = *states, *states = *spare, *spare = t;
		if ((*states)->len > 1)
			unite(*states);
		if ((*states)->len > MAX_STATES) {
			run_truncated(r);
			g_array_set_size(*states, MAX_STATES);
		}
	}
}

/* A switch takes a case when its value may be one of it. */
static bool case_possible(struct run *r, const struct state *s, sd_vid v, const struct sd_block *bl, uint32_t k)
{
	const struct sd_succ *c = &r->f->ir->succs[bl->succ0 + k];
	const struct term *t = term(r->p, eval(r, s, v));

	if (t->kind != T_CONST)
		return true;
	if (k + 1 < bl->nsucc)
		return t->num >= c->lo && t->num <= c->hi;
	for (uint32_t i = 0; i + 1 < bl->nsucc; i++)
		if (t->num >= c[-(int)(k - i)].lo && t->num <= c[-(int)(k - i)].hi)
			return false;
	return true;
}

/* Which way it was is forgotten where nothing hangs on it: what is known of such facts is what was known before. */
static void take_way(struct run *r, uint32_t b, uint32_t to, const struct state *before, struct state *s)
{
	const uint64_t *decisive = r->f->decisive + (size_t)to * r->f->nwords;

	for (unsigned i = s->nfact; r->f->neutral[b] && i-- > 0; ) {
		const struct fact f = s->fact[i], *old = fact_find(before, f.id);

		if (!(decisive[f.id / 64] >> (f.id % 64) & 1))
			fact_set(s, f.id, old ? old->sign : S_ALL, f.way);
	}
	flow_to(r, b, to, s);
}

/* Takes @s, as flow_to() does. */
static void leave_block(struct run *r, uint32_t b, struct state *s)
{
	const struct sd_fn *ir = r->f->ir;
	const struct sd_block *bl = &ir->blocks[b];
	struct state t, before;
	unsigned ways = 0;

	switch (bl->term) {
	case SD_TERM_BRANCH:
		if (r->f->neutral[b])
			state_copy(&before, s);
		ways = branch(r, s, bl->cond, &t);
		r->bags[b].ways |= (uint8_t)ways;
		if (ways & 1)
			take_way(r, b, ir->succs[bl->succ0].block, &before, &t);
		if (ways & 2)
			take_way(r, b, ir->succs[bl->succ0 + 1].block, &before, s);
		break;
	case SD_TERM_RETURN:
		if (bl->cond) {
			note_result(r, s, bl->cond);
			note_result_fields(r, s, bl->cond);
		}
		add_exit(r, s, bl->cond);
		break;
	case SD_TERM_STOP:
		break;
	default:
		for (uint32_t k = 0; k < bl->nsucc; k++)
			if (bl->term != SD_TERM_SWITCH || case_possible(r, s, bl->cond, bl, k)) {
				r->bags[b].ways |= ways++ ? 3 : 1;
				if (k + 1 < bl->nsucc)
					state_copy(&t, s);
				flow_to(r, b, ir->succs[bl->succ0 + k].block, k + 1 < bl->nsucc ? &t : s);
			}
	}
}

static void run_block(struct run *r, uint32_t b, GArray **states, GArray **spare)
{
	struct bag *bag = &r->bags[b];

	g_array_set_size(*states, 0);
	for (; bag->done < bag->n; bag->done++)
		state_append(*states, state_in(bag, bag->done));
	run_events(r, &r->f->ir->blocks[b], states, spare);
	for (guint i = 0; i < (*states)->len; i++)
		leave_block(r, b, &g_array_index(*states, struct state, i));
}

static GArray *take_array(struct prog *p)
{
	if (!p->state_arrays)
		p->state_arrays = g_ptr_array_new();
	if (!p->state_arrays->len)
		return g_array_new(FALSE, FALSE, sizeof(struct state));
	return g_ptr_array_steal_index_fast(p->state_arrays, p->state_arrays->len - 1);
}

/* Each grows to what the longest needs, and calls are nested deep: a few are enough to spare most of the growing. */
#define SPARE_ARRAYS 64

static void give_array(struct prog *p, GArray *a)
{
	if (p->state_arrays->len < SPARE_ARRAYS)
		g_ptr_array_add(p->state_arrays, a);
	else
		g_array_free(a, TRUE);
}

/* --- what a walk leaves behind --- */

static const size_t record_size[RECORDS] = {
	sizeof(struct rec_acq), sizeof(struct rec_call), sizeof(struct rec_enable), sizeof(struct rec_rel), sizeof(struct rec_rel),
	sizeof(struct rec_guess), sizeof(struct held)
};

static GArray **records_at(struct inst *in, unsigned kind)
{
	GArray **const at[RECORDS] = { &in->acqs, &in->calls, &in->enables, &in->rels, &in->inits, &in->guesses, &in->heldv };

	return at[kind];
}

static void take_records(struct prog *p, struct inst *in)
{
	for (unsigned k = 0; k < RECORDS; k++) {
		GPtrArray *spare = p->spare_records[k];

		*records_at(in, k) = spare && spare->len ? g_ptr_array_steal_index_fast(spare, spare->len - 1) :
				     g_array_new(FALSE, FALSE, (guint)record_size[k]);
	}
}

static void no_records(struct inst *in)
{
	for (unsigned k = 0; k < RECORDS; k++)
		g_array_set_size(*records_at(in, k), 0);
}

/* What was recorded, without the room to grow; of most instances nothing was. */
static void keep_all_records(struct prog *p, struct inst *in)
{
	for (unsigned k = 0; k < RECORDS; k++) {
		GArray *a = *records_at(in, k);

		*records_at(in, k) = keep_array(p, a, record_size[k]);
		if (!p->spare_records[k])
			p->spare_records[k] = g_ptr_array_new();
		if (p->spare_records[k]->len < SPARE_ARRAYS) {
			g_array_set_size(a, 0);
			g_ptr_array_add(p->spare_records[k], a);
		} else {
			g_array_free(a, TRUE);
		}
	}
}

static void run_blocks(struct run *r)
{
	GArray *states = take_array(r->p), *spare = take_array(r->p);

	while (r->first < r->f->ir->nblocks) {  /* a back edge may fill an earlier block */
		uint32_t b = r->first++;

		if (r->bags[b].done < r->bags[b].n)
			run_block(r, b, &states, &spare);
	}
	give_array(r->p, states);
	give_array(r->p, spare);
}

static void free_run(struct run *r)
{
	for (uint32_t b = 0; b < r->f->ir->nblocks; b++)
		free_chunks(r->p, &r->bags[b]);
	for (uint32_t i = 0; i < r->f->ir->nevents; i++)
		if (r->call_fields[i])
			g_array_free(r->call_fields[i], TRUE);
	if (r->prev_call != r->prev_room)
		g_free(r->prev_call);
	g_free(r->room);
	g_free(r->substs);
}

/* Zeroed parts of one piece of memory; NULL @room: how much all need. */
static void *part_of(char *room, size_t *used, size_t n, size_t size)
{
	void *part = room ? room + *used : NULL;

	*used += (n * size + 15) & ~(size_t)15;
	return part;
}

static size_t divide_room(struct run *r, char *room)
{
	const struct sd_fn *ir = r->f->ir;
	size_t used = 0, nev = ir->nevents + 1u;

	r->bags = part_of(room, &used, ir->nblocks + 1u, sizeof(*r->bags));
	r->memo = part_of(room, &used, ir->nvals, sizeof(*r->memo));
	r->call_term = part_of(room, &used, nev, sizeof(*r->call_term));
	r->call_ret = part_of(room, &used, nev, sizeof(*r->call_ret));
	r->call_bits = part_of(room, &used, nev, sizeof(*r->call_bits));
	r->call_fields = part_of(room, &used, nev, sizeof(*r->call_fields));
	r->last_call = part_of(room, &used, nev, sizeof(*r->last_call));
	r->prev_room = r->prev_call = part_of(room, &used, nev, sizeof(*r->prev_call));
	r->nprev = (uint32_t)nev;
	return used;
}

static void make_room(struct run *r)
{
	r->room = g_malloc0(divide_room(r, NULL));
	divide_room(r, r->room);
}

/* The exits differ in their locks: once more, with the conditions that tell which it was. */
static void start_over(struct run *r)
{
	struct inst *in = r->in;

	for (uint32_t b = 0; b < r->f->ir->nblocks; b++)
		r->bags[b].hashes = r->bags[b].n = r->bags[b].done = r->bags[b].ncore = 0;
	memset(r->last_call, 0, r->f->ir->nevents * sizeof(*r->last_call));
	no_records(in);
	in->nexit = 0;
	in->truncated = false;
	r->track = true;
}

/* What was kept from run to run. */
void free_interp(struct prog *p)
{
	struct chunk *next;

	for (struct chunk *c = p->chunks; c; c = next) {
		next = c->next;
		g_free(c);
	}
	p->chunks = NULL;
	for (guint i = 0; p->state_arrays && i < p->state_arrays->len; i++)
		g_array_free(g_ptr_array_index(p->state_arrays, i), TRUE);
	g_clear_pointer(&p->state_arrays, g_ptr_array_unref);
	for (unsigned k = 0; k < RECORDS; k++) {
		for (guint i = 0; p->spare_records[k] && i < p->spare_records[k]->len; i++)
			g_array_free(g_ptr_array_index(p->spare_records[k], i), TRUE);
		g_clear_pointer(&p->spare_records[k], g_ptr_array_unref);
	}
	g_clear_pointer(&p->evals, g_free);
	g_clear_pointer(&p->asked, g_free);
}

/* Where a branch, or a switch, is open. */
static void keep_ways(struct run *r)
{
	uint32_t n = r->f->ir->nblocks;

	for (uint32_t b = 0; b < n; b++) {
		if (r->bags[b].ways != 3)
			continue;
		if (!r->in->ways) {
			r->in->ways = sd_arena_alloc(r->p->recorded, n / 8 + 1);
			memset(r->in->ways, 0, n / 8 + 1);
		}
		r->in->ways[b / 8] |= (uint8_t)(1u << b % 8);
	}
}

/* The walk had room for all that there may be. */
static void keep_exits(struct prog *p, struct inst *in)
{
	struct exit_effect *all = in->exits;

	in->exits = in->nexit ? (struct exit_effect *)(uintptr_t)keep_once(p, all, in->nexit * sizeof(*all)) : NULL;
	g_free(all);
}

void interpret(struct prog *p, uint32_t iid)
{
	struct inst *in = inst_at(p, iid);
	struct func *f = func_at(p, in->fn);
	const struct sd_fn *ir = f->ir;
	struct run r = { .p = p, .f = f, .in = in, .iid = iid };
	struct state s;

	if (in->phase)
		return;
	in->phase = 1;
	prepare(p, in->fn);
	take_records(p, in);
	eval_ready(p);
	r.special = special_here(p, in);
	r.serial = ++p->eval_serial;
	make_room(&r);
	state_init(&s);
	s.ncond = (uint8_t)in->ncond;
	memcpy(s.cond, in->cond, in->ncond * sizeof(s.cond[0]));
	if (ir->nblocks)
		push(&r, 0, &s);
	run_blocks(&r);
	in->ambiguous = ambiguous(in);
	if (in->ambiguous) {
		start_over(&r);
		push(&r, 0, &s);
		run_blocks(&r);
		in->ambiguous = ambiguous(in);
	}
	keep_telling_conds(in);
	if (r.track)
		note_variants(p, in);
	if (in->ret == UINT32_MAX)
		in->ret = 0;
	keep_exits(p, in);
	keep_all_records(p, in);
	keep_ways(&r);
	in->phase = 2;
	p->cov.truncated += in->truncated;
	free_run(&r);
}
