/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reference that lockdep is told of as a lock, where a flag of the object says so: what is done with the reference is
 * done under the map, though get() does not say whether it was told (fs/kernfs is built like this).
 */
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct node {
	int told, refs;
	struct lockdep_map dep_map;
};
void lock_acquire(struct lockdep_map *map, unsigned int subclass, int trylock, int read, int check,
		  struct lockdep_map *nest, unsigned long ip);
void lock_release(struct lockdep_map *map, unsigned long ip);
static DEFINE_SPINLOCK(a);

static int get(struct node *n)
{
	if (n->refs < 0)
		return 0;
	if (n->told)
		lock_acquire(&n->dep_map, 0, 1, 1, 1, NULL, 0);
	return 1;
}

static void put(struct node *n)
{
	if (n->told)
		lock_release(&n->dep_map, 0);
}

SYSCALL_DEFINE1(use, struct node *, n)
{
	if (!get(n))
		return -EINVAL;
	spin_lock(&a);
	spin_unlock(&a);
	put(n);
	return 0;
}

SYSCALL_DEFINE1(drain, struct node *, n)
{
	lock_acquire(&n->dep_map, 0, 0, 0, 1, NULL, 0);
	lock_release(&n->dep_map, 0);
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}
