/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee sleeps when it is given none. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

struct thing { int head; };
static struct thing thing;

static void later(int *head)
{
	if (!head)
		might_sleep();
}

static void put(struct thing *t)
{
	later(NULL);
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	put(&thing);
	spin_unlock(&a);
	return 0;
}
