/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A system call: process context. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void use(int x)
{
	spin_lock(&a);
	spin_unlock(&a);
}

SYSCALL_DEFINE1(take, int, x)
{
	use(x);
	return 0;
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
