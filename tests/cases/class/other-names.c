/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One path, several keys: directories get a class of their own, and a table of names goes with a table of
 * keys.  lockdep.c, lockdep_init_map_type(): the key is the class.  All these names are names of the path.
 */
#include <linux/init.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct node {
	spinlock_t lock, family;
};
static struct node *node;
static struct lock_class_key dir_key, keys[2];
static const char *const names[2] = { "family-one", "family-two" };

SYSCALL_DEFINE0(plain)
{
	spin_lock(&node->lock);
	spin_lock(&node->family);
	spin_unlock(&node->family);
	spin_unlock(&node->lock);
	return 0;
}

static void make(int dir, int family)
{
	node = kzalloc(sizeof(*node), GFP_KERNEL);
	if (!node)
		return;
	spin_lock_init(&node->lock);
	if (dir)
		lockdep_set_class(&node->lock, &dir_key);
	if (dir > 1)
		lockdep_set_subclass(&node->lock, SINGLE_DEPTH_NESTING);
	spin_lock_init(&node->family);
	lockdep_set_class_and_name(&node->family, keys + family, names[family]);
}

SYSCALL_DEFINE1(make, int, dir)
{
	make(dir, dir);
	return 0;
}
