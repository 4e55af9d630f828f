/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Four calls, though in one function, with a static key each: four classes. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static spinlock_t x1, x2, y1, y2;

static int __init setup(void)
{
	spin_lock_init(&x1);
	spin_lock_init(&x2);
	spin_lock_init(&y1);
	spin_lock_init(&y2);
	return 0;
}
module_init(setup);

SYSCALL_DEFINE0(one)
{
	spin_lock(&x1);
	spin_lock(&y1);
	spin_unlock(&y1);
	spin_unlock(&x1);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&y2);
	spin_lock(&x2);
	spin_unlock(&x2);
	spin_unlock(&y2);
	return 0;
}
