/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two locks in one order, or one where both are the same: who locks and who unlocks compare alike, so nothing is held afterwards. */
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct bucket { spinlock_t lock; };

static DEFINE_MUTEX(m);
extern struct bucket *bucket_of(int n);

static void lock_both(struct bucket *a, struct bucket *b)
{
	if (a > b)
		swap(a, b);
	spin_lock(&a->lock);
	if (a != b)
		spin_lock_nested(&b->lock, SINGLE_DEPTH_NESTING);
}

static void unlock_both(struct bucket *a, struct bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

static void lock_these(struct bucket *a, struct bucket *b)
{
	if (unlikely(a == b) || !b) {
		spin_lock(&a->lock);
		return;
	}
	spin_lock(&a->lock);
	spin_lock_nested(&b->lock, SINGLE_DEPTH_NESTING);
}

static void unlock_these(struct bucket *a, struct bucket *b)
{
	if (unlikely(a == b) || !b) {
		spin_unlock(&a->lock);
		return;
	}
	spin_unlock(&a->lock);
	spin_unlock(&b->lock);
}

SYSCALL_DEFINE1(requeue, int, x)
{
	struct bucket *a = bucket_of(x), *b = bucket_of(x + 1);

	lock_both(a, b);
	unlock_both(a, b);
	mutex_lock(&m);
	mutex_unlock(&m);
	lock_these(a, b);
	unlock_these(a, b);
	mutex_lock(&m);
	mutex_unlock(&m);
	return 0;
}
