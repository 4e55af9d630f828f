/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lockdep.c, mark_lock_irq(): one report of a class.  Three system calls take the lock with interrupts on, and each must be
 * mended: the two that the report does not rest on are named, too.  One that takes it with interrupts off is not.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(s);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&s);
	spin_unlock(&s);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(add)
{
	spin_lock(&s);
	spin_unlock(&s);
	return 0;
}

static void clear(void)
{
	spin_lock(&s);
	spin_unlock(&s);
}

SYSCALL_DEFINE0(reset)
{
	clear();
	return 0;
}

SYSCALL_DEFINE0(remove)
{
	spin_lock(&s);
	spin_unlock(&s);
	return 0;
}

SYSCALL_DEFINE0(show)
{
	spin_lock_irq(&s);
	spin_unlock_irq(&s);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
