/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A path that meets a function again does so for another object: what it takes there, it may well not take for that one. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct node { struct node *up; int flags; };

static DEFINE_MUTEX(outer);
static DEFINE_MUTEX(inner);

static void enter(struct node *n);

static void link_up(struct node *n)
{
	mutex_lock(&outer);
	enter(n->up);
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
