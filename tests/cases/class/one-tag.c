/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A header that both include: one record. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include "one-tag.h"

static irqreturn_t handler(int irq, void *data)
{
	struct priv *p = data;

	spin_lock(&p->lock);
	spin_unlock(&p->lock);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	static struct priv p;

	spin_lock_init(&p.lock);
	return request_irq(1, handler, 0, "case", &p);
}
module_init(setup);
