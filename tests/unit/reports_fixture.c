/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reports_fixture.c - a small kernel's results: the three-lock inversion of DESIGN.md's seed
 * in shape, with invented names elsewhere.  Line numbers above 999 show that they get no commas.
 */
#include <stdlib.h>
#include <string.h>
#include "reports_fixture.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* Class ids. Real results have them sorted by name; no report depends on more than that equal names are neighbours. */
enum { FA, OWNER, A, B, C, BUF, STATS, NODE, TIMER, NCLASS };

static void *copy(struct sd_arena *a, const void *p, size_t size)
{
	return memcpy(sd_arena_alloc(a, size ? size : 1), p, size);
}

static struct sd_witness *witness(struct sd_arena *a, const char *role, const char *entry,
				  const struct sd_step *steps, size_t n, unsigned indirect, bool proved)
{
	struct sd_witness w = { .role = role, .entry = entry, .nsteps = n, .indirect = indirect,
				.targets = indirect ? 2 : 0, .proved = proved };

	w.steps = copy(a, steps, n * sizeof(*steps));
	return copy(a, &w, sizeof(w));
}

#define WITNESS(a, role, entry, indirect, proved, ...)                                          \
	witness(a, role, entry, (const struct sd_step[]){ __VA_ARGS__ },                        \
		N(((const struct sd_step[]){ __VA_ARGS__ })), indirect, proved)

static void set_usage(struct sd_class *c, enum sd_usage bit, struct sd_witness *w)
{
	c->usage |= (uint8_t)(1u << bit);
	c->wit[bit] = w;
	sd_usage_bits(c->usage, c->bits);
}

static struct sd_results *new_results(size_t nclass, const struct sd_class *classes)
{
	struct sd_arena *a = sd_arena_new();
	struct sd_results *r = sd_arena_alloc(a, sizeof(*r));

	r->arena = a;
	r->source = "/nowhere/linux";
	r->read_lock = "context";
	r->nclass = nclass;
	r->classes = copy(a, classes, nclass * sizeof(*classes));
	for (size_t i = 0; i < nclass; i++)
		sd_usage_bits(0, r->classes[i].bits);
	return r;
}

#define USER_START                                                                              \
	{ "snd_timer_notify1", "sound/core/timer.c", 516, "snd_timer_instance::ccallback, 2 targets" }, \
	{ "snd_timer_start1", "sound/core/timer.c", 577, "" },                                   \
	{ "snd_timer_user_start", "sound/core/timer.c", 1985, "" },                              \
	{ "snd_timer_user_ioctl", "sound/core/timer.c", 2108, "" }

static void add_usages(struct sd_results *r)
{
	struct sd_arena *a = r->arena;

	set_usage(&r->classes[TIMER], SD_U_IN_HARDIRQ_W,
		  WITNESS(a, "IN-HARDIRQ-W", "hardirq: hrtimer callback, registered at sound/core/hrtimer.c:61", 0, true,
			  { "snd_hrtimer_callback", "sound/core/hrtimer.c", 38, "" }));
	set_usage(&r->classes[TIMER], SD_U_IN_SOFTIRQ_W,
		  WITNESS(a, "IN-SOFTIRQ-W", "softirq: tasklet, registered at sound/core/timer.c:945", 0, true,
			  { "snd_timer_work", "sound/core/timer.c", 770, "" }));
	set_usage(&r->classes[OWNER], SD_U_HARDIRQ_ON_R,
		  WITNESS(a, "HARDIRQ-ON-R", "task: syscall fcntl", 0, true,
			  { "f_getown", "fs/fcntl.c", 152, "" }, { "do_fcntl", "fs/fcntl.c", 380, "" },
			  { "__x64_sys_fcntl", "fs/fcntl.c", 448, "" }));
	set_usage(&r->classes[OWNER], SD_U_SOFTIRQ_ON_R,
		  WITNESS(a, "SOFTIRQ-ON-R", "task: syscall fcntl", 0, true,
			  { "f_getown", "fs/fcntl.c", 152, "" }, { "do_fcntl", "fs/fcntl.c", 380, "" },
			  { "__x64_sys_fcntl", "fs/fcntl.c", 448, "" }));
	set_usage(&r->classes[STATS], SD_U_IN_SOFTIRQ_W,
		  WITNESS(a, "IN-SOFTIRQ-W", "softirq: timer, registered at net/demo/stats.c:90", 0, true,
			  { "demo_stats_tick", "net/demo/stats.c", 41, "" }));
	set_usage(&r->classes[STATS], SD_U_SOFTIRQ_ON_W,
		  WITNESS(a, "SOFTIRQ-ON-W", "", 0, false,
			  { "demo_stats_read", "net/demo/stats.c", 1207, "" }));
	set_usage(&r->classes[STATS], SD_U_HARDIRQ_ON_W, r->classes[STATS].wit[SD_U_SOFTIRQ_ON_W]);
}

static void add_deps(struct sd_results *r)
{
	struct sd_arena *a = r->arena;
	const struct sd_step timer_held = { "snd_timer_start1", "sound/core/timer.c", 560, "" };
	struct sd_dep d[] = {
		{ .from = FA, .to = OWNER, .kinds = SD_DEP_SN | SD_DEP_SR },
		{ .from = A, .to = B, .kinds = SD_DEP_EN },
		{ .from = B, .to = C, .kinds = SD_DEP_EN },
		{ .from = C, .to = A, .kinds = SD_DEP_SN },
		{ .from = TIMER, .to = FA, .kinds = SD_DEP_EN },
	};

	d[0].wit[2] = WITNESS(a, "dependency", "task: file operation ioctl", 1, true,
			      { "send_sigio", "fs/fcntl.c", 786, "" }, { "kill_fasync", "fs/fcntl.c", 1009, "" },
			      { "snd_timer_user_ccallback", "sound/core/timer.c", 1387, "" }, USER_START);
	d[0].wit[0] = d[0].wit[2];
	d[0].held[2] = (struct sd_step){ "kill_fasync", "fs/fcntl.c", 1002, "" };
	d[0].held[0] = d[0].held[2];
	d[1].wit[3] = WITNESS(a, "dependency", "task: syscall open", 0, true,
			      { "demo_open", "drivers/demo/a.c", 12, "" });
	d[2].wit[3] = WITNESS(a, "dependency", "task: work, registered at drivers/demo/a.c:77", 0, true,
			      { "demo_flush_one", "drivers/demo/b.c", 31, "" }, { "demo_flush", "drivers/demo/b.c", 45, "" });
	d[3].wit[2] = WITNESS(a, "dependency", "", 0, false, { "demo_close", "drivers/demo/c.c", 5012, "" });
	d[3].held[2] = (struct sd_step){ "demo_close", "drivers/demo/c.c", 5001, "" };
	d[4].wit[3] = WITNESS(a, "dependency", "task: file operation ioctl", 1, true,
			      { "kill_fasync", "fs/fcntl.c", 1002, "" },
			      { "snd_timer_user_ccallback", "sound/core/timer.c", 1387, "" }, USER_START);
	d[4].held[3] = timer_held;
	r->deps = copy(a, d, sizeof(d));
	r->ndep = N(d);
}

static void add_sites(struct sd_results *r)
{
	const struct sd_acquire s[] = {
		{ FA, "kill_fasync", "fs/fcntl.c", 1002, 'r', "unknown", "unknown", "unknown", false },
		{ OWNER, "f_getown", "fs/fcntl.c", 152, 'r', "task", "on", "on", false },
		{ OWNER, "f_modown", "fs/fcntl.c", 93, 'W', "task", "off", "on", false },
		{ OWNER, "send_sigio", "fs/fcntl.c", 786, 'r', "unknown", "unknown", "unknown", false },
		{ STATS, "demo_stats_tick", "net/demo/stats.c", 41, 'W', "softirq", "on", "off", false },
		{ STATS, "demo_stats_try", "net/demo/stats.c", 300, 'W', "softirq", "on", "off", true },
		{ STATS, "demo_stats_read", "net/demo/stats.c", 1207, 'W', "task", "on", "on", false },
		{ TIMER, "snd_hrtimer_callback", "sound/core/hrtimer.c", 38, 'W', "hardirq", "off", "off", false },
		{ TIMER, "snd_timer_start1", "sound/core/timer.c", 560, 'W', "task", "off", "on", false },
	};

	r->acquires = copy(r->arena, s, sizeof(s));
	r->nacquire = N(s);
}

#define WITS(a, ...) copy(a, (struct sd_witness *[]){ __VA_ARGS__ }, sizeof((struct sd_witness *[]){ __VA_ARGS__ }))

#define IDS(a, ...) copy(a, (uint32_t[]){ __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }))
#define BITS(a, ...) copy(a, (uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }))

static void fill_inversion(struct sd_results *r, struct sd_finding *f)
{
	*f = (struct sd_finding){
		.kind = SD_K_IRQ_INVERSION, .irq = "hardirq", .rank = SD_RANK_HIGH,
		.rank_reason = "irq state proved on all paths; 1 call through a pointer with 2 targets",
		.title = "HARDIRQ-safe -> HARDIRQ-unsafe lock order detected: &timer->lock -> &f->f_owner.lock",
		.chain = IDS(r->arena, TIMER, FA, OWNER), .nchain = 3, .deps = IDS(r->arena, 4, 0),
		.kind_bit = BITS(r->arena, 3, 2),
		.safe_bit = SD_U_IN_HARDIRQ_W, .unsafe_bit = SD_U_HARDIRQ_ON_R, .fingerprint = "0123456789abcdef",
	};
}

static void fill_inconsistent(struct sd_results *r, struct sd_finding *f)
{
	*f = (struct sd_finding){
		.kind = SD_K_INCONSISTENT, .irq = "softirq", .rank = SD_RANK_MEDIUM,
		.rank_reason = "no entry known for the path with softirqs on",
		.title = "inconsistent lock state: &st->lock {IN-SOFTIRQ-W} -> {SOFTIRQ-ON-W}",
		.chain = IDS(r->arena, STATS), .nchain = 1,
		.safe_bit = SD_U_IN_SOFTIRQ_W, .unsafe_bit = SD_U_SOFTIRQ_ON_W, .fingerprint = "00000000000000a1",
		.wit = WITS(r->arena, r->classes[STATS].wit[SD_U_IN_SOFTIRQ_W],
			    r->classes[STATS].wit[SD_U_SOFTIRQ_ON_W],
			    WITNESS(r->arena, "also SOFTIRQ-ON-W", "task: syscall ioctl", 0, true,
				    { "demo_stats_clear", "net/demo/stats.c", 1302, "" },
				    { "demo_ioctl", "net/demo/<main>.c", 77, "" })), .nwit = 3,
	};
}

static void fill_circular(struct sd_results *r, struct sd_finding *f)
{
	*f = (struct sd_finding){
		.kind = SD_K_CIRCULAR, .irq = "", .rank = SD_RANK_MEDIUM, .rank_reason = "one path has no known entry",
		.title = "possible circular locking dependency detected: a_lock -> &b->mutex -> &c->sem",
		.chain = IDS(r->arena, A, B, C), .nchain = 3, .deps = IDS(r->arena, 1, 2, 3),
		.kind_bit = BITS(r->arena, 3, 3, 2), .fingerprint = "00000000000000a2",
	};
}

static void fill_recursive(struct sd_results *r, struct sd_finding *f)
{
	struct sd_arena *a = r->arena;

	*f = (struct sd_finding){
		.kind = SD_K_RECURSIVE, .irq = "", .rank = SD_RANK_LOW, .rank_reason = "two objects may be one or not",
		.title = "possible recursive locking detected: demo_node.lock",
		.chain = IDS(a, NODE), .nchain = 1, .fingerprint = "00000000000000a3",
		.wit = WITS(a, WITNESS(a, "acquired", "task: syscall rename", 0, true,
				       { "node_move", "fs/demo/node.c", 204, "" }, { "demo_rename", "fs/demo/node.c", 260, "" }),
			    WITNESS(a, "already held", "task: syscall rename", 0, true,
				    { "demo_rename", "fs/demo/node.c", 251, "" })), .nwit = 2,
	};
}

static void fill_plain(struct sd_results *r, struct sd_finding *f, enum sd_finding_kind kind, const char *title,
		       const char *fp, const char *role)
{
	struct sd_arena *a = r->arena;

	*f = (struct sd_finding){
		.kind = kind, .irq = "", .rank = SD_RANK_LOW, .rank_reason = "", .title = title,
		.chain = IDS(a, BUF), .nchain = 1, .fingerprint = fp,
		.wit = WITS(a, WITNESS(a, role, "task: syscall read", 0, true,
				       { "buf_fill", "drivers/demo/<buf>.c", 7, "" }), NULL), .nwit = 1,
	};
}

static void add_findings(struct sd_results *r)
{
	struct sd_finding *f = sd_arena_alloc(r->arena, 8 * sizeof(*f));

	fill_inversion(r, &f[0]);
	fill_inconsistent(r, &f[1]);
	fill_circular(r, &f[2]);
	fill_recursive(r, &f[3]);
	fill_plain(r, &f[4], SD_K_WAIT_CONTEXT, "invalid wait context: a & <b> \"quoted\"", "00000000000000a4",
		   "taken while a raw_spinlock is held");
	fill_plain(r, &f[5], SD_K_SLEEPING, "sleeping function called with demo_buf.lock held", "00000000000000a5",
		   "may sleep");
	fill_plain(r, &f[6], SD_K_BAD_UNLOCK, "bad unlock balance: demo_buf.lock", "00000000000000a6", "released");
	fill_plain(r, &f[7], SD_K_HELD_AT_EXIT, "demo_buf.lock held when returning to user space",
		   "00000000000000a7", "taken");
	for (unsigned i = 0; i < 8; i++)
		f[i].id = i + 1;
	r->findings = f;
	r->nfinding = 8;
}

/* 23 unresolved calls: three more than a text report lists. */
static void add_gaps(struct sd_results *r)
{
	struct sd_gap *g = sd_arena_alloc(r->arena, 25 * sizeof(*g));

	g[0] = (struct sd_gap){ "failed-tu", "", "drivers/demo/bad.c", 0, "drivers/demo/bad.c:3: 'x.h' file not found" };
	g[1] = (struct sd_gap){ "truncated", "demo_huge", "drivers/demo/huge.c", 40, "more than 16 states" };
	for (int i = 0; i < 23; i++)
		g[2 + i] = (struct sd_gap){ "unresolved-call", "demo_call", "drivers/demo/call.c", 1000 + i, "ops->run" };
	r->gaps = g;
	r->ngap = 25;
	r->cov = (struct sd_coverage){
		.tus = 2931, .tus_failed = 1, .functions = 61234, .instances = 99000, .acquires = 4200,
		.acquires_unknown = 17, .indirect = 900, .indirect_resolved = 700, .indirect_locked = 50,
		.indirect_locked_resolved = 27, .truncated = 1,
	};
}

struct sd_results *fixture_findings(void)
{
	static const struct sd_class classes[NCLASS] = {
		[FA] = { .name = "fasync_struct.fa_lock", .lockdep_name = "&new->fa_lock", .lock_type = "rwlock", .file = "fs/fcntl.c", .line = 911 },
		[OWNER] = { .name = "file.f_owner.lock", .lockdep_name = "&f->f_owner.lock", .lock_type = "rwlock", .file = "fs/file_table.c", .line = 115 },
		[A] = { .name = "drivers/demo/a.c:a_lock", .lockdep_name = "a_lock", .lock_type = "mutex", .file = "drivers/demo/a.c", .line = 3 },
		[B] = { .name = "demo_b.mutex", .lockdep_name = "&b->mutex", .lock_type = "mutex", .file = "drivers/demo/b.c", .line = 9 },
		[C] = { .name = "demo_c.sem", .lockdep_name = "&c->sem", .lock_type = "rwsem", .file = "drivers/demo/c.c", .line = 2040 },
		[BUF] = { .name = "demo_buf.lock", .lockdep_name = "", .lock_type = "spinlock", .file = "", .line = 0, .by_type_only = true },
		[STATS] = { .name = "demo_stats.lock", .lockdep_name = "&st->lock", .lock_type = "spinlock", .file = "net/demo/stats.c", .line = 88 },
		[NODE] = { .name = "demo_node.lock", .lockdep_name = "", .lock_type = "spinlock", .file = "", .line = 0 },
		[TIMER] = { .name = "snd_timer.lock", .lockdep_name = "&timer->lock", .lock_type = "spinlock", .file = "sound/core/timer.c", .line = 933 },
	};
	struct sd_results *r = new_results(NCLASS, classes);

	add_usages(r);
	add_deps(r);
	add_sites(r);
	add_findings(r);
	add_gaps(r);
	return r;
}

struct sd_results *fixture_empty(void)
{
	struct sd_results *r = new_results(0, NULL);

	r->cov = (struct sd_coverage){ .tus = 3, .functions = 10 };
	return r;
}

/* Names and usages of every length and kind; dependencies run from lower to higher ids, as in a sane kernel. */
static void fill_web_class(struct sd_results *r, unsigned i)
{
	static const char *const part[] = { "sk_lock", "rx_queue.ring.lock", "device_state_mutex", "io", "page_table_lock" };
	static const uint8_t usage[] = { 0, 1 << SD_U_IN_HARDIRQ_W, 1 << SD_U_IN_SOFTIRQ_W, 1 << SD_U_HARDIRQ_ON_W,
					 1 << SD_U_IN_SOFTIRQ_W | 1 << SD_U_HARDIRQ_ON_W,
					 1 << SD_U_IN_HARDIRQ_W | 1 << SD_U_HARDIRQ_ON_W };
	struct sd_class *c = &r->classes[i];

	c->name = sd_arena_printf(r->arena, "demo%02u_adapter.%s", i, part[i % 5]);
	c->lockdep_name = i % 7 ? sd_arena_printf(r->arena, "&adapter%02u->%s", i, part[i % 5]) : "";
	c->lock_type = i % 3 ? "spinlock" : "mutex";
	c->file = "net/demo/web.c";
	c->line = (int)i + 1;
	c->usage = usage[i % 6];
	sd_usage_bits(c->usage, c->bits);
}

static void fill_web_dep(struct sd_results *r, struct sd_dep *d, uint32_t from, uint32_t to)
{
	d->from = from;
	d->to = to;
	d->kinds = from % 4 ? SD_DEP_EN : SD_DEP_EN | SD_DEP_SN;
	d->wit[3] = witness(r->arena, "dependency", "task: syscall", (const struct sd_step[]){
		{ sd_arena_printf(r->arena, "demo_path_%u_to_%u", from, to), "net/demo/web.c", (int)(1000 + from), "" } }, 1, 0, true);
	if (d->kinds & SD_DEP_SN)
		d->wit[2] = d->wit[3];
}

struct sd_results *fixture_web(unsigned n)
{
	struct sd_class *blank = calloc(n, sizeof(*blank));
	struct sd_results *r = new_results(n, blank);
	struct sd_acquire *s = sd_arena_alloc(r->arena, n * sizeof(*s));

	free(blank);
	r->deps = sd_arena_alloc(r->arena, 2 * n * sizeof(*r->deps));
	for (uint32_t i = 0; i < n; i++) {
		fill_web_class(r, i);
		s[i] = (struct sd_acquire){ i, "demo_take", "net/demo/web.c", (int)i + 1, 'W', "task", "on", "on", false };
		if (2 * i + 1 < n)
			fill_web_dep(r, &r->deps[r->ndep++], i, 2 * i + 1);
		if (2 * i + 2 < n)
			fill_web_dep(r, &r->deps[r->ndep++], i, 2 * i + 2);
		if (i % 2 && 2 * i + 5 < n)
			fill_web_dep(r, &r->deps[r->ndep++], i, 2 * i + 5);
	}
	r->acquires = s;
	r->nacquire = n;
	return r;
}
