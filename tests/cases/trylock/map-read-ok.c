/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recursive reader does not wait for the reader: no circle. */
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct rw { struct lockdep_map dep_map; };
void lock_acquire(struct lockdep_map *map, unsigned int subclass, int trylock, int read, int check,
		  struct lockdep_map *nest, unsigned long ip);
void lock_release(struct lockdep_map *map, unsigned long ip);
static DEFINE_SPINLOCK(a);

SYSCALL_DEFINE1(use, struct rw *, n)
{
	lock_acquire(&n->dep_map, 0, 1, 1, 1, NULL, 0);
	spin_lock(&a);
	spin_unlock(&a);
	lock_release(&n->dep_map, 0);
	return 0;
}

SYSCALL_DEFINE1(drain, struct rw *, n)
{
	spin_lock(&a);
	lock_acquire(&n->dep_map, 0, 0, 2, 1, NULL, 0);
	lock_release(&n->dep_map, 0);
	spin_unlock(&a);
	return 0;
}
