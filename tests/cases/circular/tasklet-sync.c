/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tasklet_kill() under a lock that the tasklet takes: the one waits for the tasklet, which waits for the lock.  The record lies in
 * another's bytes for the one who waits, and stands alone for the one who sets the tasklet up: where it is set up names it for both.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct host { spinlock_t lock; struct tasklet_struct end; };
struct outer { int n; unsigned long private[8]; };

struct outer *find_outer(int n);
struct host *find_host(int n);

static void run(struct tasklet_struct *t)
{
	struct host *h = container_of(t, struct host, end);

	spin_lock(&h->lock);
	spin_unlock(&h->lock);
}

SYSCALL_DEFINE0(setup)
{
	struct host *h = find_host(1);

	spin_lock_init(&h->lock);
	tasklet_setup(&h->end, run);
	return 0;
}

SYSCALL_DEFINE0(release)
{
	struct host *h = (struct host *)find_outer(1)->private;

	spin_lock_bh(&h->lock);
	tasklet_kill(&h->end);
	spin_unlock_bh(&h->lock);
	return 0;
}
