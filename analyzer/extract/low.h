/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * low.h - private to extract/: a function between cursors and IR.
 *
 * Lowering (stmt.c, expr.c, cond.c, call.c, init.c, scope.c) turns cursors into blocks of
 * instructions over numbered variables; nothing is propagated yet.  An instruction's operands
 * are instructions that dominate it: what joins after ?: or && goes through a variable.
 * ssa.c then walks the blocks once in reverse postorder and makes values and events of them.
 */
#ifndef SD_EXTRACT_LOW_H
#define SD_EXTRACT_LOW_H

#include "tu.h"

enum low_op {
	LO_NONE, LO_CONST, LO_STR, LO_GLOBAL, LO_FUNC,
	LO_ADDR,        /* address of variable num */
	LO_READ,        /* value of scalar variable num */
	LO_WRITE,       /* variable num = a */
	LO_FIELD, LO_INDEX, LO_UP,
	LO_LOAD,        /* value at address a */
	LO_STORE,       /* *(a) = b */
	LO_CALL,        /* sym = callee or a = called pointer; args[num .. num+b) */
	LO_OP,          /* sop, a, b; num = bits, negative when unsigned */
	LO_CAST,        /* a, with tkind and type of the target */
	LO_OPAQUE,      /* a value nobody knows */
	LO_ASM,         /* output of an asm: args[num .. num+b) are its inputs, sop = bits of an integer */
};

struct low_inst {
	uint8_t op, sop, tkind, flags;  /* flags: enum sd_ev_flag */
	uint32_t a, b, next;            /* next: in the same block, 0 ends */
	int32_t line;
	sd_sym sym, rec, type;
	int64_t num;
};

struct low_arg { uint32_t inst; bool is_const; };       /* is_const: the callee cannot store through it */

struct low_succ { uint32_t block; int64_t lo, hi; };

struct low_block {
	uint32_t first, last;           /* instructions; 0 none */
	uint8_t term;                   /* enum sd_term_kind */
	bool done;                      /* terminator set */
	int32_t line;
	uint32_t cond;
	GArray *succ;                   /* struct low_succ; NULL none */
};

struct low_var { sd_sym name; const struct ti *ti; bool is_memory, escaped; int32_t param; };

/* A scope that may have to run cleanups when it is left. */
struct scope_cleanup { uint32_t var; struct di *fn; sd_sym name; uint32_t scope; };
struct scope { unsigned start, end; };          /* offsets of its statement, for gotos */

struct switch_ctx { GArray *cases; uint32_t dflt; };
struct asm_goto { uint32_t block; sd_sym label; };
struct low_label { uint32_t block; bool gone_to; sd_sym name; unsigned order; };

struct low {
	struct tu *tu;
	sd_sym name, file;
	GArray *insts;          /* struct low_inst; [0] is LO_NONE */
	GArray *args;           /* struct low_arg */
	GArray *blocks;         /* struct low_block */
	GArray *vars;           /* struct low_var */
	GArray *scopes;         /* struct scope */
	GArray *cleanups;       /* struct scope_cleanup: active now, innermost last */
	GArray *asm_gotos;      /* struct asm_goto */
	GHashTable *labels;     /* LabelStmt -> struct low_label * */
	GPtrArray *computed;    /* blocks ending in a computed goto: struct asm_goto with label 0 are made of them */
	uint32_t cur;
	uint32_t brk, cont;     /* targets; 0 none */
	guint brk_scopes, cont_scopes;  /* how many scopes stay open there */
	struct switch_ctx *sw;
	uint32_t serial;
	unsigned ncompound;     /* compound literals seen, for names */
	const struct ti *ret;
};

struct lval { bool is_var; uint32_t var, addr; const struct ti *ti; };

/* low.c */
struct low *sd_low_new(struct tu *tu, sd_sym name, sd_sym file);
void sd_low_free(struct low *l);
struct low_inst *sd_low_get(struct low *l, uint32_t i);
struct low_block *sd_low_blk(struct low *l, uint32_t b);
uint32_t sd_low_add(struct low *l, struct low_inst in);
uint32_t sd_low_block(struct low *l);
void sd_low_goto(struct low *l, uint32_t to);
void sd_low_branch(struct low *l, uint32_t cond, uint32_t t, uint32_t f, int line);
void sd_low_stop(struct low *l, int line);
void sd_low_succ(struct low *l, uint32_t from, uint32_t to, int64_t lo, int64_t hi);
void sd_low_end(struct low *l, uint8_t term, uint32_t cond, int line);
uint32_t sd_low_var(struct low *l, sd_sym name, const struct ti *ti);
uint32_t sd_low_const(struct low *l, int64_t v, const struct ti *ti);
uint32_t sd_low_op(struct low *l, int sop, uint32_t a, uint32_t b, const struct ti *ti);
uint32_t sd_low_cast(struct low *l, uint32_t a, const struct ti *to);
bool sd_low_is_const(struct low *l, uint32_t i, int64_t *v);
int64_t sd_fold(int sop, int64_t a, int64_t b, int bits, bool is_unsigned, bool *ok);

/* lval.c */
uint32_t sd_lval_read(struct low *l, struct lval v);
uint32_t sd_lval_addr(struct low *l, struct lval v);
void sd_lval_write(struct low *l, struct lval v, uint32_t val, int line);
struct lval sd_lval(struct low *l, CXCursor c);
struct lval sd_lval_var(struct low *l, uint32_t var);
struct lval sd_lval_field(struct low *l, uint32_t addr, CXCursor field);
struct lval sd_lval_index(struct low *l, uint32_t addr, uint32_t idx, const struct ti *elem);
uint32_t sd_local_var(struct low *l, struct di *d);

/* expr.c */
uint32_t sd_rvalue(struct low *l, CXCursor c);
CXCursor sd_peel(CXCursor c);           /* through parentheses and implicit casts */
bool sd_only_child(CXCursor c, CXCursor *child);
bool sd_selected(struct tu *tu, CXCursor c, CXCursor *chosen);        /* _Generic, __builtin_choose_expr */
void sd_effects(struct low *l, CXCursor c);
uint32_t sd_offsetof_up(struct low *l, uint32_t a, CXCursor off, const struct ti *ti);

/* cond.c */
void sd_cond(struct low *l, CXCursor c, uint32_t t, uint32_t f);
uint32_t sd_bool_value(struct low *l, CXCursor c);
uint32_t sd_conditional(struct low *l, CXCursor c);
uint32_t sd_elvis(struct low *l, const struct kids *k, CXCursor c);

/* call.c */
uint32_t sd_call(struct low *l, CXCursor c);
bool sd_is_expect(struct tu *tu, CXCursor c, CXCursor *arg);
/* pure.c */
bool sd_is_pure(struct tu *tu, struct di *d, int depth);
/* asm.c */
void sd_asm(struct low *l, CXCursor c);
void sd_asm_finish(struct low *l);

/* init.c */
void sd_init(struct low *l, struct lval to, CXCursor init);

/* scope.c */
void sd_scope_open(struct low *l, CXCursor stmt);
void sd_scope_close(struct low *l, CXCursor stmt);
void sd_scope_leave(struct low *l, guint keep, int line);       /* cleanups of all scopes from @keep on */
void sd_scope_goto(struct low *l, CXCursor label, int line);
void sd_scope_var(struct low *l, CXCursor decl, uint32_t var);

/* stmt.c */
void sd_stmt(struct low *l, CXCursor c);
uint32_t sd_stmt_expr(struct low *l, CXCursor c);
struct low_label *sd_label(struct low *l, CXCursor label);
void sd_decl_stmt(struct low *l, CXCursor c);

/* ssa.c, emit.c: the finished function; its arrays are @arena's. */
struct sd_fn *sd_ssa(struct low *l, struct sd_arena *arena);

#endif
