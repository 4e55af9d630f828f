/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * container_of(port, ...)->port.lock is port->lock: the same object, yet the longer path is the class, as it is for the
 * timer's function that knows the device only.  del_timer_sync() under a lock that the timer takes is a circle.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

struct port {
	spinlock_t lock;
};
struct dev {
	struct port port;
	struct timer_list timer;
};

static void expire(struct timer_list *t)
{
	struct dev *d = from_timer(d, t, timer);

	spin_lock(&d->port.lock);
	spin_unlock(&d->port.lock);
}

void set(struct port *port);
void set(struct port *port)
{
	struct dev *d = container_of(port, struct dev, port);

	spin_lock_irq(&d->port.lock);
	del_timer_sync(&d->timer);
	spin_unlock_irq(&d->port.lock);
}

void setup(struct dev *d);
void setup(struct dev *d)
{
	timer_setup(&d->timer, expire, 0);
}
