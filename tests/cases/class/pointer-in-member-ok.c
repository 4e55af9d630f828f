/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two locks are stored there: which one it points to is not known, and it is neither's class. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct dev { spinlock_t lock, other; };
struct request { spinlock_t *lock; };
static struct dev *dev;

static void begin(struct request *r, spinlock_t *lock)
{
	r->lock = lock;
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&dev->lock);
	spin_unlock(&dev->lock);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE1(finish, struct request *, r)
{
	spin_lock(r->lock);
	spin_unlock(r->lock);
	return 0;
}

SYSCALL_DEFINE1(begin, struct request *, r)
{
	begin(r, &dev->lock);
	begin(r, &dev->other);
	return 0;
}

static int __init setup(void)
{
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	spin_lock_init(&dev->lock);
	spin_lock_init(&dev->other);
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
