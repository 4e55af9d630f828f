/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -(SR)-> both ways: recursive readers never wait for readers. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(a);
static DEFINE_RWLOCK(b);

static irqreturn_t one(int irq, void *d)
{
	read_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	read_unlock(&a);
	return IRQ_HANDLED;
}

static irqreturn_t two(int irq, void *d)
{
	read_lock(&b);
	read_lock(&a);
	read_unlock(&a);
	read_unlock(&b);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	int err = request_irq(2, two, 0, "u", NULL);
	if (err)
		return err;
	return request_irq(1, one, 0, "t", NULL);
}
module_init(setup);
