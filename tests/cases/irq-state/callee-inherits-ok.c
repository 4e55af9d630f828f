/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function's irq state comes from its callers: off from one, on from the other. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void take(void)
{
	spin_lock(&a);
	spin_unlock(&a);
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(off)
{
	local_irq_disable();
	take();
	local_irq_enable();
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
