/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cancel_work_sync() under a mutex that the work item takes. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>
#include <linux/workqueue.h>

static DEFINE_MUTEX(a);

static void run(struct work_struct *w)
{
	mutex_lock(&a);
	mutex_unlock(&a);
}
static struct work_struct work;

SYSCALL_DEFINE0(stop)
{
	mutex_lock(&a);
	mutex_unlock(&a);
	cancel_work_sync(&work);
	return 0;
}

static int __init setup(void)
{
	INIT_WORK(&work, run);
	return 0;
}
module_init(setup);
