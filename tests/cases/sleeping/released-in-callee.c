/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/sched/core.c, __might_resched(): what gives back another lock still sleeps under this one. */
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct array { spinlock_t lock; int room; };
struct log { spinlock_t lock; int n; };
struct walk { struct array *a; struct log *log; };
struct owner { struct array array; };

static struct array *lonely;
static struct walk *the_walk;

static void get_room(struct walk *w)
{
	spin_unlock(&w->log->lock);
	might_sleep();
	spin_lock(&w->log->lock);
}

static void add(struct owner *o, struct walk *w)
{
	spin_lock(&o->array.lock);
	get_room(w);
	spin_unlock(&o->array.lock);
}

SYSCALL_DEFINE1(add, struct owner *, o)
{
	add(o, the_walk);
	return 0;
}

static int __init setup(void)
{
	struct owner *o = kmalloc(sizeof(*o), GFP_KERNEL);
	struct log *log = kmalloc(sizeof(*log), GFP_KERNEL);

	spin_lock_init(&o->array.lock);
	spin_lock_init(&log->lock);
	lonely = kmalloc(sizeof(*lonely), GFP_KERNEL);
	spin_lock_init(&lonely->lock);
	return 0;
}
module_init(setup);
