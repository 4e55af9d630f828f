/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ir.h - what extraction says about one function, and how that is stored.
 *
 * The IR knows no lock and no rule: it is calls, stores, values and control flow.  Rules are
 * applied when it is read (analyzer/graph), so a changed rules file never needs a new scan.
 *
 * A function is a CFG of blocks in reverse postorder (block 0 is the entry).  A block has
 * events in program order and one terminator.  Locals are gone: extraction propagates copies,
 * flow-sensitively, so that operands are VALUES: a DAG in the dense array vals[].  Where two
 * definitions of a local meet, the value is a PHI of that block.
 *
 * Values are hash-consed: equal structure is the same index.  So two evaluations of
 * `x->flags & F` with no store to x->flags in this function between them are one value: that
 * is what lets the analysis correlate conditions.  A store to the same member (or global) of
 * whatever object gives the loads after it another version (V_LOAD.num); a load that only one
 * store can have reached is the stored value, except an integer constant with a call between.
 * In a loop one value stands for every iteration: forget what a condition told at a back edge.
 *
 * Names: a *link name* is "foo" for external linkage and "foo@path/of/definition.c" for
 * internal linkage (functions and variables alike; header statics name the header).  Paths are
 * relative to the source tree.  A *record name* is the tag of a struct or union without the
 * keyword ("snd_timer"), the typedef's name where there is no tag; an anonymous member's fields belong to
 * the nearest enclosing named record.  Of a record that is defined in a .c file, or in a header of no include directory, the
 * name has that file ("netdev_private@drivers/net/foo.c"): drivers use the same tags.
 */
#ifndef SD_IR_H
#define SD_IR_H

#include <stdbool.h>
#include "base.h"

#define SD_IR_VERSION 6         /* of the stored form */
#define SD_IR_OLDEST 5          /* ... that can be read still: it has no stores[]; a database of an older one cannot be */
#define SD_FACTS_VERSION 7      /* what extraction sees: raise it when its output changes; a scan then parses again.  Both are part of every cache key. */

/* What a value is. */
enum sd_val_kind {
	SD_V_NONE,      /* nothing is known */
	SD_V_PARAM,     /* num = parameter index from 0, sym = its name */
	SD_V_LOCAL,     /* value of a local that could not be propagated; num = variable's number, sym = name */
	SD_V_ADDRLOCAL, /* address of a local variable; num = variable's number, sym = name */
	SD_V_GLOBAL,    /* address of a global variable; sym = link name */
	SD_V_FUNC,      /* a function's address; sym = link name */
	SD_V_CONST,     /* integer constant (enumerators and folded sizeof included); num */
	SD_V_STR,       /* string literal; sym = text */
	SD_V_FIELD,     /* address of a member: a = address of the record (0: any), rec = record, sym = member; op 1: an integer in a union */
	SD_V_INDEX,     /* address of an array element, or pointer plus integer: a = base address, b = index value (0 unknown) */
	SD_V_UP,        /* container_of(a, struct rec, sym): a = the member's address; sym may be dotted "x.y" */
	SD_V_LOAD,      /* the value stored at address a; num = version of that memory: 0 before any store to the like in this function */
	SD_V_CALL,      /* what call event num returned; a = callee as V_FUNC, or the called pointer's value */
	SD_V_OUT,       /* what call event num stored through its argument b (address of a local) */
	SD_V_PHI,       /* num = block; operands ops[a .. a+b): sd_ir_op pairs (pred block, value) */
	SD_V_OP,        /* op applied to a (and b): see enum sd_op; integers, conditions */
	SD_V_KINDS
};

enum sd_op {            /* operators that the analysis may want to evaluate */
	SD_OP_OTHER,    /* any other: opaque, but equal operands give an equal value */
	SD_OP_NOT,      /* !a */
	SD_OP_EQ, SD_OP_NE, SD_OP_LT, SD_OP_LE, SD_OP_GT, SD_OP_GE,
	SD_OP_BITAND, SD_OP_BITOR, SD_OP_BITXOR, SD_OP_COMPL, SD_OP_NEG,
	SD_OP_ADD, SD_OP_SUB, SD_OP_MUL, SD_OP_DIV, SD_OP_REM, SD_OP_SHL, SD_OP_SHR,
	SD_OPS
};

enum sd_type_kind {     /* static type of a value, as far as anybody asks */
	SD_T_OTHER, SD_T_INT, SD_T_PTR, SD_T_FNPTR, SD_T_RECORD
};

typedef uint32_t sd_vid;        /* index into fn->vals; 0 is always the one SD_V_NONE value */

struct sd_val {
	uint8_t kind;           /* enum sd_val_kind */
	uint8_t op;             /* enum sd_op, V_OP only */
	uint8_t tkind;          /* enum sd_type_kind of the value itself (an address is SD_T_PTR) */
	sd_sym sym, rec;
	sd_sym type;            /* record pointed to (tkind PTR) or held (RECORD); "" when it is no record */
	uint32_t a, b;          /* see the kinds; operand indexes are smaller than this value's own, PHI apart */
	int64_t num;
};

struct sd_ir_op { uint32_t pred; sd_vid val; };         /* PHI operands; call arguments leave pred 0 */

enum sd_ev_kind {
	SD_E_CALL,      /* a call, direct (callee != 0) or through a pointer (target) */
	/*
	 * *(target) = value.  Kept for pointers, functions, strings and whole records, and for
	 * integers that are a constant, a parameter, what a call returned or stored, or the member itself plus a constant.  A scalar
	 * local is stored to only before a call that gets its address: what the callee finds there.
	 */
	SD_E_STORE,
};

enum sd_ev_flag {
	SD_EF_CLEANUP = 1,      /* made by __attribute__((cleanup)) at the end of a scope */
	SD_EF_NORETURN = 2,     /* the callee's type says noreturn: a block ends here */
	SD_EF_INASM = 4,        /* from an asm statement (unused operands' values only) */
};

struct sd_event {
	uint8_t kind, flags;
	int32_t line;           /* in the function's file: a macro's or inline text's place of expansion */
	sd_sym callee;          /* E_CALL direct: link name; 0 through a pointer */
	sd_vid target;          /* E_CALL indirect: the called pointer.  E_STORE: address stored to */
	sd_vid value;           /* E_STORE: what is stored */
	uint32_t arg0, nargs;   /* E_CALL: ops[arg0 .. arg0+nargs).val, in order */
};

enum sd_term_kind {
	SD_TERM_GOTO,           /* one successor */
	SD_TERM_BRANCH,         /* successor 0 when cond is true (non-zero), 1 when false; cond is never !x, x == 0 or x != 0 */
	SD_TERM_SWITCH,         /* cond is compared with cases[]; the last successor is the default */
	SD_TERM_MULTI,          /* any successor (asm goto, computed goto) */
	SD_TERM_RETURN,         /* cond = value returned, 0 for none */
	SD_TERM_STOP,           /* never left: noreturn call, __builtin_unreachable() */
};

struct sd_succ { uint32_t block; int64_t lo, hi; };     /* lo..hi: the case's values, SWITCH only */

/*
 * A store of an integer to a member or a variable that is no event: when it happens nobody asks, but what it may leave there.
 * The address is FIELD of 0 where it leads to no parameter, local or variable.  The value is bits (& | ^) of constants, parameters,
 * calls' results and of what members and variables hold, where 0 is what is not known (0 & 3: at most these bits).  Each once.
 * Static initialisers: one for each integer member, FIELD of 0, of all the bits that this TU's give it; none of 0.
 */
struct sd_store { sd_vid target, value; };

struct sd_block {
	uint32_t ev0, nev;      /* events[ev0 .. ev0+nev) */
	uint32_t succ0, nsucc;  /* succs[succ0 .. succ0+nsucc) */
	uint32_t phi0, nphi;    /* phis[phi0 .. phi0+nphi): the PHI values that belong to this block */
	uint8_t term;
	int32_t line;           /* of the terminator */
	sd_vid cond;
};

struct sd_ir_param { sd_sym name, type; uint8_t tkind; };

enum sd_fn_flag {
	SD_F_STATIC = 1, SD_F_INLINE = 2, SD_F_WEAK = 4, SD_F_VARIADIC = 8,
	SD_F_NORETURN = 16,
	SD_F_INIT = 32,         /* __init in its declaration's text */
	SD_F_EXIT = 64,         /* __exit */
	SD_F_GLOBALS = 128,     /* not a function: the TU's static initialisers as stores, name "@globals@FILE" */
	SD_F_HEADER = 256,      /* defined in a file other than the TU's main file */
};

/* A global variable definition that is, contains or is an array of a record. */
struct sd_ir_gvar { sd_sym name, type; int32_t line; uint8_t is_array, is_static; };

struct sd_fn {
	sd_sym name, file;      /* link name; file of the definition */
	int32_t line, end_line;
	uint32_t flags;
	sd_sym ret_type; uint8_t ret_tkind;
	uint32_t nparams, nvals, nops, nevents, nblocks, nsuccs, nphis, ngvars, nstores;
	uint32_t nall;          /* values with those that only stores[] use, which come after the others */
	struct sd_ir_param *params;
	struct sd_val *vals;
	struct sd_ir_op *ops;
	struct sd_event *events;
	struct sd_block *blocks;
	struct sd_succ *succs;
	sd_vid *phis;
	struct sd_ir_gvar *gvars;       /* SD_F_GLOBALS only */
	struct sd_store *stores;
	const struct sd_strtab *syms;   /* what the sd_sym of this function index */
};

/*
 * The stored form: self-contained (its own strings), no padding, the same bytes for the same
 * function on every machine (varints, little end first).  Returned memory is g_malloc()ed.
 */
uint8_t *sd_fn_encode(const struct sd_fn *fn, size_t *len);

/*
 * Reads what sd_fn_encode() wrote.  Arrays are @arena's; strings are interned into @syms.
 * NULL when the bytes are not such a function (every index is checked); *why then says what.
 */
struct sd_fn *sd_fn_decode(const uint8_t *data, size_t len, struct sd_arena *arena,
			   struct sd_strtab *syms, const char **why);

/*
 * The same in two steps: the first @used bytes are the names, which @syms gets in that order; what is left needs no more than read
 * them, so that many functions may be read at once.  What the first step gives is the second's, also when there is a fault (@why).
 */
struct sd_fn_names {
	sd_sym *str;
	uint64_t nstr, version;
	size_t used;
	sd_sym fn;              /* the function's */
	const char *why;
};
void sd_fn_decode_names(const uint8_t *data, size_t len, struct sd_strtab *syms, struct sd_fn_names *out);
struct sd_fn *sd_fn_decode_rest(struct sd_fn_names *n, const uint8_t *rest, size_t len, struct sd_arena *arena,
				struct sd_strtab *syms, const char **why);

/* Printed form for --dump=ir and tests: sorted, no pointers, one event a line.  @out is a FILE *. */
struct _IO_FILE;
void sd_fn_print(const struct sd_fn *fn, struct _IO_FILE *out);

#endif
