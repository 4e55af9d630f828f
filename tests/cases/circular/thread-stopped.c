/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread is stopped under a mutex that it takes. */
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct task_struct;
struct task_struct *kthread_create_on_node(int (*fn)(void *), void *data, int node, const char *name, ...);
int kthread_stop(struct task_struct *t);

struct dev { struct mutex lock; struct task_struct *rx, *tx; };
static struct dev *the;

static int receive(void *data)
{
	struct dev *d = data;

	mutex_lock(&d->lock);
	mutex_unlock(&d->lock);
	return 0;
}

static int send(void *data)
{
	return 0;
}

void setup(struct dev *d)
{
	mutex_init(&d->lock);
	d->rx = kthread_create_on_node(receive, d, 0, "rx");
	d->tx = kthread_create_on_node(send, d, 0, "tx");
}

SYSCALL_DEFINE0(stop)
{
	mutex_lock(&the->lock);
	kthread_stop(the->rx);
	mutex_unlock(&the->lock);
	return 0;
}
