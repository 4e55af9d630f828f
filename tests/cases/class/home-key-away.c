/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nobody who sets the lock up is at hand: the one key there is names it. */
#include <linux/lockdep.h>
#include <linux/syscalls.h>
#include "home-key-away.h"

static struct lock_class_key few_key;
static struct kind few;

SYSCALL_DEFINE0(few)
{
	struct node *n = node_make(&few);

	if (!n)
		return 0;
	lockdep_set_class(&n->lock, &few_key);
	mutex_lock(&n->lock);
	mutex_lock(&n->lock);
	mutex_unlock(&n->lock);
	mutex_unlock(&n->lock);
	return 0;
}
