/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each step of the loop takes another node's lock before it gives the last one back: never one lock twice. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct node { spinlock_t l; int v; };
struct node *lookup(int k);
struct node *get_next(struct node *n);

SYSCALL_DEFINE0(walk)
{
	struct node *cur = lookup(1), *next;

	spin_lock(&cur->l);
	while (cur->v) {
		next = get_next(cur);
		spin_lock(&next->l);
		spin_unlock(&cur->l);
		cur = next;
	}
	spin_unlock(&cur->l);
	return 0;
}
