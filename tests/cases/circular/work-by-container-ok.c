/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sets the work item up is not here: the function that runs it says by container_of() which member it is. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>
#include <linux/workqueue.h>

struct dev { struct mutex lock; struct work_struct work, second; };
static struct dev *the;

void dev_init(struct dev *d)
{
	mutex_init(&d->lock);
}

/* another file has INIT_WORK(&d->work, dev_work) */
void dev_work(struct work_struct *w)
{
	struct dev *d = container_of(w, struct dev, work);

	mutex_lock(&d->lock);
	mutex_unlock(&d->lock);
}

SYSCALL_DEFINE0(stop)
{
	mutex_lock(&the->lock);
	cancel_work_sync(&the->second);
	mutex_unlock(&the->lock);
	return 0;
}
