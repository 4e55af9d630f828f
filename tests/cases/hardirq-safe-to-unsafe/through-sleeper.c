/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A spinning lock over what may sleep is a finding by itself; the order that comes of it is of medium rank. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static irqreturn_t handler(int irq, void *data)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static void slow(void)
{
	spin_lock(&b);
	spin_unlock(&b);
	might_sleep();
}

SYSCALL_DEFINE0(one)
{
	spin_lock_irq(&a);
	slow();
	spin_unlock_irq(&a);
	slow();
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, handler, 0, "case", NULL);
}
module_init(setup);
