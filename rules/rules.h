/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.h - the only reader of *.rules files (format: rules/README.md).
 *
 * One fact per line: WORD NAME key=value...  NAME is a function, a glob of function names
 * ("__x64_sys_*"), RECORD::MEMBER for a call through (or a store to) a struct member, or
 * @init / @exit for functions so marked.  $1.. are arguments, ret the return value.
 */
#ifndef SD_RULES_H
#define SD_RULES_H

#include <stdbool.h>
#include "base.h"

enum sd_rule_word {
	SD_R_ACQUIRE,   /* the function returns with the lock held (if held_if holds) */
	SD_R_TRY,       /* a trylock: no dependency to itself, no IN-* bit (lockdep-design.rst, "Trylock" ...) */
	SD_R_RELEASE,
	SD_R_IRQ,       /* changes the irq or bh state only, or enters/leaves an interrupt context */
	SD_R_ENTRY,     /* what it registers (call) or is (self) is called in a known context */
	SD_R_INIT,      /* names a lock class: lockdep_init_map and its callers */
	SD_R_INNER,     /* RECORD::MEMBER is the same lock as the record around it (spinlock::rlock) */
	SD_R_SAME,      /* returns its argument `ret` unchanged (spinlock_check) */
	SD_R_TEST,      /* its result tells about the context: see enum sd_test */
	SD_R_PURE,      /* equal arguments give an equal result within one function (IS_ERR, test_bit) */
	SD_R_SKIP,      /* do not descend: its locks and effects are of no interest (printk internals, lockdep itself) */
	SD_R_NORETURN,  /* never comes back */
	SD_R_ASSERT,    /* lockdep_assert_*: a fact about the state at this point */
	SD_R_CLASS,     /* renames or splits a class */
	SD_R_OBJECT,    /* the object given here has its entry called in this context instead (hrtimers by mode) */
	SD_R_SLEEP,     /* may sleep: not to be called in atomic context (the row says nothing of locks: others may) */
	SD_R_SYNC,      /* waits for the callback of the object: takes and gives back its lockdep map (del_timer_sync, cancel_work_sync) */
	SD_R_LAST,      /* drops a reference: a result that is not 0 says that it was the last, which the code seldom knows */
	SD_R_WRITES,    /* fills the object with bytes: no store says what its members hold then */
	SD_R_ALLOC,     /* returns NULL or the address of a new object: never an error (kmalloc) */
	SD_R_UNDER,     /* a lock that is held around a callback, by who calls it */
	SD_R_RARE,      /* a result that is not 0 says what is true of few objects only, and only of those whose users asked for it */
	SD_R_WORDS
};

/* Which value an effect talks about. */
enum sd_opnd_kind { SD_O_NONE, SD_O_ARG, SD_O_RET, SD_O_CONST };
struct sd_opnd {
	uint8_t kind;           /* enum sd_opnd_kind */
	bool deref;             /* *$2: the value stored where the argument points */
	uint8_t arg;            /* from 0 ($1 is 0) */
	int64_t num;            /* SD_O_CONST */
};

/* lock=$1->lock.rlock : an argument (or ret, or &global) and members; '->' and '.' after the first both mean "member of the record pointed to". */
struct sd_rule_path {
	struct sd_opnd root;    /* SD_O_NONE with global != NULL: address of that global */
	const char *global;
	const char *record;     /* RECORD::member: of any object of that record */
	bool place;             /* &$2: where the argument was read from; &ret: where the result is kept */
	bool self;              /* the record around the member that the row is about */
	const char **member;    /* nmember names; */
	size_t nmember;
	bool deref_first;       /* $1->lock dereferences the argument: address = field(arg, lock).  Always so for nmember > 0 */
};

enum sd_flip {          /* what happens to the hardirq (softirq) state */
	SD_FLIP_NONE, SD_FLIP_OFF, SD_FLIP_ON,
	SD_FLIP_SAVE,           /* off; the state before goes to operand */
	SD_FLIP_RESTORE,        /* back to what operand was saved from */
	SD_FLIP_ENTER,          /* irq only: enter that interrupt context (irq_enter, HARDIRQ_ENTER of the self-test) */
	SD_FLIP_EXIT,
	SD_FLIP_COUNT,          /* irq RECORD::MEMBER: counted up it is entered, counted down left */
	SD_FLIP_THREADED        /* irq RECORD::MEMBER: stored nonzero, the hardirq that is served would be a thread on PREEMPT_RT */
};
struct sd_irq_effect { uint8_t flip; struct sd_opnd opnd; };

enum sd_mode { SD_MODE_W, SD_MODE_r, SD_MODE_R, SD_MODE_COUNT };      /* lockdep's write, non-recursive read, recursive read */

enum sd_cmp { SD_CMP_ALWAYS, SD_CMP_EQ, SD_CMP_NE, SD_CMP_LT, SD_CMP_LE, SD_CMP_GT, SD_CMP_GE, SD_CMP_MASK /* opnd & num */, SD_CMP_NMASK /* !(opnd & num) */ };
struct sd_cond { uint8_t cmp; struct sd_opnd opnd; int64_t num; };      /* held-if=ret==0, if=$4&0x80 */

enum sd_ctx { SD_CTX_UNKNOWN, SD_CTX_TASK, SD_CTX_SOFTIRQ, SD_CTX_HARDIRQ, SD_CTX_COUNT };
enum sd_tri { SD_TRI_UNKNOWN, SD_TRI_ON, SD_TRI_OFF };

enum sd_test {
	SD_TEST_NONE,
	SD_TEST_PREEMPT_COUNT,  /* returns preempt_count(): masks tell hardirq, softirq, serving softirq, nmi */
	SD_TEST_IRQS_DISABLED,  /* true when hardirqs are off */
	SD_TEST_IRQ_FLAGS,      /* a saved flags word: of the current state */
	SD_TEST_FLAGS_DISABLED, /* $1 is such a flags word: true when it says off */
	SD_TEST_IN_HARDIRQ, SD_TEST_IN_SOFTIRQ /* serving */, SD_TEST_IN_INTERRUPT, SD_TEST_IN_TASK,
	SD_TEST_HELD            /* lockdep_is_held($1) */
};

/* How a lock waits (include/linux/lockdep_types.h, enum lockdep_wait_type), worse and worse.  CONFIG sleeps on PREEMPT_RT only. */
enum sd_wait { SD_WAIT_NONE, SD_WAIT_SPIN, SD_WAIT_CONFIG, SD_WAIT_SLEEP };

enum { SD_ARG_UNKNOWN = -1, SD_ARG_SELF = -2 };

struct sd_rule {
	enum sd_rule_word word;
	const char *name;       /* function, glob, "record::member" or "@init" */
	const char *record, *member;    /* of RECORD::MEMBER, else NULL */
	bool is_glob, is_override;
	bool is_none;           /* override WORD NAME none: takes rows away; never in an answer of sd_rules_for() */
	bool is_user;           /* from a user's file, not from ours */
	struct sd_rule_path lock; bool has_lock;
	const char *lock_type;  /* "spinlock" "raw_spinlock" "rwlock" "mutex" "rwsem" "percpu_rwsem" "rt_mutex" "seqcount" "seqlock" "local_lock" "bit_spinlock" "ww_mutex" "semaphore" "map"; NULL: by the lock's record */
	enum sd_mode mode_task, mode_irq;       /* mode=r@task,R@irq; equal when one was given */
	struct sd_opnd mode_arg; bool has_mode_arg;     /* mode=$4: the argument says, 0 W, 1 r, 2 R */
	bool outside;           /* says nothing where the function's body was scanned */
	bool zeroed;            /* alloc: all its bytes are 0 */
	bool downgrade;         /* release: write mode becomes read (downgrade_write) */
	struct sd_irq_effect hardirq, softirq;
	bool preempt_off, preempt_on;
	struct sd_cond held_if; /* acquire, try: the lock is held when this is true of the result */
	struct sd_cond when;    /* if=: the rule applies when this is true of the arguments */
	struct sd_opnd subclass; bool has_subclass;
	struct sd_opnd nest; bool has_nest;
	/* entry */
	struct sd_opnd call;    /* which argument is called; SD_O_NONE: `self`, the named function(s) or whatever is stored in RECORD::MEMBER */
	int call_arg;           /* the callback gets this argument (from 0), SD_ARG_UNKNOWN, or SD_ARG_SELF: the record around RECORD::MEMBER */
	int call_param;         /* ... as this parameter (from 0): arg=$5@2 is {4, 1} */
	bool dispatch;          /* entry REC::MEMBER: calls through this member do not carry the caller's lock state */
	enum sd_ctx context; enum sd_tri irqs, bhs;     /* state in which the entry is called */
	const char *role;       /* "irq handler", "timer", "work", "syscall", "file operation", ...: printed; underscores read as spaces */
	struct sd_opnd object; bool has_object; /* the registered object (a timer, a work item): argument holding its address; kind SD_O_NONE: the record around RECORD::MEMBER */
	const char *object_member;      /* object=$3->work: the member of it, NULL none */
	struct sd_opnd from; bool has_from;     /* writes: the bytes are those at this argument */
	/* init, class */
	struct sd_opnd class_name, class_key; bool has_class_name, has_class_key;
	const char *class_text; /* class REC.member name=TEXT */
	uint8_t class_wait;     /* class NAME wait=: the worst that may be waited for while it is held; enum sd_wait, NONE: not said */
	bool class_unchecked;   /* class NAME unchecked: lockdep does not check locks of this class, or with this key */
	/* test, same */
	enum sd_test test; struct sd_opnd same;
	/* assert */
	bool assert_held; enum sd_tri assert_irqs;
	const char *comment;    /* text after '#', NULL if none: printed as the rule's source */
	const char *file; int line;
	unsigned hits;          /* how often it matched: names that no TU knows are listed in a run */
};

struct sd_rules;

/*
 * Reads every *.rules of @dir (sorted by name), then the @nuser files in order.  Duplicate rows for one
 * name and word contradict each other unless the later says `override` first (then it replaces all earlier rows of that
 * name and word).  Errors: one line each on @err (FILE *): "file:line: what; what would be accepted"; returns the number of errors, 0 is good.
 * *out is set even with errors (to the rows that were good), so that check-rules can go on; free it.
 */
int sd_rules_load(struct sd_rules **out, const char *dir, const char *const *user, size_t nuser, struct _IO_FILE *err);
void sd_rules_free(struct sd_rules *r);

/*
 * The cross-row checks, called by sd_rules_load(): rows that contradict each other, locks acquired that nothing releases.
 * Same output and result as there.
 */
int sd_rules_check(const struct sd_rules *r, struct _IO_FILE *err);

/*
 * All rows for a function by its plain name (no @file), in file order, globs last.  The most exact name wins, word by word: a
 * row for foo_bar hides the rows of the same word for foo_*.  NULL-terminated array owned by @r; NULL if none.
 * The answer is cached in @r: one thread at a time.
 */
struct sd_rule *const *sd_rules_for(const struct sd_rules *r, const char *function);
/* All rows for RECORD::MEMBER; NULL if none. */
struct sd_rule *const *sd_rules_for_member(const struct sd_rules *r, const char *record, const char *member);
/* All rows, in order. */
struct sd_rule *const *sd_rules_all(const struct sd_rules *r, size_t *n);
/* XXH64 over every row as read: part of the analysis' key. */
uint64_t sd_rules_hash(const struct sd_rules *r);

#endif
