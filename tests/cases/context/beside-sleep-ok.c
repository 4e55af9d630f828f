/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What always sleeps is entered by no interrupt: that it is here is one finding, and what it does beside that is none of the handler's. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(beside);

static void helper(void)
{
	spin_lock(&beside);
	spin_unlock(&beside);
}

static void always_sleeps(void)
{
	might_sleep();
	helper();
}

static irqreturn_t on_irq(int irq, void *d)
{
	if (irq > 100)
		always_sleeps();
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	always_sleeps();
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
