/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same without a second meeting: nothing speaks against it. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct node { struct node *up; int flags; };

static DEFINE_MUTEX(outer);
static DEFINE_MUTEX(inner);

static void leaf(void)
{
	mutex_lock(&inner);
	mutex_unlock(&inner);
}


static void link_up(struct node *n)
{
	mutex_lock(&outer);
	leaf();
	mutex_unlock(&outer);
}

static void enter(struct node *n)
{
	if (n->up)
		link_up(n);
	mutex_lock(&inner);
	mutex_unlock(&inner);
}

SYSCALL_DEFINE1(add, struct node *, n)
{
	enter(n);
	return 0;
}

SYSCALL_DEFINE0(reverse)
{
	mutex_lock(&inner);
	mutex_lock(&outer);
	mutex_unlock(&outer);
	mutex_unlock(&inner);
	return 0;
}
