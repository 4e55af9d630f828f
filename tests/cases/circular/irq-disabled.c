/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disable_irq() waits for the threaded handler, under a mutex that it takes. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct dev { struct mutex lock; int irq, other; };
static struct dev *the;

static irqreturn_t serve(int irq, void *cookie)
{
	struct dev *d = cookie;

	mutex_lock(&d->lock);
	mutex_unlock(&d->lock);
	return IRQ_HANDLED;
}

int setup(struct dev *d)
{
	mutex_init(&d->lock);
	return request_threaded_irq(d->irq, NULL, serve, 0, "dev", d);
}

SYSCALL_DEFINE0(stop)
{
	mutex_lock(&the->lock);
	disable_irq(the->irq);
	mutex_unlock(&the->lock);
	return 0;
}
