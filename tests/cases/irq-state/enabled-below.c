/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spin_unlock_irq() two calls below an outer lock turns irqs on.  A save and restore after it changes nothing more: the
 * place to show is the first (lockdep.c, lockdep_hardirqs_on() marks what is held there).
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static void deep(void)
{
	spin_lock_irq(&b);
	spin_unlock_irq(&b);
}

static void middle(void)
{
	unsigned long flags;

	deep();
	spin_lock_irqsave(&b, flags);
	spin_unlock_irqrestore(&b, flags);
}

SYSCALL_DEFINE0(outer)
{
	spin_lock_irq(&a);
	middle();
	spin_unlock_irq(&a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
