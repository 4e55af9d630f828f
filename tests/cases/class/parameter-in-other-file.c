/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock is an argument; the function that takes it is in another file. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct dev {
	spinlock_t lock;
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
	spin_lock(&dev.lock);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&dev.lock);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&dev.lock);
	return 0;
}
module_init(setup);
