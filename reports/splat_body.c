/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * splat_body.c - the lines of one report.
 *
 * A phrase that lockdep prints ("but task is already holding lock:") says what the following
 * lines are.  A line is then a lock, a stack frame, the head of a lock class or of a stack, or
 * it is somebody else's and skipped: serial consoles mix in whatever else was printed.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "splat_parse.h"

/* "HARDIRQ", "SOFTIRQ" in @s (also of "SOFTIRQ-READ"): "hardirq", "softirq", "". */
const char *splat_irq_word(const char *s)
{
	const char *h = strstr(s, "HARDIRQ"), *f = strstr(s, "SOFTIRQ");

	if (h && (!f || h < f))
		return "hardirq";
	return f ? "softirq" : "";
}

/* --- locks and stacks of the open report --- */

static size_t lock_index(struct parser *p, const struct sd_splat_lock *lk)
{
	struct sd_splat *sp = p->r.sp;
	struct sd_splat_lock *l;

	for (size_t i = 0; i < sp->nlocks; i++) {
		l = &sp->locks[i];
		if (strcmp(l->printed, lk->printed))
			continue;
		if (!l->usage[0])
			memcpy(l->usage, lk->usage, sizeof(l->usage));
		if (l->wait_outer < 0) {
			l->wait_outer = lk->wait_outer;
			l->wait_inner = lk->wait_inner;
		}
		return i;
	}
	l = APPEND(p->a, sp->locks, sp->nlocks);
	*l = *lk;
	return sp->nlocks - 1;
}

size_t splat_lock_named(struct parser *p, const char *printed)
{
	struct sd_splat_lock lk = { .wait_outer = -1, .wait_inner = -1, .key = "" };

	line_lock_name(p->a, printed, &lk);
	return lock_index(p, &lk);
}

struct sd_stack *splat_usage_stack(struct parser *p, size_t lock, const char *role)
{
	struct sd_splat_lock *l = &p->r.sp->locks[lock];
	struct sd_stack *st;

	for (size_t i = 0; i < l->nstacks; i++)
		if (!strcmp(l->stacks[i].role, role)) {
			/* the class' own entry says it again, with all frames */
			l->stacks[i].frames = NULL;
			l->stacks[i].nframes = 0;
			return &l->stacks[i];
		}
	st = APPEND(p->a, l->stacks, l->nstacks);
	st->role = sd_arena_strdup(p->a, role);
	return st;
}

/* Frames go to a scratch stack until something else begins: arrays of stacks may move. */
void splat_flush(struct parser *p)
{
	struct rstate *r = &p->r;

	if (r->put && r->scratch.nframes)
		r->put(p);
	r->put = NULL;
	memset(&r->scratch, 0, sizeof(r->scratch));
	r->interrupted = false;
}

static void begin_stack(struct parser *p, void (*put)(struct parser *))
{
	splat_flush(p);
	p->r.put = put;
	p->r.skipped = 0;
}

static void put_usage(struct parser *p)
{
	struct sd_stack *st = splat_usage_stack(p, p->r.class, p->r.role);

	st->frames = p->r.scratch.frames;
	st->nframes = p->r.scratch.nframes;
}

static void put_acquired(struct parser *p)
{
	struct entry *e = &p->r.entries[p->r.nentries - 1];

	e->stack = p->r.scratch;
	e->stack.role = "acquired at";
}

static void put_backtrace(struct parser *p)
{
	p->r.sp->backtrace = p->r.scratch;
	p->r.sp->backtrace.role = "backtrace";
	p->r.sp->complete = true;
}

/* --- lines: each takes one and says so with true --- */

/* "at: FRAME" behind a lock; symbolised logs repeat the line, innermost inlined function first. */
static void add_at(struct parser *p, struct sd_stack *st, const char *rest)
{
	const char *at = strstr(rest, "at: ");
	struct sd_frame f;

	st->role = "at";
	if (at && line_frame(p->a, at + 4, true, &f))
		*APPEND(p->a, st->frames, st->nframes) = f;
}

static void add_held(struct parser *p, int number, size_t lock, const char *rest)
{
	struct sd_splat *sp = p->r.sp;
	struct sd_splat_held *h;

	if (sp->nheld && p->r.held_number == number) {
		add_at(p, &sp->held[sp->nheld - 1].at, rest);
		return;
	}
	p->r.held_number = number;
	h = APPEND(p->a, sp->held, sp->nheld);
	h->lock = lock;
	add_at(p, &h->at, rest);
	if (sp->kind == SD_S_HELD_USER)
		sp->complete = true;    /* this kind ends with its list */
}

static bool held_line(struct parser *p, const char *s)
{
	struct sd_splat_lock lk;
	const char *rest;
	char *end;
	long number;

	if (*s != '#' || !isdigit((unsigned char)s[1]))
		return false;
	number = strtol(s + 1, &end, 10);
	if (*end != ':' || !line_lock(p->a, end + 1, &lk, &rest))
		return false;
	add_held(p, (int)number, lock_index(p, &lk), rest);
	return true;
}

/* A lock below a phrase: whose it is depends on the phrase. */
static bool lock_line(struct parser *p, const char *s)
{
	struct rstate *r = &p->r;
	struct sd_splat_lock lk;
	const char *rest;
	size_t i;

	if (r->part == P_NONE || !line_lock(p->a, s, &lk, &rest))
		return false;
	if (r->part == P_NEWDEP)        /* says again what trigger and holding said */
		return true;
	i = lock_index(p, &lk);
	switch (r->part) {
	case P_TRIGGER:
		r->sp->trigger = i;
		add_at(p, &r->sp->trigger_at, rest);
		break;
	case P_HOLDING:
		r->sp->holding = i;
		add_at(p, &r->sp->holding_at, rest);
		break;
	case P_SAFE:
		r->safe = i;
		break;
	case P_UNSAFE:
		r->unsafe = i;
		break;
	case P_OTHER:
		r->other = i;
		break;
	default:
		break;
	}
	return true;
}

/* "-> (NAME){....}-{2:2} {" and "-> #1 (NAME){....}-{2:2}:" */
static bool entry_line(struct parser *p, const char *s)
{
	struct sd_splat_lock lk;
	struct entry *e;
	const char *rest;
	char *end = NULL;
	int number = -1;

	if (strncmp(s, "-> ", 3))
		return false;
	s += 3;
	if (*s == '#' && isdigit((unsigned char)s[1])) {
		number = (int)strtol(s + 1, &end, 10);
		s = end;
	}
	if (!line_lock(p->a, s, &lk, &rest))
		return false;
	splat_flush(p);
	e = APPEND(p->a, p->r.entries, p->r.nentries);
	e->lock = lock_index(p, &lk);
	e->number = number;
	e->section = p->r.section;
	p->r.class = e->lock;
	p->r.part = P_NONE;
	if (number >= 0)
		begin_stack(p, put_acquired);
	return true;
}

static const char *const roles[] = {
	"IN-HARDIRQ-W", "IN-HARDIRQ-R", "IN-SOFTIRQ-W", "IN-SOFTIRQ-R",
	"HARDIRQ-ON-W", "HARDIRQ-ON-R", "SOFTIRQ-ON-W", "SOFTIRQ-ON-R",
	"INITIAL USE", "INITIAL READ USE",
};

static bool role_line(struct parser *p, const char *s)
{
	size_t n;

	if (p->r.class == SD_NO_LOCK)
		return false;
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		n = strlen(roles[i]);
		if (strncmp(s, roles[i], n) || strncmp(s + n, " at:", 4))
			continue;
		begin_stack(p, put_usage);
		p->r.role = roles[i];
		return true;
	}
	return false;
}

/* "... key      at: [<ffffffff8f4244c0>] __key.34689+0x0/0x40" and "... acquired at:" */
static bool dots_line(struct parser *p, const char *s)
{
	const char *k;

	if (strncmp(s, "... ", 4) || p->r.class == SD_NO_LOCK)
		return false;
	if (!strncmp(s + 4, "acquired at:", 12) && p->r.nentries) {
		begin_stack(p, put_acquired);
		p->r.entries[p->r.nentries - 1].acquired = true;
		return true;
	}
	if (strncmp(s + 4, "key ", 4))
		return false;
	splat_flush(p);
	k = strstr(s, ">] ");
	if (k)
		p->r.sp->locks[p->r.class].key = sd_arena_strndup(p->a, k + 3, strcspn(k + 3, "+ "));
	return true;
}

/* "A --> B --> C": every piece is a lock's name. */
static bool chain_line(struct parser *p, const char *s)
{
	const char *arrow;
	struct rstate *r = &p->r;

	if (r->part != P_CHAIN || !strstr(s, " --> "))
		return false;
	r->nchain = 0;
	do {
		arrow = strstr(s, " --> ");
		*APPEND(p->a, r->chain, r->nchain) =
			splat_lock_named(p, sd_arena_strndup(p->a, s, arrow ? (size_t)(arrow - s) : strlen(s)));
		s = arrow ? arrow + 5 : NULL;
	} while (s);
	r->part = P_NONE;
	return true;
}

/* "rlock(NAME);" in the scenario: that side reads. */
static bool scenario_line(struct parser *p, const char *s)
{
	size_t n = strlen(s);

	if (strncmp(s, "rlock(", 6) || n < 9 || strcmp(s + n - 2, ");"))
		return false;
	p->r.sp->locks[splat_lock_named(p, sd_arena_strndup(p->a, s + 6, n - 8))].read = true;
	return true;
}

/* --- phrases --- */

static void became(struct parser *p, const char *s)     /* "... which became HARDIRQ-irq-unsafe at:" */
{
	struct rstate *r = &p->r;
	bool unsafe = strstr(s, "-unsafe at:") != NULL;
	bool soft = strstr(s, "SOFTIRQ") != NULL;
	size_t lock = unsafe ? r->unsafe : r->safe;
	const char *u;
	bool read;

	splat_flush(p);
	if (lock == SD_NO_LOCK)
		return;
	/* Not said: writer or reader.  The usage characters tell, the writer first, as lockdep prefers. */
	u = p->r.sp->locks[lock].usage + (soft && strlen(p->r.sp->locks[lock].usage) >= 4 ? 2 : 0);
	read = !strchr(unsafe ? "+?" : "-?", u[0]) || !u[0];
	r->class = lock;
	r->role = roles[(unsafe ? 4 : 0) + (soft ? 2 : 0) + read];
	begin_stack(p, put_usage);
	r->part = P_NONE;
}

static void another(struct parser *p, const char *s)    /* "but this lock took another, X-unsafe lock in the past:" */
{
	p->r.sp->backwards = strstr(s, "was taken by another") != NULL;
	p->r.sp->irq = splat_irq_word(s);
	p->r.part = P_OTHER;
}

/* "inconsistent {IN-SOFTIRQ-W} -> {SOFTIRQ-ON-W} usage." */
static void inconsistent(struct parser *p, const char *s)
{
	const char *a = strchr(s, '{'), *b = a ? strstr(a, "} -> {") : NULL, *e = b ? strchr(b + 6, '}') : NULL;

	if (!e || p->r.sp->kind != SD_S_INCONSISTENT)
		return;
	p->r.sp->prev_bit = sd_arena_strndup(p->a, a + 1, (size_t)(b - a - 1));
	p->r.sp->new_bit = sd_arena_strndup(p->a, b + 6, (size_t)(e - b - 6));
	p->r.sp->irq = splat_irq_word(s);
}

static void registered(struct parser *p, const char *s) /* "{IN-SOFTIRQ-W} state was registered at:" */
{
	(void)s;
	if (p->r.sp->trigger == SD_NO_LOCK || !p->r.sp->prev_bit[0])
		return;
	p->r.class = p->r.sp->trigger;
	p->r.role = p->r.sp->prev_bit;
	begin_stack(p, put_usage);
	p->r.part = P_NONE;
}

/* "comm/12 is trying to release lock (NAME) at:", then "[<address>] FRAME" */
static void releasing(struct parser *p, const char *s)
{
	const char *open = strstr(s, "lock ("), *close = strstr(s, ") at:");

	if (!open || !close || close < open + 6)
		return;
	p->r.sp->trigger = splat_lock_named(p, sd_arena_strndup(p->a, open + 6, (size_t)(close - open - 6)));
	p->r.part = P_RELEASE;
}

static void wait_context(struct parser *p, const char *s)       /* "context-{2:2}" */
{
	int v = atoi(strchr(s, '{') + 1);

	if (p->r.sp->context_wait < 0 && p->r.sp->kind == SD_S_WAIT_CONTEXT)
		p->r.sp->context_wait = v;
}

static void backtrace(struct parser *p, const char *s)
{
	(void)s;
	begin_stack(p, put_backtrace);
	p->r.part = P_NONE;
	p->r.class = SD_NO_LOCK;
	p->r.in_backtrace = true;
}

/* A phrase at @at 0 must begin the line, at 1 may stand anywhere in it. */
static const struct phrase {
	const char *text;
	int anywhere;
	int part, section;      /* -1: stays */
	void (*take)(struct parser *p, const char *s);
} phrases[] = {
	{ "is trying to acquire lock:", 1, P_TRIGGER, -1, NULL },
	{ "is trying to acquire:", 1, P_TRIGGER, -1, NULL },
	{ "is trying to lock:", 1, P_TRIGGER, -1, NULL },
	{ "just changed the state of lock:", 1, P_TRIGGER, -1, NULL },
	{ " takes:", 1, P_TRIGGER, -1, NULL },
	{ "is trying to release lock (", 1, -1, -1, releasing },
	{ "is trying to contend lock (", 1, -1, -1, releasing },
	{ "with a lock still held there!", 1, P_TRIGGER, -1, NULL },
	{ "but task is already holding lock:", 0, P_HOLDING, -1, NULL },
	{ "and this task is already holding:", 0, P_HOLDING, -1, NULL },
	{ "which would create a new lock dependency:", 0, P_NEWDEP, -1, NULL },
	{ "but this new dependency connects", 0, P_SAFE, -1, NULL },
	{ "... which became", 0, -1, -1, became },
	{ "-irq-unsafe lock:", 1, P_UNSAFE, -1, NULL },
	{ "but this lock took another,", 0, -1, -1, another },
	{ "but this lock was taken by another,", 0, -1, -1, another },
	{ "inconsistent {", 0, -1, -1, inconsistent },
	{ "state was registered at:", 1, -1, -1, registered },
	{ "Chain exists of:", 0, P_CHAIN, -1, NULL },
	{ "context-{", 0, -1, -1, wait_context },
	{ "the existing dependency chain", 0, P_NONE, SEC_CIRCULAR, NULL },
	{ "the shortest dependencies between", 0, P_NONE, SEC_INVERSION, NULL },
	{ "the dependencies between the lock to be acquired", 0, P_NONE, SEC_TO_UNSAFE, NULL },
	{ "the dependencies between", 0, P_NONE, SEC_FROM_SAFE, NULL },
	{ "other info that might help us debug this", 0, P_NONE, -1, NULL },
	{ "Possible unsafe locking scenario", 0, P_NONE, -1, NULL },
	{ "Possible interrupt unsafe locking scenario", 0, P_NONE, -1, NULL },
	{ "stack backtrace:", 0, P_NONE, -1, backtrace },
};

static bool phrase_matches(const struct phrase *f, const char *s)
{
	/* " and HARDIRQ-irq-unsafe lock:" is the second half of a section's name */
	if (f->part == P_UNSAFE && strncmp(s, "to a ", 5))
		return false;
	return f->anywhere ? strstr(s, f->text) != NULL : !strncmp(s, f->text, strlen(f->text));
}

/* "comm/pid is trying ...": the task, for the report's title */
static void note_task(struct parser *p, const char *s)
{
	const char *end = strstr(s, " is trying"), *hc = strstr(s, " [HC");

	if (!end)
		end = strstr(s, " just changed");
	if (hc && (!end || hc < end))
		end = hc;
	if (end && !p->r.sp->task[0] && memchr(s, '/', (size_t)(end - s)))
		p->r.sp->task = sd_arena_strndup(p->a, s, (size_t)(end - s));
}

static bool phrase_line(struct parser *p, const char *s)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++) {
		const struct phrase *f = &phrases[i];

		if (!phrase_matches(f, s))
			continue;
		if (!f->take)
			splat_flush(p);
		if (f->part >= 0)
			p->r.part = (enum part)f->part;
		if (f->section >= 0) {
			p->r.section = (enum section)f->section;
			p->r.section_seen |= 1u << f->section;
		}
		if (f->part == P_TRIGGER)
			note_task(p, s);
		if (f->take)
			f->take(p, s);
		return true;
	}
	return false;
}

/* "2 locks held by comm/12:", "no locks held by comm/12." */
static bool held_head(struct parser *p, const char *s)
{
	const char *k = strstr(s, " held by ");

	if (!k || k - s > 24 || (strncmp(k - 5, " lock", 5) && strncmp(k - 6, " locks", 6)))
		return false;
	splat_flush(p);
	p->r.part = P_NONE;
	p->r.held_number = -1;
	if (p->r.sp->kind == SD_S_HELD_USER)
		p->r.class = SD_NO_LOCK;
	return true;
}

/* --- stack lines --- */

static bool frame_line(struct parser *p, const char *s)
{
	struct rstate *r = &p->r;
	struct sd_frame f;

	if (r->part == P_RELEASE && line_frame(p->a, s, false, &f)) {
		r->sp->trigger_at.role = "at";
		*APPEND(p->a, r->sp->trigger_at.frames, r->sp->trigger_at.nframes) = f;
		return true;
	}
	if (!r->put)
		return false;
	if (!strncmp(s, "</IRQ>", 6) || !strncmp(s, "</SOFTIRQ>", 10) || !strncmp(s, "</NMI>", 6)) {
		r->interrupted = true;
		return true;
	}
	if (!line_frame(p->a, s, p->line.indented, &f))
		return false;
	f.interrupted = r->interrupted;
	*APPEND(p->a, r->scratch.frames, r->scratch.nframes) = f;
	r->skipped = 0;
	return true;
}

/* Something else's report begins: nothing after it is ours. */
static bool foreign_start(const struct parser *p, const char *s)
{
	if (!strncmp(s, "------------[ cut here", 22) || !strncmp(s, "---[ end ", 9) ||
	    !strncmp(s, "BUG: ", 5) || !strncmp(s, "Kernel panic", 12) || !strncmp(s, "rcu: INFO:", 10))
		return true;
	return p->r.in_backtrace && p->r.scratch.nframes && !strncmp(s, "Call Trace:", 11);
}

enum { MANY_FOREIGN_LINES = 200 };      /* a stack that long silent has ended */

/* lockdep prints these and goes on in the same line, if nothing else printed between: "->", "-> #1", "#0:", an address. */
static bool unfinished(const char *s)
{
	size_t n = strlen(s), k;

	if (!strcmp(s, "->") || !strcmp(s, "(____ptrval____)"))
		return true;
	if (!strncmp(s, "-> #", 4))
		return strspn(s + 4, "0123456789") == n - 4;
	if (*s == '#') {
		k = 1 + strspn(s + 1, "0123456789");
		if (k == 1 || s[k] != ':')
			return false;
		s += k + 1;
		s += strspn(s, " ");
		return !*s || unfinished(s);
	}
	return n >= 8 && n <= 16 && strspn(s, "0123456789abcdef") == n;
}

/* The line, with what the one before it left open. */
static const char *joined(struct parser *p, const char *s)
{
	struct rstate *r = &p->r;

	if (r->open && (*s == '(' || unfinished(s))) {
		s = sd_arena_printf(p->a, "%s %s", r->open, s);
		r->open = NULL;
	} else if (r->open && !r->open_lines--) {
		r->open = NULL;
	}
	if (unfinished(s)) {
		r->open = sd_arena_strdup(p->a, s);
		r->open_lines = 8;      /* more of somebody else's: it is lost */
		return NULL;
	}
	return s;
}

bool splat_line(struct parser *p)
{
	const char *s = p->line.text;
	struct rstate *r = &p->r;

	if (!*s || (r->caller[0] && p->line.caller[0] && strcmp(r->caller, p->line.caller)))
		return true;
	s = joined(p, s);
	if (!s)
		return true;
	if (foreign_start(p, s))
		return false;
	if (phrase_line(p, s) || held_head(p, s) || entry_line(p, s) || role_line(p, s) ||
	    dots_line(p, s) || chain_line(p, s) || held_line(p, s) || lock_line(p, s) ||
	    scenario_line(p, s) || frame_line(p, s))
		return true;
	if (!r->put || ++r->skipped <= MANY_FOREIGN_LINES)
		return true;
	splat_flush(p);
	return !r->in_backtrace;
}
