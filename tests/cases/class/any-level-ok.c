/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A level that is a constant is that one. */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct dev {
	int level;
	spinlock_t lock;
};

SYSCALL_DEFINE1(plain, struct dev *, d)
{
	spin_lock_nested(&d->lock, SINGLE_DEPTH_NESTING);
	spin_unlock(&d->lock);
	return 0;
}

void setup(struct dev *d);
void setup(struct dev *d)
{
	spin_lock_init(&d->lock);
}
