/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * depgraph.h - what is made of the instances: dependencies, usage, their witnesses, and findings; private to analyzer/graph.
 *
 * model.h has all that comes before.  Classes are final ones (prog.classes), edges are sorted by their ends.
 */
#ifndef SD_DEPGRAPH_H
#define SD_DEPGRAPH_H

#include "memo.h"
#include "model.h"

/* --- deps.c --- */
enum src_what { SRC_ACQUIRE, SRC_CALL, SRC_ENTRY };
struct source {                 /* there are tens of millions */
	uint32_t from;          /* final class that is held */
	uint32_t inst, held, rec;       /* held: index into inst.heldv, of an entry 0 for its map, else 1 + that of what is held around it; rec: into acqs, calls or the program's entries */
	rowid all, inner;       /* elements acquired there; inner: with `from` the innermost held lock */
	uint32_t group;         /* of the node that is called (acqset.c); UINT32_MAX: an acquisition */
	uint32_t cost : 18, what : 2, bit : 6;          /* bit: entry state */
	uint32_t guesses : 2;   /* call_cost() of the call */
	bool exclusive : 1, nested : 1;                 /* how it is held */
	bool clean : 1;         /* of the group, what is acquired with nothing of the caller's released before */
};
_Static_assert(ENTRY_BITS <= 1 << 6 && UINT16_MAX + 1024 < 1 << 18, "an entry state and a cost (cost_of()) have room");
struct self { uint32_t src, el; };
struct depgraph {
	uint32_t nclass, n;     /* n: edges, sorted by from, to */
	uint32_t *first;        /* [nclass + 1]: edges of a class */
	uint32_t *to;           /* [edge]: final class */
	uint8_t *kinds;         /* ... SD_DEP_*; times 16 those seen with `from` the innermost held lock: what lockdep would link */
	uint8_t *tier;          /* ... the least cost of a way to it (acqset.c) */
	struct source *src;     /* by from, cost */
	uint32_t *src_first;    /* [nclass + 1] */
	struct lean *lean;      /* search.c: edges that the searches at hand may use; NULL: all */
	unsigned drops;         /* kinds dropped: a tree grown before may rest on one */
	GArray *self;           /* same class held and taken: candidates for recursion */
	struct best *best;      /* edges.c */
	GHashTable *deps;       /* edge -> struct sd_dep, of those that were looked at for a finding: dep_of() */
};
struct depgraph *build_deps(struct prog *p);
void free_deps(struct depgraph *g);
rowid source_row(const struct prog *p, const struct source *s, unsigned level, bool inner);     /* what is acquired there at a cost of @level at most */
bool counts(struct prog *p, bool nested_held, uint32_t from, uint32_t el);
bool source_acquires(struct prog *p, const struct source *s, uint32_t to);      /* in any way that makes a dependency */

/* --- edges.c --- */
struct edge {
	uint32_t no, from, to;  /* no: its index */
	uint8_t kinds, inner, tier;
};
struct edge_src { const struct source *source; uint8_t level; bool nested; };  /* best source of a kind, and the least cost of the way down from there */
void find_edges(struct prog *p, struct depgraph *g);
void free_edges(struct depgraph *g);
struct edge edge_at(const struct depgraph *g, uint32_t i);
struct edge edge_in(const struct depgraph *g, uint32_t from, uint32_t i);         /* of a class that is known */
void drop_kind(struct depgraph *g, uint32_t i, unsigned kind);  /* it has no witness: it is no fact */
void find_best_sources(struct prog *p, struct depgraph *g);
struct edge_src edge_source(const struct depgraph *g, const struct edge *e, unsigned kind);

/* --- gate.c --- */
void keep_common(GArray *out, const GArray *here);      /* classes of @out that @here has too stay */
/* Final classes held before `from` wherever @e is seen: two edges with one in common exclude each other.  g_array_free(). */
GArray *edge_gates(struct prog *p, const struct depgraph *g, const struct edge *e);

/* --- usage.c --- */
enum { BY_ACQUIRE, BY_ENABLE, BY_CALL, BY_ENTRY };      /* what set a usage bit: rec indexes acqs, enables, calls, entries */
struct use { uint32_t inst; uint32_t rec; uint8_t what; uint8_t bit; uint16_t dist; bool set; };
struct users {                          /* who sets one bit of a class */
	uint32_t cls;
	unsigned bit;
	GArray *all;                    /* struct use, one of each function, the best proof first */
	struct users *next;             /* of the same class */
};
struct usage { struct use by[SD_U_COUNT]; struct users *users; };
struct usage *compute_usage(struct prog *p);    /* [nclass] */
void find_users(struct prog *p, struct users *of, size_t n);    /* makes @of[].all and .next; what enables interrupts in callees is left out */

/* --- descent.c --- */
struct hop { uint32_t inst, call; };    /* call @call of the instance */
struct aim {
	uint32_t el, from;      /* what is to be acquired; the caller's class that must not be released before, UINT32_MAX none */
	unsigned most;          /* calls */
};
#define ANY_DEPTH UINT16_MAX
enum descent { D_NONE, D_FOUND, D_TOO_FAR };
/*
 * The shortest way from @node down to such an acquisition, at a cost of @level at most: appends the calls to @hops, outermost
 * first, and says where.
 */
enum descent descend(struct prog *p, uint32_t node, int level, const struct aim *aim, GArray *hops, uint32_t *inst, uint32_t *ev);
bool acquires(struct prog *p, const struct rec_acq *a, uint64_t in, uint32_t el);       /* is it what @a acquires in one of states @in? */
void free_descents(struct prog *p);

/* --- forced.c --- */
enum choice {
	OF_MEMBERS,     /* on integer members of objects, and on what was loaded through pointers */
	OF_GIVEN,       /* on integers that a function is given, from a member, and not on what it reads itself */
	OF_PROPERTIES   /* on members, and not on how they compare with one another, nor on bytes that one points to */
};
/*
 * How many choices the objects that are handed down must have made before it happens, 0: it happens whatever they say.  Of an acquisition below this
 * source; of what the edge says; of the use of a lock, from the entry that the use is known by.
 */
unsigned choices_at(struct prog *p, const struct source *s, uint32_t el, int level, enum choice of);
unsigned choices_of_dep(struct prog *p, struct depgraph *g, const struct edge *e, unsigned kind, enum choice of);
unsigned choices_of_use(struct prog *p, uint32_t cls, const struct use *u, enum choice of);

/* --- witness.c --- */
struct sd_witness *witness_usage(struct prog *p, struct sd_arena *a, uint32_t cls, const struct use *u, unsigned bit);
/* The place alone: who holds `from` and acquires, or calls what does. */
struct sd_witness *witness_place(struct prog *p, struct sd_arena *a, struct depgraph *g, const struct edge *e, unsigned kind,
				 struct sd_step *held);
/* NULL: there is none, or *@far, none with @most calls on the way down or less. */
struct sd_witness *witness_dep(struct prog *p, struct sd_arena *a, struct depgraph *g, const struct edge *e, unsigned kind, unsigned most,
			       struct sd_step *held, bool *far);
/* The same without the way down from the call: what is not looked for yet can only make it weaker.  No steps. */
void sketch_dep(struct prog *p, struct depgraph *g, const struct edge *e, unsigned kind, struct sd_witness *w);
/* The same where the edge's source is known: changes nothing but @p's scratch, @a, and names kept. */
struct sd_witness *witness_of_source(struct prog *p, struct sd_arena *a, const struct edge *e, unsigned kind, const struct edge_src *src, unsigned most,
				     struct sd_step *held, bool *far);
/* From @inst, an entry for the first two, down to what is done there with class @cls, and outward. */
enum done { D_TAKEN, D_RELEASED /* though not held */, D_INITIALISED /* though held */, D_TAKEN_UNTHREADED /* in a hardirq that it enters */ };
struct sd_witness *witness_from(struct prog *p, struct sd_arena *a, uint32_t inst, uint32_t cls, enum done what);
/* Is the lock held at @src the one taken below it?  Returns a witness when it is proved. */
struct sd_witness *witness_same_object(struct prog *p, struct sd_arena *a, const struct source *s, uint32_t el, struct sd_step *held);
/* The same whatever the object is. */
struct sd_witness *witness_two_objects(struct prog *p, struct sd_arena *a, const struct source *s, uint32_t el, struct sd_step *held);

/* --- guess.c: may the lock that the finding says is held have been given back by then? --- */
bool gone_at_source(struct prog *p, const struct source *s, uint32_t el, int level);
bool gone_at_dep(struct prog *p, struct depgraph *g, const struct edge *e, unsigned kind);
bool gone_after(struct prog *p, const struct inst *in, uint32_t ev, uint32_t cls);        /* where it is left held: taken at event @ev, until the function returns */
bool gone_at_use(struct prog *p, uint32_t cls, const struct use *u);

/* --- kin.c --- */
void find_kin(struct prog *p);
/* Is event @ev of @in reached only where the object's table is none of those that have function @fn in @slot? */
bool denies_table(const struct prog *p, const struct inst *in, uint32_t ev, sd_sym slot, uint32_t fn);
/* The record that has function @fn in @slot; 0 when none is seen. */
sd_sym record_of_op(const struct prog *p, sd_sym slot, uint32_t fn);

/* --- stranger.c --- */
void find_strangers(struct prog *p);
/* Does @outer, which is @caller or further out than that, and @caller calls function @fn of a record, belong to code that has such records of its own, and never those with @fn? */
bool is_stranger(const struct prog *p, const struct func *outer, const struct func *caller, uint32_t fn, sd_sym rec);

/* --- search.c --- */
/* A shortest strong path over edges. */
struct path { uint32_t n; uint32_t *edge; uint8_t *kind; };
struct limits {
	const bool *skip, *stop;        /* [class], NULL none: classes that are not entered; classes from which no way goes on */
	unsigned length;                /* most edges of a path, 0 any */
	uint32_t goal;                  /* 1 + the only class that is asked for, 0 any: what cannot change the answer may be left out */
	uint8_t tier;                   /* edges of a higher one are left out */
};
struct tree;            /* shortest strong paths from one class to all */
struct tree *tree_new(uint32_t nclass);         /* to be grown, again and again */
void grow_tree(struct tree *t, const struct depgraph *g, uint32_t nclass, uint32_t from, bool from_read, bool inner_only, const struct limits *lim);
bool tree_reaches(const struct tree *t, uint32_t to, bool to_needs_block);
/*
 * From now on searches find only edges that @lim and @scc (class -> component; NULL any) allow, which lie together: for many searches
 * with the same limits.  Until drop_lean().
 */
void make_lean(struct depgraph *g, const struct limits *lim, const uint32_t *scc);
void drop_lean(struct depgraph *g);
void lean_kinds(struct depgraph *g, uint32_t from, uint32_t i);         /* edge @i has other kinds now */
void free_tree(struct tree *t);         /* NULL does nothing */
struct path *tree_path(const struct tree *t, uint32_t to, bool to_needs_block, struct sd_arena *a);     /* NULL: none */
uint32_t *class_components(const struct depgraph *g, uint32_t nclass);  /* class -> strongly connected component; g_free */

/* --- check.c, fill.c --- */
/* Dependencies up to which each gets its full witness; beyond it those of findings do, and the others their place. */
#define FULL_WITNESSES 50000
bool is_large(const struct depgraph *g);
struct sd_dep *dep_of(struct depgraph *g, struct sd_arena *a, uint32_t i);      /* its witnesses, as far as they are known: the results' */
void fill_last(struct prog *p, struct depgraph *g, struct sd_results *r);
void fill_results(struct prog *p, struct depgraph *g, struct usage *u, struct sd_results *r);
void check_all(struct prog *p, struct depgraph *g, struct usage *u, struct sd_results *r);

#define TRIES 8         /* ways that turn out to have no witness, until a finding is given up */

/* check.c offers check_state.c: */
struct checker {
	struct prog *p;
	struct depgraph *g;
	struct usage *u;
	struct sd_results *r;
	struct sd_arena *a;
	GArray *out;            /* struct sd_finding */
	uint32_t n;             /* classes */
	bool big;               /* more than FULL_WITNESSES dependencies: nobody reads all that does not rank high there, so it is counted only */
	bool *several_keys;     /* [class] */
	unsigned dropped;       /* counted and not listed */
	unsigned given_up;      /* TRIES ways without a witness */
	struct ahead *ahead;    /* ahead.c */
	struct memo far;        /* dependency << 2 | kind -> 1 + the most calls with which there was no way down; one with more there is */
};
struct irq_kind { const char *name, *NAME; uint8_t in_w, in_r, on_w, on_r; };
extern const struct irq_kind irq_kinds[2];      /* hardirq, softirq */
bool has_usage(struct checker *c, uint32_t cls, unsigned bit);
struct sd_witness *usage_wit(struct checker *c, uint32_t cls, unsigned bit);
enum proof { PROVED, NO_WITNESS, NOT_LISTED };
/*
 * The full witnesses of the first @n dependencies, made now.  NO_WITNESS: one has none after all: it is no fact, and its kind is
 * dropped.  NOT_LISTED: one is so long that the finding ranks too low to be listed; that is counted.
 */
enum proof add_dep_wits(struct checker *c, struct sd_finding *f, size_t n);
/* true: it would rank high if no member of an object decided whether it happens. */
bool rank_finding(struct checker *c, struct sd_finding *f);
/* The rank when the first @n of f->deps, whose witnesses are not there yet, are as good as can be; false: it would not be listed. */
bool worth_proving(struct checker *c, struct sd_finding *f, size_t n);

/* --- ahead.c --- */
#define AHEAD 16        /* findings whose witnesses are made together, for each processor */
void prove_next(struct checker *c, const struct sd_finding *f);         /* notes that the witnesses of all its dependencies may be asked for */
void prove_all(struct checker *c);                                      /* makes what was noted */
bool proved_ahead(struct checker *c, uint32_t dep, unsigned kind, struct sd_witness **w, struct sd_step *held, bool *far);
void free_ahead(struct checker *c);

/* --- check_path.c --- */
void inversions(struct checker *c, const struct irq_kind *k, guint first);       /* first: of the findings of this kind of interrupt */
void circles(struct checker *c);
const char *lock_name(struct checker *c, uint32_t cls);
void add_wit(struct checker *c, struct sd_finding *f, struct sd_witness *w);
void set_chain(struct checker *c, struct sd_finding *f, uint32_t first, const struct path *path);
void keep_finding(struct checker *c, struct sd_finding *f);

/* --- check_users.c --- */
void name_users(struct checker *c);     /* the other functions that take the lock of an inconsistent state with interrupts on */

/* --- check_state.c --- */
bool is_sleeping_lock(const struct sd_class *k);        /* its owner may sleep, so it is never rightly taken in atomic context */
void check_states(struct checker *c);

#endif
