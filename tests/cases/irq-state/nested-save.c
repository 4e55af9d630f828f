/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two flags words: the inner restore gives back "off", the outer one "on". */
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

SYSCALL_DEFINE0(nest)
{
	unsigned long outer, inner;

	local_irq_save(outer);
	local_irq_save(inner);
	spin_lock(&a);
	spin_unlock(&a);
	local_irq_restore(inner);
	local_irq_restore(outer);
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
