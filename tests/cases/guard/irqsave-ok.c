/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guard keeps the flags in its own variable. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&b);
	spin_unlock(&b);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(use)
{
	guard(spinlock_irqsave)(&a);
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
