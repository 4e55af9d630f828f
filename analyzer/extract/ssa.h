/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ssa.h - private to extract/: low instructions -> values, events and phis.
 *
 * graph.c merges the low blocks into final blocks in reverse postorder and says which
 * variables each loop assigns.  ssa.c walks them once: a variable's value at a block is looked
 * up through its predecessors when asked for; loop heads get a phi for what the loop assigns,
 * filled at the end.  A branch whose condition came out constant leaves its other side
 * unvisited.  emit.c keeps what events, terminators and their phis use.
 *
 * Memory: a load is LOAD(address).  Stores of this function to the same record member (or
 * global) number the loads after them, so that loads with a store between are different
 * values; a load is the stored value itself when that very store reaches it on all paths, unless
 * that is a constant or computed integer and a call stands between.
 */
#ifndef SD_EXTRACT_SSA_H
#define SD_EXTRACT_SSA_H

#include "low.h"

#define VK_TOKEN SD_V_KINDS     /* a version of memory: num = store's number; never emitted */

struct vnode { struct sd_val v; uint32_t id; };

struct sedge { uint32_t pred; bool exec; };

struct sblk {
	uint32_t *low; uint32_t nlow;   /* merged low blocks */
	uint32_t *succ; uint32_t nsucc; /* final block numbers, as in the last low block */
	struct sedge *pred; uint32_t npred;     /* each predecessor once */
	uint64_t *defs;                 /* loop heads: variables assigned in the loop; else NULL */
	bool exec, walked;
	bool late;                      /* first reached over an edge that closes a loop */
	/* set by the walk */
	uint32_t ev0, nev;
	uint8_t term; int32_t line; sd_vid cond;
	GArray *out;                    /* struct sd_succ */
};

struct phi { sd_vid val; uint32_t block, var; bool open; GArray *ops; /* struct sd_ir_op */ };

struct token { sd_vid addr, val; uint32_t block, ncalls, nstores; };

struct ssa {
	struct low *l;
	struct sd_arena *arena;         /* scratch */
	struct sblk *blk; uint32_t nblk;
	uint32_t nvars;                 /* low variables, then memory keys */
	GHashTable *keys;               /* struct memkey * -> variable */
	GPtrArray *nodes;               /* struct vnode * by id */
	GHashTable *cons;               /* hash-consing: struct vnode * */
	GHashTable *env;                /* block * nvars + var -> value + 1 */
	GArray *phis;                   /* struct phi */
	GArray *tokens;                 /* struct token */
	GArray *events, *ops;           /* struct sd_event, struct sd_ir_op (arguments) */
	GArray *stores;                 /* struct sd_store */
	GHashTable *stored;             /* store.c: those that are there; NULL none */
	sd_vid *of;                     /* value of each low instruction */
	uint32_t cur, ncalls, nstores;
	GHashTable *initial;            /* store.c: address -> struct initial *; NULL none */
	GArray *escaped;                /* uint32_t: scalar variables whose address got away */
};

/* graph.c */
void sd_graph_build_blocks(struct ssa *s);
enum { MK_FIELD = 1, MK_GLOBAL, MK_WHOLE, MK_OTHER, MK_INSIDE };
uint32_t sd_memkey(struct ssa *s, int kind, sd_sym rec, sd_sym sym, bool add); /* variable, or UINT32_MAX */
uint32_t sd_addr_of(struct low *l, uint32_t inst);      /* the LO_ADDR behind casts, or 0 */
bool sd_is_scalar_addr(struct low *l, uint32_t inst);

/* val.c */
struct sd_val *sd_v(struct ssa *s, sd_vid v);
sd_vid sd_val_add(struct ssa *s, struct sd_val v);
sd_vid sd_val_new(struct ssa *s, struct sd_val v);      /* not hash-consed */
sd_vid sd_val_const(struct ssa *s, int64_t n);
sd_vid sd_val_field(struct ssa *s, sd_vid a, sd_sym rec, sd_sym sym, sd_sym type, uint8_t shared);
sd_vid sd_val_up(struct ssa *s, sd_vid a, sd_sym rec, sd_sym sym, sd_sym type);
sd_vid sd_val_index(struct ssa *s, sd_vid a, sd_vid b, sd_sym type);
sd_vid sd_val_cast(struct ssa *s, sd_vid a, uint8_t tkind, sd_sym type);
sd_vid sd_val_op(struct ssa *s, int sop, sd_vid a, sd_vid b, int64_t bits, uint8_t tkind, sd_sym type);
bool sd_val_is_address(struct ssa *s, sd_vid v);

/* vars.c */
sd_vid sd_var_read(struct ssa *s, uint32_t block, uint32_t var);
void sd_var_write(struct ssa *s, uint32_t block, uint32_t var, sd_vid v);
void sd_phis_close(struct ssa *s);
sd_vid sd_mem_load(struct ssa *s, sd_vid addr, uint8_t tkind, sd_sym type);
void sd_mem_store(struct ssa *s, sd_vid addr, sd_vid val);
sd_vid sd_mem_token(struct ssa *s, sd_vid addr, sd_vid val);
void sd_mem_touch(struct ssa *s, uint32_t key);

/* store.c */
void sd_store_event(struct ssa *s, sd_vid addr, sd_vid val, int line, uint8_t tkind);  /* tkind: of what is stored to */

/* emit.c */
struct sd_fn *sd_emit(struct ssa *s, struct sd_arena *arena);

#endif
