/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A nesting level kept in the object: lockdep may know the lock by any of its levels (look_up_lock_class()). */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct dev {
	int level;
	spinlock_t lock;
};

SYSCALL_DEFINE1(plain, struct dev *, d)
{
	spin_lock_nested(&d->lock, d->level);
	spin_unlock(&d->lock);
	return 0;
}

void setup(struct dev *d);
void setup(struct dev *d)
{
	spin_lock_init(&d->lock);
}
