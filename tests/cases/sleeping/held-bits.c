/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One store is enough: some cache has the bit that lets its users sleep.
 * check: --whole
 */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct cache { struct cache *next; unsigned int flags; };

static DEFINE_SPINLOCK(a);
extern struct cache *caches;
extern int get_more(struct cache *c);

static int get(struct cache *c, unsigned int flags)
{
	flags |= c->flags;
	if (flags & 4)
		might_sleep();
	return get_more(c->next);
}

SYSCALL_DEFINE1(make, int, kind)
{
	caches->flags = 0;
	if (kind)
		caches->flags |= (kind & 6);
	return 0;
}

SYSCALL_DEFINE0(use)
{
	int n;

	spin_lock(&a);
	n = get(caches, 1);
	spin_unlock(&a);
	return n;
}
