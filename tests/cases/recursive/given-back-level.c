/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wait() takes what its caller holds. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct pipe { struct mutex m; int n; };
static struct pipe p;

static void wait(struct pipe *q)
{
	while (!q->n) {
		mutex_lock_nested(&q->m, 1);
		q->n++;
		mutex_unlock(&q->m);
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
