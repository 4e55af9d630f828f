/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queueing a work item or arming a timer under a lock does not call the handler there. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void run(struct work_struct *w)
{
	spin_lock(&b);
	spin_unlock(&b);
}
static DECLARE_WORK(work, run);

SYSCALL_DEFINE0(queue)
{
	spin_lock(&a);
	schedule_work(&work);
	spin_unlock(&a);
	return 0;
}
