/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fs/configfs/inode.c comes before fs/inode.c: a user of a common record gives some of its objects a key of his own.  The class
 * goes by the key that the file gives it which sets the lock up; lockdep_set_class() outside of that is one more name.
 */
#include <linux/lockdep.h>
#include <linux/syscalls.h>
#include "home-key.h"

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
