/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wait() gives back the lock of its caller, whatever level that took it at, and takes it again. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct pipe { struct mutex m; int n; };
static struct pipe p;

static void wait(struct pipe *q)
{
	while (!q->n) {
		mutex_unlock(&q->m);
		might_sleep();
		mutex_lock_nested(&q->m, 1);
	}
}

SYSCALL_DEFINE0(open)
{
	mutex_lock_nested(&p.m, 1);
	wait(&p);
	mutex_unlock(&p.m);
	return 0;
}

static int __init setup(void)
{
	mutex_init(&p.m);
	return 0;
}
module_init(setup);
