/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flags word travels through a pointer and comes back as an argument. */
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
	spin_lock(&b);
	spin_unlock(&b);
	return IRQ_HANDLED;
}

static void begin(unsigned long *flags)
{
	unsigned long f;

	spin_lock_irqsave(&a, f);
	*flags = f;
}

static void end(unsigned long flags)
{
	spin_unlock_irqrestore(&a, flags);
}

SYSCALL_DEFINE0(use)
{
	unsigned long flags;

	begin(&flags);
	spin_lock(&b);
	spin_unlock(&b);
	end(flags);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
