/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drivers/net/ethernet/adaptec/starfire.c and natsemi/natsemi.c: each has a struct netdev_private of its own. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

struct priv { int irq; spinlock_t lock; };

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
