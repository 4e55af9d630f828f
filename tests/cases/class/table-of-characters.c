/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names kept as characters in a table beside the keys (fs/btrfs is built like this). */
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct node { int level; spinlock_t lock; };
struct set {
	char names[2][16];
	struct lock_class_key *keys;
};
static struct lock_class_key keys[2];
static struct set set = { .names[0] = "tree-0", .names[1] = "tree-1", .keys = keys };

SYSCALL_DEFINE1(plain, struct node *, n)
{
	lockdep_set_class_and_name(&n->lock, &set.keys[n->level], set.names[n->level]);
	spin_lock(&n->lock);
	spin_unlock(&n->lock);
	return 0;
}
