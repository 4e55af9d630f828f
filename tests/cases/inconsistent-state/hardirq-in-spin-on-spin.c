/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep-design.rst, "Single-lock state rules": IN-hard lock taken with irqs on, spin in irq, spin outside. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
