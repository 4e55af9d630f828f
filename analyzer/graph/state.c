/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state.c - one disjunct: locks held, irq state, what is known of conditions.
 *
 * A state is plain data, zeroed before use, so that equality is memcmp over what is in use; the held locks come last,
 * for a state is copied all the time and they are most of it.
 */
#include <string.h>
#include "model.h"

void state_init(struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->emask = ENTRY_ALL;
}

void state_append(GArray *to, const struct state *s)
{
	g_array_set_size(to, to->len + 1);
	state_copy(&g_array_index(to, struct state, to->len - 1), s);
}

uint8_t state_at(const struct state *s)
{
	enum rel_ctx ctx = s->hard > 0 ? CTX_HARD : s->hard < 0 || s->soft < 0 ? CTX_LEFT : s->soft > 0 ? CTX_SOFT : CTX_INHERIT;

	return AT(s->irq, ctx) | (ctx == CTX_HARD && s->threaded ? AT_THREADED : 0);
}

static void fact_forget(struct state *s, unsigned i)
{
	memmove(&s->fact[i], &s->fact[i + 1], (s->nfact - i - 1u) * sizeof(s->fact[0]));
	memset(&s->fact[--s->nfact], 0, sizeof(s->fact[0]));
}

void fact_set(struct state *s, uint16_t id, uint8_t sign, uint8_t way)
{
	unsigned i = 0;

	if (!id)
		return;
	while (i < s->nfact && s->fact[i].id < id)
		i++;
	if (i < s->nfact && s->fact[i].id == id)
		fact_forget(s, i);
	if (sign == S_ALL && !way)
		return;
	if (s->nfact == MAX_FACT)       /* the oldest go first: no ids say which; forgetting is always sound */
		return;
	memmove(&s->fact[i + 1], &s->fact[i], (s->nfact - i) * sizeof(s->fact[0]));
	s->fact[i] = (struct fact){ id, way, sign };
	s->nfact++;
}

bool cond_add(struct state *s, tid t, uint8_t sign, bool variant)
{
	unsigned i = 0;

	while (i < s->ncond && s->cond[i].t < t)
		i++;
	if (i < s->ncond && s->cond[i].t == t) {
		s->cond[i].sign &= sign;
		s->cond[i].variant |= variant;
		return s->cond[i].sign != 0;
	}
	if (!t || sign == S_ALL || s->ncond == MAX_COND)
		return true;
	memmove(&s->cond[i + 1], &s->cond[i], (s->ncond - i) * sizeof(s->cond[0]));
	s->cond[i] = (struct cond){ t, sign, variant };
	s->ncond++;
	return true;
}

static void cond_forget(struct state *s, unsigned i)
{
	memmove(&s->cond[i], &s->cond[i + 1], (s->ncond - i - 1u) * sizeof(s->cond[0]));
	memset(&s->cond[--s->ncond], 0, sizeof(s->cond[0]));
}

uint8_t cond_sign(const struct state *s, tid t)
{
	for (unsigned i = 0; i < s->ncond; i++)
		if (t && s->cond[i].t == t)
			return (uint8_t)s->cond[i].sign;
	return S_ALL;
}

void state_drop_dead(struct state *s, const uint64_t *live)
{
	for (unsigned i = s->nfact; i-- > 0; )
		if (!(live[s->fact[i].id / 64] >> (s->fact[i].id % 64) & 1))
			fact_forget(s, i);
}

void token_set(struct state *s, tid key, uint8_t irq)
{
	unsigned i = 0;

	if (!key)
		return;
	while (i < s->ntok && s->tok[i].key < key)      /* sorted: which was saved first is no difference */
		i++;
	if (i == MAX_TOK)
		i = MAX_TOK - 1;        /* no room: the youngest names go first */
	else if (i == s->ntok || s->tok[i].key != key) {
		if (s->ntok < MAX_TOK)
			s->ntok++;
		memmove(&s->tok[i + 1], &s->tok[i], (s->ntok - i - 1u) * sizeof(s->tok[0]));
	}
	s->tok[i] = (struct token){ .key = key, .irq = irq };
}

void token_forget(struct state *s, unsigned i)
{
	memmove(&s->tok[i], &s->tok[i + 1], (s->ntok - i - 1u) * sizeof(s->tok[0]));
	memset(&s->tok[--s->ntok], 0, sizeof(s->tok[0]));
}

int token_get(const struct state *s, tid key)
{
	for (unsigned i = 0; key && i < s->ntok; i++)
		if (s->tok[i].key == key)
			return s->tok[i].irq;
	return -1;
}

bool held_add(struct state *s, const struct held *h)
{
	unsigned same = 0;

	for (unsigned i = 0; i < s->nrel; i++)
		if (h->l.obj && s->rel[i].obj == h->l.obj) {
			memmove(&s->rel[i], &s->rel[i + 1], (s->nrel - i - 1u) * sizeof(s->rel[0]));
			memset(&s->rel[--s->nrel], 0, sizeof(s->rel[0]));
			return true;
		}
	for (unsigned i = 0; i < s->nheld; i++)
		same += s->held[i].l.obj == h->l.obj && s->held[i].l.cls == h->l.cls;
	if (same >= 2)          /* once more is the finding; a loop must not fill the state with it */
		return true;
	if (s->nheld == MAX_HELD)
		return false;
	s->held[s->nheld++] = *h;
	return true;
}

/*
 * May a lock of class @rel, of whose container we know less, be the one of class @held?  &rq->lock of an rq that a call
 * gave is one of the variable's elements; which nesting level it was taken at a release does not say.
 */
bool less_known(const struct prog *p, uint32_t held, uint32_t rel)
{
	const struct raw_class *a = raw_at(p, held), *b = raw_at(p, rel);
	guint n = b->chain->len;

	if (b->unknown || a->chain->len < n || (b->global && (a->global != b->global || a->chain->len != n)) || (!n && !b->global))
		return false;
	return !n || !memcmp(&g_array_index(a->chain, struct chain_step, a->chain->len - n), b->chain->data, n * sizeof(struct chain_step));
}

/*
 * Which held lock does a release mean?  The same object; else, since an object's identity is lost at times,
 * the innermost of its class; else the innermost that it may be.
 */
int held_find(const struct prog *p, const struct state *s, struct lockref l)
{
	for (int i = s->nheld; i-- > 0; )
		if (l.obj && s->held[i].l.obj == l.obj)
			return i;
	for (int i = s->nheld; i-- > 0; )
		if (s->held[i].l.cls == l.cls)
			return i;
	for (int i = s->nheld; i-- > 0; )
		if (less_known(p, s->held[i].l.cls, l.cls))
			return i;
	for (int i = s->nheld; i-- > 0; )       /* nothing is known of what is given back: code gives back what it holds */
		if ((raw_at(p, l.cls)->unknown || raw_at(p, l.cls)->pointer) && raw_at(p, s->held[i].l.cls)->lock_type == raw_at(p, l.cls)->lock_type)
			return i;
	return -1;
}

void held_remove(struct state *s, int i)
{
	memmove(&s->held[i], &s->held[i + 1], (size_t)(s->nheld - i - 1) * sizeof(s->held[0]));
	memset(&s->held[--s->nheld], 0, sizeof(s->held[0]));
}

bool state_same(const struct state *a, const struct state *b)
{
	size_t skip = offsetof(struct state, irq);

	return a->nheld == b->nheld && !memcmp((const char *)a + skip, (const char *)b + skip, state_size(a) - skip);
}

bool state_same_core(const struct state *a, const struct state *b)
{
	size_t skip = offsetof(struct state, irq);

	return a->nheld == b->nheld && !memcmp((const char *)a + skip, (const char *)b + skip, offsetof(struct state, cond) - skip) &&
	       !memcmp(a->held, b->held, a->nheld * sizeof(a->held[0]));
}

uint64_t state_known(const struct state *s)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < s->nfact; i++)
		bits |= UINT64_C(1) << s->fact[i].id % 48;
	for (unsigned i = 0; i < s->ncond; i++)
		bits |= UINT64_C(1) << (48 + s->cond[i].t % 16);
	return bits;
}

static bool conds_cover(const struct state *a, const struct state *b)
{
	unsigned k = 0;

	for (unsigned i = 0; i < a->ncond; i++) {
		while (k < b->ncond && b->cond[k].t < a->cond[i].t)
			k++;
		if (k == b->ncond || b->cond[k].t != a->cond[i].t || (b->cond[k].sign & ~a->cond[i].sign))
			return false;
	}
	return a->ncond <= b->ncond;
}

bool state_covers(const struct state *a, const struct state *b)
{
	unsigned k = 0;

	if ((b->emask & ~a->emask) || a->doubt > b->doubt || a->nfact > b->nfact || !conds_cover(a, b))
		return false;
	for (unsigned i = 0; i < a->nfact; i++) {
		while (k < b->nfact && b->fact[k].id < a->fact[i].id)
			k++;
		if (k == b->nfact || b->fact[k].id != a->fact[i].id || (b->fact[k].sign & ~a->fact[i].sign) ||
		    (a->fact[i].way && a->fact[i].way != b->fact[k].way))
			return false;
	}
	return true;
}

/* In how many facts the two differ, the last one in @at; 2 stands for more, and for what no sign can mend. */
static unsigned facts_apart(const struct state *a, const struct state *b, unsigned *at)
{
	unsigned n = 0;

	if (a->nfact != b->nfact)
		return 2;
	for (unsigned i = 0; i < a->nfact && n < 2; i++) {
		const struct fact *x = &a->fact[i], *y = &b->fact[i];

		if (x->id != y->id || x->way != y->way)
			return 2;
		if (x->sign != y->sign) {
			n += x->way ? 2 : 1;
			*at = i;
		}
	}
	return n;
}

static unsigned conds_apart(const struct state *a, const struct state *b, unsigned *at)
{
	unsigned n = 0;

	if (a->ncond != b->ncond)
		return 2;
	for (unsigned i = 0; i < a->ncond && n < 2; i++) {
		if (a->cond[i].t != b->cond[i].t)
			return 2;
		if (a->cond[i].sign != b->cond[i].sign) {
			n++;
			*at = i;
		}
	}
	return n;
}

bool state_join(struct state *s, const struct state *w)
{
	unsigned fact = 0, cond = 0, facts = facts_apart(s, w, &fact), conds = conds_apart(s, w, &cond);

	if (facts + conds != 1 || s->emask != w->emask || s->doubt != w->doubt)
		return false;
	if (facts) {
		fact_set(s, s->fact[fact].id, s->fact[fact].sign | w->fact[fact].sign, 0);
		return true;
	}
	s->cond[cond].sign |= w->cond[cond].sign;
	if (s->cond[cond].sign == S_ALL)
		cond_forget(s, cond);
	return true;
}

/* What is in use of a state alone: the rest is zero. */
static uint64_t add_words(uint64_t h, const void *at, size_t size)
{
	for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
		uint64_t w;

		memcpy(&w, (const char *)at + i, sizeof(w));
		h = ((h ^ w) * 0x9E3779B97F4A7C15u) ^ h >> 29;
	}
	return h;
}

static uint64_t core_hash(const struct state *s)
{
	uint64_t h = (uint64_t)s->irq << 24 ^ (uint64_t)(uint8_t)s->bh << 16 ^ s->restore;

	h = add_words(h, s->held, s->nheld * sizeof(s->held[0]));
	h = add_words(h, s->rel, s->nrel * sizeof(s->rel[0]));
	return add_words(h, s->tok, s->ntok * sizeof(s->tok[0]));
}

uint32_t state_core_hash(const struct state *s)
{
	return (uint32_t)(core_hash(s) * 0x9E3779B97F4A7C15u >> 32);
}

uint32_t state_hash(const struct state *s)
{
	uint64_t h = add_words(core_hash(s), s->cond, s->ncond * sizeof(s->cond[0]));

	h = add_words(h, s->fact, (s->nfact + 1u) / 2 * 2 * sizeof(s->fact[0]));
	return (uint32_t)(h * 0x9E3779B97F4A7C15u >> 32);
}
