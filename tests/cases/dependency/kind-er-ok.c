/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep-design.rst, "Dependency types and strong dependency paths": -(ER: in_interrupt() makes read_lock() recursive)->. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(a);
static DEFINE_RWLOCK(b);

static irqreturn_t on_irq(int irq, void *d)
{
	write_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	write_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
