/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A static variable of a function, reached through a helper that returns its address. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>


static spinlock_t *the_lock(void)
{
	static DEFINE_SPINLOCK(inside);

	return &inside;
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(the_lock());
	spin_unlock(the_lock());
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock_irq(the_lock());
	spin_unlock_irq(the_lock());
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
