/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model.h - the analysis' own data; private to analyzer/graph.
 *
 * The analysis works on INSTANCES: a function together with what is known of its arguments
 * (a callback, a constant flag, the container of a lock that is passed by address).  So
 * send_sigio(fown) called with &file->f_owner is another instance than one called with an
 * owner of unknown container, and a lock class is a fixed thing inside an instance.
 *
 * Everything symbolic is a TERM: a hash-consed expression over the instance's parameters,
 * globals, and opaque values of one function.  Equal terms are equal ids.
 *
 * Stages, each a column of its own file; Requires/Sets are stated there:
 *   load -> slots -> relevant -> (instances: interp) -> classes -> contexts -> acqsets -> deps
 *   -> usage -> search/check -> fill
 */
#ifndef SD_MODEL_H
#define SD_MODEL_H

#include <glib.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "db.h"
#include "graph.h"
#include "ir.h"
#include "par.h"
#include "rows.h"
#include "rules.h"

typedef uint32_t tid;           /* term id; 0 is "nothing known" */

enum term_kind {
	T_NONE,
	T_PARAM,        /* num = index: the instance's parameter */
	T_OPAQUE,       /* num = function << 32 | value: something of that function's frame */
	T_FRESH,        /* num = event of the calling function, a = term of the callee's frame */
	T_GLOBAL,       /* s = link name */
	T_FUNC,         /* s = link name */
	T_CONST,        /* num */
	T_STR,          /* s */
	T_FIELD,        /* address of member s of record rec at address a */
	T_INDEX,        /* an element of the array at a */
	T_UP,           /* container_of(a, rec, s) */
	T_LOAD,         /* value at address a */
	T_LOCAL,        /* address of a local: num = function << 32 | number */
	T_ANY,          /* some object of record rec: only in bindings */
	T_BITS,         /* an integer with at most the bits num, and surely those of the constant a: only in bindings */
	T_OP,           /* operator s (enum sd_op) on a and the constant num: conditions */
	T_SAME,         /* whether a and the term num are equal: conditions */
	T_ALIVE,        /* the object at a: somebody up the stack goes on using it.  Conditions of instances (alive.c) */
};

struct term {
	uint8_t kind, depth;
	bool array;             /* a T_INDEX is part of it */
	sd_sym s, rec;
	sd_sym type;            /* record pointed to, where known; not part of identity */
	tid a;
	int64_t num;
};

/* States in which a function may be entered: bit ENTRY_BIT(ctx, irq, bh) of a mask. */
#define NTRI 3
#define ENTRY_BIT(ctx, irq, bh) (((unsigned)(ctx) * NTRI + (unsigned)(irq)) * NTRI + (unsigned)(bh))
#define ENTRY_BITS (SD_CTX_COUNT * NTRI * NTRI)
#define ENTRY_ALL ((UINT64_C(1) << ENTRY_BITS) - 1)

/* Hardirq state at a point, relative to the entry of the function. */
enum rel_irq { IRQ_INHERIT, IRQ_IS_ON, IRQ_IS_OFF, IRQ_EITHER };

/* The interrupt context that the function itself has entered (irq_enter()), or left though a caller had. */
enum rel_ctx { CTX_INHERIT, CTX_LEFT, CTX_SOFT, CTX_HARD };

/* Both in one byte, as records have it. */
#define AT(irq, ctx) ((uint8_t)((unsigned)(irq) | (unsigned)(ctx) << 4))
#define AT_IRQ(at) ((at) & 3)
#define AT_CTX(at) ((at) >> 4 & 3)
#define AT_THREADED 0x40        /* and what was entered is said to be a thread on PREEMPT_RT */

/* What a lock is taken as; MODE_CTX is read_lock(): r or R by context (read_lock_is_recursive()). */
enum lmode { M_W, M_r, M_R, M_CTX };

struct lockref {                /* a lock as one instance sees it */
	tid obj;
	uint32_t cls;           /* raw class, index into prog->raw */
};

struct held {
	struct lockref l;
	uint8_t mode, trylock, nested;          /* nested: under a nest lock, or at a level not known: no dependency on its own kind */
	uint8_t asked;                          /* taken by a function that asks whether it is held already */
	uint32_t ev;            /* event at which it was taken (a call when a callee left it held) */
};

#define MAX_HELD 12
#define MAX_REL 6
#define MAX_TOK 6
#define MAX_FACT 20
#define MAX_COND 8

/* signs a value may have */
#define S_NEG 1
#define S_ZERO 2
#define S_POS 4
#define S_ALL 7
#define S_NONZERO (S_NEG | S_POS)

struct fact { uint16_t id; uint8_t way, sign; };        /* way: 1 + operand a PHI came by, 0 unknown */
struct cond { tid t; uint16_t sign, variant; };         /* what the path assumes of a term that the caller can name; variant: it chose between two effects on locks */
struct token { tid key; uint32_t irq; };        /* the flags word `key` holds this irq state */

struct state {
	uint64_t emask;         /* entry states under which this path is taken */
	uint8_t doubt;          /* taken only when a reference that was dropped was the last, or for objects of a rare kind */
	uint8_t nfact, ncond;
	uint8_t irq;            /* enum rel_irq; from here on states that meet are compared: state_same() */
	int8_t bh;              /* local_bh_disable() minus enable since entry */
	uint8_t nheld, nrel, ntok;
	int8_t hard, soft;      /* interrupt contexts entered minus left since entry */
	uint8_t threaded;       /* the hardirq is served by a thread on PREEMPT_RT */
	uint8_t calm;           /* the path has found that preemption is on: nobody up the stack holds a spinning lock */
	tid restore;            /* irq was last restored from this word of the caller's; 0 none */
	struct lockref rel[MAX_REL];    /* the caller's locks that are released at this point */
	struct token tok[MAX_TOK];      /* sorted by key */
	struct cond cond[MAX_COND];     /* sorted by term; with the facts what is known, not what was done: state_same_core() */
	struct fact fact[MAX_FACT];     /* sorted by id */
	struct held held[MAX_HELD];     /* zero up to here where nothing is used; past nheld it may be anything: state_size() */
};

/* What was seen at an event, over all states that reached it (deduplicated). */
struct rec_acq {
	uint32_t ev;
	struct lockref l;
	uint8_t mode, trylock, irq; int8_t bh;         /* irq: AT() */
	uint8_t nested, doubt;
	uint64_t emask;
	uint32_t held0, nheld;  /* inst->heldv: locks held before */
	uint32_t relset;        /* interned set of raw classes released by now */
};
struct rec_call {               /* there are tens of millions: no bit is unused, for whole ones are compared */
	uint64_t emask : ENTRY_BITS;
	uint64_t ntargets : 16;         /* 0: direct */
	uint64_t nheld : 8;
	uint64_t table : 1;             /* one of a table's: each of them is called here for some index */
	uint64_t doubt : 64 - ENTRY_BITS - 16 - 8 - 1;
	const tid *args;        /* the arguments' terms */
	uint32_t ev, callee;    /* instance */
	uint32_t held0, relset;
	sd_sym slot;            /* how the callee was found, "" when direct */
	uint16_t nargs;
	uint8_t irq; int8_t bh;         /* irq: AT() */
};
struct rec_enable {             /* hardirqs or softirqs become enabled here, absolutely or by balance */
	uint32_t ev;
	uint8_t hard;           /* else soft */
	uint8_t doubt;
	uint8_t irq;            /* AT(): hardirq state after */
	int8_t bh;              /* bh count after */
	uint64_t emask;
	uint32_t held0, nheld, relset;
};

struct rec_guess { uint32_t ev, cls : 31, held : 1; };         /* a call may leave this held, or else give it back, though it was not taken to: callee.c */
struct rec_rel { uint32_t ev, cls; };   /* released here, though not taken in this function; inits: initialised here while held */

#define RECORDS 7               /* kinds of these, with the locks held */

struct exit_effect {
	uint64_t emask;         /* entry states in which it may be left by */
	uint8_t doubt;          /* only when a last reference went */
	uint8_t irq;            /* rel_irq at exit; IRQ_EITHER with restore_key set */
	int8_t bh, hard, soft;
	uint8_t ret;            /* signs of the returned value */
	uint8_t ret_irq;        /* 1 + rel_irq when the returned value is a saved flags word; else 0 */
	tid restore_key;        /* irq is restored from this word of the caller's; 0 none */
	uint8_t nheld, nrel, ntok, ncond;
	struct cond cond[MAX_COND];
	struct held held[MAX_HELD];
	struct lockref rel[MAX_REL];
	struct token tok[MAX_TOK];      /* words in the caller's reach that hold saved flags */
};
#define MAX_EXIT 8
#define MAX_BH 5         /* deeper nesting is one, so that a loop that seems to nest ends */

struct inst {
	uint32_t fn;
	uint32_t nbind; tid *bind;      /* per parameter; 0: not bound */
	uint8_t phase;                  /* 0 new, 1 running, 2 done */
	bool truncated, root;
	bool ambiguous;                 /* ambiguous(), once it is done */
	GArray *acqs, *calls, *enables, *rels, *inits, *guesses, *heldv;        /* rec_*, held */
	uint32_t nexit; struct exit_effect *exits;
	uint64_t ret_bits;              /* bits that the returned integer may have */
	tid ret;                        /* the returned value when it is one term over the parameters */
	GArray *retfields;              /* struct retfield, for records returned by value; may be NULL */
	uint64_t entry;                 /* mask of entry states (contexts.c) */
	struct pred { uint32_t inst, call; uint16_t dist, state : 6, bit : 6, set : 1; } *pred; /* how each entry state was come by; pred_at() */
	uint8_t npred;
	uint32_t node0;                 /* node.c: its first node */
	uint8_t *node_of;               /* entry state -> node, from node0 on; NULL: one for all */
	bool may_sleep;                 /* takes a sleeping lock or calls what may sleep, with nothing spinning held and irqs as at entry */
	bool sleeps_plainly;            /* the same, and not only when something doubtful happens */
	bool must_sleep;                /* whatever the path: what it calls beside what makes it sleep runs in no interrupt */
	uint64_t may_enable;            /* entry states in which it, or what it calls, enables hardirqs */
	uint64_t enables_plainly;       /* the same, by no weak call */
	uint8_t *ways;                  /* bit per block: more than one way went on from it; NULL: from none */
	uint32_t ncond; struct cond cond[MAX_COND];     /* what the caller's path assumes, in this frame's terms.  Of what is kept nothing lies past ncond */
};
static inline size_t inst_size(uint32_t ncond) { return offsetof(struct inst, cond) + ncond * sizeof(struct cond); }
struct retfield { sd_sym rec, member; tid val; };

#define REL_PATH 1
#define REL_CALL 2
#define REL_COND 4
#define REL_OPS 8       /* points to a table of operations that is called through */
#define REL_LAST 16     /* a reference that it has is dropped, perhaps the last */

#define PHI_SIGN 1      /* its sign decides a branch or is returned */
#define PHI_WAY 2       /* which operand it is decides what lock is meant */
#define PHI_FLAG 4      /* only constants come, and in no loop: once it is asked for, all that may come has come */

#define MADE_PARAMS 14          /* bits of parameters; those after them are the walk's */
#define MADE_LOAD 0x4000        /* what callers told of members */
#define MADE_WALK 0x8000        /* the walk: calls, PHIs, what is kept in locals */

struct chain_step { sd_sym rec, member; };

/* A function and what is computed of it once. */
struct func {
	struct sd_fn *ir;
	sd_sym plain;                   /* name without @file */
	bool is_api;                    /* a rule says all about it: its body is not analysed */
	bool is_skipped;                /* what it stores counts for nothing either */
	bool is_boundary;               /* an entry, whoever calls it: the caller's locks and state stay behind */
	bool address_taken, has_caller, prepared;
	uint8_t reads;                  /* forced.c: does it only read, and what; 0 not asked */
	uint8_t asks_held;              /* effect.c: by the rules, whether a lock is held; 1 no, 2 yes, 0 not looked at */
	bool loud;                      /* quiet.c: in it or below a lock, irqs, a sleep or a registration may be touched */
	bool has_effect;                /* asked.c: a call in it touches locks or irqs, or sleeps, by the rules */
	uint8_t *rel;                   /* REL_* per parameter */
	uint64_t *asked, *vital;        /* asked.c: bits that decide something, a lock or a sleep; per parameter */
	bool *telling;                  /* asked.c, for reads.c: a lock or a sleep hangs on the value */
	sd_sym *param_slot;             /* slot.c: its key per parameter, 0 not asked yet */
	struct chain_step *container;   /* per parameter: what it is a member of, by container_of() in this function; may be NULL */
	uint32_t ninst_const, ninst_plain, ninst_flags, ninst_bare, ninst_cond, ninst_sign, ninst_told, ninst;
	GArray *wants, *stored, *told, *sets;   /* told.c; sets.c */
	uint8_t *alive;                 /* alive.c: per event a bit per argument whose object is used afterwards; NULL: none */
	GHashTable *local_stores;       /* address of (part of) a local -> value stored + 1; 0: stored more than once */
	/* prepare.c */
	uint32_t *canon;                /* value -> first value equal but for type and pure calls */
	uint8_t *phidep;                /* value depends on a PHI */
	uint8_t *filled;                /* load of a member of a local that others may have changed since a constant was put there */
	uint8_t *pure;                  /* result of a pure call: its arguments' facts count */
	uint8_t *ctx_test;              /* value may tell the context: cond.c, ctx_truth() */
	sd_vid *call_value;             /* event -> its V_CALL; 0 when its result is not used */
	uint16_t *made_of;              /* what a value's term hangs on: a bit per parameter, MADE_*; 0 nothing */
	tid *fixed;                     /* eval.c: its term in all instances in which that is nothing special; with MADE_WALK the value's own; 0 not made yet */
	uint8_t *phi_tracked;           /* PHI_* */
	struct fresh *fresh;            /* fresh.c; NULL none */
	sd_vid *fact_vid;               /* fact id -> canon value */
	uint16_t *fact_id;              /* canon value -> id of its facts, 0: none kept */
	uint32_t nfact, nwords;         /* ids; words per row of live */
	uint64_t *live;                 /* [block][nwords]: fact ids that matter from here on */
	uint64_t *decisive;             /* the same, branches left out on which nothing hangs */
	uint64_t *tests;                /* [block][nwords]: fact ids that the block itself asks for */
	bool *neutral;                  /* per block: nothing hangs on its branch (quiet.c) */
	uint8_t *stable;                /* per fact id: made of parameters and constants, so it never changes */
	uint8_t *used;                  /* saved.c: value -> something is done with it */
	uint64_t **use_blocks;          /* saved.c: value -> blocks from whose entry on it may be used; NULL: not asked */
};

/* One more name of a class: another init site, another string of a table, another subclass given there. */
struct other_name { sd_sym name, file; int line; uint32_t subclass; bool table; };        /* name 0: the class's own; table: one of many */

struct one_init { sd_sym file, name; int line; bool by_map; };  /* name 0: none of its own; by_map: it writes the map itself */

#define SLEEP_CLASS "(sleeps)"  /* the class that functions which may sleep "take" */
#define SUBCLASS_UNKNOWN 255    /* a nesting level that is no constant */
struct raw_class {
	sd_sym name;                    /* "file.f_owner.lock" */
	sd_sym lock_type;
	uint32_t subclass;
	GArray *chain;                  /* struct chain_step, outermost container first; empty for a bare global */
	sd_sym global;                  /* link name, 0 when rooted in a record */
	bool by_type, pointer;          /* pointer: class of what a pointer member points to */
	bool unknown;                   /* nothing but the static type is known: an unknown lock */
	bool sleeping;                  /* sleeping_type(); find_sleepers() */
	bool many_keys;                 /* a helper's callers choose the key: several classes of lockdep's */
	bool own_keys;                  /* each object has a key of its own, which lies in it beside the lock */
	bool unchecked;                 /* lockdep_set_novalidate_class() */
	sd_sym lockdep_name;
	GArray *keys;                   /* sd_sym: variables that are the class's key in some call that initialises the lock; NULL none */
	sd_sym init_file; int init_line;
	GArray *inits;                  /* struct one_init: the sites that set it up, the first of each file and kind; NULL none */
	GArray *names;                  /* struct other_name: all that init sites give it, the first one above apart; NULL none */
	bool has_init;
	bool outer;                     /* what was not scanned initialises it, with the record that it lies in: note_outer() */
	bool any_level;                 /* taken at a nesting level that is no constant */
	uint32_t final;                 /* into prog->classes */
	bool used;
};

struct class {                          /* final lock class */
	uint32_t raw;                   /* the representative */
	bool varies;                    /* has_variant() */
	uint8_t usage;
};

struct entry {
	uint32_t fn;
	enum sd_ctx ctx; enum sd_tri irqs, bhs;
	const struct sd_rule *rule;
	sd_sym file; int line;          /* where registered; the function itself for `self` */
	sd_sym registrar;               /* function that registers, "" when static */
	sd_sym object;                  /* class path of the registered object, 0 unknown */
	uint32_t by;                    /* instance that registers */
	uint32_t among;                 /* that many functions may be meant there; 0: this one */
	uint32_t map;                   /* raw class of the object's map + 1, held while it runs; 0 none */
	sd_sym rec, sym;                /* the member that it is stored in, where rules say which locks its callers hold; 0 else */
	uint32_t under0, nunder;        /* those: into prog->under */
	bool assumed;                   /* nothing registers it: its type says what it is */
};

/* A lock that is held around an entry, by who calls it (under.c). */
struct under {
	uint32_t cls;                   /* raw */
	tid obj;                        /* of the entry's root instance; 0: which object, is not known */
	uint8_t mode;
};

struct noted_under { uint32_t fn, cls; const struct sd_rule *rule; sd_sym rec, sym; };   /* rec, sym: the member that @fn is stored in; 0 where a call registers it */

struct point { uint8_t ctx, irq, bh; };         /* enum sd_ctx, sd_tri, sd_tri */

/* What is asked of a name all the time; 0 and NULL: none, or not asked yet. */
struct sym_facts {
	uint32_t fn;                    /* index + 1 of the function */
	sd_sym plain;                   /* name without @file */
	struct sd_rule *const *rules;   /* load.c: no_rules when there are none */
};

struct prog {
	const struct sd_graph_in *in;
	unsigned jobs;                  /* for par_for(): 1 or more */
	struct sd_arena *arena;
	struct sd_arena *recorded;      /* instances, and what they leave behind */
	struct sd_arena *walk;          /* what only the walks of instances need: forget_walks() */
	struct sd_strtab *syms;
	GPtrArray *fns;                 /* struct func * */
	struct pair_facts *pairs; uint32_t npairs, pair_slots;  /* load.c */
	GArray *by_sym;                 /* struct sym_facts by link or plain name; names past its end have none */
	GHashTable *gvars;              /* link name sym -> struct gvar * */
	struct term **terms; uint32_t nterm;                                    /* term.c */
	struct term_slot *term_ids; uint32_t term_slots;
	GHashTable *slots;              /* key sym -> GArray of function indexes, sorted */
	GPtrArray *insts; GHashTable *inst_ids;
	GArray *recursions;             /* struct recursion, as they were met */
	GArray *no_records;             /* what instances that recorded nothing of a kind share; empty */
	struct once_slot *once; uint32_t nonce, once_slots;     /* once.c */
	GArray *raw; GHashTable *raw_ids;
	GArray *classes;
	GArray *called;                 /* struct called, each once: alike.c */
	struct acqsets *acq;
	GPtrArray *relsets; GHashTable *relset_ids;     /* relset 0 is empty; each a GArray of raw classes */
	GArray *entries; GHashTable *entry_ids;
	GArray *under;                  /* struct under, an entry's together */
	GArray *noted_under;            /* struct noted_under: what was seen where entries are registered */
	GHashTable *noted_seen;
	GHashTable *object_under;       /* class name of an object -> GArray of struct under: locks around its callback */
	GHashTable *rule_vars;          /* name of a variable in rules -> its symbol */
	GHashTable *soft_objects;       /* class name of a registered object -> rule that moves its context */
	GHashTable *tables;             /* variables whose initialiser names a function, and slots in them that it fills -> the member's slot */
	GHashTable *stored_members;     /* "rec::member" sym: some function stores to it */
	GHashTable *exclusive;          /* "rec.a|rec.b" -> locks of one object of which a condition chooses one */
	GHashTable *kept; GMutex *keeping;      /* sym -> the results' copy */
	GHashTable *lock_records;       /* record sym -> lock type */
	GArray *gaps;                   /* struct sd_gap */
	GHashTable *gap_ids;
	struct sd_coverage cov;
	unsigned readable, unreadable;  /* stored functions */
	GHashTable *seen_indirect;      /* function << 32 | event -> INDIRECT_* */
	struct reads *reads;            /* reads.c */
	struct descents *descents;      /* descent.c: scratch */
	struct guesses *guesses;        /* guess.c: likewise */
	struct kin *kin;                /* kin.c: while there are witnesses to make */
	struct strangers *strangers;    /* stranger.c: likewise */
	uint32_t *visited, visit;       /* witness.c: instance -> search that met it last */
	uint64_t *visited_in;           /* ... and the entry states in which it did */
	GHashTable *pointees;           /* slot key -> path (a term) that a pointer kept there points to; see pointee.c */
	bool whole;                     /* all that is built was scanned */
	GHashTable *holds;              /* an integer member or variable -> 1 + the bits that it can ever have; NULL where that is not known; holds.c */
	GHashTable *string_tables;      /* slot key -> GArray of the strings that static initialisers store there */
	struct chunk *chunks; GPtrArray *state_arrays, *spare_records[RECORDS];         /* interp.c: what no run needs at present */
	struct eval_slot *evals; uint32_t eval_serial;  /* ... values lately evaluated */
	struct asked_slot *asked;       /* inst.c: whether functions look at conditions, as lately asked */
	uint8_t (*below)[ENTRY_BITS];   /* context.c, bits_below() */
};
#define INDIRECT_RESOLVED 1
#define INDIRECT_LOCKED 2
#define INDIRECT_SEEN 4
enum { CALL_DIRECT, CALL_PARAM, CALL_SLOT };
struct called { uint32_t fn, ev, callee, how; };         /* functions; how: CALL_* */
struct gvar { sd_sym name, type, file; int line; };

/* --- prog.c --- */
struct prog *new_prog(const struct sd_graph_in *in);
void forget_walks(struct prog *p);       /* all instances are done */
void free_prog(struct prog *p);

/* Hash of a uint64_t key; GLib's own takes the low half only. */
guint hash_u64(gconstpointer key);
guint hash_pair(gconstpointer key);

/* --- once.c --- */
const void *keep_once(struct prog *p, const void *data, size_t size);   /* a copy that all who keep the same bytes share */
/* What @a holds, to be read only and never freed; @a itself is freed. */
GArray *keep_array(struct prog *p, GArray *a, size_t size);
void forget_once(struct prog *p);       /* what is kept stays, and is found no more */

/* --- term.c --- */
void terms_init(struct prog *p);
void terms_free(struct prog *p);
#define TERM_BLOCK 12           /* terms lie in blocks of 2^12, so that they never move */
static inline const struct term *term(const struct prog *p, tid t) { return &p->terms[t >> TERM_BLOCK][t & ((1u << TERM_BLOCK) - 1)]; }
tid mk_param(struct prog *p, unsigned k, sd_sym type);
tid mk_opaque(struct prog *p, uint32_t fn, uint32_t vid, sd_sym type);
tid mk_fresh(struct prog *p, uint32_t ev, tid a, sd_sym type);
tid mk_local(struct prog *p, uint32_t fn, uint32_t n, sd_sym type);
tid mk_sym(struct prog *p, enum term_kind kind, sd_sym s, sd_sym type);
tid mk_const(struct prog *p, int64_t n);
tid mk_field(struct prog *p, tid a, sd_sym rec, sd_sym member, sd_sym type);
tid mk_index(struct prog *p, tid a, sd_sym type);
tid mk_up(struct prog *p, tid a, sd_sym rec, sd_sym member);
tid mk_load(struct prog *p, tid a, sd_sym type);
tid mk_any(struct prog *p, sd_sym rec);
tid mk_op(struct prog *p, tid a, unsigned op, int64_t n);
tid mk_alive(struct prog *p, tid a);
tid mk_same(struct prog *p, tid a, tid b);       /* 0: nothing is gained by it */
bool is_error_test(unsigned op, int64_t n);     /* unsigned: "value >= -MAX_ERRNO" (linux/err.h), which to us says that it is negative */
tid mk_bits(struct prog *p, uint64_t may, uint64_t must);
/* true when @t is made of parameters, globals and constants alone: it means something to the caller */
bool term_exportable(const struct prog *p, tid t);
/* The callee's name for the caller's term @t: by the argument that is the longest part of it; 0 when it cannot name it. */
tid term_into_callee(struct prog *p, const tid *args, unsigned nargs, tid t);
tid term_replace(struct prog *p, tid t, tid old, tid new);      /* every subterm @old by @new */
char *term_text(const struct prog *p, tid t);   /* for dumps; g_free */

/* --- bring.c --- */
/* Calls @take for each function of the database, in its order; for one that cannot be read with the gap that this is, and no IR. */
int bring_functions(struct prog *p, void (*take)(struct prog *p, struct sd_fn *ir, const struct sd_gap *unreadable), char **err);

/* --- load.c --- */
int load_program(struct prog *p, char **err);
static inline struct func *func_at(const struct prog *p, uint32_t i) { return g_ptr_array_index(p->fns, i); }
uint32_t func_find(const struct prog *p, sd_sym name);          /* index + 1; 0 none */
const char *str(const struct prog *p, sd_sym s);         /* as long as the program */
const char *kept(struct prog *p, sd_sym s);             /* as long as the results */
const char *entry_role(struct prog *p, const struct entry *e);  /* likewise */
struct sd_rule *const *rules_of(struct prog *p, sd_sym plain);
sd_sym plain_name(struct prog *p, sd_sym link);
void add_gap(struct prog *p, const char *what, const struct func *f, int line, const char *text);

/* --- records.c --- */
void tell_records_apart(struct prog *p);
char *without_files(const char *name); /* as records are told apart by; g_free() */

sd_sym field_type(struct prog *p, sd_sym rec, sd_sym member);
sd_sym pair_key(struct prog *p, sd_sym rec, sd_sym member);     /* "rec::member" */
struct sd_rule *const *rules_of_member(struct prog *p, sd_sym rec, sd_sym member);

/* --- slot.c --- */
void solve_slots(struct prog *p);
const GArray *slot_targets(const struct prog *p, sd_sym key);   /* NULL when none */
sd_sym slot_of_addr(struct prog *p, const struct func *f, sd_vid v);    /* the slot at address value @v; 0 when it is not one that we name */
sd_sym slot_of_value(struct prog *p, const struct func *f, uint32_t fi, sd_vid v);      /* key of what a pointer value is loaded from; 0 */
sd_sym slot_member(struct prog *p, sd_sym rec, sd_sym member);
sd_sym slot_param(struct prog *p, uint32_t fn, unsigned k);
sd_sym slot_global(struct prog *p, sd_sym g);
sd_sym slot_in_variable(struct prog *p, sd_sym g, sd_sym rec, sd_sym member);   /* as static initialisers fill it */
/* Is @g a table of functions whose initialiser says all there is to say of its member, which code nowhere stores to?  Without a slot it is NULL. */
bool slot_is_initialised(struct prog *p, sd_sym g, sd_sym rec, sd_sym member);
bool slot_is_static(struct prog *p, sd_sym g, sd_sym rec, sd_sym member);
bool slot_is_table(const struct prog *p, sd_sym key);  /* a variable's member, or that of an array's elements, that its initialiser fills and no code stores to */

/* --- callers.c --- */
struct callers {
	uint32_t *first, *who;          /* of function k: who[first[k]] to who[first[k + 1] - 1]; one may be there twice */
	uint32_t *upward;               /* all functions, those that are called before who calls them, circles apart */
};
struct callers find_callers(struct prog *p);    /* through slots, too */
void free_callers(struct callers *c);
/*
 * Looks at every function, then again at those whose callees @look said to have changed, until none has: callees first, for what only
 * grows to the same in whatever order.  By number: rounds from the last function to the first, as if all were looked at in each.
 */
void look_upwards(struct prog *p, const struct callers *c, bool (*look)(struct prog *p, uint32_t fi, void *arg), void *arg);
void look_upwards_by_number(struct prog *p, const struct callers *c, bool (*look)(struct prog *p, uint32_t fi, void *arg), void *arg);

/* --- holds.c --- */
void find_held_bits(struct prog *p, const struct callers *c);
uint64_t held_bits(const struct prog *p, tid addr);  /* that an integer at this address can ever have */

/*
 * Asks for the rules of all that is called and stored to, and for the slots of all that is called through, so that they are
 * at hand: after that rules_of(), plain_name(), rules_of_member() of a store's target and slot_of_value() of a call's only read.
 */
void settle_names(struct prog *p);

/* --- relevant.c --- */
void find_relevant_params(struct prog *p, const struct callers *c);
void forget_diverse_params(struct prog *p);     /* when the asked bits are known, too */
void mark_callers(struct prog *p);

/* --- reads.c --- */
void find_reads(struct prog *p);
void free_reads(struct prog *p);
/* Does @fn, or somebody below, read @member of what it comes to from its parameter @k, by @loads loads at most, this one among them? */
bool reads_member(struct prog *p, uint32_t fn, unsigned k, sd_sym rec, sd_sym member, unsigned loads);

/* --- quiet.c --- */
void find_loud(struct prog *p, const struct callers *c);
/* Do both ways of the branch at the end of @block meet again before anything is done that counts? */
bool is_neutral(struct prog *p, const struct func *f, uint32_t block);

/* --- told.c --- */
#define MAX_TOLD 4              /* what an instance may know of members of what it is given */
void find_wants(struct prog *p, const struct callers *c);
void free_wants(struct func *f);
bool wants_of_param(const struct func *f, uint32_t k);
void each_told(struct prog *p, struct func *f, uint32_t ev, void (*use)(struct func *, sd_vid, uint64_t *), uint64_t *row);
bool told_constant(const struct prog *p, const struct inst *in, tid t, int64_t *n);
bool told_any_constant(const struct prog *p, const struct inst *in);
/* --- alive.c --- */
int dropped_arg(const struct sd_fn *ir, const struct sd_event *e);      /* of a call that drops a reference: the argument that has it; -1 none */
void find_alive(struct prog *p, uint32_t fi, struct sd_arena *walk);

/* --- asked.c --- */
void prepare_asked_bits(struct prog *p);
void find_vital_bits(struct prog *p, const struct callers *c);
void find_asked_bits(struct prog *p, const struct callers *c);

/* --- unnamed.c --- */
void name_unnamed_records(struct prog *p);

/* --- container.c --- */
void find_containers(struct prog *p);
tid container_of_param(struct prog *p, const struct func *f, const struct term *t);        /* some container's member, 0 unknown */

/* --- prepare.c --- */
sd_vid same_value(const struct func *f, sd_vid v);  /* which value a call's is, where it returns its argument by the rules; 0 elsewhere */
void prepare(struct prog *p, uint32_t fi);
void prepare_all(struct prog *p);        /* that have a body which is looked at, on all processors */
void find_local_stores(struct prog *p);
bool local_stored(const struct func *f, sd_vid addr, sd_vid *val);     /* the one value ever stored there */

/* --- saved.c --- */
bool used_from(struct prog *p, struct func *f, uint32_t b, sd_vid v);    /* from the entry of block @b on, as it is then */

/* --- dump.c --- */
void dump_program(struct prog *p, const char *what, FILE *out);

/* --- inst.c --- */
void instances_init(struct prog *p);
static inline struct inst *inst_at(const struct prog *p, uint32_t i) { return g_ptr_array_index(p->insts, i); }
/* Of an entry state that it has.  There are few, so they are looked through. */
static inline const struct pred *pred_at(const struct inst *in, unsigned state)
{
	const struct pred *pr = in->pred;

	while (pr->state != state)
		pr++;
	return pr;
}
/* @sign: the signs that each argument may have, 0 not asked; @told: what else is known, in the callee's terms. */
uint32_t get_instance(struct prog *p, const struct inst *caller, uint32_t fn, const tid *args, const uint8_t *sign, unsigned nargs,
		      const struct state *s, const struct cond *told, unsigned ntold);
uint32_t get_root(struct prog *p, uint32_t fn);
tid bound(const struct inst *in, const struct term *t);
tid known_path(struct prog *p, const struct inst *in, tid a);   /* of an address, from what the caller knows of it; 0 not known */
void run_roots(struct prog *p);

/* --- redo.c --- */
struct recursion { uint32_t caller, callee; bool held; };       /* instances: the callee was not done; a lock was held */
void note_recursion(struct prog *p, uint32_t caller, uint32_t callee, bool held);
void redo_recursive(struct prog *p);

/* --- interp.c --- */
struct run;                             /* one interpretation of one instance: run.h */
void interpret(struct prog *p, uint32_t inst);
void free_interp(struct prog *p);       /* what it keeps from instance to instance */
void run_truncated(struct run *r);
bool run_reached(const struct run *r, uint32_t block);  /* some state came to it */
uint64_t run_call_bits(const struct run *r, uint32_t ev);
void run_set_call_bits(struct run *r, uint32_t ev, uint64_t bits);       /* bits its result may have; several states: of any */
void run_set_call_term(struct run *r, uint32_t ev, tid t);
void run_set_call_ret(struct run *r, uint32_t ev, tid t);        /* the same, in the callee's terms */
void run_set_call_fields(struct run *r, uint32_t ev, GArray *fields);   /* struct retfield, run's from now on */
tid arg_term(struct run *r, const struct state *s, uint32_t ev, unsigned k);
uint8_t table_signs(struct run *r, tid t);       /* signs of a function pointer loaded from a table of functions */
void collect_targets(struct run *r, const struct state *s, sd_vid v, unsigned nargs, GArray *out, sd_sym *slot, unsigned depth);
void drop_other_containers(struct run *r, const struct state *s, uint32_t ev, GArray *targets);
void record_acquire(struct run *r, uint32_t ev, const struct state *s, struct lockref l, uint8_t mode, bool trylock, bool nested);
void record_call(struct run *r, uint32_t ev, const struct state *s, uint32_t callee, unsigned ntargets, sd_sym slot,
		 const tid *args, unsigned nargs);
tid subst(struct run *r, const struct state *s, uint32_t ev, tid t, const tid *args, unsigned nargs);

/* --- fresh.c --- */
void find_fresh(struct prog *p, struct func *f, struct sd_arena *walk, const bool *in_loop);
bool is_still_null(const struct run *r, const struct func *f, sd_vid v);        /* the pointer that is loaded is one of a new, zeroed object */

/* --- exit.c --- */
void add_exit(struct run *r, const struct state *s, sd_vid ret);
void note_result(struct run *r, const struct state *s, sd_vid ret);
void note_result_fields(struct run *r, const struct state *s, sd_vid ret);
void keep_telling_conds(struct inst *in);

/* --- state.c --- */
void state_init(struct state *s);
static inline size_t state_size(const struct state *s) { return offsetof(struct state, held) + s->nheld * sizeof(s->held[0]); }
/* memmove(): of a memcpy() of a bounded size gcc makes a "rep movs", which is slow to start. */
static inline void state_copy(struct state *to, const struct state *from) { memmove(to, from, state_size(from)); }
void state_append(GArray *to, const struct state *s);    /* no state of that array's */
uint8_t state_at(const struct state *s);        /* AT() */
bool cond_add(struct state *s, tid t, uint8_t sign, bool variant);             /* false: contradicts what was assumed */
uint8_t cond_sign(const struct state *s, tid t);
/* NULL: nothing known. */
static inline const struct fact *fact_find(const struct state *s, uint16_t id)
{
	for (unsigned i = 0; id && i < s->nfact; i++)
		if (s->fact[i].id == id)
			return &s->fact[i];
	return NULL;
}
void fact_set(struct state *s, uint16_t id, uint8_t sign, uint8_t way); /* replaces; forgets when nothing is said */
void token_set(struct state *s, tid key, uint8_t irq);
void token_forget(struct state *s, unsigned i);
int token_get(const struct state *s, tid key);                  /* rel_irq or -1 */
/* Takes back a lock of the caller's that was released, or adds one.  false: too many. */
bool held_add(struct state *s, const struct held *h);
int held_find(const struct prog *p, const struct state *s, struct lockref l);   /* innermost match, -1 none */
bool less_known(const struct prog *p, uint32_t held, uint32_t rel);     /* raw classes: @rel may stand for @held */
void held_remove(struct state *s, int i);
/* Entry states and doubt are no reason to keep two. */
bool state_same(const struct state *a, const struct state *b);
uint32_t state_hash(const struct state *s);     /* of what state_same() compares */
uint32_t state_core_hash(const struct state *s);        /* of the same without facts and conditions */
bool state_same_core(const struct state *a, const struct state *b);
/* What is known of in a state, as bits: one that covers another has none that this lacks; two that join have the same. */
uint64_t state_known(const struct state *s);
/* Of two with the same core: every path that @b stands for is one of @a's. */
bool state_covers(const struct state *a, const struct state *b);
/* Of two with the same core that differ in the sign of one fact or one condition only: makes @s stand for @w, too.  false: in more. */
bool state_join(struct state *s, const struct state *w);
void state_drop_dead(struct state *s, const uint64_t *live);

/* --- cond.c --- */
/* Splits @s on the truth of value @v: *t becomes the true side, @s the false one; returns bit 0: true possible, bit 1: false possible. */
unsigned branch(struct run *r, struct state *s, sd_vid v, struct state *t);
uint8_t signs_of(struct run *r, const struct state *s, sd_vid v);
void assume_object(struct run *r, struct state *s, sd_vid v);   /* what address @v is in is no NULL */
/* The bits that an integer may have: constants and what was masked, through calls and bindings; all when nothing is known. */
uint64_t may_bits(struct run *r, const struct state *s, sd_vid v, unsigned depth);
uint64_t must_bits(struct run *r, const struct state *s, sd_vid v, unsigned depth);

/* --- effect.c: rules at a call --- */
enum { EFFECT_NONE, EFFECT_DONE, EFFECT_DEAD };         /* DONE: do not descend; DEAD: never returns */
/* Applies the rules of call event @ev to each state of @in, appending to @out. */
int apply_rules(struct run *r, uint32_t ev, struct sd_rule *const *rules, GArray *in, GArray *out);
void record_enable(struct run *r, uint32_t ev, const struct state *s, bool hard);
void set_irq(struct run *r, uint32_t ev, struct state *s, uint8_t irq);
void release_lock(struct run *r, uint32_t ev, struct state *s, struct lockref l);
#define ALL_SPINNING UINT32_MAX  /* in a relset: whatever lock spins */
uint32_t relset_of(struct prog *p, const struct state *s);
bool holds_spinning(const struct prog *p, const struct state *s);
const GArray *relset_get(const struct prog *p, uint32_t id);
void apply_store(struct run *r, uint32_t ev, struct state *s);
void entered_with_bh_off(struct state *s);

void call_result_sign(struct run *r, struct state *s, uint32_t ev, uint8_t sign);
void narrow_result(struct run *r, struct state *s, uint32_t ev, uint8_t mask);   /* of what may be, what is in @mask */
void restore_irq(struct run *r, uint32_t ev, struct state *s, tid key);

/* --- callee.c --- */
bool ambiguous(const struct inst *in);  /* exits differ in their locks, and the result does not tell which it was */
void apply_callee(struct run *r, uint32_t ev, const struct state *s, const GArray *targets, sd_sym slot, GArray *out);

/* --- kin.c --- */
void free_kin(struct prog *p);
void free_strangers(struct prog *p);

/* --- flow.c --- */
#define NO_BLOCK UINT32_MAX
uint32_t block_of(const struct sd_fn *ir, uint32_t ev);
/* A flag per block: @from leads to it, not by side @side of the branch that ends @b (NO_BLOCK: by all).  To be freed. */
bool *led_to(const struct sd_fn *ir, uint32_t from, uint32_t b, unsigned side);

/* --- guess.c --- */
void note_guess(struct run *r, uint32_t ev, uint32_t cls, bool held);
/* May a call before event @ev of @in have left a lock of final class @cls held? */
bool may_be_taken(const struct prog *p, const struct inst *in, uint32_t ev, uint32_t cls);
void free_guesses(struct prog *p);

/* --- class.c --- */
static inline struct raw_class *raw_at(const struct prog *p, uint32_t i) { return g_array_index(p->raw, struct raw_class *, i); }
uint32_t raw_class_of(struct prog *p, const struct inst *in, tid obj, const char *lock_type, uint32_t subclass);
tid kept_at(struct prog *p, const struct inst *in, tid value); /* where @value was read from, or where what a call returned is kept, or the object lies; 0 unknown */
struct init_site { sd_sym file; int line; uint32_t subclass; };
void note_init(struct prog *p, const struct inst *in, tid obj, const char *type, tid name, const struct init_site *site);
enum key_source { KEY_OWN, KEY_GIVEN, KEY_OF_OBJECT };
void note_key(struct prog *p, const struct inst *in, tid obj, tid key, enum key_source source);
void learn_lock_records(struct prog *p);
void resolve_classes(struct prog *p);
uint32_t final_of(const struct prog *p, uint32_t raw);
/* Has @relset released the lock of class @cls, or the variant of it that a condition chose instead? */
bool released_by(struct prog *p, uint32_t relset, uint32_t final_cls);
bool releases(struct prog *p, uint32_t final_released, uint32_t final_cls);
bool exclusive(struct prog *p, uint32_t final_a, uint32_t final_b);
void note_variants(struct prog *p, const struct inst *in);
bool has_variant(struct prog *p, uint32_t raw);         /* a condition may choose another lock instead of this one */
bool spinning_type(const char *lock_type);              /* its owner must not sleep */
bool sleeping_type(const char *lock_type);              /* mutex and its like: the owner may sleep */
bool holds_sleeping(const struct prog *p, const struct inst *in, uint32_t held0, uint32_t nheld);
bool levels_of_one_lock(struct prog *p, uint32_t final_a, uint32_t final_b);     /* the same but for the subclass */
bool skip_class(const struct prog *p, uint32_t raw);     /* unknown, or not checked by lockdep either: no dependencies, no usage */
struct class *class_at(const struct prog *p, uint32_t i);
char *object_name(struct prog *p, const struct inst *in, tid obj);      /* class path of any object; g_free; NULL unknown */

/* --- pointee.c --- */
void find_pointees(struct prog *p);
tid pointee_of(struct prog *p, tid t);          /* the path that a loaded pointer points to; 0 unknown */

/* --- names.c --- */
void collect_strings(struct prog *p);
void add_names(struct prog *p, struct raw_class *c, tid name, const struct init_site *site);
void add_names_of(struct prog *p, struct raw_class *c, const struct raw_class *from);
/* Every name of @c but c->lockdep_name, with its "/subclass": sorted, each once.  Strings are the results'. */
/* Its key is one of a table, or is given in several files, by whom calls a helper, or by the object: two objects may be of two classes. */
bool several_keys(const struct raw_class *c);
struct sd_class_name *other_names(struct prog *p, const struct raw_class *c, size_t *n);

/* --- entry.c --- */
void self_entries(struct prog *p);
/* @target (of @run's frame) becomes an entry by @rule; @obj is the registered object's address, 0 unknown. */
void register_entry(struct run *r, const struct state *s, uint32_t ev, const struct sd_rule *rule, sd_vid target, tid obj, const struct sd_val *member);
void note_object(struct run *r, const struct sd_rule *rule, tid obj);
void finish_entries(struct prog *p);

/* --- under.c --- */
sd_sym rule_variable(struct prog *p, const char *name);         /* the scanned variable of that name, of one file if it is static */
void note_outer(struct prog *p, const struct inst *in, uint32_t raw);
/* @rule, at a call of @run, names the object and the lock that is held around its callback. */
void note_under(struct run *r, const struct sd_rule *rule, tid obj, tid lock);
bool has_under(struct prog *p, sd_sym rec, sd_sym member);
/* @fn is stored in the member of the record at @obj. */
void note_self(struct prog *p, const struct inst *in, uint32_t fn, const struct sd_val *member, tid obj);
/* @target is registered by a call, and @lock held around it. */
void note_registered(struct run *r, const struct state *s, const struct sd_rule *rule, sd_vid target, tid lock);
void find_under(struct prog *p);

bool starts_at(const struct prog *p, uint32_t fn);      /* --only */

/* --- context.c --- */
#define INFERRED_TASK (UINT32_MAX - 1)  /* in place of an entry's index: see enter_unknown() */
void propagate_contexts(struct prog *p);
void contexts_init(struct prog *p);
/* [entry state of the caller]: that in which a call made at (at, bh) enters its callee. */
const uint8_t *bits_below(const struct prog *p, uint8_t at, int8_t bh);
struct point point_at(unsigned entry_bit, uint8_t at, int8_t bh);      /* at: AT() */
/* The states in which a call made with (at, bh) enters its callee, over the caller's entry states @mask. */
bool entered_in_interrupt(unsigned entry_bit);
uint64_t states_below(uint64_t mask, uint8_t at, int8_t bh);
bool unthreaded(uint8_t at);    /* in a hardirq that the function itself entered, and that is no thread on PREEMPT_RT either */

/* --- alike.c --- */
void list_called(struct prog *p);       /* sets prog.called */
void unite_alike(struct prog *p);       /* after that; instances have other numbers then */

/* --- compact.c --- */
void move_insts(struct prog *p);         /* only roots are found again by get_root(), and have exits */

/* --- calling.c --- */
struct calling { uint32_t *first, *who; };      /* of instance k: who[first[k]] to who[first[k + 1] - 1] */
struct calling find_calling(const struct prog *p);
void free_calling(struct calling *c);

/* --- sleeper.c, enable.c --- */
void find_sleepers(struct prog *p);     /* sets inst.may_sleep, must_sleep; before the contexts */
bool sleeps(const struct prog *p, const struct rec_acq *a);
void find_enabling(struct prog *p, const struct calling *calling);     /* sets inst.may_enable, enables_plainly; after the contexts */

/* --- acqset.c --- */
#define DEPTH 2         /* what a dependency's way down may cost: call_cost() */
#define WIDE 16         /* targets from which on a pointer costs two */
struct below {                          /* a node's call; where no lock is held the first of those that lead there in this way */
	uint32_t node;
	uint32_t call : 27;             /* index into the instance's calls */
	uint32_t cost : 2;
	uint32_t held : 1, under : 1;   /* locks are held there, and the callee may release them; one of them is no trylock's */
	uint32_t released : 1;          /* locks of the caller's are: below_relset() */
};
struct way { uint32_t node : 29, cost : 2, released : 1; };      /* what the way down asks of it: descent.c */
struct acqsets {
	uint32_t nnode;
	bool *acquires;                 /* [instance]: it, or what it calls, acquires something */
	bool *releases;                 /* [instance]: in it or below it, something of its caller's is released before something is acquired or called */
	uint32_t *inst; uint8_t *bit;   /* [node]: its instance, and the first of its states */
	uint32_t *group;                /* ... those that acquire the same (group.c) */
	struct below *below; uint32_t *first;   /* calls of a node: [first[node], first[node + 1]), in the instance's order; until groups are made of them */
	struct way *ways;               /* the same from then on: there are tens of millions */
	struct rows *rows;              /* of elements, and of classes */
	struct memo *released;          /* row << 32 | final class -> may it be released there */
	struct taken *taken[DEPTH + 1]; /* [level][group]: what is acquired at this cost at most */
	struct freed *freed[DEPTH + 1]; /* ... and released; all is clean where nothing is, and then these are empty */
};
struct taken {
	rowid all;
	rowid inner;                    /* with nothing but the caller's locks held */
};
struct freed {
	rowid clean;                    /* of what is acquired, what is with nothing of the caller's released before */
	rowid rel;                      /* final classes of the caller's that may be released on the way to what is acquired */
};
void compute_acqsets(struct prog *p, const struct calling *calling);
/* What is released at call @b of @node; hardly ever anything. */
static inline uint32_t below_relset(const struct prog *p, uint32_t node, const struct below *b)
{
	return b->released ? g_array_index(inst_at(p, p->acq->inst[node])->calls, struct rec_call, b->call).relset : 0;
}
struct below call_of_way(struct prog *p, uint32_t node, uint32_t way);   /* way: into acqsets.ways, one of the node's */
void free_acqsets(struct acqsets *s);
/* Elements: by how they are taken first, for nearly all are plain, and so a row of them is short (rows.h). */
#define CLASS_BITS 20
#define ELEM_LIMIT (4u << CLASS_BITS)
uint32_t elem_of(uint32_t cls, bool reader, bool nested);
static inline uint32_t elem_class(uint32_t el) { return el & ((1u << CLASS_BITS) - 1); }
static inline bool elem_nested(uint32_t el) { return el >> CLASS_BITS & 1; }
static inline bool elem_reader(uint32_t el) { return el >> CLASS_BITS >> 1 & 1; }
unsigned call_cost(const struct rec_call *c);
/* Targets, as far as they are guesses: each of a table's is called for some index, so many of them cost no more than some. */
static inline unsigned guesses(const struct rec_call *c)
{
	return c->table && c->ntargets > WIDE ? WIDE : c->ntargets;
}
static inline const struct taken *taken_by(const struct prog *p, uint32_t node, unsigned level) { return &p->acq->taken[level][p->acq->group[node]]; }
rowid acquired_under(struct prog *p, uint32_t group, unsigned level, uint32_t cls);

/* --- context.c: what a path through a call is worth at most, as check.c ranks it: 0 high, 1 medium, 2 low --- */
#define WEAKNESSES 3
#define MOST_WAYS 3             /* ways in which the pointers of a path of rank high may point */
#define MOST_INDIRECT 4         /* calls through pointers of a finding of rank high */
#define LONGEST 14              /* steps of a path of rank high */
#define WEAK_STEPS 40           /* a weak call is as good as so many steps more */
unsigned call_weakness(const struct rec_call *c);
bool holds_any(const struct inst *in, uint32_t held0, uint32_t nheld);
bool reads_recursively(const struct prog *p, uint8_t mode, struct point pt);

/* --- node.c --- */
void find_nodes(struct prog *p, struct acqsets *s, const struct calling *calling);
uint32_t node_at(const struct inst *in, unsigned bit);          /* UINT32_MAX: never entered so */
/* The node that call @c enters from state @bit of its instance; UINT32_MAX where it is not made, or cannot be. */
uint32_t node_below(const struct prog *p, const struct rec_call *c, unsigned bit);

#endif
