/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One call initialises both of a pair: one class (lockdep.c, look_up_lock_class()), so the order of the two pairs is a circle. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static spinlock_t x1, x2, y1, y2;

static void init_x(spinlock_t *l)
{
	spin_lock_init(l);
}

static void init_y(spinlock_t *l)
{
	spin_lock_init(l);
}

static int __init setup(void)
{
	init_x(&x1);
	init_x(&x2);
	init_y(&y1);
	init_y(&y2);
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
