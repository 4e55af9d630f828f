/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pointer to a lock, kept in a member: all that store there store the device's, so that is the class of what it points to. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct dev { spinlock_t lock; };
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
	return 0;
}

static int __init setup(void)
{
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	spin_lock_init(&dev->lock);
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
