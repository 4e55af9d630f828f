/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same helper with two locks: the one is not the other. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct dev {
	spinlock_t lock;
	spinlock_t other;
};
static struct dev dev;
static DEFINE_SPINLOCK(b);
void take(spinlock_t *l);

SYSCALL_DEFINE0(one)
{
	spin_lock(&b);
	take(&dev.lock);
	spin_unlock(&b);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&dev.other);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&dev.other);
	take(&dev.other);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&dev.lock);
	spin_lock_init(&dev.other);
	return 0;
}
module_init(setup);
