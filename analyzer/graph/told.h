/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * told.h - members of what a function is given: between told.c and sets.c.
 */
#ifndef SD_TOLD_H
#define SD_TOLD_H

#include "run.h"

#define STEPS 3                 /* member steps of a want, or of a set */
#define MAX_WANTS 16            /* of a function */

/* Outermost record first.  own: tested here, not below only; load: after so many steps a pointer is followed, 0 none. */
struct want { uint8_t param, n, load; bool own; struct chain_step step[STEPS]; };

/* What a function leaves in a member of what it is given, whatever its path: @num, or what its parameter @num was given. */
struct set { uint8_t param, n; bool from_param; struct chain_step step[STEPS]; int64_t num; };

/* --- told.c --- */
/* The members from a value @v down to where a chain of addresses begins, one pointer followed; false: too long. */
bool chain_of(const struct sd_fn *ir, sd_vid v, struct want *w, sd_vid *root);
/* Event @ev has happened whenever the end of block @b, or event @before of it, is reached. */
bool happened(const struct sd_fn *ir, uint32_t ev, uint32_t b, uint32_t before);

/* --- sets.c --- */
/* [function]: parameters that some caller, or its caller, gives the address of a record of its own, a bit each; g_free(). */
uint64_t *find_given(struct prog *p);
/* Sets func.sets: what may be set, or, once func.stored is there, what surely is. */
void find_sets(struct prog *p, const struct callers *c, uint64_t *given);
/* A constant or a local's address as it is written; 0: of anything else an instance may know a part only. */
static inline tid eval_plain(struct run *r, const struct state *s, sd_vid v)
{
	return r->f->ir->vals[v].kind == SD_V_CONST || r->f->ir->vals[v].kind == SD_V_ADDRLOCAL ? eval(r, s, v) : 0;
}
/* What the call event leaves at @addr, in this frame's terms; 0: nothing, or it is not known. */
tid set_by_call(struct run *r, const struct state *s, const struct sd_event *e, tid addr);

#endif
