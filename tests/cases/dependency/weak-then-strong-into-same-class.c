/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * b is reached first over -(ER)-> and again, one step later, over -(EN)->: only the second may go
 * on over -(SN)->.  Marking b visited the first time loses a -> d -> b -> c.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_RWLOCK(b);
static DEFINE_SPINLOCK(c);
static DEFINE_SPINLOCK(d);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(second)
{
	read_lock_irq(&b);
	spin_lock(&c);
	spin_unlock(&c);
	read_unlock_irq(&b);
	return 0;
}

SYSCALL_DEFINE0(third)
{
	spin_lock_irq(&a);
	spin_lock(&d);
	spin_unlock(&d);
	spin_unlock_irq(&a);
	return 0;
}

SYSCALL_DEFINE0(fourth)
{
	spin_lock_irq(&d);
	write_lock(&b);
	write_unlock(&b);
	spin_unlock_irq(&d);
	return 0;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock(&c);
	spin_unlock(&c);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
