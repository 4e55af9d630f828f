/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_fixture.c - what a scan of a small invented driver would give: drivers/demo.
 *
 * A queue's lock is taken in its interrupt; a peer's lock under it (its init site was not
 * scanned, so it has no lockdep name); a configuration's rwlock under that, which is also read
 * with interrupts on.  Two mutexes are taken in both orders.
 */
#include <string.h>
#include "match_fixture.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

enum { CFG, SETUP, SETUP1, PEER, RING, TABLE, LIST, NCLASS };

static const struct sd_class classes[NCLASS] = {
	[CFG] = { .name = "demo_cfg.cfg_lock", .lockdep_name = "&c->cfg_lock", .lock_type = "rwlock",
		  .file = "drivers/demo/cfg.c", .line = 12 },
	[SETUP] = { .name = "demo_dev.setup_mutex", .lockdep_name = "&d->setup_mutex", .lock_type = "mutex",
		    .file = "drivers/demo/main.c", .line = 20 },
	[SETUP1] = { .name = "demo_dev.setup_mutex/1", .lockdep_name = "&d->setup_mutex", .lock_type = "mutex",
		     .file = "drivers/demo/main.c", .line = 20 },
	[PEER] = { .name = "demo_peer.peer_lock", .lockdep_name = "", .lock_type = "spinlock", .file = "" },
	[RING] = { .name = "demo_queue.ring_lock", .lockdep_name = "&q->ring_lock", .lock_type = "spinlock",
		   .file = "drivers/demo/queue.c", .line = 15 },
	[TABLE] = { .name = "demo_table.table_mutex", .lockdep_name = "&t->table_mutex", .lock_type = "mutex",
		    .file = "drivers/demo/table.c", .line = 9 },
	[LIST] = { .name = "drivers/demo/queue.c:demo_list_lock", .lockdep_name = "demo_list_lock",
		   .lock_type = "spinlock", .file = "drivers/demo/queue.c", .line = 8 },
};

static struct sd_acquire acquires[] = {
	{ CFG, "demo_cfg_peek", "drivers/demo/cfg.c", 23, 'r', "task", "off", "on", false },
	{ CFG, "demo_cfg_show", "drivers/demo/cfg.c", 36, 'r', "task", "on", "on", false },
	{ SETUP, "demo_setup", "drivers/demo/main.c", 55, 'W', "task", "on", "on", false },
	{ SETUP, "demo_resize", "drivers/demo/main.c", 79, 'W', "task", "on", "on", false },
	{ SETUP1, "demo_setup", "drivers/demo/main.c", 57, 'W', "task", "on", "on", false },
	{ SETUP1, "demo_resize", "drivers/demo/main.c", 81, 'W', "task", "on", "on", false },
	{ PEER, "demo_peer_wake", "drivers/demo/peer.c", 31, 'W', "task", "off", "on", false },
	{ RING, "demo_irq", "drivers/demo/queue.c", 41, 'W', "hardirq", "off", "off", false },
	{ RING, "demo_ring", "drivers/demo/queue.c", 71, 'W', "task", "off", "on", false },
	{ TABLE, "demo_table_add", "drivers/demo/table.c", 20, 'W', "task", "on", "on", false },
	{ TABLE, "demo_table_walk", "drivers/demo/table.c", 34, 'W', "task", "on", "on", false },
	{ LIST, "demo_irq", "drivers/demo/queue.c", 44, 'W', "hardirq", "off", "off", false },
	{ LIST, "demo_poll", "drivers/demo/queue.c", 122, 'W', "task", "off", "on", false },
};

/* sorted by caller */
static struct sd_call calls[] = {
	{ "demo_flush", "demo_peer_wake", "drivers/demo/queue.c", 83, "direct" },
	{ "demo_peer_wake", "demo_cfg_peek", "drivers/demo/peer.c", 33, "slot" },
	{ "demo_poll", "demo_peer_wake", "drivers/demo/queue.c", 125, "direct" },
	{ "demo_push", "demo_ring", "drivers/demo/queue.c", 64, "direct" },
	{ "demo_resize", "demo_table_add", "drivers/demo/main.c", 80, "direct" },
	{ "demo_ring", "demo_flush", "drivers/demo/queue.c", 73, "direct" },
	{ "demo_setup", "demo_resize", "drivers/demo/main.c", 60, "direct" },
	{ "demo_setup", "demo_table_add", "drivers/demo/main.c", 61, "direct" },
	{ "demo_table_walk", "demo_resize", "drivers/demo/table.c", 36, "slot" },
	{ "demo_write", "demo_cfg_show", "drivers/demo/main.c", 104, "direct" },
	{ "demo_write", "demo_poll", "drivers/demo/main.c", 107, "direct" },
	{ "demo_write", "demo_push", "drivers/demo/main.c", 103, "direct" },
};

static struct sd_entry entries[] = {
	{ "demo_irq", "drivers/demo/queue.c", 39, "hardirq", "drivers/demo/main.c:60", "irq handler" },
	{ "demo_write", "drivers/demo/main.c", 100, "task", "drivers/demo/main.c:140", "file operation" },
};

#define PUSH                                                    \
	{ "demo_flush", "drivers/demo/queue.c", 83, "" },       \
	{ "demo_ring", "drivers/demo/queue.c", 73, "" },        \
	{ "demo_push", "drivers/demo/queue.c", 64, "" },        \
	{ "demo_write", "drivers/demo/main.c", 103, "" }
#define SETUP_PATH { "demo_write", "drivers/demo/main.c", 102, "" }

static struct sd_witness *witness(struct sd_arena *a, const char *role, const char *entry,
				  const struct sd_step *steps, size_t n)
{
	struct sd_witness *w = sd_arena_alloc(a, sizeof(*w));

	w->role = role;
	w->entry = entry;
	w->steps = memcpy(sd_arena_alloc(a, n * sizeof(*steps)), steps, n * sizeof(*steps));
	w->nsteps = n;
	w->proved = true;
	return w;
}

#define WITNESS(a, role, entry, ...) witness(a, role, entry, (const struct sd_step[]){ __VA_ARGS__ }, \
					     N(((const struct sd_step[]){ __VA_ARGS__ })))
#define FILE_OP "task: file operation, registered at drivers/demo/main.c:140"
#define IRQ "hardirq: irq handler, registered at drivers/demo/main.c:60"

static void use(struct sd_class *c, enum sd_usage bit, struct sd_witness *w)
{
	c->usage |= (uint8_t)(1u << bit);
	c->wit[bit] = w;
	sd_usage_bits(c->usage, c->bits);
}

static void usage(struct sd_arena *a, struct sd_class *c)
{
	struct sd_witness *show = WITNESS(a, "HARDIRQ-ON-R", FILE_OP, { "demo_cfg_show", "drivers/demo/cfg.c", 36, "" },
					  { "demo_write", "drivers/demo/main.c", 104, "" });
	struct sd_witness *irq = WITNESS(a, "IN-HARDIRQ-W", IRQ, { "demo_irq", "drivers/demo/queue.c", 41, "" });
	struct sd_witness *setup = WITNESS(a, "HARDIRQ-ON-W", FILE_OP, { "demo_setup", "drivers/demo/main.c", 55, "" },
					   SETUP_PATH);

	use(&c[CFG], SD_U_HARDIRQ_ON_R, show);
	use(&c[CFG], SD_U_SOFTIRQ_ON_R, show);
	use(&c[RING], SD_U_IN_HARDIRQ_W, irq);
	use(&c[LIST], SD_U_IN_HARDIRQ_W, irq);
	use(&c[SETUP], SD_U_HARDIRQ_ON_W, setup);
	use(&c[SETUP], SD_U_SOFTIRQ_ON_W, setup);
	use(&c[TABLE], SD_U_HARDIRQ_ON_W, setup);
	use(&c[TABLE], SD_U_SOFTIRQ_ON_W, setup);
}

static void add_dep(struct sd_dep *d, uint32_t from, uint32_t to, unsigned kind, struct sd_witness *w,
		    struct sd_step held)
{
	d->from = from;
	d->to = to;
	d->kinds = (uint8_t)(1u << kind);
	d->wit[kind] = w;
	d->held[kind] = held;
}

#define HELD(fn, file, line) (struct sd_step){ fn, file, line, "" }
#define DEP "dependency"

static size_t dependencies(struct sd_arena *a, struct sd_dep *d)
{
	add_dep(&d[0], SETUP, TABLE, 3, WITNESS(a, DEP, FILE_OP, { "demo_table_add", "drivers/demo/table.c", 20, "" },
						{ "demo_setup", "drivers/demo/main.c", 61, "" }, SETUP_PATH),
		HELD("demo_setup", "drivers/demo/main.c", 55));
	add_dep(&d[1], PEER, CFG, 2, WITNESS(a, DEP, FILE_OP, { "demo_cfg_peek", "drivers/demo/cfg.c", 23, "" },
					     { "demo_peer_wake", "drivers/demo/peer.c", 33, "demo_ops::peek, 1 target" }, PUSH),
		HELD("demo_peer_wake", "drivers/demo/peer.c", 31));
	add_dep(&d[2], PEER, SETUP, 3, WITNESS(a, DEP, FILE_OP, { "demo_setup", "drivers/demo/main.c", 55, "" },
					       { "demo_peer_wake", "drivers/demo/peer.c", 35, "" }, PUSH),
		HELD("demo_peer_wake", "drivers/demo/peer.c", 31));
	add_dep(&d[3], RING, PEER, 3, WITNESS(a, DEP, FILE_OP, { "demo_peer_wake", "drivers/demo/peer.c", 31, "" }, PUSH),
		HELD("demo_ring", "drivers/demo/queue.c", 71));
	add_dep(&d[4], TABLE, SETUP, 3, WITNESS(a, DEP, FILE_OP, { "demo_resize", "drivers/demo/main.c", 79, "" },
						{ "demo_table_walk", "drivers/demo/table.c", 36, "demo_ops::each, 2 targets" }, SETUP_PATH),
		HELD("demo_table_walk", "drivers/demo/table.c", 34));
	return 5;
}

static void finding(struct sd_results *r, enum sd_finding_kind kind, const char *title, uint32_t class)
{
	struct sd_finding *f = &r->findings[r->nfinding++];

	f->id = (uint32_t)r->nfinding;
	f->kind = kind;
	f->irq = f->rank_reason = f->fingerprint = "";
	f->title = title;
	f->chain = sd_arena_alloc(r->arena, sizeof(*f->chain));
	f->chain[0] = class;
	f->nchain = 1;
}

static void findings(struct sd_results *r)
{
	struct sd_arena *a = r->arena;
	struct sd_finding *f;

	r->findings = sd_arena_alloc(a, 2 * sizeof(*r->findings));
	finding(r, SD_K_BAD_UNLOCK, "bad unlock balance detected: &d->setup_mutex", SETUP);
	finding(r, SD_K_RECURSIVE, "possible recursive locking detected: &d->setup_mutex", SETUP1);
	f = &r->findings[1];
	f->nwit = 2;
	f->wit = sd_arena_alloc(a, 2 * sizeof(*f->wit));
	f->wit[0] = WITNESS(a, "taken again", FILE_OP, { "demo_resize", "drivers/demo/main.c", 81, "" },
			    { "demo_setup", "drivers/demo/main.c", 60, "" }, SETUP_PATH);
	f->wit[1] = WITNESS(a, "held here", FILE_OP, { "demo_setup", "drivers/demo/main.c", 57, "" });
}

struct sd_results *match_fixture(bool recursive)
{
	struct sd_arena *a = sd_arena_new();
	struct sd_results *r = sd_arena_alloc(a, sizeof(*r));

	r->arena = a;
	r->source = "";
	r->read_lock = recursive ? "recursive" : "context";
	r->nclass = NCLASS;
	r->classes = memcpy(sd_arena_alloc(a, sizeof(classes)), classes, sizeof(classes));
	r->acquires = acquires;
	r->nacquire = N(acquires);
	r->calls = calls;
	r->ncall = N(calls);
	r->entries = entries;
	r->nentry = N(entries);
	usage(a, r->classes);
	r->deps = sd_arena_alloc(a, 8 * sizeof(*r->deps));
	r->ndep = dependencies(a, r->deps);
	if (recursive) {        /* readers that do not wait: peer -(ER)-> cfg, and cfg is only read with irqs on */
		r->deps[1].kinds = SD_DEP_ER;
		r->deps[1].wit[1] = r->deps[1].wit[2];
		r->deps[1].held[1] = r->deps[1].held[2];
	}
	findings(r);
	return r;
}
