/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handler's read_lock(&a) waits for the writer in nest(). */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(a);
static DEFINE_SPINLOCK(b);

static irqreturn_t on_irq(int irq, void *d)
{
	read_lock(&a);
	read_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(nest)
{
	write_lock_irq(&a);
	spin_lock(&b);
	spin_unlock(&b);
	write_unlock_irq(&a);
	return 0;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
