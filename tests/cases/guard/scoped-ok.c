/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scoped_guard() holds over its statement only, and its irqs are on again afterwards. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
static DEFINE_SPINLOCK(c);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(use)
{
	scoped_guard(spinlock_irq, &a) {
		spin_lock(&b);
		spin_unlock(&b);
	}
	spin_lock(&c);
	spin_unlock(&c);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
