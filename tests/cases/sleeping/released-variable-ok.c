/* SPDX-License-Identifier: GPL-2.0-or-later */
/* block/bio.c, bio_slabs: the lock that is given back of an unknown object may be the variable's. */
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct array { spinlock_t lock; int room; };
struct walk { struct array *a; };

static struct array all;
static struct array *lonely;
static struct walk *the_walk;

static void get_room(struct walk *w)
{
	spin_unlock(&w->a->lock);
	might_sleep();
	spin_lock(&w->a->lock);
}

SYSCALL_DEFINE0(add)
{
	spin_lock(&all.lock);
	get_room(the_walk);
	spin_unlock(&all.lock);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&all.lock);
	lonely = kmalloc(sizeof(*lonely), GFP_KERNEL);
	spin_lock_init(&lonely->lock);
	return 0;
}
module_init(setup);
