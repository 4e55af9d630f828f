/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * c is taken with a and b held, b as recursive reader.  lockdep links c to b only, and
 * a -(ER)-> b -(SN)-> c is weak; a -(EN)-> c is nevertheless a fact of this code.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_RWLOCK(b);
static DEFINE_SPINLOCK(c);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	read_lock(&b);
	spin_lock(&c);
	spin_unlock(&c);
	read_unlock(&b);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
