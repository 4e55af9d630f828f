/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - one interpretation of one instance; its members are interp.c's, the others ask by function.
 */
#ifndef SD_RUN_H
#define SD_RUN_H

#include "model.h"

struct run {
	struct prog *p;
	struct func *f;
	struct inst *in;
	uint32_t iid;           /* its index */
	tid *memo;              /* terms of values that depend on no PHI */
	tid *call_term;         /* per event: what it returned, 0 unknown */
	tid *call_ret;          /* per event: the same over the callee's parameters */
	struct call_bits { uint64_t bits; bool set; } *call_bits;       /* per event: bits of the result */
	GArray **call_fields;   /* per event: members of a record returned by value */
	uint32_t *last_call;    /* per event: 1 + the last call recorded there; 0 none */
	uint32_t *prev_call, *prev_room, nprev;         /* per call recorded: the one before it at that event, as above; its first room, how much there is */
	struct bag *bags;       /* per block */
	char *room;             /* all arrays of this run */
	uint16_t special;       /* MADE_*: what is otherwise in this instance than in most */
	uint32_t first;         /* no block before this one has states that wait */
	unsigned phi_depth, load_depth;
	uint32_t serial;        /* another one when a call's result changes: what eval_slot remembers is gone */
	struct subst_memo *substs;
	bool track;             /* second pass: exits need their conditions */
};

/* --- eval.c --- */
void eval_ready(struct prog *p);        /* before a run */
uint16_t special_here(const struct prog *p, const struct inst *in);
tid opaque(struct run *r, sd_vid v);    /* the value as itself, nothing known of it */
tid eval_unknown(struct run *r, const struct state *s, sd_vid v);       /* not in the memo */
static inline tid eval(struct run *r, const struct state *s, sd_vid v) { return r->memo[v] ? r->memo[v] : eval_unknown(r, s, v); }

/* --- told.c --- */
/* What a call tells its callee @fn, in the callee's terms: MAX_TOLD at most. */
unsigned tell_callee(struct run *r, const struct state *s, uint32_t ev, uint32_t fn, const tid *args, unsigned nargs, struct cond *out);

/* --- alive.c --- */
const struct sd_rule *rule_of_event(struct run *r, const struct sd_event *e, enum sd_rule_word word);       /* the first such of the function called; NULL none */
bool is_alive(struct run *r, const struct sd_event *e);         /* the reference that call @e drops is not the last */
void tell_alive(struct run *r, uint32_t ev, const struct func *g, struct cond *out, unsigned *n);

static inline struct prog *run_prog(const struct run *r) { return r->p; }
static inline struct func *run_func(const struct run *r) { return r->f; }
static inline struct inst *run_inst(const struct run *r) { return r->in; }
static inline uint32_t run_inst_id(const struct run *r) { return r->iid; }
/* Conditions are kept, to tell exits apart. */
static inline bool run_tracks(const struct run *r) { return r->track; }
/* What a call returned, in the callee's terms. */
static inline tid run_call_ret(const struct run *r, uint32_t ev) { return r->call_ret[ev]; }
/* The V_CALL of an event; 0 when its result is not used. */
static inline sd_vid run_call_value(const struct run *r, uint32_t ev) { return r->f->call_value[ev]; }

#endif
