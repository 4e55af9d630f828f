/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue is flushed under a mutex that a work item of that queue takes. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>
#include <linux/workqueue.h>

struct dev {
	struct mutex lock;
	struct workqueue_struct *rx, *tx;
	struct work_struct rx_work;
};

static void receive(struct work_struct *w)
{
	struct dev *d = container_of(w, struct dev, rx_work);

	mutex_lock(&d->lock);
	mutex_unlock(&d->lock);
}

void setup(struct dev *d)
{
	mutex_init(&d->lock);
	INIT_WORK(&d->rx_work, receive);
}

void arrived(struct dev *d)
{
	queue_work_on(64, d->rx, &d->rx_work);
}

static struct dev *the;

SYSCALL_DEFINE0(stop)
{
	mutex_lock(&the->lock);
	__flush_workqueue(the->tx);
	mutex_unlock(&the->lock);
	return 0;
}
