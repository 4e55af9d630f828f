/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * effect.c - what the rules say of a call: locks taken and released, irq state changed, classes
 * named, entries registered.
 *
 * Order inside one acquisition is the kernel's: irqs or BHs go off, then the lock is taken; on
 * release the lock goes first (include/linux/spinlock_api_smp.h, __raw_spin_lock_irqsave() and
 * __raw_spin_unlock_irq()), so re-enabling marks the locks still held.
 */
#include <string.h>
#include "run.h"

static GArray *classes_released(const struct prog *p, const struct state *s)
{
	GArray *a = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	const uint32_t all = ALL_SPINNING;

	for (unsigned i = 0; i < s->nrel; i++)
		g_array_append_val(a, s->rel[i].cls);
	if (s->calm && !holds_spinning(p, s))
		g_array_append_val(a, all);
	return a;
}

static gint by_u32(gconstpointer a, gconstpointer b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Interns a list of raw classes as a set; takes @a. */
static uint32_t intern_relset(struct prog *p, GArray *a)
{
	GString *key = g_string_new(NULL);
	gpointer found;
	guint n = 0;

	g_array_sort(a, by_u32);
	for (guint i = 0; i < a->len; i++)
		if (!n || g_array_index(a, uint32_t, n - 1) != g_array_index(a, uint32_t, i))
			g_array_index(a, uint32_t, n++) = g_array_index(a, uint32_t, i);
	g_array_set_size(a, n);
	for (guint i = 0; i < n; i++)
		g_string_append_printf(key, "%u,", g_array_index(a, uint32_t, i));
	if (g_hash_table_lookup_extended(p->relset_ids, key->str, NULL, &found)) {
		g_string_free(key, TRUE);
		g_array_free(a, TRUE);
		return GPOINTER_TO_UINT(found);
	}
	g_ptr_array_add(p->relsets, a);
	g_hash_table_insert(p->relset_ids, g_string_free(key, FALSE), GUINT_TO_POINTER(p->relsets->len - 1));
	return p->relsets->len - 1;
}

/* Whether one that spins is held by the function itself: taken since then, it is none of those that are not held. */
bool holds_spinning(const struct prog *p, const struct state *s)
{
	for (unsigned i = 0; i < s->nheld; i++)
		if (spinning_type(str(p, raw_at(p, s->held[i].l.cls)->lock_type)))
			return true;
	return false;
}

uint32_t relset_of(struct prog *p, const struct state *s)
{
	return s->nrel || (s->calm && !holds_spinning(p, s)) ? intern_relset(p, classes_released(p, s)) : 0;
}

const GArray *relset_get(const struct prog *p, uint32_t id)
{
	return g_ptr_array_index(p->relsets, id);
}

/* --- operands --- */

static tid operand(struct run *r, const struct state *s, uint32_t ev, const struct sd_opnd *o)
{
	tid t = 0;

	switch (o->kind) {
	case SD_O_ARG: t = arg_term(r, s, ev, o->arg); break;
	case SD_O_CONST: return mk_const(run_prog(r), o->num);
	case SD_O_RET: {
		sd_vid v = run_call_value(r, ev);

		return v ? eval(r, s, v) : 0;
	}
	default: return 0;
	}
	return o->deref && t ? mk_load(run_prog(r), t, 0) : t;
}

/* Where the lock's path begins; `&$2` is the place that the argument was read from, `&ret` where the result is kept. */
static tid path_root(struct run *r, const struct state *s, uint32_t ev, const struct sd_rule_path *path)
{
	struct prog *p = run_prog(r);
	tid t;

	if (path->global)
		return mk_sym(p, T_GLOBAL, rule_variable(p, path->global), 0);
	if (path->record)
		return mk_any(p, sd_intern(p->syms, path->record));
	t = operand(r, s, ev, &path->root);
	return path->place ? kept_at(p, run_inst(r), t) : t;
}

/* The record that the first member is one of: what the argument points to where it is passed; a term's own type is whatever it was made with. */
static sd_sym root_record(struct run *r, uint32_t ev, const struct sd_rule_path *path, tid root)
{
	const struct sd_fn *ir = run_func(r)->ir;
	const struct sd_event *e = &ir->events[ev];
	const struct sd_opnd *o = &path->root;
	const struct sd_val *v = o->kind == SD_O_ARG && !o->deref && o->arg < e->nargs ? &ir->vals[ir->ops[e->arg0 + o->arg].val] : NULL;

	return v && v->tkind == SD_T_PTR && v->type ? v->type : term(run_prog(r), root)->type;
}

static tid rule_object(struct run *r, const struct state *s, uint32_t ev, const struct sd_rule_path *path)
{
	struct prog *p = run_prog(r);
	tid t = path_root(r, s, ev, path);

	for (size_t i = 0; i < path->nmember; i++) {
		sd_sym rec = i ? term(p, t)->type : root_record(r, ev, path, t), member = sd_intern(p->syms, path->member[i]);

		t = mk_field(p, t ? t : mk_any(p, rec), rec, member, field_type(p, rec, member));
	}
	return t;
}

static bool mask_true(uint8_t cmp, int64_t v, int64_t n)
{
	switch (cmp) {
	case SD_CMP_EQ: return v == n;
	case SD_CMP_NE: return v != n;
	case SD_CMP_LT: return v < n;
	case SD_CMP_LE: return v <= n;
	case SD_CMP_GT: return v > n;
	case SD_CMP_GE: return v >= n;
	case SD_CMP_MASK: return (v & n) != 0;
	case SD_CMP_NMASK: return (v & n) == 0;
	default: return true;
	}
}

/* if=: does the rule apply?  An argument that is no constant: yes where "bits not set" or "not equal" is asked, else no. */
static bool applies(struct run *r, const struct state *s, uint32_t ev, const struct sd_rule *rule)
{
	const struct term *t;

	if (rule->when.cmp == SD_CMP_ALWAYS)
		return true;
	t = term(run_prog(r), operand(r, s, ev, &rule->when.opnd));
	if (t->kind == T_PARAM && term(run_prog(r), bound(run_inst(r), t))->kind == T_CONST)
		t = term(run_prog(r), bound(run_inst(r), t));
	if (t->kind != T_CONST)
		return rule->when.cmp == SD_CMP_NMASK || rule->when.cmp == SD_CMP_NE;
	return mask_true(rule->when.cmp, t->num, rule->when.num);
}

static uint32_t subclass_of(struct run *r, const struct state *s, uint32_t ev, const struct sd_rule *rule)
{
	const struct term *t;

	if (!rule->has_subclass)
		return 0;
	t = term(run_prog(r), operand(r, s, ev, &rule->subclass));
	if (t->kind == T_PARAM && term(run_prog(r), bound(run_inst(r), t))->kind == T_CONST)
		t = term(run_prog(r), bound(run_inst(r), t));
	if (t->kind != T_CONST)
		return SUBCLASS_UNKNOWN;
	return t->num > 0 && t->num < 8 ? (uint32_t)t->num : 0;         /* MAX_LOCKDEP_SUBCLASSES */
}

static uint32_t constant_subclass(struct run *r, const struct state *s, uint32_t ev, const struct sd_rule *rule)
{
	uint32_t n = subclass_of(r, s, ev, rule);

	return n == SUBCLASS_UNKNOWN ? 0 : n;
}

static struct lockref rule_lock(struct run *r, const struct state *s, uint32_t ev, const struct sd_rule *rule)
{
	struct lockref l;

	l.obj = rule_object(r, s, ev, &rule->lock);
	l.cls = raw_class_of(run_prog(r), run_inst(r), l.obj, rule->lock_type, constant_subclass(r, s, ev, rule));
	raw_at(run_prog(r), l.cls)->any_level |= subclass_of(r, s, ev, rule) == SUBCLASS_UNKNOWN;
	if (rule->outside)
		note_outer(run_prog(r), run_inst(r), l.cls);
	return l;
}

/* --- irq state --- */

void call_result_sign(struct run *r, struct state *s, uint32_t ev, uint8_t sign)
{
	sd_vid v = run_call_value(r, ev);
	struct func *f = run_func(r);

	if (v)
		fact_set(s, f->fact_id[f->canon[v]], sign, 0);
}

void narrow_result(struct run *r, struct state *s, uint32_t ev, uint8_t mask)
{
	sd_vid v = run_call_value(r, ev);
	uint16_t id = v ? run_func(r)->fact_id[run_func(r)->canon[v]] : 0;
	const struct fact *known = fact_find(s, id);
	uint8_t sign = known && known->sign ? known->sign & mask : mask;

	if (id && sign)
		fact_set(s, id, sign, 0);
}

void set_irq(struct run *r, uint32_t ev, struct state *s, uint8_t irq)
{
	s->irq = irq;
	s->restore = 0;
	if (irq == IRQ_IS_ON)
		record_enable(r, ev, s, true);
}

void restore_irq(struct run *r, uint32_t ev, struct state *s, tid key)
{
	int irq = token_get(s, key);

	if (irq >= 0) {
		bool was_off = s->irq != IRQ_IS_ON;

		s->restore = 0;
		s->irq = (uint8_t)irq;
		/* they were on when this word was saved: the caller's locks were marked then, only what was taken since is new */
		if (irq == IRQ_IS_ON && was_off && s->nheld)
			record_enable(r, ev, s, true);
		return;
	}
	s->irq = IRQ_EITHER;            /* saved by a caller, or lost: not known here */
	s->restore = key && term_exportable(run_prog(r), key) ? key : 0;
}

static void flip_hardirq(struct run *r, uint32_t ev, struct state *s, const struct sd_irq_effect *e)
{
	switch (e->flip) {
	case SD_FLIP_OFF: set_irq(r, ev, s, IRQ_IS_OFF); break;
	case SD_FLIP_ON: set_irq(r, ev, s, IRQ_IS_ON); break;
	case SD_FLIP_SAVE:
		token_set(s, operand(r, s, ev, &e->opnd), s->irq);
		set_irq(r, ev, s, IRQ_IS_OFF);
		break;
	case SD_FLIP_RESTORE: restore_irq(r, ev, s, operand(r, s, ev, &e->opnd)); break;
	default: break;
	}
}

/* Who gives back BHs that it has not disabled was not entered with BHs on in a task. */
void entered_with_bh_off(struct state *s)
{
	for (unsigned irq = 0; irq < NTRI && s->bh < 0; irq++)
		s->emask &= ~(UINT64_C(1) << ENTRY_BIT(SD_CTX_TASK, irq, SD_TRI_ON));
}

static void flip_softirq(struct run *r, uint32_t ev, struct state *s, const struct sd_irq_effect *e)
{
	if (e->flip == SD_FLIP_OFF && s->bh < MAX_BH) {
		s->bh++;
	} else if (e->flip == SD_FLIP_ON && s->bh > -MAX_BH) {
		s->bh--;
		entered_with_bh_off(s);
		if (s->bh <= 0)
			record_enable(r, ev, s, false);
	}
}

static void step_context(int8_t *depth, uint8_t flip)
{
	if (flip == SD_FLIP_ENTER && *depth < 2)
		++*depth;
	else if (flip == SD_FLIP_EXIT && *depth > -2)
		--*depth;
}

/* Everything that a row says of interrupts. */
static void flip_irqs(struct run *r, uint32_t ev, struct state *s, const struct sd_rule *rule)
{
	step_context(&s->hard, rule->hardirq.flip);
	step_context(&s->soft, rule->softirq.flip);
	flip_hardirq(r, ev, s, &rule->hardirq);
	flip_softirq(r, ev, s, &rule->softirq);
}

/* --- locks --- */

static uint8_t mode_of(struct run *r, uint32_t ev, const struct state *s, const struct sd_rule *rule)
{
	const struct term *t = rule->has_mode_arg ? term(run_prog(r), operand(r, s, ev, &rule->mode_arg)) : NULL;

	if (t)
		return t->kind != T_CONST || !t->num ? M_W : t->num == 1 ? M_r : M_R;
	if (rule->mode_task == SD_MODE_r && rule->mode_irq == SD_MODE_R)
		return M_CTX;
	return rule->mode_task == SD_MODE_W ? M_W : rule->mode_task == SD_MODE_r ? M_r : M_R;
}

static bool level_unknown(struct run *r, uint32_t ev, const struct state *s, const struct sd_rule *rule)
{
	return subclass_of(r, s, ev, rule) == SUBCLASS_UNKNOWN;
}

static bool under_nest_lock(struct run *r, uint32_t ev, const struct state *s, const struct sd_rule *rule)
{
	const struct term *t = term(run_prog(r), rule->has_nest ? operand(r, s, ev, &rule->nest) : 0);

	return rule->has_nest && !(t->kind == T_CONST && !t->num);      /* NULL: no nest lock */
}

static bool asks_held(struct prog *p, struct func *f)
{
	for (uint32_t i = 0; i < f->ir->nevents && !f->asks_held; i++) {
		const struct sd_event *e = &f->ir->events[i];
		struct sd_rule *const *rule = e->kind == SD_E_CALL && e->callee ? rules_of(p, plain_name(p, e->callee)) : NULL;

		for (; rule && *rule; rule++)
			if ((*rule)->word == SD_R_TEST && (*rule)->test == SD_TEST_HELD)
				f->asks_held = 2;
	}
	if (!f->asks_held)
		f->asks_held = 1;
	return f->asks_held == 2;
}

/* `&q->lock[i]`, where `i` counts a loop's rounds: each takes another element. */
static bool goes_by_rounds(const struct func *f, sd_vid v)
{
	const struct sd_val *x = &f->ir->vals[same_value(f, v) ? same_value(f, v) : v];

	for (; x->kind == SD_V_FIELD || x->kind == SD_V_INDEX; x = &f->ir->vals[x->a])
		if (x->kind == SD_V_INDEX && f->ir->vals[x->b].kind == SD_V_PHI)
			return true;
	return false;
}

/* Taken in the round before: one loop takes the locks of all elements, another gives them back, so they are one. */
static bool held_by_rounds(struct run *r, const struct sd_rule *rule, uint32_t ev, const struct state *s, const struct held *h)
{
	const struct sd_event *e = &run_func(r)->ir->events[ev];

	if (rule->lock.root.kind != SD_O_ARG || rule->lock.root.arg >= e->nargs ||
	    !goes_by_rounds(run_func(r), run_func(r)->ir->ops[e->arg0 + rule->lock.root.arg].val))
		return false;
	for (unsigned i = 0; i < s->nheld; i++)
		if (s->held[i].ev == ev && s->held[i].l.obj == h->l.obj && s->held[i].l.cls == h->l.cls)
			return true;
	return false;
}

static void take_lock(struct run *r, uint32_t ev, struct state *s, const struct sd_rule *rule, struct lockref l)
{
	bool try = rule->word == SD_R_TRY;
	bool unsure = level_unknown(r, ev, s, rule);
	/* only the second of two asks for its nest lock: lockdep.c, check_deadlock() */
	struct held h = { .l = l, .mode = mode_of(r, ev, s, rule), .trylock = try, .nested = unsure,
			  .asked = asks_held(run_prog(r), run_func(r)), .ev = ev };

	raw_at(run_prog(r), l.cls)->used = true;
	record_acquire(r, ev, s, l, h.mode, try, unsure || under_nest_lock(r, ev, s, rule));
	if (!held_by_rounds(r, rule, ev, s, &h) && !held_add(s, &h))
		run_truncated(r);
}

static void note_at(GArray *rels, struct rec_rel rec)
{
	for (guint i = rels->len, n = 0; i-- > 0 && n < 8; n++) {
		const struct rec_rel *o = &g_array_index(rels, struct rec_rel, i);

		if (o->ev == rec.ev && o->cls == rec.cls)
			return;
	}
	g_array_append_val(rels, rec);
}

void release_lock(struct run *r, uint32_t ev, struct state *s, struct lockref l)
{
	int i = held_find(run_prog(r), s, l);
	struct rec_rel rec = { ev, l.cls };

	if (i >= 0) {
		held_remove(s, i);
		return;
	}
	note_at(run_inst(r)->rels, rec);
	for (unsigned k = 0; k < s->nrel; k++)
		if (s->rel[k].obj == l.obj && s->rel[k].cls == l.cls)
			return;
	if (s->nrel < MAX_REL)
		s->rel[s->nrel++] = l;
	else
		run_truncated(r);
}

static uint8_t signs_where(const struct sd_cond *c)
{
	uint8_t m = 0;

	if (mask_true(c->cmp, -1, c->num))
		m |= S_NEG;
	if (mask_true(c->cmp, 0, c->num))
		m |= S_ZERO;
	if (mask_true(c->cmp, 1, c->num))
		m |= S_POS;
	return m;
}

static void do_acquire(struct run *r, uint32_t ev, const struct state *before, const struct sd_rule *rule, GArray *out)
{
	struct lockref l = rule_lock(r, before, ev, rule);
	struct state s;
	bool conditional = rule->held_if.cmp != SD_CMP_ALWAYS;
	uint8_t sign = conditional ? signs_where(&rule->held_if) : S_ALL;
	const struct sd_event *e = &run_func(r)->ir->events[ev];
	bool last = conditional && rule_of_event(r, e, SD_R_LAST);      /* refcount_dec_and_lock() */

	if (conditional) {              /* the other outcome: nothing taken, irq state as it was */
		struct state not;

		state_copy(&not, before);
		call_result_sign(r, &not, ev, (uint8_t)(S_ALL & ~sign));
		state_append(out, &not);
	}
	if (last && is_alive(r, e))
		return;
	state_copy(&s, before);
	s.doubt |= last;
	call_result_sign(r, &s, ev, sign);
	flip_irqs(r, ev, &s, rule);
	take_lock(r, ev, &s, rule, l);
	if (rule->lock.root.kind == SD_O_ARG && rule->lock.root.arg < e->nargs)
		assume_object(r, &s, run_func(r)->ir->ops[e->arg0 + rule->lock.root.arg].val);
	state_append(out, &s);
}

static void do_release(struct run *r, uint32_t ev, const struct state *before, const struct sd_rule *rule, GArray *out)
{
	struct lockref l = rule_lock(r, before, ev, rule);
	struct state s;

	state_copy(&s, before);
	if (rule->downgrade) {
		int i = held_find(run_prog(r), &s, l);

		if (i >= 0)
			s.held[i].mode = M_r;
	} else {
		release_lock(r, ev, &s, l);
	}
	flip_irqs(r, ev, &s, rule);
	state_append(out, &s);
}

static void do_irq(struct run *r, uint32_t ev, const struct state *before, const struct sd_rule *rule, GArray *out)
{
	struct state s;

	state_copy(&s, before);
	flip_irqs(r, ev, &s, rule);
	state_append(out, &s);
}

/* Who chooses the class key: the function itself, a variable of its own; its caller, who gives it; an object, in which it lies. */
static enum key_source key_source(const struct sd_fn *ir, const struct sd_event *e, const struct sd_opnd *key)
{
	sd_vid v = key->kind == SD_O_ARG && key->arg < e->nargs ? ir->ops[e->arg0 + key->arg].val : 0;
	bool bare = true;

	for (; ir->vals[v].kind == SD_V_FIELD || ir->vals[v].kind == SD_V_INDEX; bare = false)
		v = ir->vals[v].a;
	switch (ir->vals[v].kind) {
	case SD_V_PARAM: return bare ? KEY_GIVEN : KEY_OF_OBJECT;
	case SD_V_LOAD: return KEY_OF_OBJECT;
	case SD_V_CALL: return bare ? KEY_OWN : KEY_OF_OBJECT;  /* of an object that has just been made */
	default: return KEY_OWN;
	}
}

/* Rows that leave the state alone: done once, not per state. */
static int apply_once(struct run *r, uint32_t ev, const struct sd_rule *rule, const struct state *s)
{
	struct prog *p = run_prog(r);
	const struct sd_fn *ir = run_func(r)->ir;
	tid obj;

	switch (rule->word) {
	case SD_R_INIT:
		if (applies(r, s, ev, rule)) {
			obj = rule_object(r, s, ev, &rule->lock);
			note_init(p, run_inst(r), obj, rule->lock_type, operand(r, s, ev, &rule->class_name),
				  &(struct init_site){ ir->file, ir->events[ev].line, constant_subclass(r, s, ev, rule) });
			if (rule->has_class_key)
				note_key(p, run_inst(r), obj, operand(r, s, ev, &rule->class_key), key_source(ir, &ir->events[ev], &rule->class_key));
		}
		return EFFECT_DONE;
	case SD_R_ENTRY:
		obj = rule->has_object ? operand(r, s, ev, &rule->object) : 0;
		if (rule->call.kind == SD_O_ARG && rule->call.arg < ir->events[ev].nargs && applies(r, s, ev, rule))
			register_entry(r, s, ev, rule, ir->ops[ir->events[ev].arg0 + rule->call.arg].val, obj, NULL);
		return EFFECT_NONE;
	case SD_R_UNDER:
		if (!applies(r, s, ev, rule))
			return EFFECT_NONE;
		obj = rule_object(r, s, ev, &rule->lock);
		if (rule->has_object)
			note_under(r, rule, operand(r, s, ev, &rule->object), obj);
		else if (obj && rule->call.kind == SD_O_ARG && rule->call.arg < ir->events[ev].nargs)
			note_registered(r, s, rule, ir->ops[ir->events[ev].arg0 + rule->call.arg].val, obj);
		return EFFECT_NONE;
	case SD_R_OBJECT:
		if (applies(r, s, ev, rule))
			note_object(r, rule, operand(r, s, ev, &rule->object));
		return EFFECT_NONE;
	case SD_R_SAME:
		run_set_call_term(r, ev, operand(r, s, ev, &rule->same));
		return EFFECT_DONE;
	case SD_R_NORETURN:
		return EFFECT_DEAD;
	case SD_R_SYNC: case SD_R_SLEEP:
		return EFFECT_NONE;     /* depends on the state: see touch() */
	case SD_R_TEST: case SD_R_SKIP: case SD_R_ASSERT:
		return EFFECT_DONE;
	default:
		return EFFECT_NONE;
	}
}

/*
 * A lock that is taken and given back at once: the map of a callback that is waited for, a lock that the function takes inside, or, for a
 * function that may sleep, a class that stands for sleeping; dependencies to it are the finding.
 */
static void touch(struct run *r, uint32_t ev, const struct sd_rule *rule, const GArray *in)
{
	struct prog *p = run_prog(r);

	for (guint i = 0; i < in->len; i++) {
		struct state at;
		const struct state *s = &at;
		struct lockref l;

		state_copy(&at, &g_array_index(in, struct state, i));
		if (rule->word != SD_R_SYNC) {
			l.obj = mk_sym(p, T_GLOBAL, sd_intern(p->syms, SLEEP_CLASS), 0);
			l.cls = raw_class_of(p, run_inst(r), l.obj, "map", 0);
		} else if (!applies(r, s, ev, rule)) {
			continue;
		} else {
			l.obj = rule_object(r, s, ev, &rule->lock);
			l.cls = raw_class_of(p, run_inst(r), l.obj, rule->lock_type ? rule->lock_type : "map", 0);
			if (rule->outside)
				note_outer(p, run_inst(r), l.cls);
			/* lockdep.c, mark_usage(): waiting alone enables nothing under the map; in which state a lock is taken inside the row does not say */
			at.irq = IRQ_IS_OFF;
		}
		raw_at(p, l.cls)->used = true;
		record_acquire(r, ev, s, l, mode_of(r, ev, s, rule), false, false);
	}
}

/* A lock that is made anew though it is held: lockdep.c, debug_check_no_locks_freed(). */
static void init_held(struct run *r, uint32_t ev, const struct sd_rule *rule, const GArray *in)
{
	for (guint i = 0; i < in->len; i++) {
		const struct state *s = &g_array_index(in, struct state, i);
		tid obj = rule_object(r, s, ev, &rule->lock);

		for (unsigned k = 0; obj && k < s->nheld; k++)
			if (s->held[k].l.obj == obj)
				note_at(run_inst(r)->inits, (struct rec_rel){ ev, s->held[k].l.cls });
	}
}

/* The row that changes the state, if any; the first that applies. */
static const struct sd_rule *state_rule(struct run *r, uint32_t ev, struct sd_rule *const *rules, const struct state *s)
{
	for (; *rules; rules++)
		switch ((*rules)->word) {
		case SD_R_ACQUIRE: case SD_R_TRY: case SD_R_RELEASE: case SD_R_IRQ:
			if (applies(r, s, ev, *rules))
				return *rules;
			break;
		default:
			break;
		}
	return NULL;
}

int apply_rules(struct run *r, uint32_t ev, struct sd_rule *const *rules, GArray *in, GArray *out)
{
	int done = EFFECT_NONE;
	bool changes = false;

	if (!in->len)
		return EFFECT_DONE;
	for (struct sd_rule *const *k = rules; *k; k++) {
		int d = apply_once(r, ev, *k, &g_array_index(in, struct state, 0));

		done = MAX(done, d);
		(*k)->hits++;
		if ((*k)->word == SD_R_SYNC || (*k)->word == SD_R_SLEEP)
			touch(r, ev, *k, in);
		if ((*k)->word == SD_R_INIT)
			init_held(r, ev, *k, in);
		changes |= (*k)->word <= SD_R_IRQ;
	}
	if (done == EFFECT_DEAD)
		return done;
	if (done == EFFECT_NONE && !changes)
		return EFFECT_NONE;
	for (guint i = 0; i < in->len; i++) {
		struct state *s = &g_array_index(in, struct state, i);
		const struct sd_rule *rule = state_rule(r, ev, rules, s);

		if (!rule)
			state_append(out, s);
		else if (rule->word == SD_R_RELEASE)
			do_release(r, ev, s, rule, out);
		else if (rule->word == SD_R_IRQ)
			do_irq(r, ev, s, rule, out);
		else
			do_acquire(r, ev, s, rule, out);
	}
	return EFFECT_DONE;
}

/* --- stores --- */

/* depth++ and depth--, of a counter of interrupt contexts. */
static void count_context(struct run *r, struct state *s, const struct sd_rule *rule, const struct sd_event *e)
{
	const struct sd_fn *ir = run_func(r)->ir;
	const struct sd_val *x = &ir->vals[e->value], *n = &ir->vals[x->b];
	uint8_t flip;

	if (rule->hardirq.flip == SD_FLIP_THREADED && x->kind == SD_V_CONST)
		s->threaded = x->num != 0;
	if (x->kind != SD_V_OP || x->op != SD_OP_ADD || n->kind != SD_V_CONST || !n->num)
		return;
	flip = n->num > 0 ? SD_FLIP_ENTER : SD_FLIP_EXIT;
	if (rule->hardirq.flip == SD_FLIP_COUNT)
		step_context(&s->hard, flip);
	if (rule->softirq.flip == SD_FLIP_COUNT)
		step_context(&s->soft, flip);
}

/* A saved flags word moves with its value; a lock map's name and a callback's store are facts of their own. */
void apply_store(struct run *r, uint32_t ev, struct state *s)
{
	struct prog *p = run_prog(r);
	const struct sd_event *e = &run_func(r)->ir->events[ev];
	const struct sd_val *a = &run_func(r)->ir->vals[e->target];
	tid addr = eval(r, s, e->target);
	struct sd_rule *const *rules;
	int irq = token_get(s, eval(r, s, e->value));

	if (irq >= 0)
		token_set(s, mk_load(p, addr, 0), (uint8_t)irq);
	if (a->kind != SD_V_FIELD)
		return;
	rules = rules_of_member(p, a->rec, a->sym);
	for (; rules && *rules; rules++)
		if ((*rules)->word == SD_R_ENTRY)
			register_entry(r, s, ev, *rules, e->value, term(p, addr)->a, a);
		else if ((*rules)->word == SD_R_IRQ)
			count_context(r, s, *rules, e);
		else if ((*rules)->word == SD_R_INIT)
			note_init(p, run_inst(r), term(p, addr)->a, NULL, eval(r, s, e->value),
				  &(struct init_site){ run_func(r)->ir->file, e->line, 0 });
}
